#include "data/key_table.hpp"

namespace pel::data {

template class KeyTable<std::string, std::int64_t>;

}  // namespace pel::data
