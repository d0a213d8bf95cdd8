#include "data/wide.hpp"

namespace pel::data {

template class WideNode<Entry<std::string, std::int64_t>>;
template class BlockMaker<Entry<std::string, std::int64_t>>;
template class Kept<Entry<std::string, std::int64_t>>;

}  // namespace pel::data
