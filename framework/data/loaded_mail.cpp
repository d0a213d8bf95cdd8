#include "data/loaded_mail.hpp"

#include "pel/error.hpp"

namespace pel::data {

LoadedMail::LoadedMail(Step& step, engine::StoredMail const& stored, std::uint64_t need, std::uint64_t limit)
    : step_(step),
      admission_(*step.frame.rounds, need, limit),
      bytes_(stored.bytes()),
      segments_(stored.load({bytes_.data(), bytes_.size()})) {
  step.frame.inbox = segments_;
}

LoadedMail::~LoadedMail() { step_.frame.inbox = {}; }

void refuse_large(Step const& step, std::string const& verb, std::string const& what, std::uint64_t bytes,
                  std::uint64_t budget) {
  throw OutOfBudget(verb, static_cast<std::int64_t>(step.partition().index()), static_cast<std::int64_t>(bytes),
                    static_cast<std::int64_t>(budget), what);
}

void stream_mail(engine::StoredMail const& stored,
                 base::FunctionRef<void(std::byte const* bytes, std::uint64_t count)> use) {
  std::vector<std::byte> bytes;
  for (auto const& extent : stored.extents()) {
    bytes.resize(extent.bytes);
    stored.read(extent, 0, bytes);
    use(bytes.data(), extent.count);
  }
}

}  // namespace pel::data
