"""A disk that loses power: what may be found on it after any number of the calls in a trace of test/store/io_shim.c.

The rules are POSIX's, not those of one file system: bytes of a file are safe once it was synced after they were
written, a name once its directory was; all else may be there, in part or whole, or not.
"""

import dataclasses
import os
import random
import struct

HEAD = struct.Struct("<IIIIQ")
PAGE = 4096


@dataclasses.dataclass
class Call:
    kind: str
    path: str
    other: str
    data: bytes
    offset: int
    at: int  # where in the trace it ends


def calls_of(trace):
    content, at, calls = trace.read_bytes(), 0, []
    while at < len(content):
        kind, path, other, data, offset = HEAD.unpack_from(content, at)
        at += HEAD.size
        texts = [content[at:at + path].decode(), content[at + path:at + path + other].decode()]
        at += path + other + data
        calls.append(Call(chr(kind), *texts, content[at - data:at], offset, at))
    return calls


class File:
    """Safe bytes, and the calls since: ("write", offset, bytes) or ("size", n)."""

    def __init__(self):
        self.safe, self.pending = bytearray(), []

    def sync(self, before):
        covered = [change for at, change in self.pending if at <= before]
        self.pending = [(at, change) for at, change in self.pending if at > before]
        for change in covered:
            apply(self.safe, change)

    def content(self, keep):
        """`keep(change)`: which of the pending changes have reached the disk."""
        content = bytearray(self.safe)
        for _, change in self.pending:
            for piece in pages(change):
                if keep(piece):
                    apply(content, piece)
        return bytes(content)

    def size(self):
        return len(self.content(lambda change: True))


def apply(content, change):
    if change[0] == "size":
        content[change[1]:] = bytes(max(0, change[1] - len(content)))
        return
    _, offset, data = change
    if len(content) < offset:
        content.extend(bytes(offset - len(content)))
    content[offset:offset + len(data)] = data


def pages(change):
    """A write page by page: each reaches the disk by itself."""
    if change[0] == "size":
        return [change]
    _, offset, data = change
    cuts = [0, *(at - offset for at in range((offset // PAGE + 1) * PAGE, offset + len(data), PAGE)), len(data)]
    return [("write", offset + first, data[first:end]) for first, end in zip(cuts, cuts[1:])]


class Directory:
    """Safe names, and the changes since: a list of (name, file or None) that are made together."""

    def __init__(self):
        self.safe, self.pending = {}, []

    def sync(self, before):
        for at, change in self.pending:
            if at <= before:
                rename(self.safe, change)
        self.pending = [(at, change) for at, change in self.pending if at > before]

    def names(self, count=None):
        """After the first `count` of the changes, all by default: a file system keeps them in order."""
        names = dict(self.safe)
        for _, change in self.pending[:count]:
            rename(names, change)
        return names


def rename(names, change):
    for name, node in change:
        if node is None:
            names.pop(name, None)
        else:
            names[name] = node


class Disk:
    """The directory `top` from its creation on."""

    def __init__(self, top):
        self.top, self.root = str(top), Directory()

    def find(self, path):
        """(the directory that holds it, its name, what it is or None)"""
        parent, name, node = None, "", self.root
        for name in [part for part in path[len(self.top):].split("/") if part]:
            parent = node
            if not isinstance(parent, Directory):
                return None, name, None
            node = parent.names().get(name)
            if node is None and not path.endswith("/" + name):
                return None, name, None
        return parent, name, node

    def do(self, call):
        if call.kind in "CT":
            self.make_parents(call)
        parent, name, node = self.find(call.path)
        if call.kind in "CTD" and parent is not None and node is None:
            parent.pending.append((call.at, [(name, Directory() if call.kind == "D" else File())]))
        elif call.kind == "T" and isinstance(node, File):
            node.pending.append((call.at, ("size", 0)))
        elif call.kind == "W" and isinstance(node, File):
            node.pending.append((call.at, ("write", call.offset, call.data)))
        elif call.kind == "S" and isinstance(node, File):
            node.pending.append((call.at, ("size", call.offset)))
        elif call.kind == "Y" and node is not None:
            node.sync(call.offset)
        elif call.kind == "U" and node is not None:
            parent.pending.append((call.at, [(name, None)]))
        elif call.kind in "RL" and node is not None:
            self.give_name(call, parent, name, node)

    def make_parents(self, call):
        """Another process may have made a file in a directory before who made that has said so."""
        parts = [part for part in call.path[len(self.top):].split("/") if part]
        for depth in range(1, len(parts)):
            parent, name, node = self.find(self.top + "/" + "/".join(parts[:depth]))
            if node is None:
                parent.pending.append((call.at, [(name, Directory())]))

    def give_name(self, call, parent, name, node):
        target, new_name, _ = self.find(call.other)
        gone = [(name, None)] if call.kind == "R" else []
        if target is parent:
            parent.pending.append((call.at, gone + [(new_name, node)]))
            return
        target.pending.append((call.at, [(new_name, node)]))
        if gone:
            parent.pending.append((call.at, gone))

    def write_to(self, folder, outcome):
        """What the crash has left, by one of OUTCOMES."""
        self.write_directory(self.root, folder, outcome, {})

    def write_directory(self, directory, folder, outcome, written):
        os.makedirs(folder, exist_ok=True)
        for name, node in directory.names(outcome.names(directory)).items():
            path = os.path.join(folder, name)
            if isinstance(node, Directory):
                self.write_directory(node, path, outcome, written)
            elif id(node) in written:
                os.link(written[id(node)], path)
            else:
                written[id(node)] = path
                with open(path, "wb") as file:
                    file.write(outcome.content(node))


class Outcome:
    """Of a crash: which names and which bytes that were not synced have reached the disk."""

    def __init__(self, names, data, fill=0):
        self.keeps_names, self.keeps_data, self.fill = names, data, fill

    def names(self, directory):
        return None if self.keeps_names else 0

    def content(self, file):
        kept = file.content(lambda change: self.keeps_data)
        if not self.keeps_names or self.keeps_data:
            return kept
        return kept[:file.size()].ljust(file.size(), bytes([self.fill]))  # its size is kept with the names


class Chance(Outcome):
    def __init__(self, seed):
        super().__init__(False, False)
        self.dice = random.Random(seed)

    def names(self, directory):
        return self.dice.randint(0, len(directory.pending))

    def content(self, file):
        return file.content(lambda change: self.dice.random() < 0.5)


def outcomes(seed, chances):
    """{what it is: Outcome}"""
    fixed = {"all is lost": Outcome(False, False), "all is kept": Outcome(True, True),
             "names and sizes are kept": Outcome(True, False), "names are kept, the rest is garbage": Outcome(True, False, 0xa5),
             "bytes are kept": Outcome(False, True)}
    return {**fixed, **{f"chance {seed}.{n}": Chance(f"{seed}.{n}") for n in range(chances)}}
