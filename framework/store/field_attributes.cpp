#include "store/field_attributes.hpp"

#include <string>

namespace pel::store {
namespace {

std::string description_of(FieldInfo const& info) {
  std::string text;
  if (info.name.starts_with("state/"))
    text = "the field \"" + info.name.substr(6) + "\" that serialize() of the kernel names";
  else if (info.name == "inbox/key")
    text = "keys of the messages that the next superstep finds";
  else if (info.name == "inbox/value")
    text = "values of the messages that the next superstep finds";
  else if (info.name == "engine/vote")
    text = "1: the partition has voted to go on, 0: to halt";
  else if (info.name.starts_with("aggregate/"))
    text = "the aggregate that the next superstep sees, once";
  else
    return "";
  return text + "; rows by partition, ascending";
}

}  // namespace

void set_field_attributes(hdf5::Dataset const& dataset, FieldInfo const& info, std::optional<std::uint64_t> rows) {
  if (info.opaque) hdf5::set_text(dataset.id(), "encoding", "boost-binary");
  if (info.type == base::ElementType::boolean) hdf5::set_text(dataset.id(), "encoding", "bool");
  if (auto const text = description_of(info); !text.empty()) hdf5::set_text(dataset.id(), "description", text);
  if (!rows) return;
  hdf5::Shape shape{*rows};
  shape.insert(shape.end(), info.row_shape.begin(), info.row_shape.end());
  hdf5::set_integers(dataset.id(), "global_shape", shape);
}

}  // namespace pel::store
