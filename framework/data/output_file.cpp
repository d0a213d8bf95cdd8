#include "data/output_file.hpp"

#include <cstring>
#include <filesystem>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

#include "data/packing.hpp"
#include "data/parts_output.hpp"
#include "data/shared_output.hpp"
#include "data/text_pieces.hpp"
#include "pel/error.hpp"
#include "store/file.hpp"
#include "store/parts_directory.hpp"
#include "store/result_name.hpp"

namespace pel::data {
namespace {

std::span<std::byte const> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

// One file, of which each partition knows its place.
class PlainOutput final : public Output {
 public:
  PlainOutput(Flow& flow, std::string const& path, OutputContent const& content)
      : content_(content), file_(flow, path, content.head.size() + content.offsets.back()), at_(flow.slots()) {}

  void begin(Step& step) override {
    auto& at = at_[step.slot];
    at = content_.head.size() + content_.offsets[step.partition().index()];
    if (step.partition().index() == 0) file_.write_at(0, bytes_of(content_.head));
  }
  void write(Step& step, std::span<std::byte const> bytes) override {
    auto& at = at_[step.slot];
    file_.write_at(at, bytes);
    at += bytes.size();
  }
  void end(Step&) override {}
  void publish() override { file_.publish(); }

 private:
  OutputContent const& content_;
  SharedOutput file_;
  std::vector<std::uint64_t> at_;  // by slot
};

// One file, whose size is known when all partitions have packed their parts. Partitions without a byte have no member,
// but for the first, so that no file is empty.
class PackedOutput final : public Output {
 public:
  PackedOutput(Flow& flow, std::string path, OutputContent const& content)
      : flow_(flow), path_(std::move(path)), packing_(packing_of(path_)), content_(content), parts_(flow.slots()) {
    for (auto& part : parts_) part.packed = TextPieces(flow.memory(), directory_of(path_));
  }

  void begin(Step& step) override {
    if (step.partition().index() == 0) write(step, bytes_of(content_.head));
  }
  void write(Step& step, std::span<std::byte const> bytes) override {
    auto& part = parts_[step.slot];
    if (!part.packer && (!bytes.empty() || step.partition().index() == 0)) part.packer.emplace(packing_);
    if (part.packer) part.packer->add(bytes, [&](std::span<std::byte const> piece) { keep(part, piece); });
  }
  void end(Step& step) override {
    auto& part = parts_[step.slot];
    if (part.packer) part.packer->finish([&](std::span<std::byte const> piece) { keep(part, piece); });
    part.packer.reset();
    part.packed.finish();
  }
  void publish() override {
    std::vector<std::uint64_t> offsets(1, 0);
    flow_.superstep(
        "pack_file", [&](Step& step) { contribute(step, parts_[step.slot].packed.bytes()); },
        [&](Contributions all) {
          for (auto const bytes : all) {
            std::uint64_t n = 0;
            std::memcpy(&n, bytes.data(), sizeof n);
            offsets.push_back(offsets.back() + n);
          }
        });
    SharedOutput file(flow_, path_, offsets.back());
    flow_.superstep("write_file", [&](Step& step) {
      auto at = offsets[step.partition().index()];
      parts_[step.slot].packed.show([&](std::string_view piece) {
        file.write_at(at, bytes_of(piece));
        at += piece.size();
      });
    });
    file.publish();
  }

 private:
  struct Part {
    std::optional<Packer> packer;
    TextPieces packed;
  };
  static void keep(Part& part, std::span<std::byte const> piece) {
    part.packed.add(std::string(reinterpret_cast<char const*>(piece.data()), piece.size()));
  }

  Flow& flow_;
  std::string path_;
  Packing packing_;
  OutputContent const& content_;
  std::vector<Part> parts_;  // by slot
};

}  // namespace

std::string directory_of(std::string const& path) { return store::parent_of(store::directory_of_parts(path)).string(); }

std::string existing_directory_of(std::vector<std::string> const& paths) {
  for (auto const& path : paths)
    if (std::error_code error; std::filesystem::is_directory(directory_of(path), error)) return directory_of(path);
  return {};
}

void must_not_be_hdf5(std::string const& path) {
  if (auto const problem = store::problem_of_name(path); !problem.empty()) throw UsageError("--output", problem);
  if (store::is_hdf5_result(path))
    throw UsageError("--output", path + ": this is written as text or records, not as HDF5; give it another name");
}

std::unique_ptr<Output> make_output(Flow& flow, std::string const& path, OutputContent const& content) {
  must_not_be_hdf5(path);
  if (store::asks_for_parts(path)) return std::make_unique<PartsOutput>(flow, path, content);
  if (packing_of(path) != Packing::none) return std::make_unique<PackedOutput>(flow, path, content);
  return std::make_unique<PlainOutput>(flow, path, content);
}

}  // namespace pel::data
