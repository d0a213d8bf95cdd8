"""The app tides as the tests of recovery use it: its launches, its epochs on disk, and what it must end with."""

import functools
import os
import pathlib
import shutil
import signal
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import pel_test as pel

SUPERSTEPS = 12
PARTITIONS = 16
RANKS = 3  # of a job that is to be disturbed
LAST = RANKS - 1
JOB = ("--partitions", PARTITIONS)
LINKED = (*JOB, "--cells", 10_000, "--constant", 40_000)  # numbers that later epochs link to, beside some that change
EVERY = ("--checkpoint-every", 1)
SYNC, ASYNC = ("--checkpoint-mode", "sync"), ("--checkpoint-mode", "async")
PAUSE = 40  # milliseconds of a superstep where an asynchronous writer is to keep up


def run(folder, *more, ranks=RANKS, job=JOB, pause=0, environment=None, shim=None, **others):
    """The job, with its checkpoints in folder/ckpt. `shim`: settings of test/store/io_shim.c, which is then loaded."""
    environment = {**(environment or {}), **({"TIDES_PAUSE_MS": pause} if pause else {})}
    program = [pel.app("tides")]
    if shim is not None:
        library = pel.BIN.parent / "test" / "bin" / "libio_shim.so"
        pel.check(library.exists(), f"{library} is missing: cmake --build --preset release --target io_shim")
        # AddressSanitizer, where it is built in, would insist on being loaded first.
        asan = f"ASAN_OPTIONS={os.environ.get('ASAN_OPTIONS', '')}:verify_asan_link_order=0"
        program = ["env", asan, f"LD_PRELOAD={library}", f"PEL_SHIM_PATH={folder}/ckpt",
                   *(f"PEL_SHIM_{key.upper()}={value}" for key, value in shim.items()), *program]
    return pel.run(*program, *job, "--checkpoint-dir", "ckpt", *more, ranks=ranks, folder=folder,
                   environment=environment, **others)


def stopped_rank(mark):
    """The process with `mark` in its environment that a signal has stopped."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        for entry in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                environment = (entry / "environ").read_bytes().split(b"\0")
                if f"TIDES_MARK={mark}".encode() in environment and "State:\tT" in (entry / "status").read_text():
                    return int(entry.name)
            except OSError:
                continue  # gone, or not ours
        time.sleep(0.02)
    raise pel.Failure("no rank has stopped")


def run_with_stop(folder, fault, act, *more, **others):
    """Runs the job; a rank is stopped by the fault, act() is called, and it goes on. Returns how the job ended."""
    def meanwhile():
        process = stopped_rank(folder)
        try:
            act()
        finally:
            os.kill(process, signal.SIGCONT)

    return run(folder, *more, fault=f"{fault},action=stop", meanwhile=meanwhile, environment={"TIDES_MARK": folder},
               **others)


@functools.lru_cache(maxsize=None)
def right(job=JOB):
    """The digest of the undisturbed job, on one rank and without checkpoints."""
    with tempfile.TemporaryDirectory(prefix="right.", dir=pel.SCRATCH) as folder:
        pel.expect(run(folder, "--checkpoint-every", "off", "--summary", "run.json", ranks=1, job=job), 0)
        return pel.digest(pathlib.Path(folder) / "run.json")


def epochs(folder):
    """Supersteps of the committed epochs, ascending."""
    return sorted(int(path.name.split("-")[1]) for path in (folder / "ckpt").glob("epoch-*") if path.is_dir())


def newest(folder):
    return max(epochs(folder), default=-1)


def expect_newest(folder, expected):
    """The newest epochs are these. Older ones, whose removal the kill came before, go now."""
    there = epochs(folder)
    pel.check(there[-len(expected):] == expected, f"epochs {there} are left, not {expected}")
    for superstep in there[:-len(expected)]:
        shutil.rmtree(epoch(folder, superstep))


def epoch(folder, superstep):
    return folder / "ckpt" / f"epoch-{superstep:09}"


def check_right(outcome, folder, job=JOB):
    """The job has ended with the right digest. Returns its summary."""
    pel.expect(outcome, 0)
    summary = pel.summary(folder / "run.json")
    pel.check(summary["digest"] == right(job), f"another digest: {outcome}")
    return summary


def check_resumes(folder, *more, ranks=RANKS, job=JOB, expected=None, **others):
    """--resume=auto goes on from `expected` (-1: afresh), or from the newest epoch there is, to the right digest."""
    expected = newest(folder) if expected is None else expected
    outcome = run(folder, "--resume=auto", "--summary", "run.json", *more, ranks=ranks, job=job, **others)
    came_from = check_right(outcome, folder, job)["resumed_from"]
    pel.check(came_from == expected, f"resumed from {came_from}, not {expected}: {outcome}")
    return outcome


def check_tidy(folder):
    """Nothing that a killed job was writing is left by the one that has ended well."""
    left = sorted(path.name for path in (folder / "ckpt").iterdir() if path.name.startswith(("tmp-", "trash-")))
    pel.check(not left, f"left in {folder / 'ckpt'}: {left}")


def kill(folder, fault, *more, action="kill", **others):
    """A launch that dies at `fault`."""
    outcome = run(folder, *([] if "--checkpoint-every" in more else EVERY), *more, fault=f"{fault},action={action}", **others)
    pel.check(outcome.code not in (0, pel.HANG), f"a job that was to lose a rank ended with {outcome.code}: {outcome}")
    return outcome
