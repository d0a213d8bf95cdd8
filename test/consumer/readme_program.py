#!/usr/bin/env python3
"""readme_program.py BUILD: README.md's whole programs compile against an installed PEL and its commands do what it says.

Installs BUILD to an empty prefix, takes the C++ blocks out of README.md word for word, builds them with
find_package(pel), runs the commands of the block after the first, and compares the counts of both with a plain count.
"""
import collections
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parents[2]
CMAKE = """cmake_minimum_required(VERSION 3.25)
project(consumer LANGUAGES C CXX)
find_package(pel REQUIRED)
add_executable(word_count word_count.cpp)
target_link_libraries(word_count PRIVATE pel::pel)
add_executable(words words.cpp)
target_link_libraries(words PRIVATE pel::pel)
"""


def run(command, **options):
    done = subprocess.run(command, capture_output=True, text=True, timeout=200, stdin=subprocess.DEVNULL, **options)
    if done.returncode != 0:
        sys.exit(f"{command} ended with {done.returncode}:\n{done.stdout[-2000:]}\n{done.stderr[:4000]}")
    return done.stdout


def block(text, language, containing):
    for found in re.findall(rf"```{language}\n(.*?)```", text, re.S):
        if containing in found:
            return found
    sys.exit(f"README.md has no {language} block with {containing}")


def counts(text):
    return collections.Counter(word.lower() for word in re.findall(r"[0-9A-Za-z]+", text))


def read_counts(path):
    return {word: int(count) for word, count in (line.split(" ") for line in path.read_text().splitlines())}


def check_graph_line(readme):
    """The line README.md shows of the graph has the shape that open_graph.cpp gives it."""
    source = (TOP / "framework/graph/open_graph.cpp").read_text()
    form = re.search(r'"([^"\n]*vertices, [^"\n]*repeats removed[^"\n]*)"', source).group(1)
    shape = ".+".join(re.escape(words) for words in re.split(r"\{[^}]*\}", form))
    if not re.search(rf"^HH:MM:SS pagerank {shape}$", readme, re.M):
        sys.exit(f"README.md shows no line of the shape {form}")


def main():
    build, readme = pathlib.Path(sys.argv[1]), (TOP / "README.md").read_text()
    check_graph_line(readme)
    mpirun = os.environ["PEL_TEST_MPIRUN"]
    with tempfile.TemporaryDirectory() as folder:
        here = pathlib.Path(folder)
        run(["cmake", "--install", str(build), "--prefix", str(here / "prefix")])
        (here / "CMakeLists.txt").write_text(CMAKE)
        (here / "word_count.cpp").write_text(block(readme, "cpp", "class WordCount"))
        (here / "words.cpp").write_text(block(readme, "cpp", "reduce_by_key"))
        flags = re.search(r"CMAKE_CXX_FLAGS:STRING=(.*)", (build / "CMakeCache.txt").read_text()).group(1)
        run(["cmake", "-S", folder, "-B", folder, f"-DCMAKE_PREFIX_PATH={here / 'prefix'}", "-DCMAKE_BUILD_TYPE=Release",
             f"-DCMAKE_CXX_FLAGS={flags}"])
        run(["cmake", "--build", folder])
        text = "The quick brown fox jumps over the lazy dog.\nA dog? The dog!\n" * 50
        (here / "book.txt").write_text(text)
        commands = [line.split("#")[0].strip() for line in block(readme, "sh", "book.txt").splitlines()]
        for command in commands:
            words = shlex.split(command)
            if words[:2] != ["mpirun", "-n"]:
                sys.exit(f"a command of the README that this test does not know: {command}")
            run([mpirun, *words[2:]], cwd=folder)
            if "counts.txt" in command and read_counts(here / "counts.txt") != counts(text):
                sys.exit(f"{command}: other counts than a plain count")
        run([mpirun, "2", "./words", "book.txt", "--output", "words.txt"], cwd=folder)
        if read_counts(here / "words.txt") != counts(text):
            sys.exit("the program of datasets has other counts than a plain count")
        if not (here / "counts.h5").exists() or not (here / "run.json").exists():
            sys.exit("an output is missing")
    print(f"{len(commands)} commands of README.md hold")


if __name__ == "__main__":
    main()
