#!/usr/bin/python3
"""HDF5 in parts can be read by h5py alone: the parts one after the other are the one file, by names, types and rows.

Ranks that write them, a full disk and names that cannot be are here, too.
"""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import pel_test as pel

try:
    import h5py
    import numpy
except ImportError:
    h5py = None

APP = "word_count"
PARTITIONS = 8


def count(folder, *outputs, text="text:bytes=20K", ranks=1):
    """Counts words; returns the digest of the result."""
    named = [word for output in outputs for word in ("--output", output)]
    pel.expect(pel.run(pel.app(APP), text, "--partitions", PARTITIONS, "--summary", "run.json", *named, ranks=ranks,
                       folder=folder), 0)
    return pel.digest(folder / "run.json")


def content(path):
    """{dataset: (type, encoding, rows)} of what is no scale, and the attributes."""
    with h5py.File(path, "r") as file:
        columns = {name: (dataset.dtype, dataset.attrs.get("encoding"), dataset[...])
                   for name, dataset in file.items() if dataset.attrs.get("CLASS") != b"DIMENSION_SCALE"}
        for dataset in (file[name] for name in columns):
            for axis, dimension in enumerate(dataset.dims):
                pel.check([scale.shape for scale in dimension.values()] == [(dataset.shape[axis],)],
                          f"{path}: the scales of {dataset.name}")
        return columns, dict(file.attrs)


def check_parts(whole, directory):
    """The parts against the one file."""
    parts = sorted(directory.iterdir())
    names = [f"part-{number:05}.h5" for number in range(PARTITIONS)]
    pel.check([part.name for part in parts] == names, f"parts are {[part.name for part in parts]}")
    columns, attributes = content(whole)
    found = [content(part) for part in parts]
    for number, (_, told) in enumerate(found):
        pel.check(told == {**attributes, "partition": number}, f"part {number} says {told}")
    for name, (dtype, encoding, rows) in columns.items():
        for number, (part, _) in enumerate(found):
            pel.check(set(part) == set(columns), f"part {number} has {sorted(part)}, not {sorted(columns)}")
            pel.check(part[name][:2] == (dtype, encoding), f"{name} of part {number} is {part[name][:2]}, not {dtype}")
        if name.endswith("_end"):
            continue  # they count from the beginning of the part
        together = numpy.concatenate([part[name][2] for part, _ in found])
        pel.check(numpy.array_equal(together, rows), f"{name}: other rows in parts than in one file")
    return [part for part, _ in found]


def forms(folder):
    if h5py is None:
        pel.skip("the Python module h5py is missing (python3-h5py)")
    digest = count(folder, "out.txt")
    first = None
    for ranks in (1, 2, 3):
        pel.check(count(folder, "out.h5", ranks=ranks) == digest, "one file has another digest")
        pel.check(count(folder, "parts.h5/", ranks=ranks) == digest, "parts have another digest")
        check_parts(folder / "out.h5", folder / "parts.h5")
        bits = [part.read_bytes() for part in sorted((folder / "parts.h5").iterdir())]
        first = first or bits
        pel.check(bits == first, f"{ranks} ranks write other bits than one")


def packed(folder):
    if h5py is None:
        pel.skip("the Python module h5py is missing (python3-h5py)")
    words = sorted([f"w{number}" for number in range(2000)] + ["x" * 500_000])
    (folder / "in.txt").write_text("\n".join(words))
    count(folder, "out.h5", "parts.h5/", text="in.txt", ranks=3)
    found = []
    for part in check_parts(folder / "out.h5", folder / "parts.h5"):
        pel.check(part["key"][1] == b"utf-8 bytes", f"the encoding is {part['key'][1]}")
        ends, text = part["key_end"][2].tolist(), part["key"][2].tobytes().decode()
        found += [text[begin:end] for begin, end in zip([0, *ends], ends)]
    pel.check(sorted(found) == words, "other words than the input's")


def full_disk(folder):
    """What was there stays, and nothing is left of what had no room."""
    disk = folder / "disk"
    disk.mkdir()
    (folder / "big.txt").write_text("\n".join(f"word{number}" for number in range(100_000)))
    pel.small_disk(disk, 1 << 20)
    try:
        count(folder, "disk/parts.h5/", ranks=2)
        before = {path.name: path.read_bytes() for path in (disk / "parts.h5").iterdir()}
        for path in ("disk/parts.h5/", "disk/new.h5/", "disk/new.h5"):
            failed = pel.run(pel.app(APP), "big.txt", "--partitions", PARTITIONS, "--output", path, ranks=2,
                             folder=folder, each=True)
            pel.expect_one_error(failed, 74, "No space left")
            left = sorted(path.name for path in disk.iterdir())
            pel.check(left == ["parts.h5"], f"left {left}")
        after = {path.name: path.read_bytes() for path in (disk / "parts.h5").iterdir()}
        pel.check(after == before, "what was there is another now")
    finally:
        pel.unmount(disk)


def refused(folder):
    (folder / "mine.h5").mkdir()
    (folder / "mine.h5" / "notes.txt").write_text("mine")
    (folder / "in.fa").write_text(">one\n" + "A" * 40 + "\n")
    cases = [(74, "notes.txt in it is no part", APP, "mine.h5/"), (64, "HDF5 is never packed", APP, "a.h5.gz"),
             (64, "HDF5 is never packed", APP, "a.h5.gz/"), (64, "writes text", "kmer_count", "a.h5/"),
             (64, "one file", "word_mail", "a.h5/")]
    for code, phrase, app, output in cases:
        failed = pel.run(pel.app(app), "in.fa", "--partitions", PARTITIONS, "--output", output, ranks=2, folder=folder,
                         each=True)
        pel.expect_one_error(failed, code, phrase)
    pel.check(sorted(path.name for path in folder.iterdir()) == ["in.fa", "mine.h5"], f"left {list(folder.iterdir())}")
    pel.check((folder / "mine.h5" / "notes.txt").read_text() == "mine", "the notes are gone")


if __name__ == "__main__":
    pel.main({"parts are the one file, on any ranks": forms, "packed texts are packed in parts, too": packed,
              "a full disk leaves what was there": full_disk, "names that cannot be are refused": refused})
