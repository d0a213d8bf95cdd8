#!/usr/bin/python3
"""What an app writes can be read by h5py alone: a checkpoint as FORMAT.md says, a result as columns.

Usage: readable.py APP
The checks of test/store look at the form; here are the names, types and numbers that belong to the app.
"""

import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import pel_test as pel

try:
    import h5py
except ImportError:
    h5py = None

APP = sys.argv[1]
PARTITIONS = 8
CHECKS = pel.SOURCE / "test" / "store"
# `fields` of a checkpoint: type, and whether the rows of all parts are as many as those of the result.
EXPECTED = {
    "pagerank": {"kernel": "PageRank", "arguments": ["rmat:scale=8", "--undirected", "--iterations", "4"],
                 "superstep": 3, "columns": ["vertex:uint64:1", "rank:float64:1"],
                 "fields": {"state/share": ("float64", True), "engine/vote": ("uint8", False),
                            "aggregate/first": ("uint8", False), "aggregate/second": ("uint8", False)}},
    "word_mail": {"kernel": "WordMail", "arguments": ["text:bytes=20K"], "superstep": 0,
                  "columns": ["key:text:1", "value:int64:1"],
                  "fields": {"state/counts": ("uint8", False), "engine/vote": ("uint8", False),
                             "inbox/key": ("uint8", False), "inbox/value": ("int64", True),
                             "aggregate/value": ("int64", False)}},
}
JOB = EXPECTED[APP]


def write_files(folder):
    """ckpt, out.h5 and out.txt of 2 ranks."""
    if h5py is None:
        pel.skip("the Python module h5py is missing (python3-h5py)")
    pel.expect(pel.run(pel.app(APP), *JOB["arguments"], "--partitions", PARTITIONS, "--checkpoint-every", 1,
                       "--checkpoint-mode", "sync", "--checkpoint-dir", "ckpt", "--output", "out.h5",
                       "--output", "out.txt", ranks=2, folder=folder), 0)


def is_fine(script, *arguments):
    """The checker's output."""
    checked = subprocess.run([sys.executable, CHECKS / script, *map(str, arguments)], timeout=60, text=True,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    pel.check(checked.returncode == 0, f"{script}: {checked.stdout}")


def rows_of_parts(epoch):
    """{field: (type, rows in all parts)}"""
    found = {}
    for path in sorted(epoch.glob("part-*.h5")):
        with h5py.File(path, "r") as part:
            for name in JOB["fields"]:
                if name in part:
                    before = found.get(name, (None, 0))[1]
                    found[name] = (part[name].dtype.name, before + part[name].shape[0])
    return found


def checkpoint(folder):
    write_files(folder)
    is_fine("readable_test.py", folder / "ckpt", APP, PARTITIONS)
    epoch = sorted((folder / "ckpt").glob("epoch-*"))[-1]
    pel.check(int(epoch.name[6:]) == JOB["superstep"], f"the last checkpoint is {epoch.name}")
    results = len((folder / "out.txt").read_bytes().splitlines())
    found = rows_of_parts(epoch)
    pel.check(set(found) == set(JOB["fields"]), f"fields are {sorted(found)}, not {sorted(JOB['fields'])}")
    for name, (dtype, as_many) in JOB["fields"].items():
        pel.check(found[name][0] == dtype, f"{name} is {found[name][0]}, not {dtype}")
        pel.check(not as_many or found[name][1] == results, f"{name} has {found[name][1]} rows, the result {results}")
    pel.check(found["engine/vote"][1] == PARTITIONS, f"{found['engine/vote'][1]} votes of {PARTITIONS} partitions")


def plain(value):
    """A value as the text has it."""
    return value.decode() if isinstance(value, bytes) else repr(value.item())


def packed(folder):
    """One long word among many short ones: bytes and ends, as FORMAT.md says, instead of rows of the longest's width."""
    if h5py is None:
        pel.skip("the Python module h5py is missing (python3-h5py)")
    words = sorted([f"w{number}" for number in range(2000)] + ["x" * 500_000])
    (folder / "in.txt").write_text("\n".join(words))
    pel.expect(pel.run(pel.app(APP), "in.txt", "--partitions", PARTITIONS, "--output", "out.h5", ranks=3,
                       folder=folder), 0)
    size = (folder / "out.h5").stat().st_size
    pel.check(size < 1_000_000, f"{size} bytes")
    with h5py.File(folder / "out.h5", "r") as columns:
        encoding = columns["key"].attrs["encoding"]
        pel.check(encoding == b"utf-8 bytes", f"the encoding is {encoding}")
        ends, text = columns["key_end"][...].tolist(), columns["key"][...].tobytes().decode()
        pel.check(columns["value"].shape == (len(ends),), f"{len(ends)} ends, values {columns['value'].shape}")
    found = sorted(text[first:end] for first, end in zip([0, *ends], ends))
    pel.check(found == words, "other words than the input's")


def result(folder):
    write_files(folder)
    is_fine("readable_result.py", folder / "out.h5", *JOB["columns"])
    with h5py.File(folder / "out.h5", "r") as columns:
        told = dict(columns.attrs)
        expected = {"app": APP, "kernel": JOB["kernel"], "partitions": PARTITIONS, "superstep": JOB["superstep"] + 1}
        pel.check(told == expected, f"attributes are {told}, not {expected}")
        rows = list(zip(*(columns[column.split(":")[0]][...] for column in JOB["columns"])))
    lines = [line.split() for line in (folder / "out.txt").read_text().splitlines()]
    pel.check(len(lines) == len(rows) > 0, f"{len(rows)} rows and {len(lines)} lines")
    for row, line in zip(rows, lines):
        same = all(plain(value) == text or float(plain(value)) == float(text) for value, text in zip(row, line))
        pel.check(same, f"the row {row} is the line {line}")


if __name__ == "__main__":
    cases = {f"a checkpoint of {APP} can be read": checkpoint, f"a result of {APP} can be read": result}
    if APP == "word_mail":
        cases["a column of one long word and many short ones is packed"] = packed
    pel.main(cases)
