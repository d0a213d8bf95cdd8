#include "data/column_fields.hpp"

#include <cstring>

#include "data/state_fields.hpp"
#include "engine/state_visitor.hpp"
#include "store/field.hpp"

namespace pel::data {
namespace {

store::FieldInfo info_of(ColumnField const& field) { return {field.name, field.type, field.row_shape, false}; }

// None: it has no rows.
store::FieldView const* find(std::vector<store::FieldView> const& stored, store::FieldInfo const& wanted) {
  for (auto const& field : stored) {
    if (field.info == wanted) return &field;
    if (field.info.name == wanted.name) throw OtherType("field " + wanted.name + " has another type");
  }
  return nullptr;
}

}  // namespace

void visit_fields(ColumnFields const& fields, engine::StateVisitor& visitor) {
  for (auto const& field : fields) {
    auto const bytes = field.bytes(field.vector);
    visitor.visit(info_of(field), bytes.size() / field.row_bytes,
                  visitor.wants_bytes() ? bytes : std::span<std::byte const>{});
  }
}

void load_fields(ColumnFields const& fields, std::vector<store::FieldView> const& stored) {
  std::size_t found = 0;
  for (auto const& field : fields) {
    auto const* const from = find(stored, info_of(field));
    field.resize(field.vector, from == nullptr ? 0 : from->bytes.size() / field.row_bytes);
    if (from == nullptr) continue;
    ++found;
    if (!from->bytes.empty()) std::memcpy(field.bytes(field.vector).data(), from->bytes.data(), from->bytes.size());
  }
  if (found != stored.size()) throw OtherType("its elements are of another type");
}

}  // namespace pel::data
