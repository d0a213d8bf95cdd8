// Writes a dataset as text, in the order of its partitions.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "data/flow.hpp"
#include "data/text_file.hpp"
#include "data/text_out.hpp"

namespace pel::data {

// format(element, TextOut&) appends what becomes of an element. No path: nothing is written but the digest.
template <class Source, class Format>
void write_lines(Source source, std::vector<std::string> const& paths, Format const& format) {
  auto& flow = *source.flow();
  TextFile file(flow);
  source.prepare();
  flow.superstep(
      "write_lines",
      [&](Step& step) {
        TextOut out;
        source.run(step, [&](auto const& element) { format(element, out); });
        file.take(step, out.take());
      },
      [&](Contributions all) { file.learn(all); }, source.passing());
  for (auto const& path : paths) file.write(path);
}

// Writes a text that all ranks have alike.
inline void write_once(Flow& flow, std::vector<std::string> const& paths, std::string const& text) {
  TextFile file(flow);
  flow.superstep(
      "write_once", [&](Step& step) { file.take(step, step.partition().index() == 0 ? text : std::string()); },
      [&](Contributions all) { file.learn(all); });
  for (auto const& path : paths) file.write(path);
}

}  // namespace pel::data
