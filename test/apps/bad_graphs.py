#!/usr/bin/python3
"""What can be wrong in a graph: files, vertices, edges, weights, counts. Told with file, line and column.

Odd graphs that are right are here, too.
"""

from bad_input import PAGERANK, check_refused, pel, run


# content of an edge list: where and how it is wrong
MALFORMED = {
    b"1 2\n3\n": "list.txt:2:2: the line ends here: expected a second vertex number",
    b"1 2\n3": "list.txt:2:2: the line ends here",
    b"1 2\n 3 x\n": 'list.txt:2:4: "x": expected a vertex number',
    b"# comment\n\na b\n": 'list.txt:3:1: "a": expected a vertex number',
    b"1 -2\n": 'list.txt:1:3: "-2": a vertex number is not negative',
    b"1 2.5\n": 'list.txt:1:3: "2.5": expected a vertex number',
    b"9223372036854775808 1\n": 'list.txt:1:1: "9223372036854775808": a vertex number is at most 9223372036854775807',
    b"1 99999999999999999999999\n": "list.txt:1:3: ",
    b"1 \xff\x00\x1b[0m\n": 'list.txt:1:3: "\\xff\\x00\\x1b[0m": expected a vertex number',
    b"1 2\n" * 5000 + b"3 y\n" + b"1 2\n" * 5000: 'list.txt:5001:3: "y": expected a vertex number',
    b"1 2\nx y\n3 4\nz\n": 'list.txt:2:1: "x": expected a vertex number (and 1 more bad places)\n'
                             '  also      list.txt:4:1: "z": expected a vertex number\n',
}


def malformed_edge_lists(folder):
    def is_refused(case):
        number, (content, phrase) = case
        where = folder / str(number)
        where.mkdir()
        (where / "list.txt").write_bytes(content)
        outcome = run(PAGERANK, where, "list.txt", "--directed", "--output", "out.txt", ranks=3)
        pel.expect_one_error(outcome, 65, "error: " + phrase)
        pel.check(not (where / "out.txt").exists(), f"a result from bad input: {outcome}")

    pel.at_once(is_refused, list(enumerate(MALFORMED.items()))[::3 if pel.SMALL else 1])


def ranks_of(folder, name, content, *options):
    """{vertex: rank} and what was said; sums to 1."""
    (folder / name).write_bytes(content)
    outcome = run(PAGERANK, folder, name, *options, "--output", name + ".out")
    pel.expect(outcome, 0)
    values = {int(line.split()[0]): float(line.split()[1]) for line in (folder / (name + ".out")).read_text().splitlines()}
    pel.check(not values or abs(sum(values.values()) - 1) < 1e-9, f"ranks sum to {sum(values.values())}: {outcome}")
    return values, outcome.err


def odd_edge_lists(folder):
    values, said = ranks_of(folder, "empty", b"", "--directed")
    pel.check(values == {} and "0 vertices, 0 directed edges" in said, f"an empty list: {said}")
    values, said = ranks_of(folder, "comments", b"# nothing\n% else\n\n \t\r\n", "--undirected")
    pel.check(values == {} and "0 vertices" in said, f"a list of comments: {said}")
    largest = 2**63 - 1
    values, _ = ranks_of(folder, "large", f"{largest} {largest - 1}\n0 {largest}\n".encode(), "--directed")
    pel.check(set(values) == {0, largest, largest - 1}, f"ids of 63 bits: {values}")
    values, said = ranks_of(folder, "loop", b"7 7\n", "--directed")
    pel.check(values == {7: 1.0} and "1 loops" in said, f"a self-loop alone: {values} {said}")
    plain, _ = ranks_of(folder, "plain", b"1 2\n2 3\n", "--directed")
    again, said = ranks_of(folder, "again", b"\xef\xbb\xbf1 2\r\n2,3 0.5\r\n1\t2\n  1 2 0.25 text\n2 2\n2 3", "--directed")
    pel.check(plain == again and "1 loops and 3 repeats removed" in said, f"repeats: {again}, not {plain}: {said}")
    both, _ = ranks_of(folder, "both", b"1 2\n2 1\n2 3\n", "--undirected")
    once, _ = ranks_of(folder, "once", b"1 2\n2 3\n", "--undirected")
    pel.check(both == once, f"an undirected edge given twice: {both}, not {once}")


def vertex_files(folder):
    def write(name, vertices, edges, properties=None):
        (folder / (name + ".v")).write_text(vertices)
        (folder / (name + ".e")).write_text(edges)
        if properties:
            (folder / (name + ".properties")).write_text(properties)

    write("stranger", "1\n2\n", "1 2\n2 3\n")
    write("twice", "1\n2\n2\n", "1 2\n")
    write("letters", "1\n2 x\nb\n", "1 2\n")
    write("perhaps", "1\n2\n", "1 2\n", "# no\ngraph.perhaps.directed = maybe\n")
    write("lonely", "1\n2\n5\n", "1 2\n", "graph.lonely.directed = true\n")
    check_refused(folder, [
        (65, 'stranger.e:2:3: "3": stranger.v has no such vertex', PAGERANK, ["stranger", "--directed"], 3),
        (65, 'stranger.e:2:3: "3": stranger.v has no such vertex', PAGERANK, ["stranger.e", "--undirected"], 3),
        (65, "vertex 2 is declared twice", PAGERANK, ["twice", "--directed"], 3),
        (65, 'letters.v:3:1: "b": expected a vertex number', PAGERANK, ["letters", "--directed"], 3),
        (65, 'perhaps.properties:2:', PAGERANK, ["perhaps"], 2),
    ])
    outcome = pel.expect(run(PAGERANK, folder, "lonely", "--output", "out.txt"), 0)
    vertices = sorted(line.split()[0] for line in (folder / "out.txt").read_text().splitlines())
    pel.check(vertices == ["1", "2", "5"], f"a declared vertex without edges: {vertices}: {outcome}")


def paths_through_1100_diamonds(folder):
    lines = "".join(f"{3 * i} {3 * i + side}\n{3 * i + side} {3 * i + 3}\n" for i in range(1100) for side in (1, 2))
    (folder / "list.txt").write_text(lines)
    check_refused(folder, [(70, "a double counts no further", "bc", ["list.txt", "--directed", "--source", "0"], 3)])


def bad_lines_tolerated(folder):
    """The same bad lines are told, and the same graph is left, on any number of ranks."""
    lines = [f"{i} {i + 1}" for i in range(300)]
    for i in range(12):
        lines.insert(20 * i + 5, f"{i} bad")
    (folder / "list.txt").write_text("\n".join(lines))

    def told(arguments, ranks, code):
        outcome = pel.expect(run(PAGERANK, folder, "list.txt", "--directed", "--partitions", 8, *arguments, ranks=ranks), code)
        return [line[line.index("list.txt:"):] for line in outcome.err.splitlines() if "list.txt:" in line]

    expected = [f'list.txt:{20 * i + 6}:{2 + len(str(i))}: "bad": expected a vertex number' for i in range(10)]
    refused = [expected[0] + " (and 11 more bad places)"] + expected[1:]
    for ranks in (1, 3, 5):
        pel.check(told(["--max-bad", 11], ranks, 65) == refused, f"not the first ten on {ranks} ranks")
        found = told(["--max-bad=12", "--output", f"out{ranks}.txt"], ranks, 0)
        pel.check(found == expected, f"not the first ten on {ranks} ranks: {found}")
    pel.check((folder / "out1.txt").read_text() == (folder / "out5.txt").read_text(), "another graph on 5 ranks")
    outcome = pel.expect(run(PAGERANK, folder, "list.txt", "--directed", "--max-bad=12"), 0, "12 bad lines are left out")
    pel.check("301 vertices, 300 directed edges" in outcome.err, f"not what is left: {outcome}")


def strangers_tolerated(folder):
    """An edge to a vertex that the list lacks is a bad line like any other, with numbers and with names."""
    (folder / "g.v").write_text("".join(f"{i}\n" for i in range(301)))
    lines = [f"{i} {i + 1}" for i in range(300)]
    for i in range(12):
        lines.insert(20 * i + 5, f"{i} 9{i}9" if i % 3 else f"9{i}9 9{i}9" if i % 2 else f"{i} -1")
    (folder / "g.e").write_text("\n".join(lines))
    columns = [2 + len(str(i)) if i % 3 or i % 2 == 0 else 1 for i in range(12)]
    expected = [f"g.e:{20 * i + 6}:{columns[i]}:" for i in range(10)]

    def places(outcome):
        return [word for line in outcome.err.splitlines() for word in line.split() if word.startswith("g.e:")]

    for ranks in (1, 3, 5):
        def load(*more, code=0):
            return pel.expect(run(PAGERANK, folder, "g", "--directed", "--partitions", 8, *more, ranks=ranks), code)

        for names in ([], ["--names"]):
            outcome = load("--max-bad", 12, "--output", f"out{ranks}{len(names)}.txt", *names)
            pel.check(places(outcome) == expected, f"not the first ten on {ranks} ranks: {outcome}")
            pel.check("12 bad lines are left out" in outcome.err and "301 vertices, 300 directed" in outcome.err, f"{outcome}")
            pel.check(places(load("--max-bad", 11, *names, code=65)) == expected, f"not the first ten on {ranks} ranks")
        pel.check((folder / f"out{ranks}0.txt").read_text() == (folder / "out10.txt").read_text(), f"another graph on {ranks} ranks")
        pel.expect_one_error(load("--max-bad", 3, code=65), 65, "g.v has no such vertex")
    outcome = load("--max-bad", 12, "--verify")
    pel.check("301 vertices agree with the reference" in outcome.err, f"{outcome}")


MATRIX = "%%MatrixMarket matrix coordinate "


def matrices(folder):
    for name, content in {"array": "%%MatrixMarket matrix array real general\n2 2\n1\n0\n0\n1\n",
                          "complex": MATRIX + "complex general\n2 2 1\n1 2 1 0\n",
                          "skew": MATRIX + "real skew-symmetric\n2 2 1\n2 1 3\n",
                          "oblong": MATRIX + "pattern general\n% c\n2 3 1\n1 2\n",
                          "outside": MATRIX + "pattern general\n2 2 2\n1 2\n2 3\n",
                          "fewer": MATRIX + "pattern general\n3 3 3\n1 2\n2 3\n",
                          "square": MATRIX + "integer symmetric\n5 5 3\n2 1 7\n3 3 1\n5 1 2\n"}.items():
        (folder / (name + ".mtx")).write_text(content)
    check_refused(folder, [
        (65, 'array.mtx:1:23: "array": expected coordinate', PAGERANK, ["array.mtx"], 3),
        (65, 'complex.mtx:1:34: "complex": expected real, integer or pattern', PAGERANK, ["complex.mtx"], 3),
        (65, 'skew.mtx:1:39: "skew-symmetric": expected general or symmetric', PAGERANK, ["skew.mtx"], 1),
        (65, "oblong.mtx:3:1: 2 rows and 3 columns: a graph's matrix is square", PAGERANK, ["oblong.mtx"], 3),
        (65, 'outside.mtx:4:3: "3": a vertex number is at most 2', PAGERANK, ["outside.mtx"], 3),
        (64, "--directed: square.mtx is a symmetric matrix", PAGERANK, ["square.mtx", "--directed"], 3),
        (65, "fewer.mtx:2:1: says 3 entries, but there are 2", PAGERANK, ["fewer.mtx"], 3),
    ])
    outcome = pel.expect(run(PAGERANK, folder, "square.mtx"), 0, "5 vertices, 2 undirected edges; 1 loops")
    pel.check("0 repeats" in outcome.err, f"a symmetric matrix: {outcome}")


def counts_that_differ(folder):
    (folder / "g.v").write_text("1\n2\n3\n")
    (folder / "g.e").write_text("1 2\n2 3\n")
    for vertices, edges, said in [(4, 2, "g.properties:1:1: says 4 vertices, but there are 3"),
                                  (3, 1, "g.properties:2:1: says 1 edges, but there are 2")]:
        (folder / "g.properties").write_text(f"meta.vertices = {vertices}\nmeta.edges = {edges}\ndirected = true\n")
        pel.expect_one_error(run(PAGERANK, folder, "g"), 65, said)
    (folder / "g.v").unlink()
    for vertices, advice in [(2, "the number should be 3"), (4, "put the list (.v) beside the edges")]:
        (folder / "g.properties").write_text(f"meta.vertices = {vertices}\nmeta.edges = 2\ndirected = true\n")
        for names in ([], ["--names"]):
            outcome = run(PAGERANK, folder, "g", *names)
            pel.expect_one_error(outcome, 65, f"g.properties:1:1: says {vertices} vertices, but 3 have an edge", advice)


def named_vertices(folder):
    (folder / "g.v").write_text("zlib\nlibc\nbash\nalone\n")
    (folder / "g.e").write_text("bash libc\nzlib libc\n")
    for ranks in (1, 3):
        pel.expect(run(PAGERANK, folder, "g", "--directed", "--names", "--output", f"out{ranks}.txt", ranks=ranks), 0)
    lines = (folder / "out1.txt").read_text().splitlines()
    pel.check(sorted(line.split()[0] for line in lines) == ["alone", "bash", "libc", "zlib"], f"names: {lines}")
    pel.check((folder / "out3.txt").read_text().splitlines() == lines, "other ranks, other result")
    (folder / "list").write_text("a b\nc\nd,,e\n")
    (folder / "stranger.v").write_text("a\n")
    (folder / "stranger.e").write_text("a a\na b\n")
    check_refused(folder, [
        (65, "list:2:2: the line ends here: expected a second vertex name (and 1 more", PAGERANK, ["list", "--directed", "--names"], 3),
        (65, 'stranger.e:2:3: "b": stranger.v has no such vertex', PAGERANK, ["stranger", "--directed", "--names"], 3),
        (64, "--names: the vertices of rmat:scale=5 have numbers", PAGERANK, ["rmat:scale=5", "--names"], 3),
    ])


def weights(folder):
    """They are looked at where they are asked for."""
    (folder / "list").write_text("1 2 0.5\n2 3 -1\n3 1 nan\n")
    (folder / "none").write_text("# c\n1 2\n")
    pel.expect(run(PAGERANK, folder, "list", "--directed"), 0)
    check_refused(folder, [
        (65, 'list:2:5: "-1": a weight is not negative (and 1 more', PAGERANK, ["list", "--directed", "--weighted"], 3),
        (78, "none: has no weights: line 2 holds", PAGERANK, ["none", "--directed", "--weighted"], 3),
    ])


def weights_tolerated(folder):
    """Which lines are left out depends on whether weights are read: that is part of which graph it is."""
    (folder / "list").write_text("1 2 0.5\n2 3 nan\n3 1 1\n1 3 2\n")
    read = ["--weighted", "--max-bad", 1]
    outcome = pel.expect(run(PAGERANK, folder, "list", "--directed", *read, "--verify", ranks=3), 0, "1 bad line is left out")
    pel.check("3 vertices, 3 directed edges" in outcome.err, f"{outcome}")
    pel.expect(run(PAGERANK, folder, "list", "--directed", *read, "--checkpoint-every", 1, "--checkpoint-mode", "sync",
                   fault="point=superstep,superstep=4,partition=0,action=throw"), 70)
    pel.expect_one_error(run(PAGERANK, folder, "list", "--directed", "--resume"), 78, "another job's: input is ")
    pel.expect(run(PAGERANK, folder, "list", "--directed", *read, "--resume", "--output", "text.txt"), 0)
    pel.expect(run(PAGERANK, folder, "list", "--directed", *read, "--write-graph-cache", "list.h5"), 0)
    outcome = pel.expect(run(PAGERANK, folder, "list.h5", "--output", "cache.txt", ranks=3), 0, "1 bad line of ", " left out")
    pel.check((folder / "text.txt").read_text() == (folder / "cache.txt").read_text(), f"another graph: {outcome}")


# the weight of the second edge: where and how it is wrong
BAD_WEIGHTS = {
    "-1": '5: "-1": a weight is not negative',
    "-inf": '5: "-inf": a weight is not negative',
    "nan": '5: "nan": expected a weight, a finite number from 0',
    "inf": '5: "inf": expected a weight, a finite number from 0',
    "1e999": '5: "1e999": expected a weight, a finite number from 0',
    "heavy": '5: "heavy": expected a weight, a finite number from 0',
    "": "4: the line ends here: expected a weight",
}


def weights_of_paths(folder):
    def is_refused(case):
        number, (weight, phrase) = case
        (folder / f"list{number}").write_text("1 2 0.5\n" + f"2 3 {weight}".rstrip() + "\n3 1 2\n")
        outcome = run("sssp", folder, f"list{number}", "--directed", "--source", 1, "--output", f"out{number}")
        pel.expect_one_error(outcome, 65, f"error: list{number}:2:{phrase}")
        pel.check("superstep" not in outcome.err, f"it ran before it was refused: {outcome}")
        pel.check(not (folder / f"out{number}").exists(), f"a result from bad input: {outcome}")

    pel.at_once(is_refused, list(enumerate(BAD_WEIGHTS.items())))
    (folder / "good").write_text("1 2 0.5\n2 3 0\n3 1 2\n")
    outcome = pel.expect(run("sssp", folder, "good", "--directed", "--source", 1, "--output", "out"), 0)
    pel.check("superstep" in outcome.err, f"what a run says of its supersteps: {outcome}")
    (folder / "none").write_text("1 2\n2 3\n")
    check_refused(folder, [(78, "none: has no weights: line 1 holds", "sssp", ["none", "--directed", "--source", "1"], 3)])


if __name__ == "__main__":
    pel.main({
        "a malformed edge list is refused with file, line and column": malformed_edge_lists,
        "an odd edge list is read as it is meant": odd_edge_lists,
        "vertex and edge files must agree": vertex_files,
        "what no number can count is no answer": paths_through_1100_diamonds,
        "bad lines are told, and some tolerated": bad_lines_tolerated,
        "edges to vertices that the list lacks are bad lines": strangers_tolerated,
        "a matrix must be that of a graph": matrices,
        "counts of properties are checked": counts_that_differ,
        "vertices may have names": named_vertices,
        "weights are checked where they are asked for": weights,
        "lines with bad weights may be left out": weights_tolerated,
        "a weight that no path can have is refused before any superstep": weights_of_paths,
    })
