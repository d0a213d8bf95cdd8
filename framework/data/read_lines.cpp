#include "data/read_lines.hpp"

#include <algorithm>
#include <cstring>
#include <string_view>
#include <utility>
#include <vector>

#include "data/byte_range.hpp"
#include "data/line_blocks.hpp"
#include "pel/error.hpp"

namespace pel::data {
namespace {

constexpr std::size_t read_bytes = std::size_t{256} << 10U;

class LinesNode final : public Node<std::string> {
 public:
  LinesNode(std::shared_ptr<Flow> flow, TextInput input) : Node(std::move(flow)), input_(std::move(input)) {}
  void prepare(bool) override {}

  void show(Step& step, Sink sink) override {
    auto const part = step.partition();
    auto const share = share_of(input_.size(), part.index(), part.count);
    std::uint64_t begin = 0;
    std::vector<std::string_view> lines;
    lines.reserve(block_elements);
    for (auto const& source : input_.sources()) {
      auto const end = begin + source.size;
      if (end > share.begin && begin < share.end)
        show_source(source, {std::max(share.begin, begin) - begin, share.end - begin}, lines, sink);
      begin = end;
    }
  }

 private:
  static void show_source(TextSource const& source, ByteRange range, std::vector<std::string_view>& lines, Sink sink) {
    LineBlocks blocks(source, range, read_bytes);
    auto const flush = [&] {
      if (!lines.empty()) sink(lines);
      lines.clear();
    };
    while (blocks.next()) {
      auto const block = blocks.block();
      char const* at = block.data();
      char const* const end = at + block.size();
      while (at != end) {
        auto const* const newline = static_cast<char const*>(std::memchr(at, '\n', static_cast<std::size_t>(end - at)));
        auto const* const stop = newline == nullptr ? end : newline;
        std::string_view line(at, static_cast<std::size_t>(stop - at));
        if (newline != nullptr && line.ends_with('\r')) line.remove_suffix(1);
        if (line.size() > longest_line) refuse(source, blocks.offset() + static_cast<std::uint64_t>(at - block.data()));
        lines.push_back(line);
        if (lines.size() == block_elements) flush();
        at = newline == nullptr ? end : newline + 1;
      }
      flush();
    }
  }

  [[noreturn]] static void refuse(TextSource const& source, std::uint64_t offset) {
    throw BadData(source.name, line_number(source, offset), 1, -1, "a line of more than 16 MiB");
  }

  TextInput input_;
};

}  // namespace

std::shared_ptr<Node<std::string>> read_lines(std::shared_ptr<Flow> flow, TextInput input) {
  return std::make_shared<LinesNode>(std::move(flow), std::move(input));
}

}  // namespace pel::data
