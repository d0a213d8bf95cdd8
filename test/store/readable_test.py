#!/usr/bin/python3
"""Opens the newest epoch of a checkpoint as a stranger with h5py would, and checks what FORMAT.md promises.

Usage: readable_test.py CHECKPOINT_DIR APP P
"""

import pathlib
import re
import sys

import h5py

INDEX = ("partitions", "_pel/fields", "_pel/slices")
COLUMNS = ("field", "partition", "first_row", "rows", "checksum")
NUMBERS = {"int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "float32", "float64"}


def check(holds, what):
    if not holds:
        sys.exit(f"readable_test: {what}")


def text(value):
    return value.decode() if isinstance(value, bytes) else str(value)


def newest_epoch(directory):
    epochs = sorted(p for p in pathlib.Path(directory).iterdir() if re.fullmatch(r"epoch-\d{9,}", p.name))
    check(epochs, f"no epoch in {directory}")
    return epochs[-1]


def datasets_of(part):
    """{path: dataset} of all fields, without the table of contents."""
    found = {}
    part.visititems(lambda name, node: found.update({name: node}) if isinstance(node, h5py.Dataset) else None)
    return {name: node for name, node in found.items() if name not in INDEX}


def check_attributes(part, where, app, partitions, superstep, rank, ranks):
    expected = {"format": "pel-checkpoint", "format_version": 1, "app": app, "superstep": superstep,
                "partitions": partitions, "rank": rank, "ranks": ranks}
    for name, value in expected.items():
        check(name in part.attrs, f"{where}: no attribute {name}")
        found = part.attrs[name]
        found = text(found) if isinstance(value, str) else int(found)
        check(found == value, f"{where}: attribute {name} is {found!r}, not {value!r}")
    created = text(part.attrs["created_utc"])
    check(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", created), f"{where}: created_utc is {created!r}")


def check_type(dataset, where):
    check(dataset.dtype.name in NUMBERS, f"{where}: has the type {dataset.dtype}")
    check(dataset.dtype.byteorder in "=|<", f"{where}: is not little-endian")
    check(dataset.ndim >= 1 and dataset.chunks is None, f"{where}: is a scalar or chunked")
    encoding = text(dataset.attrs.get("encoding", ""))
    check(encoding in ("", "bool", "boost-binary"), f"{where}: encoding is {encoding!r}")
    check(not encoding or dataset.dtype.name == "uint8", f"{where}: {encoding} of {dataset.dtype}")
    if encoding == "bool":
        check(set(dataset[...].flat) <= {0, 1}, f"{where}: a bool that is neither 0 nor 1")


def check_slices(part, fields, where):
    """Slices cover each dataset without a gap, in the order of partitions, which are all the part's own."""
    slices = part["_pel/slices"]
    check(slices.dtype.names == COLUMNS, f"{where}: columns are {slices.dtype.names}")
    own = set(part["partitions"][...].tolist())
    names = [text(name) for name in part["_pel/fields"][...]]
    check(sorted(names) == sorted(fields), f"{where}: fields are {names}, datasets are {sorted(fields)}")
    rows = slices[...]
    for index, name in enumerate(names):
        mine = rows[rows["field"] == index]
        at, before = 0, -1
        for row in mine:
            check(row["first_row"] == at, f"{where}/{name}: a slice begins at {row['first_row']}, not {at}")
            check(int(row["partition"]) in own, f"{where}/{name}: a slice of partition {row['partition']}")
            check(int(row["partition"]) > before, f"{where}/{name}: partitions are not ascending")
            at, before = at + int(row["rows"]), int(row["partition"])
        check(fields[name].shape[0] == at, f"{where}/{name}: has {fields[name].shape[0]} rows, slices have {at}")


def main(directory, app, partitions):
    epoch = newest_epoch(directory)
    files = sorted(epoch.glob("part-*.h5"))
    check(files, f"no part in {epoch}")
    check((epoch / "MANIFEST.json").is_file(), f"no manifest in {epoch}")
    found, schemas = [], set()
    for rank, file in enumerate(files):
        check(file.name == f"part-{rank:05}.h5", f"unexpected part {file}")
        with h5py.File(file, "r") as part:
            check_attributes(part, file, app, partitions, int(epoch.name[6:]), rank, len(files))
            fields = datasets_of(part)
            for name, dataset in fields.items():
                check_type(dataset, f"{file}:{name}")
                if rank == 0:
                    print(f"{name}: {dataset.dtype} {dataset.shape}")
            check_slices(part, fields, file)
            found += part["partitions"][...].tolist()
            aggregate = {name for name in fields if name.startswith("aggregate/")}  # lies with partition 0
            check(not aggregate or 0 in part["partitions"], f"{file}: has an aggregate and not partition 0")
            schemas.add(tuple(sorted((n, d.dtype.name, d.shape[1:]) for n, d in fields.items() if n not in aggregate)))
    check(sorted(found) == list(range(partitions)), f"the parts hold the partitions {sorted(found)}")
    check(len(schemas) == 1, f"the parts differ in their fields: {schemas}")
    check(any(name.startswith("state/") for name, _, _ in next(iter(schemas))), "nothing under /state")
    print(f"{epoch}: {len(files)} parts, {partitions} partitions, readable")


if __name__ == "__main__":
    check(len(sys.argv) == 4, __doc__)
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
