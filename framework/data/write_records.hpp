// Writes a dataset of plain elements as they lie in memory, in the order of its partitions.
#pragma once

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/digest.hpp"
#include "data/aggregate.hpp"
#include "data/output_file.hpp"
#include "pel/error.hpp"

namespace pel::data {

// The number of elements before each partition, and of all. Collective: all ranks; costs a pass where it is not known.
template <class Source>
[[nodiscard]] std::vector<std::uint64_t> element_offsets(Source& source) {
  std::vector<std::uint64_t> counts;
  if (auto const* const known = source.sizes()) {
    source.prepare();
    counts = *known;
  } else {
    source.prepare(true);
    source.flow()->superstep(
        "size",
        [&](Step& step) {
          std::uint64_t n = 0;
          source.run_blocks(step, [&](auto const& block) { n += block.size(); });
          contribute(step, n);
        },
        [&](Contributions all) {
          for (auto const bytes : all) std::memcpy(&counts.emplace_back(), bytes.data(), sizeof counts[0]);
        },
        source.passing());
    source.prepare();
  }
  std::vector<std::uint64_t> offsets(1, 0);
  for (auto const count : counts) offsets.push_back(offsets.back() + count);
  return offsets;
}

// One file a path, or parts, or packed: see OutputContent.
template <class Source>
std::uint64_t write_records(Source source, std::vector<std::string> const& paths) {
  using T = typename Source::Element;
  static_assert(
      Plain<T> && no_padding<T>,
      "pel: write_records writes plain types without padding, whose bytes are all given; where a struct of "
      "floating-point numbers has none, say so: template <> inline constexpr bool pel::no_padding<T> = true;");
  auto& flow = *source.flow();
  OutputContent content{".bin", {}, element_offsets(source)};
  auto const n = content.offsets.back();
  constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()) / sizeof(T);
  if (n > most && !paths.empty())
    throw WriteFailed(
        paths.front(), EFBIG,
        std::to_string(n) + " records of " + std::to_string(sizeof(T)) + " bytes are more than any file holds");
  for (auto& offset : content.offsets) offset *= sizeof(T);
  std::vector<std::unique_ptr<Output>> files;
  for (auto const& path : paths) files.push_back(make_output(flow, path, content));
  flow.superstep(
      "write_records",
      [&](Step& step) {
        base::DigestStream digest;
        for (auto const& file : files) file->begin(step);
        source.run_blocks(step, [&](BlockOf<T> block) {
          auto const bytes = std::as_bytes(block);
          digest.add(bytes);
          for (auto const& file : files) file->write(step, bytes);
        });
        for (auto const& file : files) file->end(step);
        contribute(step, digest.finish());
      },
      [&](Contributions all) {
        for (auto const bytes : all) {
          base::Digest digest;
          std::memcpy(digest.data(), bytes.data(), digest.size());
          flow.add_to_digest(digest);
        }
      },
      source.passing());
  for (auto const& file : files) file->publish();
  return n;
}

}  // namespace pel::data
