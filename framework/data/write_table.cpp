#include "data/write_table.hpp"

namespace pel::data {

template std::uint64_t write_table(Tap<Entry<std::string, std::int64_t>> source, std::vector<std::string> const& paths);

}  // namespace pel::data
