#!/usr/bin/python3
"""Checks that a result file has these columns, of these types, one row each, with a scale on every axis.

Usage: readable_result.py RESULT.h5 NAME:DTYPE:NDIM ...
DTYPE as NumPy names it ("int64", "float64"), "bool", or "text" for strings of any width.
"""

import sys

import h5py


def check(holds, what):
    if not holds:
        sys.exit(f"readable_result: {what}")


def type_of(dataset):
    if h5py.check_string_dtype(dataset.dtype) is not None:
        return "text"
    encoding = dataset.attrs.get("encoding", b"")
    return "bool" if encoding in (b"bool", "bool") else dataset.dtype.name


def main(path, columns):
    rows = set()
    with h5py.File(path, "r") as result:
        for name, value in result.attrs.items():
            print(f"{name} = {value}")
        for column in columns:
            name, dtype, ndim = column.rsplit(":", 2)
            check(name in result, f"no column {name} in {path}")
            dataset = result[name]
            check(type_of(dataset) == dtype, f"{name} is {type_of(dataset)}, not {dtype}")
            check(dataset.ndim == int(ndim), f"{name} has {dataset.ndim} dimensions, not {ndim}")
            for axis, dimension in enumerate(dataset.dims):
                check(len(dimension) == 1, f"{name} has {len(dimension)} scales on axis {axis}")
                length = dimension[0].shape
                check(length == (dataset.shape[axis],), f"{name}: the scale of axis {axis} has the shape {length}")
            rows.add(dataset.shape[0])
            print(f"{name}: {dtype} {dataset.shape} {[d[0].name for d in dataset.dims]} {dataset[:3].tolist()}")
    check(len(rows) == 1, f"columns have different numbers of rows: {sorted(rows)}")


if __name__ == "__main__":
    check(len(sys.argv) >= 3, __doc__)
    main(sys.argv[1], sys.argv[2:])
