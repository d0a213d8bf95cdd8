#!/usr/bin/python3
"""What a user can get wrong in inputs and on the command line: the exit code, and words that say what and where.

Every rank ends by itself with the same code, and the failure is told once. Odd inputs that are right are here, too.
"""

import gzip
import os
import pathlib
import signal
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import pel_test as pel

PAGERANK, WORD_COUNT = "pagerank", "word_count"


def run(name, folder, *arguments, ranks=3, **others):
    return pel.run(pel.app(name), *arguments, ranks=ranks, folder=folder, each=ranks > 0, **others)


def check_refused(folder, cases):
    """cases: (exit code, what stderr must say, app, arguments, ranks)"""
    def is_refused(case):
        code, phrase, name, arguments, ranks = case
        pel.expect_one_error(run(name, folder, *arguments, ranks=ranks), code, phrase)

    pel.at_once(is_refused, cases)


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


def missing_inputs(folder):
    (folder / "empty").mkdir()
    (folder / "named.properties").write_text("graph.g.vertex-file = absent.v\ngraph.g.edge-file = there.e\n")
    (folder / "there.e").write_text("1 2\n")
    check_refused(folder, [
        (66, "nothing.txt: cannot be read", PAGERANK, ["nothing.txt", "--directed"], 3),
        (66, "neither nothing.e nor nothing.e.gz nor nothing.e.zst", PAGERANK, ["nothing", "--directed"], 1),
        (66, "empty: cannot be read", PAGERANK, ["empty", "--directed"], 1),
        (66, "absent.v: cannot be read: there is no such file, but", PAGERANK, ["named", "--directed"], 3),
        (66, "nothing.txt: cannot be read: No such file", WORD_COUNT, ["nothing.txt"], 3),
        (66, "empty: cannot be read: the directory holds no file", WORD_COUNT, ["--input", "empty"], 3),
        (66, "*.text: cannot be read: no file matches", WORD_COUNT, ["*.text"], 1),
    ])


def paths_through_1100_diamonds(folder):
    lines = "".join(f"{3 * i} {3 * i + side}\n{3 * i + side} {3 * i + 3}\n" for i in range(1100) for side in (1, 2))
    (folder / "list.txt").write_text(lines)
    check_refused(folder, [(70, "a double counts no further", "bc", ["list.txt", "--directed", "--source", "0"], 3)])


def stopped_process(mark):
    """The one process with `mark` in its environment that a signal has stopped."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        for entry in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                if mark.encode() in (entry / "environ").read_bytes() and "State:\tT" in (entry / "status").read_text():
                    return int(entry.name)
            except OSError:
                continue  # gone, or not ours
        time.sleep(0.02)
    raise pel.Failure("no rank has stopped")


def while_stopped(folder, name, arguments, fault, act):
    """Runs 3 ranks; rank 1 stops at the fault, act() is called, and it goes on."""
    mark = f"{folder}/{name}"

    def meanwhile():
        process = stopped_process("PEL_TEST_MARK=" + mark)
        act()
        os.kill(process, signal.SIGCONT)

    return run(name, folder, *arguments, fault=fault + ",action=stop", environment={"PEL_TEST_MARK": mark}, meanwhile=meanwhile)


def inputs_that_vanish(folder):
    lines = "1 2\n2 3\n" * 20000
    graph, text = folder / "graph.txt", folder / "text.txt"
    reading = "point=superstep,rank=1,superstep=0,partition=22"  # the first of rank 1, before it opens the text

    graph.write_text(lines)
    outcome = while_stopped(folder, PAGERANK, ["graph.txt", "--directed", "--threads", 1], "point=load,rank=1", graph.unlink)
    pel.expect_one_error(outcome, 66, "graph.txt: cannot be read")

    text.write_text(lines)
    outcome = while_stopped(folder, WORD_COUNT, ["text.txt", "--threads", 1], reading, text.unlink)
    pel.expect_one_error(outcome, 66, "text.txt: cannot be read: No such file")

    text.write_text(lines)
    outcome = while_stopped(folder, WORD_COUNT, ["text.txt", "--threads", 1], reading, lambda: os.truncate(text, 1000))
    pel.expect_one_error(outcome, 65, "text.txt: at byte ", "it was longer when the job opened it")


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


def gzipped_inputs(folder):
    whole = gzip.compress(b"1 2\n2 3\n" * 20)
    for name, content in {"whole.e.gz": whole, "two": whole + whole, "cut.e.gz": whole[:-9], "none.e.gz": b"1 2\n",
                          "empty.gz": b"", "changed.gz": whole[:-8] + b"\xff\xff" + whole[-6:],
                          "rest.gz": whole + b"1 2\n"}.items():
        (folder / name).write_bytes(content)
    check_refused(folder, [
        (65, f"cut.e.gz: at byte {len(whole) - 9}: damaged gzip data", PAGERANK, ["cut", "--directed"], 3),
        (65, "none.e.gz: at byte ", PAGERANK, ["none", "--directed"], 1),
        (65, "empty.gz: at byte 0: damaged gzip data", PAGERANK, ["empty.gz", "--directed"], 3),
        (65, "changed.gz: at byte ", PAGERANK, ["changed.gz", "--directed"], 3),
        (65, "rest.gz: at byte ", WORD_COUNT, ["rest.gz"], 3),
    ])
    for name, repeats in [("whole", 38), ("two", 78)]:
        outcome = pel.expect(run(PAGERANK, folder, name, "--directed"), 0, "3 vertices, 2 directed edges")
        pel.check(f"{repeats} repeats removed" in outcome.err, f"a packed list: {outcome}")


def stored(content):
    """A zstd frame that holds `content` (at most 255 bytes) as it is."""
    header = (len(content) << 3 | 1).to_bytes(3, "little")
    return b"\x28\xb5\x2f\xfd\x20" + bytes([len(content)]) + header + content


def packed_inputs(folder):
    whole = stored(b"1 2\n2 3\n" * 20)
    for name, content in {"whole.e.zst": whole, "cut.e.zst": whole[:-30], "none.e.zst": b"1 2\n", "empty.e.zst": b"",
                          "cut.zst": whole[:50], "changed.e.zst": whole[:6] + b"\xff" + whole[7:]}.items():
        (folder / name).write_bytes(content)
    check_refused(folder, [
        (65, "cut.e.zst: at byte ", PAGERANK, ["cut", "--directed"], 3),
        (65, "none.e.zst: at byte ", PAGERANK, ["none", "--directed"], 1),
        (65, "changed.e.zst: at byte ", PAGERANK, ["changed.e.zst", "--directed"], 1),
        (65, "cut.zst: at byte 50: damaged zstd data: the file ends in the middle of a frame", WORD_COUNT, ["cut.zst"], 3),
    ])
    outcome = pel.expect(run(PAGERANK, folder, "whole", "--directed"), 0, "3 vertices, 2 directed edges")
    pel.check("38 repeats removed" in outcome.err, f"a packed list: {outcome}")


GRAPH = "rmat:scale=5"
# Most of this is found before MPI starts, then one process shows it.
USAGE = [
    ("--partitions: 2 partitions cannot be shared by 3 ranks", PAGERANK, [GRAPH, "--partitions", "2"], 3),
    ("--partitions: 2 partitions cannot be shared by 3 ranks", WORD_COUNT, ["text:bytes=1K", "--partitions=2"], 3),
    ("--itertaions: unknown option (did you mean --iterations?)", PAGERANK, [GRAPH, "--itertaions", "3"], 3),
    ("--partition: unknown option (did you mean --partitions?)", WORD_COUNT, ["--partition=3"], 0),
    ("--qwertyuiop: unknown option\n", PAGERANK, [GRAPH, "--qwertyuiop"], 0),
    ("other.txt: unexpected argument", PAGERANK, [GRAPH, "other.txt"], 0),
    ('--partitions: "0": expected a whole number from 1', PAGERANK, [GRAPH, "--partitions", "0"], 0),
    ('--partitions: "many": expected a whole number', PAGERANK, [GRAPH, "--partitions", "many"], 3),
    ('--partitions: "-3": expected a whole number', PAGERANK, [GRAPH, "--partitions", "-3"], 0),
    ('--threads: "0": expected a whole number from 1', PAGERANK, [GRAPH, "--threads=0"], 0),
    ('--seed: "1.5": expected a whole number', PAGERANK, [GRAPH, "--seed=1.5"], 0),
    ('--checkpoint-every: "0": expected a whole number from 1', PAGERANK, [GRAPH, "--checkpoint-every=0"], 0),
    ('--resume: "outo": expected one of auto, must (did you mean auto?)', PAGERANK, [GRAPH, "--resume=outo"], 0),
    ('--max-bad: "some": expected a whole number', PAGERANK, [GRAPH, "--max-bad=some"], 0),
    ('--iterations: "ten": expected a whole number', PAGERANK, [GRAPH, "--iterations=ten"], 0),
    ('--iterations: "-1": expected a whole number from 0', PAGERANK, [GRAPH, "--iterations", "-1"], 0),
    ('--iterations: "99999999999": expected a whole number', PAGERANK, [GRAPH, "--iterations=99999999999"], 0),
    ('--damping: "much": expected a number', PAGERANK, [GRAPH, "--damping", "much"], 0),
    ('--words: "alnun": expected one of alnum, blank (did you mean alnum?)', WORD_COUNT, ["--words=alnun"], 0),
    ("--output: needs a value", PAGERANK, [GRAPH, "--output"], 0),
    ("--quiet: takes no value", PAGERANK, [GRAPH, "--quiet=yes"], 0),
    ("--seed: given 2 times", PAGERANK, [GRAPH, "--seed=1", "--seed=2"], 0),
    ("--directed: contradicts --undirected", PAGERANK, [GRAPH, "--directed", "--undirected"], 3),
    ("whether list.txt is directed must be said: --directed or --undirected", PAGERANK, ["list.txt"], 3),
    ('rmat:scale=five: scale=five: expected', PAGERANK, ["rmat:scale=five"], 3),
    ('unknown key "skale": there are', PAGERANK, ["rmat:skale=5"], 1),
    ('text:bytes=lots: bytes=lots: expected', WORD_COUNT, ["text:bytes=lots"], 3),
]


def usage_errors(folder):
    (folder / "list.txt").write_text("1 2\n")
    check_refused(folder, [(64, *case) for case in USAGE[::4 if pel.SMALL else 1]])


def faults_that_cannot_be_read(folder):
    for fault in ("point=superstep", "nonsense", "point=superstep,action=explode", "point=superstep,action=kill,rank=x"):
        outcome = pel.run(pel.app(PAGERANK), GRAPH, ranks=0, folder=folder, fault=fault)
        pel.expect_one_error(outcome, 64, "PEL_FAULT")


def unwritable_outputs(folder):
    (folder / "taken").mkdir()
    (folder / "file").write_text("")
    outputs = ["missing/out.txt", "missing/out.h5", "taken", "file/out.txt"]
    check_refused(folder, [(64 if output == "taken" else 74, f"{output.split('/')[0]}", PAGERANK, [GRAPH, "--output", "good.txt", "--output", output], 3)
                           for output in outputs] +
                  [(74, "missing/run.json", PAGERANK, [GRAPH, "--summary", "missing/run.json"], 3)])
    pel.check(not pel.leftovers(folder), f"temporary files are left: {pel.leftovers(folder)}")
    pel.check(not list((folder / "taken").iterdir()) and not (folder / "missing").exists(), "something was made")


def help_and_version(folder):
    """Answered without MPI, which could not start here."""
    no_mpi = {"OMPI_MCA_pml": "none-such", "OMPI_MCA_btl": "none-such"}
    pel.check(run(PAGERANK, folder, GRAPH, ranks=0, environment=no_mpi).code != 0, "MPI starts all the same")
    for name, option, beginning in [(PAGERANK, "--help", "usage: pagerank"), (WORD_COUNT, "--help", "usage: word_count"),
                                    (PAGERANK, "--version", "pagerank (PEL "), (WORD_COUNT, "--version", "word_count (PEL ")]:
        for ranks in (0, 3):
            outcome = pel.expect(run(name, folder, option, ranks=ranks, environment=no_mpi), 0)
            once = outcome.out.startswith(beginning) and outcome.out.count(beginning) == 1
            pel.check(once and outcome.err == "", f"{option} is answered once: {outcome}")
    pel.check("--iterations N" in run(PAGERANK, folder, "--help", ranks=0).out, "--help lists the options")


def help_is_quick(folder):
    seconds = []
    for _ in range(5):
        started = time.monotonic()
        pel.expect(pel.run(pel.app(PAGERANK), "--help", ranks=0, folder=folder), 0)
        seconds.append(time.monotonic() - started)
    pel.check(min(seconds) < 0.5, f"--help takes {min(seconds):.2f} s")


if __name__ == "__main__":
    pel.main({
        "a malformed edge list is refused with file, line and column": malformed_edge_lists,
        "an odd edge list is read as it is meant": odd_edge_lists,
        "vertex and edge files must agree": vertex_files,
        "an input that is not there is named": missing_inputs,
        "what no number can count is no answer": paths_through_1100_diamonds,
        "an input that vanishes or shrinks while the job runs ends it": inputs_that_vanish,
        "bad lines are told, and some tolerated": bad_lines_tolerated,
        "a matrix must be that of a graph": matrices,
        "counts of properties are checked": counts_that_differ,
        "vertices may have names": named_vertices,
        "weights are checked where they are asked for": weights,
        "a gzipped input must be whole": gzipped_inputs,
        "a packed input must be whole": packed_inputs,
        "a command line that is wrong says what is wrong": usage_errors,
        "a fault that cannot be read is refused": faults_that_cannot_be_read,
        "an output that cannot be written leaves nothing behind": unwritable_outputs,
        "--help and --version need no MPI and are answered once": help_and_version,
        "--help is quick": help_is_quick,
    })
