#!/usr/bin/python3
"""Reads epochs as somebody would who knows framework/store/FORMAT.md and has neither PEL nor HDF5, then asks h5py
whether index.h5 says the same.

The reader is the first half: Epoch(directory). XXH3 comes from the module xxhash or from the library of that name.
"""

import ctypes
import ctypes.util
import json
import os
import pathlib
import re
import struct
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import pel_test as pel

TABLES = 6
BLOCK = 4 << 20
FORMATS = {"int8": "b", "uint8": "B", "int16": "h", "uint16": "H", "int32": "i", "uint32": "I", "int64": "q",
           "uint64": "Q", "float32": "f", "float64": "d", "bool": "B", "boost-binary": "B"}


class Damaged(Exception):
    pass


def require(holds, what):
    if not holds:
        raise Damaged(what)


class Xxh128(ctypes.Structure):
    _fields_ = [("low", ctypes.c_uint64), ("high", ctypes.c_uint64)]


def hashes():
    """XXH3-64 as a number and XXH3-128 in hexadecimal, of bytes; None, None where there is no implementation."""
    try:
        import xxhash
        return xxhash.xxh3_64_intdigest, xxhash.xxh3_128_hexdigest
    except ImportError:
        name = ctypes.util.find_library("xxhash")
    if name is None:
        return None, None
    library = ctypes.CDLL(name)
    for function, result in ((library.XXH3_64bits, ctypes.c_uint64), (library.XXH3_128bits, Xxh128)):
        function.argtypes, function.restype = [ctypes.c_char_p, ctypes.c_size_t], result

    def in_hexadecimal(content):
        found = library.XXH3_128bits(content, len(content))
        return f"{found.high:016x}{found.low:016x}"

    return lambda content: library.XXH3_64bits(content, len(content)), in_hexadecimal


XXH64, XXH128 = hashes()


def same_hash(function, content, expected, what):
    if function is not None:
        require(function(content) == expected, what)


def read_at(path, offset, size):
    with open(path, "rb") as file:
        file.seek(offset)
        content = file.read(size)
    require(len(content) == size, f"{path} is cut short")
    return content


def texts(table, row_bytes):
    return [table[at:at + row_bytes].rstrip(b"\0").decode() for at in range(0, len(table), row_bytes)]


class Field:
    """A row of /_pel/fields."""

    def __init__(self, text):
        self.type, shape, self.name = text.split(" ", 2)
        self.shape = () if shape == "-" else tuple(int(extent) for extent in shape.split("x"))
        self.elements = 1
        for extent in self.shape:
            self.elements *= extent

    def row_bytes(self):
        return self.elements * struct.calcsize("<" + FORMATS[self.type])

    def values(self, content):
        return [value for value, in struct.iter_unpack("<" + FORMATS[self.type], content)]


class Part:
    """A part whose tables have been checked."""

    def __init__(self, directory, summary):
        path = directory / summary["file"]
        self.files = [path, *(directory / name for name, _ in summary["links"])]
        for file, size in zip(self.files, [summary["bytes"], *(size for _, size in summary["links"])]):
            require(file.is_file() and file.stat().st_size == size, f"{file} is missing or not of {size} bytes")
        tables = [read_at(path, offset, size) for offset, size, _ in summary["tables"]]
        require(len(tables) == TABLES, f"{path} has {len(tables)} tables")
        whole = read_at(path, 0, summary["metadata_bytes"]) + b"".join(tables)
        same_hash(XXH128, whole, summary["digest"], f"{path} has another digest than the manifest says")
        widths = [row_bytes for _, _, row_bytes in summary["tables"]]
        partitions = [number for number, in struct.iter_unpack("<I", tables[0])]
        require(partitions == summary["partitions"], f"{path} has other partitions than the manifest says")
        self.fields = [Field(text) for text in texts(tables[1], widths[1])]
        names = texts(tables[2], widths[2])
        require(names == [file.name for file in self.files], f"{path} names other files than the manifest: {names}")
        self.slices = list(struct.iter_unpack("<7Q", tables[3]))
        self.blocks = [number for number, in struct.iter_unpack("<Q", tables[4])]

    def read(self, row):
        """The field, the partition and the bytes of a slice."""
        field, partition, rows, _, file, offset, first_block = row
        size = rows * self.fields[field].row_bytes()
        content = read_at(self.files[file], offset, size)
        for number, at in enumerate(range(0, size, BLOCK)):
            same_hash(XXH64, content[at:at + BLOCK], self.blocks[first_block + number],
                      f"{self.files[file]}: {self.fields[field].name} of partition {partition} is damaged")
        return self.fields[field], partition, content


class Epoch:
    """The directory of an epoch, checked but for the slices."""

    def __init__(self, directory):
        text = (directory / "MANIFEST.json").read_bytes()
        body, line = text[:-33], text[-33:]
        require(re.fullmatch(rb"[0-9a-f]{32}\n", line), f"the manifest of {directory} has no digest")
        same_hash(XXH128, body, line[:-1].decode(), f"the manifest of {directory} has another digest")
        self.manifest = json.loads(body)
        require((self.manifest["format"], self.manifest["format_version"]) == ("pel-checkpoint", 2), "another format")
        require(self.manifest["superstep"] == int(directory.name[len("epoch-"):]), "another superstep's manifest")
        self.parts = [Part(directory, summary) for summary in self.manifest["parts"]]
        held = sorted(number for summary in self.manifest["parts"] for number in summary["partitions"])
        require(held == list(range(self.manifest["partitions"])), f"the parts hold the partitions {held}")

    def fields(self):
        """{name: (Field, bytes of all partitions in their order)}"""
        found = {}
        for part in self.parts:
            for row in part.slices:
                field, partition, content = part.read(row)
                found.setdefault(field.name, (field, {}))[1][partition] = content
        return {name: (field, b"".join(slices[p] for p in sorted(slices))) for name, (field, slices) in found.items()}


# The tests.

def epochs_of(folder):
    program = pel.BIN.parent / "test" / "bin" / "sample_epochs"
    pel.check(program.exists(), f"{program} is missing: cmake --build --preset release --target sample_epochs")
    done = subprocess.run([program, folder / "ckpt"], timeout=60, capture_output=True, text=True)
    pel.check(done.returncode == 0, f"sample_epochs ended with {done.returncode}: {done.stderr}")
    return sorted((folder / "ckpt").glob("epoch-*"))


def need_h5py():
    try:
        import h5py
        return h5py
    except ImportError:
        pel.skip("the Python module h5py is missing (python3-h5py)")


def same_as_index(folder):
    h5py = need_h5py()
    epochs = epochs_of(folder)
    pel.check(len(epochs) == 3, f"epochs {epochs}")
    for directory in epochs:
        fields = Epoch(directory).fields()
        pel.check(len(fields) == 7, f"fields {sorted(fields)}")
        with h5py.File(directory / "index.h5", "r") as index:
            for name, (field, content) in fields.items():
                whole = index[name][...]
                kind = "uint8" if field.type in ("bool", "boost-binary") else field.type
                pel.check(whole.dtype == kind and whole.shape[1:] == field.shape, f"{name}: {whole.dtype} {whole.shape}")
                pel.check(whole.tobytes() == content, f"{name} of {directory}: other bytes than in the index")
                if len(content) < 10_000:
                    pel.check(whole.ravel().tolist() == field.values(content), f"{name} of {directory}: other values")


def links_are_used(folder):
    parts = [part for directory in epochs_of(folder) for part in Epoch(directory).parts]
    linked = [row for part in parts for row in part.slices if row[4] > 0]
    pel.check(linked, "no slice lies in a link")
    large = [row for part in parts for row in part.slices if row[2] * part.fields[row[0]].row_bytes() > BLOCK]
    pel.check(large, "no slice has several blocks")


def whole_by_itself(folder):
    oldest, _, newest = epochs_of(folder)
    before = Epoch(newest).fields()
    for file in oldest.iterdir():
        file.write_bytes(b"") if file.stat().st_nlink == 1 else file.unlink()
    after = Epoch(newest).fields()
    pel.check({name: content for name, (_, content) in before.items()} ==
              {name: content for name, (_, content) in after.items()}, "other values without the oldest epoch")


def flip(path, at):
    with open(path, "r+b") as file:
        file.seek(at)
        byte = file.read(1)[0]
        file.seek(at)
        file.write(bytes([byte ^ 4]))


def is_whole(directory):
    try:
        Epoch(directory).fields()
        return True
    except (Damaged, ValueError, KeyError):  # the two of JSON, where there is no hash
        return False


def damage_is_found(folder):
    if XXH64 is None:
        pel.skip("there is neither the Python module xxhash (python3-xxhash) nor the library (libxxhash0)")
    directory = epochs_of(folder)[-1]
    epoch = Epoch(directory)
    places = [(directory / "MANIFEST.json", 5), (directory / "MANIFEST.json", -1)]
    for part, summary in zip(epoch.parts, epoch.manifest["parts"]):
        places += [(part.files[0], at) for at in (0, 100, summary["metadata_bytes"] - 1)]
        places += [(part.files[0], offset + size - 1) for offset, size, _ in summary["tables"] if size]
        for field, _, rows, _, file, offset, _ in part.slices:
            size = rows * part.fields[field].row_bytes()
            places += [(part.files[file], offset + at) for at in {0, size // 2, size - 1} if size]
    pel.check(len(places) > 50, f"{len(places)} places")
    for path, at in places:
        at %= path.stat().st_size
        flip(path, at)
        pel.check(not is_whole(directory), f"a flipped bit of byte {at} of {path} was not found")
        flip(path, at)
    pel.check(is_whole(directory), "the epoch is not what it was")


def readable(folder):
    need_h5py()
    epochs_of(folder)
    script = pathlib.Path(__file__).with_name("readable_test.py")
    done = subprocess.run([sys.executable, script, folder / "ckpt", "sample", "5"], timeout=60, capture_output=True,
                          text=True, env={**os.environ, "TMPDIR": str(folder)})
    pel.check(done.returncode == 0, done.stdout + done.stderr)


if __name__ == "__main__":
    pel.main({"what is read without HDF5 is what index.h5 shows": same_as_index,
              "slices in links and of several blocks are among what is read": links_are_used,
              "an epoch is whole when older ones are gone": whole_by_itself,
              "a flipped bit is found wherever it counts": damage_is_found,
              "names, types and values are as FORMAT.md says, to h5py": readable})
