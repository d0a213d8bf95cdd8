#!/usr/bin/python3
"""Opens the newest epoch of a checkpoint as a stranger with h5py would, and checks what FORMAT.md promises.

Usage: readable_test.py CHECKPOINT_DIR APP P
"""

import contextlib
import json
import pathlib
import re
import shutil
import sys
import tempfile

import h5py
import numpy

TABLES = ("partitions", "_pel/fields", "_pel/files", "_pel/slices", "_pel/blocks", "_pel/chunks")
COLUMNS = ("field", "partition", "rows", "first_row", "file", "offset", "first_block")
NUMBERS = {"int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "float32", "float64"}
BLOCK = 4 << 20
TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"
SAMPLE = "sample"  # of sample_epochs: its parts are written one by one, and do not know of each other


def check(holds, what):
    if not holds:
        sys.exit(f"readable_test: {what}")


def text(value):
    return value.decode() if isinstance(value, bytes) else str(value)


def newest_epoch(directory):
    epochs = sorted(p for p in pathlib.Path(directory).iterdir() if re.fullmatch(r"epoch-\d{9,}", p.name))
    check(epochs, f"no epoch in {directory}")
    return epochs[-1]


def datasets_of(file):
    """{path: dataset} of all fields, without the table of contents."""
    found = {}
    file.visititems(lambda name, node: found.update({name: node}) if isinstance(node, h5py.Dataset) else None)
    return {name: node for name, node in found.items() if name not in TABLES}


def check_attributes(file, where, expected):
    for name, value in expected.items():
        check(name in file.attrs, f"{where}: no attribute {name}")
        found = file.attrs[name]
        found = text(found) if isinstance(value, str) else int(found)
        check(found == value, f"{where}: attribute {name} is {found!r}, not {value!r}")
    check(isinstance(json.loads(text(file.attrs["params_json"])), dict), f"{where}: params_json is no object")
    created = text(file.attrs["created_utc"])
    check(re.fullmatch(TIME, created), f"{where}: created_utc is {created!r}")


def type_in_words(dataset):
    """As in a row of /_pel/fields."""
    encoding = text(dataset.attrs.get("encoding", ""))
    shape = "x".join(map(str, dataset.shape[1:])) or "-"
    return f"{encoding or dataset.dtype.name} {shape}"


def check_type(dataset, where):
    check(dataset.dtype.name in NUMBERS, f"{where}: has the type {dataset.dtype}")
    check(dataset.dtype.byteorder in "=|<", f"{where}: is not little-endian")
    check(dataset.ndim >= 1 and dataset.chunks is None, f"{where}: is a scalar or chunked")
    encoding = text(dataset.attrs.get("encoding", ""))
    check(encoding in ("", "bool", "boost-binary"), f"{where}: encoding is {encoding!r}")
    check(not encoding or dataset.dtype.name == "uint8", f"{where}: {encoding} of {dataset.dtype}")


def row_bytes(dataset):
    return dataset.dtype.itemsize * int(numpy.prod(dataset.shape[1:], dtype=int))


def check_own_rows(part, fields, where):
    """The slices in the part itself cover each dataset without a gap, in the order of partitions."""
    names = [text(name).split(" ", 2)[2] for name in part["_pel/fields"][...]]
    words = [text(name).rsplit(" ", 1)[0] for name in part["_pel/fields"][...]]
    check(sorted(names) == sorted(fields), f"{where}: fields are {names}, datasets are {sorted(fields)}")
    rows = part["_pel/slices"][...]
    for index, name in enumerate(names):
        check(words[index] == type_in_words(fields[name]), f"{where}/{name}: is {words[index]} in the table")
        at = 0
        for row in rows[(rows["field"] == index) & (rows["file"] == 0)]:
            check(row["first_row"] == at, f"{where}/{name}: a slice begins at {row['first_row']}, not {at}")
            at += int(row["rows"])
        check(fields[name].shape[0] == at, f"{where}/{name}: has {fields[name].shape[0]} rows, slices have {at}")


def check_table(part, where):
    """Rows ascend by field and partition, which are all the part's own; each has the blocks that its bytes need."""
    slices, fields = part["_pel/slices"], datasets_of(part)
    check(slices.dtype.names == COLUMNS and slices.dtype.itemsize == 56, f"{where}: columns are {slices.dtype}")
    names = [text(name).split(" ", 2)[2] for name in part["_pel/fields"][...]]
    own, before, block = set(part["partitions"][...].tolist()), (-1, -1), 0
    for row in slices[...]:
        place = (int(row["field"]), int(row["partition"]))
        check(place > before and place[1] in own, f"{where}: a slice of field and partition {place} after {before}")
        check(int(row["first_block"]) == block, f"{where}: the slice {place} begins at block {row['first_block']}")
        block += -(-int(row["rows"]) * row_bytes(fields[names[place[0]]]) // BLOCK)
        before = place
    check(part["_pel/blocks"].shape == (block,), f"{where}: has {part['_pel/blocks'].shape} blocks, not {block}")


def slices_of(epoch, part, where):
    """{field: [(partition, rows, file)]}: the values of all slices, wherever they lie."""
    found = {}
    with contextlib.ExitStack() as stack:
        names = [text(name) for name in part["_pel/files"][...]]
        check(names[0] == pathlib.Path(where).name, f"{where}: calls itself {names[0]}")
        files = [part, *(stack.enter_context(h5py.File(epoch / name, "r")) for name in names[1:])]
        fields = [text(name).split(" ", 2)[2] for name in part["_pel/fields"][...]]
        for row in part["_pel/slices"][...]:
            name, first = fields[row["field"]], int(row["first_row"])
            dataset = files[row["file"]][name]
            values = dataset[first:first + int(row["rows"])]
            check(len(values) == row["rows"], f"{where}/{name}: partition {row['partition']} is cut short")
            if len(values):
                offset = dataset.id.get_offset() + first * row_bytes(dataset)
                check(offset == row["offset"], f"{where}/{name}: offset {row['offset']}, the dataset is at {offset}")
            if type_in_words(dataset).startswith("bool"):
                check(set(values.flat) <= {0, 1}, f"{where}/{name}: a bool that is neither 0 nor 1")
            found.setdefault(name, []).append((int(row["partition"]), values, names[row["file"]]))
    return found


def nothing(dtype):
    """What a missing value reads as."""
    return numpy.nan if dtype.kind == "f" else numpy.iinfo(dtype).max


def check_description(dataset, whole, where):
    check(text(dataset.attrs.get("description", "")), f"{where}: has no description")
    check(tuple(dataset.attrs["global_shape"]) == tuple(whole), f"{where}: global_shape is {dataset.attrs['global_shape']}")


def check_history(index, superstep, where):
    """A row a superstep, up to the epoch's."""
    supersteps = index["history/superstep"][...].tolist()
    check(supersteps == list(range(supersteps[0], superstep + 1)), f"{where}: a history of {supersteps}")
    aggregate = [name for name, dataset in datasets_of(index).items()
                 if name.startswith("aggregate/") and text(dataset.attrs.get("encoding", "")) != "boost-binary"]
    for name in aggregate:
        column = index["history/" + name]
        check(len(column) == len(supersteps), f"{where}/history/{name}: {len(column)} rows")
        check(numpy.array_equal(column[-1:], index[name][...]), f"{where}/history/{name}: does not end with the aggregate")


def check_index(path, fields, expected, without=""):
    """Every field whole, in the order of partitions; what is in the file `without` reads as nothing."""
    with h5py.File(path, "r") as index:
        check_attributes(index, path, expected)
        datasets = {name: node for name, node in datasets_of(index).items() if not name.startswith("history/")}
        if expected["app"] != SAMPLE:
            check_history(index, expected["superstep"], path)
        check(sorted(datasets) == sorted(fields), f"{path}: fields are {sorted(datasets)}, parts have {sorted(fields)}")
        for name, slices in fields.items():
            slices.sort(key=lambda piece: piece[0])
            whole = numpy.concatenate([numpy.full_like(values, nothing(values.dtype)) if file == without else values
                                       for _, values, file in slices])
            found = datasets[name]
            check_description(found, found.shape, f"{path}/{name}")
            check(found.dtype == whole.dtype and found.shape == whole.shape, f"{path}/{name}: {found}, not {whole.shape}")
            same = numpy.array_equal(found[...], whole, equal_nan=whole.dtype.kind == "f")
            check(same, f"{path}/{name}: other values than the parts'" + (f" without {without}" if without else ""))


def check_parts(epoch, files, expected):
    """The slices of all parts, by field."""
    found, fields, schemas = [], {}, set()
    for rank, file in enumerate(files):
        check(file.name == f"part-{rank:05}.h5", f"unexpected part {file}")
        with h5py.File(file, "r") as part:
            check_attributes(part, file, {"format": "pel-checkpoint", "rank": rank, **expected})
            datasets = datasets_of(part)
            for name, dataset in datasets.items():
                check_type(dataset, f"{file}:{name}")
                if expected["app"] != SAMPLE:
                    check(dataset.attrs["global_shape"][0] >= dataset.shape[0], f"{file}:{name}: global_shape")
                if rank == 0:
                    print(f"{name}: {dataset.dtype} {dataset.shape}")
            check_own_rows(part, datasets, file)
            check_table(part, file)
            for name, slices in slices_of(epoch, part, file).items():
                fields.setdefault(name, []).extend(slices)
            found += part["partitions"][...].tolist()
            aggregate = {name for name in datasets if name.startswith("aggregate/")}  # lies with partition 0
            check(not aggregate or 0 in part["partitions"], f"{file}: has an aggregate and not partition 0")
            schemas.add(tuple(sorted((n, type_in_words(d)) for n, d in datasets.items() if n not in aggregate)))
    check(sorted(found) == list(range(expected["partitions"])), f"the parts hold the partitions {sorted(found)}")
    check(len(schemas) == 1, f"the parts differ in their fields: {schemas}")
    check(any(name.startswith("state/") for name, _ in next(iter(schemas))), "nothing under /state")
    return fields


def main(directory, app, partitions):
    epoch = newest_epoch(directory)
    files = [file for file in sorted(epoch.glob("part-*.h5")) if "-of-" not in file.name]
    check(files, f"no part in {epoch}")
    check((epoch / "MANIFEST.json").is_file(), f"no manifest in {epoch}")
    expected = {"format_version": 2, "app": app, "partitions": partitions, "superstep": int(epoch.name[6:]),
                "ranks": len(files)}
    fields = check_parts(epoch, files, expected)
    check_index(epoch / "index.h5", fields, {"format": "pel-checkpoint-index", **expected})
    with tempfile.TemporaryDirectory() as elsewhere:
        copy = shutil.copytree(epoch, pathlib.Path(elsewhere) / "copy")
        (copy / files[-1].name).unlink()
        check_index(copy / "index.h5", fields, {"format": "pel-checkpoint-index", **expected}, files[-1].name)
    print(f"{epoch}: {len(files)} parts, {partitions} partitions, readable")


if __name__ == "__main__":
    check(len(sys.argv) == 4, __doc__)
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
