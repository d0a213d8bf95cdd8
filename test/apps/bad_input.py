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


def missing_inputs(folder):
    (folder / "empty").mkdir()
    (folder / "named.properties").write_text("graph.g.vertex-file = absent.v\ngraph.g.edge-file = there.e\n")
    (folder / "there.e").write_text("1 2\n")
    check_refused(folder, [
        (66, "nothing.txt: cannot be read", PAGERANK, ["nothing.txt", "--directed"], 3),
        (66, "neither nothing.e nor nothing.e.gz nor nothing.e.zst", PAGERANK, ["nothing", "--directed"], 1),
        (66, "nothing.e: cannot be read: there is no such file\n", PAGERANK, ["nothing.e", "--directed"], 1),
        (66, "nothing.e.gz: cannot be read: there is no such file\n", PAGERANK, ["nothing.e.gz", "--directed"], 1),
        (66, "empty: cannot be read", PAGERANK, ["empty", "--directed"], 1),
        (66, "absent.v: cannot be read: there is no such file, but", PAGERANK, ["named", "--directed"], 3),
        (66, "nothing.txt: cannot be read: No such file", WORD_COUNT, ["nothing.txt"], 3),
        (66, "empty: cannot be read: the directory holds no file", WORD_COUNT, ["--input", "empty"], 3),
        (66, "*.text: cannot be read: no file matches", WORD_COUNT, ["*.text"], 1),
    ])


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


def told_whoever_leaves_first(folder):
    """mpirun ends all ranks when one has left with an error: that one must wait until rank 0 has told it."""
    def is_told(case):
        shell, wrong = case
        program = ["sh", "-c", shell, "sh", pel.app(PAGERANK)] if shell else [pel.app(PAGERANK)]
        outcome = pel.run(*program, GRAPH, *wrong, ranks=4, folder=folder)
        pel.expect_one_error(outcome, 64, "--checkpoint-every: " if wrong else "--nonsense: unknown option")

    wrong, rank = ("--checkpoint-every", "5x"), "test $OMPI_COMM_WORLD_RANK"
    late = [(f'{rank} != 0 || sleep 1; exec "$@"', wrong), (f'{rank} != 3 || sleep 1; exec "$@"', wrong)]
    one = [(f'{rank} != {n} || exec "$@" --nonsense; exec "$@" --threads 1', ()) for n in (0, 1)]
    pel.at_once(is_told, [*pel.sized(late, late, late[:1]), *one, *[("", wrong)] * pel.sized(30, 10, 1)])


def faults_that_cannot_be_read(folder):
    for fault in ("point=superstep", "nonsense", "point=superstep,action=explode", "point=superstep,action=kill,rank=x"):
        outcome = pel.run(pel.app(PAGERANK), GRAPH, ranks=0, folder=folder, fault=fault)
        pel.expect_one_error(outcome, 64, "PEL_FAULT")


def unwritable_outputs(folder):
    (folder / "taken").mkdir()
    (folder / "file").write_text("")
    os.mkfifo(folder / "pipe")
    outputs = ["missing/out.txt", "missing/out.h5", "taken", "pipe", "file/out.txt"]
    check_refused(folder, [(64 if output in ("taken", "pipe") else 74, f"{output.split('/')[0]}", PAGERANK, [GRAPH, "--output", "good.txt", "--output", output], 3)
                           for output in outputs] +
                  [(74, "missing/run.json", PAGERANK, [GRAPH, "--summary", "missing/run.json"], 3)])
    pel.check(not pel.leftovers(folder), f"temporary files are left: {pel.leftovers(folder)}")
    pel.check((folder / "pipe").is_fifo(), "a result took the place of a pipe")
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
        "an input that is not there is named": missing_inputs,
        "an input that vanishes or shrinks while the job runs ends it": inputs_that_vanish,
        "a gzipped input must be whole": gzipped_inputs,
        "a packed input must be whole": packed_inputs,
        "a command line that is wrong says what is wrong": usage_errors,
        "what is wrong is said, whichever rank leaves first": told_whoever_leaves_first,
        "a fault that cannot be read is refused": faults_that_cannot_be_read,
        "an output that cannot be written leaves nothing behind": unwritable_outputs,
        "--help and --version need no MPI and are answered once": help_and_version,
        "--help is quick": help_is_quick,
    })
