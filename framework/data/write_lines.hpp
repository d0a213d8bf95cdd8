// Writes a dataset as text, in the order of its partitions.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "data/flow.hpp"
#include "data/text_file.hpp"
#include "data/text_out.hpp"

namespace pel::data {

// format(element, TextOut&) appends what becomes of an element. No path: nothing is written but the digest. Returns how
// many elements there are.
template <class Source, class Format>
std::uint64_t write_lines(Source source, std::vector<std::string> const& paths, Format const& format) {
  auto& flow = *source.flow();
  TextFile file(flow, paths);
  source.prepare();
  flow.superstep(
      "write_lines",
      [&](Step& step) {
        TextOut out;
        std::uint64_t elements = 0;
        source.run(step, [&](auto const& element) {
          format(element, out);
          ++elements;
          if (out.text().size() >= TextFile::piece_bytes) file.add(step, out.take());
        });
        file.take(step, out.take(), elements);
      },
      [&](Contributions all) { file.learn(all); }, source.passing());
  for (auto const& path : paths) file.write(path);
  return file.elements();
}

}  // namespace pel::data
