#include "data/hdf5_rows.hpp"

#include <zlib.h>

#include <algorithm>
#include <cstring>
#include <optional>
#include <stdexcept>
#include <utility>

#include "data/file.hpp"
#include "data/missing_inputs.hpp"
#include "data/open_text.hpp"
#include "engine/job_core.hpp"
#include "engine/world.hpp"
#include "pel/error.hpp"
#include "store/result_name.hpp"

namespace pel::data {
namespace {

using Bytes = std::vector<std::byte>;
using Sink = base::FunctionRef<void(std::span<std::byte const>)>;

std::string name_of(Hdf5Rows::Part const& part) { return part.source.name + ":" + part.dataset; }

// The first bytes of all elements lie together, then the second ones, …
void unshuffle(Bytes& bytes, std::size_t element) {
  Bytes in_order(bytes.size());
  auto const n = bytes.size() / element;
  for (std::size_t k = 0; k < element; ++k)
    for (std::size_t i = 0; i < n; ++i) in_order[i * element + k] = bytes[k * n + i];
  std::copy(bytes.begin() + static_cast<std::ptrdiff_t>(n * element), bytes.end(),
            in_order.begin() + static_cast<std::ptrdiff_t>(n * element));
  bytes = std::move(in_order);
}

// Reads chunks of one dataset.
class ChunkReader {
 public:
  explicit ChunkReader(Hdf5Rows::Part const& part) : part_(part), file_(part.source.name) {}

  // The rows of one row of chunks, as wide as the dataset.
  Bytes const& band(std::uint64_t number) {
    auto const& layout = part_.layout;
    auto const element = base::size_of(layout.type), width = static_cast<std::size_t>(layout.width);
    auto const first = number * layout.chunk_rows;
    auto const rows = static_cast<std::size_t>(std::min(layout.chunk_rows, layout.rows - first));
    band_.resize(rows * width * element);
    for (std::size_t c = 0; c < layout.chunks_across(); ++c) {
      unpack(layout.chunks[number * layout.chunks_across() + c]);
      auto const chunk_width = static_cast<std::size_t>(layout.chunk_width), at = c * chunk_width;
      auto const bytes = std::min(chunk_width, width - at) * element;
      for (std::size_t row = 0; row < rows; ++row)
        std::memcpy(band_.data() + (row * width + at) * element, chunk_.data() + row * chunk_width * element, bytes);
    }
    return band_;
  }

 private:
  void unpack(store::ChunkPlace const& place) {
    auto const& layout = part_.layout;
    auto const element = base::size_of(layout.type);
    auto const whole = static_cast<std::size_t>(layout.chunk_rows * layout.chunk_width * element);
    chunk_.resize(static_cast<std::size_t>(place.bytes));
    file_.read_at(place.offset, {reinterpret_cast<char*>(chunk_.data()), chunk_.size()});
    for (auto i = layout.filters.size(); i-- > 0;) {
      if ((place.skipped >> i & 1U) != 0) continue;
      if (layout.filters[i] == store::ChunkFilter::shuffle)
        unshuffle(chunk_, element);
      else
        inflate(whole, place);
    }
    if (chunk_.size() != whole) damaged(place);
  }
  void inflate(std::size_t whole, store::ChunkPlace const& place) {
    Bytes unpacked(whole);
    auto bytes = static_cast<uLongf>(whole);
    auto const result = ::uncompress(reinterpret_cast<Bytef*>(unpacked.data()), &bytes,
                                     reinterpret_cast<Bytef const*>(chunk_.data()), static_cast<uLong>(chunk_.size()));
    if (result == Z_MEM_ERROR) throw std::bad_alloc();
    if (result != Z_OK || bytes != whole) damaged(place);
    chunk_ = std::move(unpacked);
  }
  [[noreturn]] void damaged(store::ChunkPlace const& place) const {
    throw BadData(name_of(part_), 0, 0, static_cast<std::int64_t>(place.offset), "the chunk here is damaged");
  }

  Hdf5Rows::Part const& part_;
  File file_;
  Bytes band_, chunk_;
};

void read_chunks(Hdf5Rows::Part const& part, ByteRange rows, Sink sink) {
  ChunkReader reader(part);
  auto const& layout = part.layout;
  for (auto row = rows.begin; row < rows.end;) {
    auto const number = row / layout.chunk_rows, first = number * layout.chunk_rows;
    auto const end = std::min(rows.end, first + layout.chunk_rows);
    auto const& band = reader.band(number);
    sink(std::span(band).subspan((row - first) * layout.row_bytes(), (end - row) * layout.row_bytes()));
    row = end;
  }
}

void read_contiguous(Hdf5Rows::Part const& part, ByteRange rows, Sink sink) {
  File const file(part.source.name);
  auto const row_bytes = part.layout.row_bytes();
  auto const at_once = std::max<std::uint64_t>(read_bytes / row_bytes, 1);
  Bytes buffer(static_cast<std::size_t>(std::min(at_once, rows.size()) * row_bytes));
  for (auto row = rows.begin; row < rows.end; row += at_once) {
    auto const n = std::min(at_once, rows.end - row) * row_bytes;
    auto const bytes = std::span(buffer).first(static_cast<std::size_t>(n));
    file.read_at(part.layout.offset + row * row_bytes, {reinterpret_cast<char*>(bytes.data()), bytes.size()});
    sink(bytes);
  }
}

}  // namespace

Hdf5Name hdf5_name(std::string const& name) {
  auto const colon = name.rfind(":/");
  if (colon == std::string::npos) return {name, ""};
  return {name.substr(0, colon), name.substr(colon + 1)};
}

bool is_hdf5_input(std::string const& name) { return store::is_hdf5_result(hdf5_name(name).file); }

Hdf5Rows::Hdf5Rows(std::vector<Part> parts) : parts_(std::move(parts)) {
  for (auto const& part : parts_) {
    if (&part == &parts_.front()) {
      type_ = part.layout.type;
      flat_ = part.layout.flat;
      width_ = part.layout.width;
    } else if (part.layout.type != type_ || part.layout.width != width_ || part.layout.flat != flat_) {
      throw BadData(name_of(part), 0, 0, -1, "has rows of another type or width than " + name_of(parts_.front()));
    }
    rows_ += part.layout.rows;
  }
}

void Hdf5Rows::read(ByteRange rows, Sink sink) const {
  std::uint64_t begin = 0;
  for (auto const& part : parts_) {
    auto const end = begin + part.layout.rows;
    if (end > rows.begin && begin < rows.end) {
      ByteRange const mine{std::max(rows.begin, begin) - begin, std::min(rows.end, end) - begin};
      if (part.layout.chunk_rows > 0)
        read_chunks(part, mine, sink);
      else
        read_contiguous(part, mine, sink);
    }
    begin = end;
  }
}

void Hdf5Rows::refuse(std::uint64_t row, std::string const& problem) const {
  for (auto const& part : parts_) {
    if (row < part.layout.rows) throw BadData(name_of(part), 0, 0, -1, "row " + std::to_string(row) + ": " + problem);
    row -= part.layout.rows;
  }
  throw std::logic_error("a row behind the last one");
}

void Hdf5Rows::must_be(base::ElementType type, bool flat, std::uint64_t width) const {
  if (parts_.empty() || (type == type_ && flat == flat_ && width == width_)) return;
  auto const shown = [](base::ElementType element, bool is_flat, std::uint64_t numbers) {
    return std::string(base::name_of(element)) + (is_flat ? "" : ", " + std::to_string(numbers) + " a row");
  };
  throw BadData(name_of(parts_.front()), 0, 0, -1,
                "holds " + shown(type_, flat_, width_) + "; expected " + shown(type, flat, width));
}

Hdf5Rows open_hdf5(engine::JobCore& job, std::vector<std::string> const& names, std::string const& otherwise) {
  std::vector<Hdf5Rows::Part> parts;
  MissingInputs missing;  // the same on all ranks
  for (auto const& name : names) {
    auto [file, dataset] = hdf5_name(name);
    if (dataset.empty()) dataset = otherwise;
    if (dataset.empty()) throw UsageError(name, "say which dataset of the file: " + name + ":/NAME");
    bool const found = missing.found([&, &file = file, &dataset = dataset] {
      auto const input = open_text(job, {file});
      for (auto const& source : input.sources()) parts.push_back({source, dataset, {}});
    });
    if (found) job.add_input_digest(dataset);  // another dataset of the same file is another input
  }
  job.settle_checkpoints();
  job.world().together(engine::Site::load, "hdf5", [&] {
    for (auto& part : parts) {
      if (part.source.made) throw BadData(part.source.name, 0, 0, -1, "is no HDF5 file");
      if (part.source.held) throw BadData(part.source.name, 0, 0, -1, "an HDF5 file is read as it is, not packed");
      missing.found([&] { part.layout = store::row_layout(part.source.name, part.dataset); });
    }
    missing.refuse();
  });
  std::optional<Hdf5Rows> rows;
  job.world().together(engine::Site::load, "hdf5", [&] { rows.emplace(std::move(parts)); });
  return std::move(*rows);
}

Hdf5Rows open_hdf5_here(std::vector<std::string> const& names, std::string const& otherwise) {
  std::vector<Hdf5Rows::Part> parts;
  for (auto const& name : names) {
    auto const [file, dataset] = hdf5_name(name);
    auto const& inside = dataset.empty() ? otherwise : dataset;
    auto const input = TextInput::open({file});
    for (auto const& source : input.sources())
      parts.push_back({source, inside, store::row_layout(source.name, inside)});
  }
  return Hdf5Rows(std::move(parts));
}

}  // namespace pel::data
