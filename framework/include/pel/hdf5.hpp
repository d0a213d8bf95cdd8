// Rows of HDF5 datasets.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "data/read_hdf5.hpp"
#include "pel/dataset.hpp"

namespace pel {

// The rows of datasets in HDF5 files, in order; each partition has an equal number of them. T is a number for datasets
// of one dimension, std::array<number, n> for two; types are checked, not converted. Plain datasets, and such in chunks
// that are shuffled or compressed with gzip or not. FILE may be a directory or a glob, whose files follow in the order
// of their names. Rows that are asked for a second time are kept. Collective: all ranks. Throws: on all of them:
// MissingInput, also for a dataset that is not there; BadData for another type or shape, and for damaged files.
// Example: pel::read_hdf5<std::array<double, 3>>(job, {"run.h5:/mesh/points"}); what write() wrote as an .h5 file of
// numbers is pel::read_hdf5<double>(job, {"result.h5:/value"}), and in parts {"result.h5/:/value"}.
template <class T>
[[nodiscard]] Dataset<T> read_hdf5(Job& job, std::vector<std::string> const& names) {
  auto const flow = flow_of(job);
  auto rows = data::open_hdf5(job.core(), names);
  std::shared_ptr<data::Node<T>> node;
  flow->open("hdf5", [&] { node = std::make_shared<data::Hdf5Node<T>>(flow, std::move(rows)); });
  return Dataset<T>(std::move(node));
}

}  // namespace pel
