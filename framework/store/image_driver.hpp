// The way by which HDF5 writes into a FileImage: a "virtual file driver" of its own.
#pragma once

#include <hdf5.h>

#include "store/file_image.hpp"

namespace pel::store::hdf5 {

// Lets files that are created with these access properties be in `image`, which must outlive them.
// Throws: Error.
void use_image(hid_t access, FileImage& image);

}  // namespace pel::store::hdf5
