#include "data/read_lines.hpp"

#include <string_view>
#include <utility>
#include <vector>

#include "data/placed_lines.hpp"

namespace pel::data {
namespace {

class LinesNode final : public Node<std::string> {
 public:
  LinesNode(std::shared_ptr<Flow> flow, TextInput input) : Node(std::move(flow)), input_(std::move(input)) {}
  void prepare(bool) override {}

  void show(Step& step, Sink sink) override {
    std::vector<std::string_view> lines;
    lines.reserve(block_elements);
    auto const flush = [&] {
      if (!lines.empty()) sink(lines);
      lines.clear();
    };
    for_each_line(
        input_, step.partition(),
        [&](PlacedLine const& line) {
          lines.push_back(line.text);
          if (lines.size() == block_elements) flush();
        },
        flush);
  }

 private:
  TextInput input_;
};

}  // namespace

std::shared_ptr<Node<std::string>> read_lines(std::shared_ptr<Flow> flow, TextInput const& input) {
  return std::make_shared<LinesNode>(std::move(flow), input);
}

}  // namespace pel::data
