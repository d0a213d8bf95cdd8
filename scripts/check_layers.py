#!/usr/bin/env python3
"""Holds the includes of the sources to the table of layers: what each folder may see, of PEL and of the world outside.

  scripts/check_layers.py [TOP]       prints file:line for each breach; exit 1 if there is one
  scripts/check_layers.py --self-test plants breaches in a tree of its own and looks whether all are found

base <- comm, store <- engine <- data <- graph, grid <- include/pel <- apps     beside: telemetry, launch
"""
import pathlib
import re
import sys
import tempfile

ENGINE = {"base", "comm", "store", "engine"}
# Layer: the layers it may include. "pel" is framework/include/pel.
ALLOWED = {
    "base": {"base"},
    "comm": {"base", "comm"},
    "store": {"base", "store"},
    "engine": ENGINE,
    "data": ENGINE | {"data"},
    "graph": ENGINE | {"data", "graph"},  # graphs are read from files, which data opens
    "grid": ENGINE | {"grid"},
    "pel": ENGINE | {"data", "graph", "grid", "pel"},
    "telemetry": {"base", "store", "telemetry"},
    "launch": {"base", "store", "telemetry", "launch"},
    "apps": {"pel"},
}
# Public headers that include nothing of ours but each other, and that every layer may include.
FROM_BELOW = {"pel/partition.hpp", "pel/error.hpp"}
# What it is, the includes that mean it, the layers that may.
OUTSIDE = [
    ("MPI", re.compile(r"mpi(-ext)?\.h|boost/mpi(\.hpp|/.*)"), {"comm"}),
    ("HDF5", re.compile(r"hdf5(_hl)?\.h|H5\w*\.h"), {"store"}),
    ("oneTBB", re.compile(r"(oneapi/)?tbb(\.h|/.*)"), {"engine"}),
]
# Slow to compile, or not for a user's eyes: in .cpp files only.
NEVER_IN_HEADERS = re.compile(r"(CLI|toml\+\+|spdlog|fmt)/.*|nlohmann/json\.hpp")
EXCEPTIONS = {("framework/include/pel/mpi.hpp", "MPI")}

INCLUDE = re.compile(r'\s*#\s*include\s*([<"])([^>"]+)[>"]')
SUFFIXES = {".cpp", ".hpp", ".h"}


def layer_of(path):
    """The layer of a source file, given by its path from the top; None where no rule is."""
    parts = path.parts
    if parts[:3] == ("framework", "include", "pel"):
        return "pel"
    if parts[0] == "framework" and len(parts) > 2:
        return parts[1]
    return "apps" if parts[0] == "apps" else None


def ours(name, folder):
    """The layer an include belongs to; None if it is not ours. A bare name that stands beside is of the same layer."""
    first = name.split("/")[0]
    if "/" in name and first in ALLOWED and first != "apps":
        return first
    return "beside" if (folder / name).exists() else None


def breach_of(path, top, quote, name):
    """Why this include is a breach, or None."""
    layer = layer_of(path)
    if layer not in ALLOWED:
        return f"framework/{layer} is no layer of the table in scripts/check_layers.py"
    if ".." in name.split("/"):
        return f'"{name}" leaves its folder by ".."'
    for what, pattern, layers in OUTSIDE:
        if pattern.fullmatch(name) and layer not in layers and (path.as_posix(), what) not in EXCEPTIONS:
            return f"{layer} may not include <{name}>: {what} is for {', '.join(sorted(layers))} only"
    if path.suffix != ".cpp" and NEVER_IN_HEADERS.fullmatch(name):
        return f"<{name}> in a header: for .cpp files only"
    seen = ours(name, (top / path).parent)
    if seen is None or seen == "beside":
        return None
    if path.as_posix() in {f"framework/include/{header}" for header in FROM_BELOW} and name not in FROM_BELOW:
        return f"{path.name} may be included from below, so it may not include {name}"
    if layer == "apps":
        return None if seen == "pel" and quote == "<" else f"apps may include only <pel/…>, not {name}"
    if seen in ALLOWED[layer] or name in FROM_BELOW:
        return None
    return f"{layer} may not include {name}: it sees {', '.join(sorted(ALLOWED[layer] - {layer})) or 'no other layer'}"


def breaches(top):
    """(file, line, why) for each breach under `top`, and how many files were read."""
    found, files = [], 0
    for folder in ("framework", "apps"):
        for file in sorted((top / folder).rglob("*")):
            path = file.relative_to(top)
            if file.suffix not in SUFFIXES or layer_of(path) is None:
                continue
            files += 1
            for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
                include = INCLUDE.match(line)
                why = include and breach_of(path, top, include[1], include[2])
                if why:
                    found.append((path.as_posix(), number, why))
    return found, files


PLANTED = {  # file: its includes, one a line; those marked are breaches
    "framework/base/a.hpp": ["<vector>", '"base/b.hpp"', '"pel/error.hpp"', '! "comm/exchange.hpp"', "! <mpi.h>"],
    "framework/base/b.hpp": ['! "pel/pel.hpp"', "! <fmt/format.h>", "! <nlohmann/json.hpp>"],
    "framework/base/b.cpp": ["<fmt/format.h>", '"b.hpp"', '! "../comm/exchange.hpp"'],
    "framework/comm/a.cpp": ["<mpi.h>", "<boost/mpi/communicator.hpp>", '"base/a.hpp"', '! "store/a.hpp"'],
    "framework/store/a.cpp": ["<hdf5.h>", "<H5Cpp.h>", '! "comm/a.hpp"', "! <boost/mpi.hpp>", "! <tbb/task_group.h>"],
    "framework/engine/a.cpp": ["<tbb/task_group.h>", "<oneapi/tbb.h>", '"comm/a.hpp"', '! "graph/a.hpp"', "! <hdf5.h>"],
    "framework/graph/a.cpp": ['"engine/a.hpp"', '"data/a.hpp"', '! "grid/a.hpp"', '! "pel/graph.hpp"', "! <mpi.h>"],
    "framework/include/pel/mpi.hpp": ["<mpi.h>", '"graph/a.hpp"'],
    "framework/include/pel/job.hpp": ["! <mpi.h>", '"pel/mpi.hpp"', '! "launch/a.hpp"'],
    "framework/include/pel/error.hpp": ["<string>", '"pel/partition.hpp"', '! "base/a.hpp"'],
    "framework/telemetry/a.cpp": ['"store/a.hpp"', '! "engine/a.hpp"', '"pel/error.hpp"'],
    "framework/launch/a.cpp": ['"telemetry/a.hpp"', "! <mpi.h>"],
    "framework/util/a.cpp": ["! <vector>"],
    "apps/text/a.cpp": ["<pel/pel.hpp>", "<map>", '! "engine/a.hpp"', '! "pel/pel.hpp"', "! <mpi.h>"],
}


def self_test():
    expected = set()
    with tempfile.TemporaryDirectory() as folder:
        top = pathlib.Path(folder)
        for name, includes in PLANTED.items():
            (top / name).parent.mkdir(parents=True, exist_ok=True)
            expected |= {(name, number) for number, text in enumerate(includes, 1) if text.startswith("!")}
            (top / name).write_text("".join(f"#include {text.lstrip('! ')}\n" for text in includes), encoding="utf-8")
        found = {(file, line) for file, line, _ in breaches(top)[0]}
    for file, line in sorted(expected - found):
        print(f"self-test: {file}:{line}: planted, not found: {PLANTED[file][line - 1]}")
    for file, line in sorted(found - expected):
        print(f"self-test: {file}:{line}: found, but allowed: {PLANTED[file][line - 1]}")
    print(f"self-test: {len(expected & found)} of {len(expected)} planted breaches found")
    return 0 if found == expected else 1


def main(arguments):
    if arguments == ["--self-test"]:
        return self_test()
    top = pathlib.Path(arguments[0]) if arguments else pathlib.Path(__file__).resolve().parent.parent
    found, files = breaches(top)
    for file, line, why in found:
        print(f"{file}:{line}: {why}")
    print(f"{files} files, {len(found)} includes that the layers forbid")
    return 1 if found or files == 0 else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
