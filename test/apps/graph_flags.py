#!/usr/bin/python3
"""The flags that graph apps share: --verify with and without a file, defaults from .properties, results sorted by id."""

import pathlib
import re
import shlex
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import pel_test as pel

EDGES = "4 9\n9 4\n9 2\n7 2\n7 7\n30 1\n"  # two components, a loop, a sink
VERTICES = [1, 2, 4, 7, 9, 30, 50]


def write_graph(folder):
    (folder / "g.e").write_text(EDGES)
    (folder / "g.v").write_text("".join(f"{vertex}\n" for vertex in reversed(VERTICES)))
    (folder / "g.properties").write_text("graph.g.directed = true\ngraph.g.pr.num-iterations = 3\n"
                                         "graph.g.pr.damping-factor = 0.5\ngraph.g.bfs.source-vertex = 4\n")


def run(folder, *arguments, app="pagerank", ranks=2):
    return pel.run(pel.app(app), *arguments, ranks=ranks, folder=folder, each=True)


def verified(folder):
    write_graph(folder)
    outcome = pel.expect(run(folder, "g", "--verify", "--tolerance", "1e-12", "--output", "out.txt", "--summary", "out.json"), 0)
    pel.check("verified: 7 vertices agree with the reference" in outcome.err, f"{outcome}")
    pel.check(pel.summary(folder / "out.json")["verified"] is True, "the summary says nothing of it")
    lines = (folder / "out.txt").read_text().splitlines()
    (folder / "parts").mkdir()
    (folder / "parts" / "0").write_text("\n".join(lines[:3]))
    (folder / "parts" / "1").write_text("\n".join(reversed(lines[3:])))
    pel.expect(run(folder, "g", "--verify=parts", "--tolerance=0"), 0)
    outcome = pel.expect(run(folder, "--verify", "--undirected", "g", ranks=3), 0)  # what follows is no file
    pel.check("the reference" in outcome.err, f"{outcome}")


def differing(folder):
    write_graph(folder)
    pel.expect(run(folder, "g", "--output", "out.txt"), 0)
    values = dict(line.split() for line in (folder / "out.txt").read_text().splitlines())
    wrong = {**values, "2": repr(2 * float(values["2"])), "9": repr(1.001 * float(values["9"]))}
    (folder / "wrong").write_text("".join(f"{vertex} {value}\n" for vertex, value in wrong.items()))
    outcome = run(folder, "g", "--verify=wrong", "--output", "again.txt", ranks=3)
    pel.expect(outcome, 1, "mismatch: 2 of 7 vertices differ from wrong; the worst is vertex 2: expected "
                           f"{wrong['2']}, found {values['2']}")
    pel.check(outcome.err.count("mismatch:") == 1, f"told more than once: {outcome}")
    pel.check((folder / "again.txt").read_text() == (folder / "out.txt").read_text(), "the result is not there")
    (folder / "bad").write_text("2 0.1\n4 much\n")
    pel.expect_one_error(run(folder, "g", "--verify=bad"), 65, 'bad:2:3: "much": expected a value')
    pel.expect_one_error(run(folder, "g", "--verify=none"), 66, "none: cannot be read")
    pel.expect_one_error(run(folder, "g", "--verify", "--tolerance", "-1"), 64, "--tolerance")
    pel.expect_one_error(run(folder, "g", "--output", "ranks.txt.gz", ranks=3), 64, "ranks.txt.gz: the result of this job is not packed")
    pel.expect_one_error(run(folder, "g", "--output", "ranks/", ranks=3), 64, "ranks/: the result of this job is one file")


def sorted_by_id(folder):
    (folder / "list").write_text("".join(f"{i % 89} {i * i % 97}\n" for i in range(2000)))
    texts = set()
    for ranks in (1, 2, 3):
        pel.expect(run(folder, "list", "--directed", "--partitions", 4, "--output", "out.txt", ranks=ranks), 0)
        texts.add((folder / "out.txt").read_text())
    pel.check(len(texts) == 1, "other texts on other ranks")
    ids = [int(line.split()[0]) for line in texts.pop().splitlines()]
    descents = sum(after < before for before, after in zip(ids, ids[1:]))
    pel.check(descents <= 3, f"not sorted within four partitions: {ids}")


def properties(folder):
    write_graph(folder)
    def answer(*arguments):
        pel.expect(run(folder, "g", *arguments, "--output", "out.txt"), 0)
        return (folder / "out.txt").read_text()

    pel.check(answer() == answer("--iterations", 3, "--damping", 0.5), "the properties are not the defaults")
    pel.check(answer("--iterations", 4) != answer(), "the flag does not win")
    pel.check(answer("--damping", ".50") == answer(), "the flag is not understood")
    (folder / "g.properties").write_text("graph.g.directed = true\ngraph.g.pr.num-iterations = many\n")
    pel.expect_one_error(run(folder, "g"), 65, 'g.properties:2:29: "many": expected a number of iterations')


def sources(folder):
    write_graph(folder)
    def hops(*arguments):
        pel.expect(run(folder, "g", *arguments, "--verify", "--output", "out.txt", app="bfs"), 0)
        return {int(vertex): int(value) for vertex, value in map(str.split, (folder / "out.txt").read_text().splitlines())}

    never = 2**63 - 1
    pel.check(hops() == {1: never, 2: 2, 4: 0, 7: never, 9: 1, 30: never, 50: never}, f"not from 4: {hops()}")
    pel.check(hops("--source", 7)[2] == 1, "not from 7")
    (folder / "list").write_text("4 9 0.5\n9 2 1\n")
    for app, more in (("bfs", []), ("sssp", []), ("bc", ["--source", 4])):  # bc: one of several
        outcome = run(folder, "list", "--directed", *more, "--source", 8, "--output", "none.txt", app=app, ranks=3)
        pel.expect_one_error(outcome, 78, '--source: "8" is no vertex of list')
        pel.check(not (folder / "none.txt").exists(), f"a result from nowhere: {outcome}")
    (folder / "g.properties").write_text("graph.g.directed = true\n")
    pel.check(hops()[9] == 0, f"not from the vertex of highest out-degree: {hops()}")  # 9: two arcs
    (folder / "empty").write_text("")
    pel.expect_one_error(run(folder, "empty", "--directed", app="bfs"), 78, "has no vertex")


def cached(folder):
    """A job on the cache does what one on the text does, also where nobody says source, iterations or damping."""
    write_graph(folder)
    (folder / "g.e").write_text("4 9 0.5\n9 4 1\n9 2 2\n7 2 1\n30 1 3\n2 7 0.25\n")
    with (folder / "g.properties").open("a") as more:
        more.write("graph.g.sssp.source-vertex = 9\ngraph.g.cdlp.max-iterations = 1\n")
    pel.expect(run(folder, "g", "--weighted", "--write-graph-cache", "g.h5"), 0)
    for app in ("bfs", "sssp", "pagerank", "cdlp"):
        pel.expect(run(folder, "g", "--output", "text.txt", app=app), 0)
        pel.expect(run(folder, "g.h5", "--output", "cache.txt", app=app, ranks=3), 0)
        pel.check((folder / "text.txt").read_text() == (folder / "cache.txt").read_text(), f"{app} forgets the properties")


def misplaced(folder):
    """A cache does not replace what it is made from, and does not pass over what it cannot do."""
    write_graph(folder)
    before = {name: (folder / name).read_bytes() for name in ("g.v", "g.e", "g.properties")}
    (folder / "link.e").symlink_to("g.e")
    for name in (*before, "./g.e", "link.e"):
        pel.expect_one_error(run(folder, "g", "--write-graph-cache", name, ranks=3), 64, f"{name} is a file of the graph itself")
    pel.check(before == {name: (folder / name).read_bytes() for name in before}, "an input was replaced")
    (folder / "plain").write_text("1 2\n2 3\n")
    pel.expect(run(folder, "plain", "--directed", "--write-graph-cache", "plain.h5"), 0)
    pel.expect_one_error(run(folder, "plain.h5", "--weighted", ranks=3), 78, "plain.h5: has no weights")
    pel.expect_one_error(run(folder, "plain.h5", "--names", ranks=3), 64, "--names: plain.h5 is a graph cache")


def outlived(folder):
    """What a cache was made from may vanish, and must not change."""
    (folder / "elsewhere").mkdir()
    write_graph(folder)
    pel.expect(run(folder, "g", "--write-graph-cache", "elsewhere/g.h5"), 0)
    def opened(*more, expected=0, said=()):
        check = pel.expect_one_error if expected else pel.expect
        return check(run(folder / "elsewhere", *more, "g.h5", ranks=3), expected, *said)

    opened("--check-graph-cache")
    stale = "g.h5: is not the graph of its input any more: "
    (folder / "g.e").write_text(EDGES.replace("7 2", "2 7"))  # as long as before
    opened()
    opened("--check-graph-cache", expected=65, said=[stale + f"{folder}/g has other content; write the cache anew"])
    (folder / "g.e").write_text(EDGES + "1 2\n")
    opened(expected=65, said=[stale + f"{folder}/g.e had {len(EDGES)} bytes and has {len(EDGES) + 4} now; write the cache anew"])
    pel.expect(run(folder, "g", "--write-graph-cache", "elsewhere/g.h5"), 0)  # in place of the other
    opened("--check-graph-cache")
    said = (folder / "g.properties").read_text()
    (folder / "g.properties").write_text(said.replace("iterations = 3", "iterations = 4"))
    opened("--check-graph-cache", expected=65, said=[stale])
    (folder / "g.e").unlink()
    opened()
    opened("--check-graph-cache", expected=66, said=[f"{folder}/g: cannot be read"])
    pel.expect_one_error(run(folder, "rmat:scale=5", "--check-graph-cache"), 64, "--check-graph-cache: rmat:scale=5 is no graph cache")
    pel.expect(run(folder, "rmat:scale=5", "--write-graph-cache", "rmat.h5"), 0)
    pel.expect(run(folder, "rmat.h5", "--check-graph-cache"), 0)


def readme(folder):
    readme = (pel.SOURCE / "README.md").read_text()
    block = next(found for found in re.findall(r"^```sh\n(.*?)^```", readme, re.S | re.M) if "sssp grid:" in found)
    for line in block.splitlines():
        words = shlex.split(line, comments=True)
        pel.check(words[:2] == ["mpirun", "-n"], line)
        pel.expect(pel.run(pel.app(words[3]), *words[4:], ranks=int(words[2]), folder=folder), 0)
    pel.check((folder / "distances.txt").read_text().startswith("0 0\n") or "\n0 0\n" in (folder / "distances.txt").read_text(),
              "the source is not 0 from itself")


if __name__ == "__main__":
    cases = {
        "README's commands of graph apps": readme,
        "a right answer is verified against the reference and against files": verified,
        "a wrong answer is told with the worst vertex, exit code 1": differing,
        "text is sorted by id within a partition, the same on any number of ranks": sorted_by_id,
        "properties beside a graph are defaults": properties,
        "a cache keeps what the properties say": cached,
        "a cache is held against its input": outlived,
        "a cache replaces no input, and refuses what it has not": misplaced,
        "a source is named, a default, or refused": sources,
    }
    pel.main(cases)
