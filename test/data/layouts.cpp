#include "layouts.hpp"

#include <rapidcheck.h>

#include <cstdlib>
#include <map>
#include <utility>

#include "support/properties.hpp"

namespace pel::test {
namespace {

bool is_small() { return std::getenv("PEL_TEST_SMALL") != nullptr; }

// Three in a partition, then none in two.
Keys long_and_empty(std::uint32_t partitions) {
  std::string const mebibyte(std::size_t{1} << 20U, 'x');
  auto other = mebibyte;
  other.back() = 'y';
  Keys keys(partitions);
  std::size_t at = 0;
  for (auto const& key : {std::string(), mebibyte, std::string("x"), other, std::string(), mebibyte, std::string()})
    keys[at++ / 3 * 3 % partitions].push_back(key);
  return keys;
}

std::vector<std::pair<char const*, Keys>> layouts(std::uint32_t partitions) {
  Keys one(partitions), equal(partitions), hot(partitions), uneven(partitions);
  one.back() = {"only"};
  for (std::uint64_t i = 0; i < 2500; ++i) {
    if (i < 1500) equal[i % partitions].push_back("same");
    auto const to = i % 3 == 0 ? base::mix64(i) % partitions : partitions / 2;  // there, more than a block
    hot[to].push_back(i % 10 == 3 ? "k" + std::to_string(base::mix64(i + 5) % 60) : "hot");
  }
  for (std::uint32_t p = 0; p < partitions; ++p)
    for (auto i = base::mix64(p + 1) % 3 == 0 ? 0 : base::mix64(p + 99) % 71; i > 0; --i)
      uneven[p].push_back(std::to_string(base::mix64(i * 64 + p) % 97));
  return {{"no elements", Keys(partitions)}, {"one element", one},
          {"all keys equal", equal},         {"one key hot", hot},
          {"uneven parts", uneven},          {"0 bytes and 1 MiB", long_and_empty(partitions)}};
}

// Keys of up to three letters.
Items any_items(std::uint32_t partitions) {
  auto const letters = rc::gen::elementOf(std::string("aab\0", 4));
  auto const key = rc::gen::resize(3, rc::gen::container<std::string>(letters));
  return numbered(
      *rc::gen::container<Keys>(partitions, rc::gen::scale(0.3, rc::gen::container<std::vector<std::string>>(key))));
}

}  // namespace

std::size_t home_of(std::string const& key, std::size_t partitions) {
  return base::scale_down(data::key_hash<std::string_view>(key), static_cast<std::uint32_t>(partitions));
}

Items numbered(Keys const& keys) {
  Items items;
  std::int64_t n = 0;
  for (auto const& part : keys) {
    auto& made = items.emplace_back();
    for (auto const& key : part) made.push_back({key, n++});
  }
  return items;
}

Keys keys_of(Items const& items) {
  return plain_flat_map<std::string>(items, [](auto const& item, auto const& emit) { emit(item.key); });
}

Items by_home(Items const& items) {
  Items made(items.size());
  for (auto const& part : items)
    for (auto const& item : part) made[home_of(item.key, items.size())].push_back(item);
  return made;
}

Items partners(Items const& items) {
  PlainTable<std::string, int> different;
  for (auto const& item : all_of(items)) different.add(item.key, 0, [](int, int) { return 0; });
  Keys keys(items.size());
  std::size_t at = 0;
  for (auto const& [key, value] : different.entries()) {
    for (auto times = 2 - at % 3; times > 0; --times) keys[(at * 5 + times) % keys.size()].push_back(key);
    ++at;
  }
  for (auto const* const other : {"neither", "of them"}) keys[at++ % keys.size()].emplace_back(other);
  return numbered(keys);
}

Attempt in_a_job(Trial const& trial) {
  return [trial](Shape const& shape, Items const& items, Differences& differences) {
    (void)run_datasets(shape.options(), [&](Job& job) { trial(job, items, differences); });
  };
}

std::vector<Shape> layout_shapes() {
  if (is_small()) return {{7, 2}};
  auto shapes = dataset_shapes();
  if (ranks() == 1) shapes.push_back({1, 1});
  return shapes;
}

std::string differences_of_layouts(Attempt const& attempt, std::vector<Shape> const& shapes) {
  std::string told;
  for (auto const& shape : shapes)
    for (auto const& [name, keys] : layouts(shape.partitions)) {
      Differences differences;
      attempt(shape, numbered(keys), differences);
      if (!differences.told().empty())
        told += std::string(name) + " on " + std::to_string(shape.partitions) + " partitions, " +
                std::to_string(shape.threads) + " threads: " + differences.told() + "\n";
    }
  return told;
}

bool holds_for_any(char const* property, Attempt const& attempt, int cases) {
  seed_properties(is_small() ? std::min(cases, 4) : cases);
  return rc::check(property, [&] {
    auto const shape = *rc::gen::element(Shape{7, 1}, Shape{7, 2}, Shape{64, 2});
    Differences differences;
    attempt(shape, any_items(shape.partitions), differences);
    RC_ASSERT(differences.told() == "");
  });
}

}  // namespace pel::test
