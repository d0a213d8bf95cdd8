#include "store/epoch_index.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <string>

#include "sample_checkpoint.hpp"
#include "store/hdf5.hpp"

namespace fs = std::filesystem;
namespace hdf5 = pel::store::hdf5;
using pel::partition_id;
using pel::base::ElementType;
using pel::store::CheckpointDirectory;
using pel::test::Field;
using pel::test::TemporaryDirectory;

namespace {

struct Whole {
  hdf5::Shape shape;
  std::vector<std::byte> bytes;
};

Whole read(fs::path const& epoch, pel::store::FieldInfo const& info) {
  auto const file = hdf5::open_file(epoch / "index.h5");
  auto const dataset = hdf5::open_dataset(file, "/" + info.name);
  Whole whole{hdf5::shape_of(dataset), {}};
  std::size_t bytes = pel::base::size_of(info.type);
  for (auto const n : whole.shape) bytes *= n;
  whole.bytes.resize(bytes);
  CHECK(hdf5::element_bytes(dataset) == pel::base::size_of(info.type));
  if (bytes > 0)
    hdf5::checked(
        H5Dread(dataset.id(), hdf5::number_type(info.type).id(), H5S_ALL, H5S_ALL, H5P_DEFAULT, whole.bytes.data()),
        "H5Dread");
  return whole;
}

// All slices of a field, one after the other.
Whole joined(Field const& field) {
  Whole whole{{0}, {}};
  for (auto const& slice : field.slices) {
    whole.shape[0] += slice.rows;
    whole.bytes.insert(whole.bytes.end(), slice.bytes.begin(), slice.bytes.end());
  }
  whole.shape.insert(whole.shape.end(), field.info.row_shape.begin(), field.info.row_shape.end());
  return whole;
}

void check_whole(fs::path const& epoch, std::vector<Field> const& fields) {
  for (auto const& field : fields) {
    CAPTURE(field.info.name);
    auto const found = read(epoch, field.info);
    auto const expected = joined(field);
    CHECK(found.shape == expected.shape);
    CHECK((found.bytes == expected.bytes));
  }
}

std::vector<pel::PartitionId> all_partitions() { return pel::test::partitions_of(0, 1); }

}  // namespace

TEST_CASE("every field is whole in the index, in the order of partitions, however many ranks wrote it") {
  for (int const ranks : {1, 2, 3, 5, 7}) {
    CAPTURE(ranks);
    TemporaryDirectory const scratch;
    CheckpointDirectory const directory(scratch.path());

    pel::test::write_sample(directory, 4, ranks);

    check_whole(directory.committed(4), pel::test::sample_fields(all_partitions()));
  }
}

TEST_CASE("partitions that lie scattered over the parts are put in order") {
  TemporaryDirectory const scratch;
  CheckpointDirectory const directory(scratch.path());
  auto manifest = pel::test::sample_manifest(4);
  std::vector const first{partition_id(1), partition_id(4)};
  std::vector const second{partition_id(0), partition_id(2), partition_id(3)};
  auto const temporary = directory.begin(4);
  for (auto const& mine : {first, second}) {
    auto const rank = static_cast<int>(manifest.parts.size());
    auto const fields = pel::test::sample_fields(mine);
    manifest.parts.push_back(pel::test::write_part(temporary, manifest, rank, 2, mine, fields).summary);
  }

  pel::test::commit(directory, manifest);

  check_whole(directory.committed(4), pel::test::sample_fields(all_partitions()));
}

TEST_CASE("slices in linked files are where they belong, after the older epoch is gone too") {
  TemporaryDirectory const scratch;
  CheckpointDirectory const directory(scratch.path());
  Field field{{"state/x", ElementType::f32, {}, false}, {}};
  auto const all = all_partitions();
  for (auto const id : all)
    field.slices.push_back({id, 2000, pel::test::bytes_of(std::vector(2000, static_cast<float>(index(id))))});
  std::optional<pel::store::WrittenPart> before;
  for (int const superstep : {1, 2, 3}) {
    auto manifest = pel::test::sample_manifest(superstep);
    std::optional<pel::store::EarlierPart> earlier;
    if (before) earlier = {directory.committed(superstep - 1), superstep - 1, &*before};
    field.slices[static_cast<std::size_t>(superstep)].bytes[0] = std::byte{77};
    auto part = pel::test::write_part(directory.begin(superstep), manifest, 0, 1, all, {field}, earlier);
    CHECK(part.index.files.size() == static_cast<std::size_t>(superstep));
    manifest.parts = {part.summary};
    pel::test::commit(directory, manifest);
    before = std::move(part);
  }

  directory.retain(1, [] {});

  check_whole(directory.committed(3), {field});
}

TEST_CASE("what a missing or a cut part held reads as no number, not as zero") {
  for (bool const missing : {true, false}) {
    CAPTURE(missing);
    TemporaryDirectory const scratch;
    CheckpointDirectory const directory(scratch.path());
    pel::test::write_sample(directory, 4, 2);  // partitions 0, 1 and 2, 3, 4
    auto const part = directory.committed(4) / "part-00001.h5";
    if (missing)
      fs::remove(part);
    else
      fs::resize_file(part, 5000);

    auto const fields = pel::test::sample_fields(all_partitions());
    auto const rank = read(directory.committed(4), fields[0].info).bytes;
    auto const done = read(directory.committed(4), fields[2].info).bytes;

    std::span const ranks(reinterpret_cast<double const*>(rank.data()), rank.size() / sizeof(double));
    REQUIRE(ranks.size() == 100);
    CHECK(std::ranges::none_of(ranks.first(10), [](double x) { return std::isnan(x); }));
    CHECK(std::ranges::all_of(ranks.subspan(10), [](double x) { return std::isnan(x); }));
    CHECK(done == std::vector{std::byte{0}, std::byte{0}, std::byte{255}, std::byte{255}, std::byte{255}});
  }
}

TEST_CASE("a missing integer reads as the greatest of its type") {
  TemporaryDirectory const scratch;
  CheckpointDirectory const directory(scratch.path());
  std::vector<Field> fields;
  for (auto type = ElementType::i8; type <= ElementType::u64;
       type = static_cast<ElementType>(static_cast<int>(type) + 1))
    fields.push_back({{std::string("state/") + pel::base::name_of(type), type, {}, false},
                      {{partition_id(0), 1, std::vector<std::byte>(pel::base::size_of(type))}}});
  pel::store::Manifest manifest{{}, 0, 1, "types", {}};
  pel::test::write_whole(directory, manifest, fields);

  fs::remove(directory.committed(0) / "part-00000.h5");

  for (auto const& field : fields) {
    CAPTURE(field.info.name);
    auto expected = std::vector(pel::base::size_of(field.info.type), std::byte{0xff});
    bool const is_signed = static_cast<int>(field.info.type) % 2 == 0;
    if (is_signed) expected.back() = std::byte{0x7f};
    CHECK(read(directory.committed(0), field.info).bytes == expected);
  }
}

TEST_CASE("the index says whose it is, and how a field is to be read") {
  TemporaryDirectory const scratch;
  CheckpointDirectory const directory(scratch.path());
  pel::test::write_sample(directory, 4, 3);

  auto const file = hdf5::open_file(directory.committed(4) / "index.h5");

  CHECK(hdf5::text_of(file.id(), "format") == "pel-checkpoint-index");
  CHECK(hdf5::integer_of(file.id(), "format_version") == 2);
  CHECK(hdf5::text_of(file.id(), "app") == "sample");
  CHECK(hdf5::integer_of(file.id(), "superstep") == 4);
  CHECK(hdf5::integer_of(file.id(), "partitions") == 5);
  CHECK(hdf5::integer_of(file.id(), "ranks") == 3);
  CHECK(hdf5::text_of(file.id(), "job_seed") == "1");
  CHECK(hdf5::text_of(hdf5::open_dataset(file, "/state/done").id(), "encoding") == "bool");
  CHECK(hdf5::text_of(hdf5::open_dataset(file, "/state/blob").id(), "encoding") == "boost-binary");
  CHECK_FALSE(hdf5::has_attribute(hdf5::open_dataset(file, "/state/rank").id(), "encoding"));
}

TEST_CASE("the index tells the history of the aggregate, the parameters, and what each field is") {
  TemporaryDirectory const scratch;
  CheckpointDirectory const directory(scratch.path());
  auto manifest = pel::test::write_sample_parts(directory, 4, 2);
  manifest.parameters = "{\"rounds\": \"30\"}";
  std::vector<std::int64_t> const supersteps{2, 3, 4};
  std::vector<double> const sums{0.5, 0.25, 0.125, 1, 2, 3};
  pel::store::FieldInfo const step{"superstep", pel::base::ElementType::i64, {}, false};
  pel::store::FieldInfo const sum{"aggregate/sum", pel::base::ElementType::f64, {2}, false};
  manifest.history = {{step, 3, pel::test::bytes_of(supersteps)}, {sum, 3, pel::test::bytes_of(sums)}};

  pel::test::commit(directory, manifest);

  auto const epoch = directory.committed(4);
  CHECK(read(epoch, {"history/superstep", step.type, {}, false}).bytes == pel::test::bytes_of(supersteps));
  auto const whole = read(epoch, {"history/aggregate/sum", sum.type, {2}, false});
  CHECK(whole.shape == hdf5::Shape{3, 2});
  CHECK(whole.bytes == pel::test::bytes_of(sums));
  auto const file = hdf5::open_file(epoch / "index.h5");
  CHECK(hdf5::text_of(file.id(), "params_json") == manifest.parameters);
  auto const rank = hdf5::open_dataset(file, "/state/rank");
  CHECK(hdf5::text_of(rank.id(), "description").find("the field \"rank\" that serialize()") == 0);
  CHECK(hdf5::has_attribute(rank.id(), "global_shape"));
  directory.verify({4, epoch});
}
