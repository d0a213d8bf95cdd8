#include "data/key_table.hpp"

namespace pel::data {

KeyPlaces<std::string>::Place KeyPlaces<std::string>::put(std::string_view key) {
  if (bytes_.size() + key.size() > std::numeric_limits<std::uint32_t>::max())
    throw std::length_error("the keys of one partition are more than 4 GiB of text: start with more --partitions");
  Place const place{head_of(key), static_cast<std::uint32_t>(bytes_.size()), static_cast<std::uint32_t>(key.size())};
  bytes_.insert(bytes_.end(), key.begin(), key.end());
  return place;
}

template class KeyTable<std::string, std::int64_t>;

}  // namespace pel::data
