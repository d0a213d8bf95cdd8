// index.h5 of an epoch: every field as one dataset over all partitions, in their order, that holds no data but says
// where it is (a virtual dataset over the parts). For people; nothing of PEL's ever reads it.
#pragma once

#include <filesystem>
#include <string>

#include "store/checkpoint.hpp"
#include "store/file.hpp"

namespace pel::store {

constexpr char const* epoch_index_name = "index.h5";

// Writes it beside the parts, which are read for their tables and checked; whoever calls it is to fsync and close what
// it returns. What is missing there reads as NaN or the greatest integer. Throws: WriteFailed; also where a part is not
// what its rank says it wrote. Cost: a few kilobytes read a part.
[[nodiscard]] WritableFile write_epoch_index(std::filesystem::path const& directory, Manifest const& manifest);

// Why people cannot read it: it is missing, cut short, or another than the parts say; empty where nothing is wrong.
// Opens it and each of its fields, but reads no data through it. Requires: the parts are whole.
[[nodiscard]] std::string epoch_index_fault(std::filesystem::path const& directory, Manifest const& manifest);

}  // namespace pel::store
