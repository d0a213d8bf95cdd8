// Tables as HDF5, one file or a directory with a file a partition: the same rows, complete or absent.
#include "data/table_file.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "data/output_file.hpp"
#include "data/table_output.hpp"
#include "parts.hpp"
#include "pel/csv.hpp"
#include "pel/dataset.hpp"
#include "pel/error.hpp"
#include "pel/hdf5.hpp"
#include "run_datasets.hpp"
#include "store/column_file.hpp"
#include "store/result_file.hpp"

using namespace pel::test;
using pel::Job;
using Item = pel::Entry<std::string, std::int64_t>;

namespace {

namespace fs = std::filesystem;

constexpr auto write_text = [](auto const& element, auto& out) { out << element << '\n'; };

std::vector<std::string> names_in(std::string const& directory) {
  std::vector<std::string> names;
  for (auto const& entry : fs::directory_iterator(directory)) names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

// Words of up to 12 letters with numbers, in 64 partitions, of which some have none, the first among them.
Parts<Item> items(std::uint32_t partitions = 64) {
  auto const numbers = odd_layouts(partitions)[5];
  Parts<Item> parts(partitions);
  for (std::size_t p = 1; p < parts.size(); ++p)
    for (auto const n : numbers[p]) parts[p].push_back({std::string(static_cast<std::size_t>(n + 100) % 13, 'w'), n});
  return parts;
}

// Numbers in 64 partitions, of which some have none.
Parts<std::int64_t> numbers() { return odd_layouts(64)[5]; }

// A dataset of a file, as bytes.
struct Bytes {
  std::string rows;
  std::uint64_t row_bytes = 0;
};

Bytes rows_of(std::string const& path, std::string const& dataset) {
  pel::store::ColumnFile const file(path, {dataset});
  Bytes found{std::string(file.rows(dataset) * file.row_bytes(dataset), '?'), file.row_bytes(dataset)};
  if (!found.rows.empty()) file.read(dataset, 0, std::as_writable_bytes(std::span(found.rows)));
  return found;
}

// The same of all parts together; and how many rows each of them has.
Bytes rows_of_parts(std::string const& directory, std::string const& dataset,
                    std::vector<std::size_t>* sizes = nullptr) {
  Bytes all;
  for (auto const& name : names_in(directory)) {
    auto const part = rows_of(directory + "/" + name, dataset);
    CHECK((all.row_bytes == 0 || all.row_bytes == part.row_bytes));
    all.row_bytes = part.row_bytes;
    all.rows += part.rows;
    if (sizes != nullptr) sizes->push_back(part.rows.size() / part.row_bytes);
  }
  return all;
}

template <class T>
std::vector<std::size_t> sizes_of(Parts<T> const& parts) {
  std::vector<std::size_t> sizes;
  for (auto const& part : parts) sizes.push_back(part.size());
  return sizes;
}

template <class T>
Done write(Parts<T> const& parts, Words const& paths, Words options = {}) {
  for (auto const& path : paths) options.insert(options.end(), {"--output", path});
  auto done = run_datasets(options, [&](Job& job) { given(job, parts).write(job.output()); });
  meet();
  return done;
}

std::vector<std::int64_t> read(std::vector<std::string> const& names) {
  std::vector<std::int64_t> found;
  (void)run_datasets({"--partitions", "7"},
                     [&](Job& job) { found = pel::read_hdf5<std::int64_t>(job, names).collect(); });
  return found;
}

bool nothing_is_left_of(std::string path) {
  while (path.ends_with('/')) path.pop_back();
  return !fs::exists(path) && !fs::exists(pel::store::temporary_of(path));
}

}  // namespace

TEST_CASE("each part holds its partition's rows of what one file holds, under one digest") {
  auto const parts = items();
  auto const digest = run_datasets({}, [&](Job& job) { given(job, parts).write(job.output()); }).digest;
  for (Words const& more : {Words{}, Words{"--threads", "2"}, Words{"--memory", "64K"}}) {
    auto const one = fresh_path(".h5"), many = fresh_path(".h5/"), others = fresh_path(".hdf5//");
    CHECK(write(parts, {one}, more).digest == digest);
    CHECK(write(parts, {many}, more).digest == digest);
    CHECK(write(parts, {others, one, many}, more).digest == digest);  // in place of those

    CHECK(names_in(many).size() == 64);
    CHECK(names_in(many)[7] == "part-00007.h5");
    CHECK(names_in(others)[63] == "part-00063.hdf5");
    for (std::string const dataset : {"key", "value"}) {
      auto const whole = rows_of(one, dataset);
      for (auto const& path : {many, others}) {
        std::vector<std::size_t> sizes;
        auto const found = rows_of_parts(path, dataset, &sizes);
        CHECK(found.rows == whole.rows);
        CHECK(found.row_bytes == whole.row_bytes);
        CHECK(sizes == sizes_of(parts));
      }
    }
    CHECK(rows_of(one, "key").row_bytes == 12);
    CHECK_FALSE(fs::exists(pel::store::temporary_of(many.substr(0, many.size() - 1))));
  }
}

TEST_CASE("texts that are packed in one file are packed in all parts, where each counts from its own beginning") {
  auto parts = items();
  parts[5].push_back({std::string(std::size_t{3} << 20U, 'x'), 1});
  auto const one = fresh_path(".h5"), many = fresh_path(".h5/");
  (void)write(parts, {one, many});
  CHECK(rows_of(one, "key").row_bytes == 1);
  CHECK(rows_of_parts(many, "key").rows == rows_of(one, "key").rows);
  std::uint64_t total = 0;
  std::string whole;
  for (std::size_t p = 0; p < parts.size(); ++p) {
    auto const ends = rows_of(many + "/" + names_in(many)[p], "key_end").rows;
    std::uint64_t end = 0;
    std::string expected;
    for (auto const& item : parts[p]) {
      end += item.key.size();
      expected.append(reinterpret_cast<char const*>(&end), sizeof end);
      auto const in_all = total + end;
      whole.append(reinterpret_cast<char const*>(&in_all), sizeof in_all);
    }
    total += end;
    CHECK(ends == expected);
  }
  CHECK(rows_of(one, "key_end").rows == whole);
}

TEST_CASE("texts wider than a block of writing are padded, too") {
  Parts<std::string> parts(7);
  parts[2] = {std::string(std::size_t{3} << 20U, 'a'), ""};
  parts[6] = {"b", std::string(std::size_t{2} << 20U, 'c')};
  auto const one = fresh_path(".h5"), many = fresh_path(".h5/");
  (void)write(parts, {one, many}, {"--partitions", "7"});
  std::string expected;
  for (auto const& text : all_of(parts)) expected += text + std::string((std::size_t{3} << 20U) - text.size(), '\0');
  CHECK(rows_of(one, "value").rows == expected);
  CHECK(rows_of_parts(many, "value").rows == expected);
}

TEST_CASE("parts are read as one dataset, in the order of their names, with the bits of one file") {
  auto const parts = numbers();
  auto const one = fresh_path(".h5"), many = fresh_path(".h5/");
  (void)write(parts, {one, many});
  auto const bare = many.substr(0, many.size() - 1);
  for (auto const& name :
       {one, many, bare, many + "/", bare + "/part-*.h5",
        fs::path(bare).parent_path().string() + "/[f]" + fs::path(bare).filename().string().substr(1) + "/"})
    CHECK(read({name + ":/value"}) == all_of(parts));
  auto twice = all_of(parts);
  twice.insert(twice.end(), twice.begin(), twice.end());
  CHECK(read({many + ":/value", one + ":/value"}) == twice);

  std::string text;
  for (auto const& shape : dataset_shapes())
    for (auto const& path : {one, many}) {
      auto const done = run_datasets(shape.options(), [&](Job& job) {
        pel::read_hdf5<std::int64_t>(job, {path + ":/value"}).write_lines(job.output(), write_text);
      });
      if (text.empty()) text = done.text;
      CHECK(done.text == text);
    }
}

TEST_CASE("no element at all is parts that can be read, too") {
  auto const path = fresh_path(".h5/");
  (void)write(Parts<std::int64_t>(64), {path});
  CHECK(names_in(path).size() == 64);
  CHECK(read({path + ":/value"}).empty());
  (void)write(Parts<std::string>(64), {path});
  CHECK(rows_of_parts(path, "value").rows.empty());
}

TEST_CASE("a part of another type or without the dataset is refused by its name") {
  auto const path = fresh_path(".h5/"), other = fresh_path(".h5");
  (void)write(numbers(), {path});
  Parts<double> const doubles(64);
  (void)write(doubles, {other});
  auto const swap = [&](std::string const& name) {
    if (rank() == 0) fs::copy_file(name, path + "part-00017.h5", fs::copy_options::overwrite_existing);
    meet();
  };
  swap(other);
  try {
    (void)read({path + ":/value"});
    FAIL("it was read");
  } catch (pel::BadData const& bad) {
    CHECK(std::string(bad.what()).find("part-00017.h5") != std::string::npos);
    CHECK(std::string(bad.what()).find("part-00000.h5") != std::string::npos);
  }
  meet();
  Parts<pel::Entry<std::int64_t, double>> const entries(64);  // with keys
  (void)write(entries, {other});
  swap(other);
  try {
    (void)read({path + ":/key"});
    FAIL("it was read");
  } catch (pel::MissingInput const& missing) {
    CHECK(std::string(missing.what()).find("part-00000.h5") != std::string::npos);
    CHECK(std::string(missing.what()).find("part-00063.h5") != std::string::npos);
    CHECK(std::string(missing.what()).find("part-00017.h5") == std::string::npos);
  }
  CHECK_THROWS_AS((void)read({fresh_path(".h5/") + ":/value"}), pel::MissingInput);
}

TEST_CASE("parts take the place of parts of HDF5, all of them, and of nothing else") {
  auto const path = fresh_path(".h5/"), texts = fresh_path("/"), file = fresh_path(".txt");
  (void)write(numbers(), {path});
  auto const few = odd_layouts(7)[5];
  (void)write(few, {path, texts}, {"--partitions", "7"});
  CHECK(names_in(path).size() == 7);
  CHECK(read({path + ":/value"}) == all_of(few));

  auto const of_text = fresh_path(".h5/"), noted = fresh_path(".h5/"), plain = fresh_path(".h5");
  if (rank() == 0) {
    fs::copy(texts, of_text);
    fs::copy(path, noted);
    std::ofstream(noted + "notes.txt") << "mine";
    std::ofstream(plain) << "mine";
  }
  meet();
  bool ran = false;
  for (auto const& name : {of_text, noted, plain + "/"}) {
    CAPTURE(name);
    CHECK_THROWS_AS(run_datasets({"--output", name},
                                 [&](Job& job) {
                                   given(job, numbers()).filter([&](auto) { return ran = true; }).write(job.output());
                                 }),
                    pel::WriteFailed);
    // One that the program names itself, when it comes to it.
    CHECK_THROWS_AS(run_datasets({}, [&](Job& job) { given(job, numbers()).write({name}); }), pel::WriteFailed);
  }
  CHECK_FALSE(ran);
  CHECK(names_in(of_text).size() == 7);
  CHECK(names_in(noted).size() == 8);
  CHECK(contents_of(plain) == "mine");
}

TEST_CASE("a failure in the middle leaves nothing, and what was there stays") {
  // A part or a file that is begun, and then not ended.
  auto const fail = [&](std::string const& path) {
    CHECK_THROWS_AS(run_datasets({},
                                 [&](Job& job) {
                                   auto& flow = *pel::flow_of(job);
                                   pel::data::TableContent content;
                                   content.extents.assign(64, {{3, 0, 24}});
                                   auto const heading = pel::data::ColumnPieceOf<std::int64_t>::heading("value");
                                   content.datasets = pel::engine::datasets_of({heading}, content.extents);
                                   auto const file = pel::data::make_table_output(flow, path, content);
                                   flow.superstep("write", [&](pel::data::Step& step) {
                                     file->begin(step);
                                     std::array<std::int64_t, 3> const rows{1, 2, 3};
                                     auto const before = content.datasets[0].rows_in(file->before(step));
                                     file->write(step, 0, before * 8, std::as_bytes(std::span(rows)));
                                     if (step.partition().index() == 40) throw std::runtime_error("now");
                                     file->end(step);
                                   });
                                   file->publish();
                                 }),
                    pel::KernelFailed);
    meet();
  };
  for (std::string const ending : {".h5", ".h5/"}) {
    CAPTURE(ending);
    auto const path = fresh_path(ending);
    fail(path);
    CHECK(nothing_is_left_of(path));

    (void)write(numbers(), {path});
    fail(path);
    CHECK(read({path + ":/value"}) == all_of(numbers()));
    CHECK_FALSE(fs::exists(pel::store::temporary_of(path.substr(0, path.find_last_not_of('/') + 1))));
    meet();
  }
}

TEST_CASE("what appears in the way until the end is not removed, nor is anything left") {
  auto const path = fresh_path(".h5/");
  CHECK_THROWS_AS(run_datasets({},
                               [&](Job& job) {
                                 auto& flow = *pel::flow_of(job);
                                 pel::data::TableContent content;
                                 content.extents.assign(64, {{0, 0, 0}});
                                 auto const file = pel::data::make_table_output(flow, path, content);
                                 meet();
                                 if (rank() == 0) {
                                   fs::create_directory(path);
                                   std::ofstream(path + "notes.txt") << "mine";
                                 }
                                 meet();
                                 file->publish();
                               }),
                  pel::WriteFailed);
  meet();
  CHECK(names_in(path) == std::vector<std::string>{"notes.txt"});
  CHECK_FALSE(fs::exists(pel::store::temporary_of(path.substr(0, path.size() - 1))));
}

TEST_CASE("checkpoints that are being written and tables do not meet in HDF5") {
  auto const one = fresh_path(".h5"), many = fresh_path(".h5/"), checkpoints = fresh_path(".ckpt");
  auto const parts = numbers();
  (void)run_datasets({"--checkpoint-every", "1", "--checkpoint-dir", checkpoints}, [&](Job& job) {
    auto const kept = given(job, parts).named("numbers");
    for (int i = 0; i < 10; ++i) {
      (void)kept.write({one, many});
      meet();
      CHECK(pel::read_hdf5<std::int64_t>(job, {many + ":/value"}).size() == all_of(parts).size());
    }
    kept.write_lines(job.output(), write_text);
  });
  CHECK(read({many + ":/value"}) == all_of(parts));
  CHECK(read({one + ":/value"}) == all_of(parts));
}

TEST_CASE("only write() writes HDF5: all else refuses the name before it runs") {
  for (std::string const ending : {".h5", ".hdf5", ".h5/", ".hdf5//"}) {
    CAPTURE(ending);
    auto const path = fresh_path(ending);
    bool ran = false;
    auto const seen = [&](Job& job) { return given(job, numbers()).filter([&](auto) { return ran = true; }); };
    CHECK_THROWS_AS(
        run_datasets({"--output", path}, [&](Job& job) { seen(job).write_lines(job.output(), write_text); }),
        pel::UsageError);
    CHECK_THROWS_AS(run_datasets({"--output", path},
                                 [&](Job& job) {
                                   pel::write_csv(seen(job), job.output(), pel::column("n", [](auto n) { return n; }));
                                 }),
                    pel::UsageError);
    CHECK_THROWS_AS(
        run_datasets({"--output", path}, [&](Job& job) { given(job, numbers()).write_records(job.output()); }),
        pel::UsageError);
    CHECK_THROWS_AS(run_datasets({"--output", path}, [&](Job& job) { (void)job.text_output(); }), pel::UsageError);
    CHECK_FALSE(ran);
    CHECK(nothing_is_left_of(path));
  }
}
