#include "store/hdf5.hpp"

#include <hdf5_hl.h>

#include <array>
#include <bit>
#include <charconv>
#include <string_view>

#include "store/hdf5_library.hpp"
#include "store/image_driver.hpp"

namespace pel::store::hdf5 {

static_assert(std::endian::native == std::endian::little, "payload is written as it lies in memory");

namespace {

// Called by C code: nothing may be thrown through it.
herr_t append_entry(unsigned /*n*/, H5E_error2_t const* entry, void* text) noexcept {
  try {
    auto& out = *static_cast<std::string*>(text);
    if (entry->desc != nullptr) out += (out.empty() ? "" : "; ") + std::string(entry->desc);
    std::erase(out, '\n');  // HDF5 puts ctime()'s into its words
  } catch (std::exception const&) {
    return -1;
  }
  return 0;
}

// HDF5 names errno only in words: "…, errno = 28, error message = …".
int errno_in(std::string_view stack) {
  constexpr std::string_view label = "errno = ";
  auto const at = stack.find(label);
  int code = 0;
  if (at != std::string_view::npos)
    std::from_chars(stack.data() + at + label.size(), stack.data() + stack.size(), code);
  return code;
}

// HDF5 prints every error on stderr unless told not to.
void be_silent() { checked(H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr), "H5Eset_auto2"); }

Properties access_properties() {
  Properties access(H5Pcreate(H5P_FILE_ACCESS), "H5Pcreate");
  checked(H5Pset_libver_bounds(access.id(), H5F_LIBVER_V110, H5F_LIBVER_V110), "H5Pset_libver_bounds");
  // Closing the file closes it, even if an error left an object open.
  checked(H5Pset_fclose_degree(access.id(), H5F_CLOSE_STRONG), "H5Pset_fclose_degree");
  // Not every file system has locks, and who owns the directory is decided elsewhere.
  checked(H5Pset_file_locking(access.id(), 0, 1), "H5Pset_file_locking");
  return access;
}

Space space_of(Shape const& shape) {
  std::vector<hsize_t> const extent(shape.begin(), shape.end());
  if (extent.empty()) return {H5Screate(H5S_SCALAR), "H5Screate"};
  return {H5Screate_simple(static_cast<int>(extent.size()), extent.data(), nullptr), "H5Screate_simple"};
}

Attribute create_attribute(hid_t object, std::string const& name, Type const& type) {
  Space const scalar = space_of({});
  return {H5Acreate2(object, name.c_str(), type.id(), scalar.id(), H5P_DEFAULT, H5P_DEFAULT), "H5Acreate2"};
}

Type copy_of(hid_t type) { return {H5Tcopy(type), "H5Tcopy"}; }

Attribute open_scalar(hid_t object, std::string const& name) {
  Attribute attribute(H5Aopen(object, name.c_str(), H5P_DEFAULT), "H5Aopen");
  Space const space(H5Aget_space(attribute.id()), "H5Aget_space");
  if (checked(H5Sget_simple_extent_npoints(space.id()), "H5Sget_simple_extent_npoints") != 1)
    throw Error("attribute " + name, "is no scalar", 0);
  return attribute;
}

std::uint64_t size_of(Type const& type) {
  auto const bytes = H5Tget_size(type.id());
  if (bytes == 0) fail("H5Tget_size");
  return bytes;
}

}  // namespace

void fail(char const* call) {
  std::string stack;
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_DOWNWARD, append_entry, &stack);
  H5Eclear2(H5E_DEFAULT);
  throw Error(call, stack, errno_in(stack));
}

File create_file(FileImage& image, std::uint64_t metadata) {
  be_silent();
  auto const access = access_properties();
  use_image(access.id(), image);
  if (metadata > 0) {
    checked(H5Pset_meta_block_size(access.id(), metadata), "H5Pset_meta_block_size");
    checked(H5Pset_alignment(access.id(), 4096, 4096), "H5Pset_alignment");
    // Else small data takes over what is left of the room for metadata, and later metadata goes behind the data.
    checked(H5Pset_small_data_block_size(access.id(), 0), "H5Pset_small_data_block_size");
  }
  // Not even of the root group: the same content is the same bytes.
  Properties const creation(H5Pcreate(H5P_FILE_CREATE), "H5Pcreate");
  checked(H5Pset_obj_track_times(creation.id(), false), "H5Pset_obj_track_times");
  if (metadata > 0) {
    // HDF5 keeps no list of free space: it would put metadata into the gaps that alignment leaves between datasets.
    // Only here, as it then writes the time into the file.
    checked(H5Pset_file_space_strategy(creation.id(), H5F_FSPACE_STRATEGY_AGGR, false, 1),
            "H5Pset_file_space_strategy");
    // A group of more than eight names would move them into a heap when the file is closed, behind the data. Groups
    // that are made on the way to a dataset take after the root.
    constexpr unsigned most_names = 65535;
    checked(H5Pset_link_phase_change(creation.id(), most_names, 0), "H5Pset_link_phase_change");
    // The same of more than eight attributes.
    checked(H5Pset_attr_phase_change(creation.id(), 64, 0), "H5Pset_attr_phase_change");
  }
  return {H5Fcreate("image", H5F_ACC_TRUNC, creation.id(), access.id()), "H5Fcreate"};
}

File open_file(std::filesystem::path const& path) {
  be_silent();
  auto const access = access_properties();
  checked(H5Pset_fapl_sec2(access.id()), "H5Pset_fapl_sec2");
  return {H5Fopen(path.c_str(), H5F_ACC_RDONLY, access.id()), "H5Fopen"};
}

Type number_type(base::ElementType type) {
  // In the order of ElementType; not static, as HDF5 gives the numbers when it starts.
  std::array<hid_t, 11> const types{H5T_STD_I8LE,   H5T_STD_U8LE,   H5T_STD_I16LE, H5T_STD_U16LE,
                                    H5T_STD_I32LE,  H5T_STD_U32LE,  H5T_STD_I64LE, H5T_STD_U64LE,
                                    H5T_IEEE_F32LE, H5T_IEEE_F64LE, H5T_STD_U8LE};
  return copy_of(types.at(static_cast<std::size_t>(type)));
}

Type text_type(std::uint64_t width) {
  auto type = copy_of(H5T_C_S1);
  checked(H5Tset_size(type.id(), width), "H5Tset_size");
  checked(H5Tset_strpad(type.id(), H5T_STR_NULLPAD), "H5Tset_strpad");
  checked(H5Tset_cset(type.id(), H5T_CSET_UTF8), "H5Tset_cset");
  return type;
}

Type record_type(std::span<char const* const> names) {
  Type record(H5Tcreate(H5T_COMPOUND, names.size() * sizeof(std::uint64_t)), "H5Tcreate");
  std::size_t at = 0;
  for (auto const* name : names) {
    checked(H5Tinsert(record.id(), name, at, H5T_STD_U64LE), "H5Tinsert");
    at += sizeof(std::uint64_t);
  }
  return record;
}

Dataset create_dataset(File const& file, std::string const& path, Type const& type, Shape const& shape,
                       Storage storage) {
  Properties const links(H5Pcreate(H5P_LINK_CREATE), "H5Pcreate");
  checked(H5Pset_create_intermediate_group(links.id(), 1), "H5Pset_create_intermediate_group");
  checked(H5Pset_char_encoding(links.id(), H5T_CSET_UTF8), "H5Pset_char_encoding");
  Properties const creation(H5Pcreate(H5P_DATASET_CREATE), "H5Pcreate");
  checked(H5Pset_layout(creation.id(), H5D_CONTIGUOUS), "H5Pset_layout");
  auto const time = storage == Storage::early ? H5D_ALLOC_TIME_EARLY : H5D_ALLOC_TIME_LATE;
  checked(H5Pset_alloc_time(creation.id(), time), "H5Pset_alloc_time");
  checked(H5Pset_fill_time(creation.id(), H5D_FILL_TIME_NEVER), "H5Pset_fill_time");
  checked(H5Pset_obj_track_times(creation.id(), false), "H5Pset_obj_track_times");
  Space const space = space_of(shape);
  return {H5Dcreate2(file.id(), path.c_str(), type.id(), space.id(), links.id(), creation.id(), H5P_DEFAULT),
          "H5Dcreate2"};
}

Dataset open_dataset(File const& file, std::string const& path) {
  return {H5Dopen2(file.id(), path.c_str(), H5P_DEFAULT), "H5Dopen2"};
}

Shape shape_of(Dataset const& dataset) {
  Space const space(H5Dget_space(dataset.id()), "H5Dget_space");
  auto const rank = checked(H5Sget_simple_extent_ndims(space.id()), "H5Sget_simple_extent_ndims");
  std::vector<hsize_t> extent(static_cast<std::size_t>(rank));
  checked(H5Sget_simple_extent_dims(space.id(), extent.data(), nullptr), "H5Sget_simple_extent_dims");
  return {extent.begin(), extent.end()};
}

std::uint64_t element_bytes(Dataset const& dataset) { return size_of(Type(H5Dget_type(dataset.id()), "H5Dget_type")); }

std::uint64_t byte_offset(Dataset const& dataset) {
  for (auto const n : shape_of(dataset))
    if (n == 0) return 0;
  auto const offset = H5Dget_offset(dataset.id());
  if (offset == HADDR_UNDEF) fail("H5Dget_offset");
  return offset;
}

base::ElementType number_type_of(Dataset const& dataset) {
  using base::ElementType;
  Type const type(H5Dget_type(dataset.id()), "H5Dget_type");
  for (auto n = static_cast<int>(ElementType::i8); n <= static_cast<int>(ElementType::f64); ++n) {
    auto const candidate = static_cast<ElementType>(n);
    if (checked(H5Tequal(type.id(), number_type(candidate).id()), "H5Tequal") > 0) return candidate;
  }
  throw Error("H5Dget_type", "not a type of PEL's", 0);
}

void set_integer(hid_t object, std::string const& name, std::int64_t value) {
  auto const type = number_type(base::ElementType::i64);
  auto const attribute = create_attribute(object, name, type);
  checked(H5Awrite(attribute.id(), type.id(), &value), "H5Awrite");
}

void set_integers(hid_t object, std::string const& name, std::vector<std::uint64_t> const& values) {
  auto const type = number_type(base::ElementType::u64);
  auto const space = space_of({values.size()});
  Attribute const attribute(H5Acreate2(object, name.c_str(), type.id(), space.id(), H5P_DEFAULT, H5P_DEFAULT),
                            "H5Acreate2");
  checked(H5Awrite(attribute.id(), type.id(), values.data()), "H5Awrite");
}

void set_text(hid_t object, std::string const& name, std::string const& value) {
  auto const type = text_type(value.empty() ? 1 : value.size());  // no type of HDF5's has 0 bytes
  auto const attribute = create_attribute(object, name, type);
  checked(H5Awrite(attribute.id(), type.id(), value.c_str()), "H5Awrite");
}

void set_variable_text(hid_t object, std::string const& name, std::string const& value) {
  auto type = copy_of(H5T_C_S1);
  checked(H5Tset_size(type.id(), H5T_VARIABLE), "H5Tset_size");
  checked(H5Tset_cset(type.id(), H5T_CSET_UTF8), "H5Tset_cset");
  auto const attribute = create_attribute(object, name, type);
  char const* const text = value.c_str();
  checked(H5Awrite(attribute.id(), type.id(), &text), "H5Awrite");
}

bool has_attribute(hid_t object, std::string const& name) {
  return checked(H5Aexists(object, name.c_str()), "H5Aexists") > 0;
}

std::int64_t integer_of(hid_t object, std::string const& name) {
  auto const attribute = open_scalar(object, name);
  std::int64_t value = 0;
  checked(H5Aread(attribute.id(), H5T_NATIVE_INT64, &value), "H5Aread");
  return value;
}

std::string text_of(hid_t object, std::string const& name) {
  auto const attribute = open_scalar(object, name);
  Type const type(H5Aget_type(attribute.id()), "H5Aget_type");
  if (H5Tget_class(type.id()) != H5T_STRING || checked(H5Tis_variable_str(type.id()), "H5Tis_variable_str") > 0)
    throw Error("attribute " + name, "is no text of fixed length", 0);
  std::string text(size_of(type), '\0');
  checked(H5Aread(attribute.id(), type.id(), text.data()), "H5Aread");
  auto const end = text.find('\0');
  if (end != std::string::npos) text.resize(end);
  return text;
}

Dataset create_scale(File const& file, std::string const& name, std::uint64_t length) {
  auto scale = create_dataset(file, name, number_type(base::ElementType::f32), {length}, Storage::none);
  // Readers of netCDF know these words, and that no coordinates are there.
  auto const digits = std::to_string(length);
  auto const padding = std::string(digits.size() < 10 ? 10 - digits.size() : 0, ' ');
  auto const text = "This is a netCDF dimension but not a netCDF variable" + padding + digits;
  checked(H5DSset_scale(scale.id(), text.c_str()), "H5DSset_scale");
  return scale;
}

void attach_scale(Dataset const& dataset, Dataset const& scale, std::size_t axis) {
  checked(H5DSattach_scale(dataset.id(), scale.id(), static_cast<unsigned>(axis)), "H5DSattach_scale");
}

}  // namespace pel::store::hdf5

namespace pel::store {

void open_hdf5_library() { hdf5::checked(H5open(), "H5open"); }

}  // namespace pel::store
