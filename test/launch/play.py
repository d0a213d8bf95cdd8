"""Launches `pel` with the stand-in for a job, and looks at what it leaves behind.

PEL_TEST_ALLOWANCE: seconds that a busy machine may add to a promised time (default 3); 0 on a machine that does nothing
else.
"""

import json
import os
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import pel_test as pel

STAND_IN = pel.BIN.parent / "test" / "bin" / "stand_in"
MADE_BY_A_JOB = ("PEL_", "SLURM_", "OMPI_MCA_plm")
ALLOWANCE = float(os.environ.get("PEL_TEST_ALLOWANCE", 3))


def run(folder, *arguments, meanwhile=None, environment=None):
    """pel with these arguments, in the folder."""
    for name in [name for name in os.environ if name.startswith(MADE_BY_A_JOB) and not name.startswith("PEL_TEST")]:
        del os.environ[name]
    return pel.run(pel.app("pel"), *arguments, ranks=0, folder=folder, meanwhile=meanwhile, environment=environment)


def play(folder, *options, ranks=2, pel_options=(), **others):
    """pel run of the stand-in."""
    return run(folder, "run", "-n", ranks, *pel_options, str(STAND_IN), *options, **others)


def events(folder, kind, of="latest"):
    path = folder / "runs" / of / "events.jsonl"
    return [event for event in map(json.loads, path.read_text().splitlines()) if event["event"] == kind]


def status(folder):
    return json.loads((folder / "runs" / "latest" / "status.json").read_text())


def manifest(folder):
    return json.loads((folder / "runs" / "latest" / "manifest.json").read_text())


def starts(folder):
    """(incarnation, ranks, resumed from) of each start, as rank 0 saw it."""
    lines = (folder / "runs" / "latest" / "starts").read_text().splitlines()
    return [tuple(map(int, line.split()[1:4])) for line in lines]


def until(holds, what, seconds=20):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if holds():
                return
        except (OSError, ValueError):  # not there yet, or half written
            pass
        time.sleep(0.02)
    raise pel.Failure(f"{what}: not within {seconds} s")


def at_superstep(folder, superstep):
    until(lambda: status(folder)["superstep"] >= superstep, f"superstep {superstep}")


def processes(text):
    """Process ids of this machine whose command line has the text."""
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                if text in (entry / "cmdline").read_bytes().decode(errors="replace").replace("\0", " "):
                    found.append(int(entry.name))
            except OSError:
                pass
    return found


def link(pid, what):
    """What "exe" or "cwd" of a process is; nothing of one that has ended."""
    try:
        return os.readlink(f"/proc/{pid}/{what}")
    except OSError:
        return ""


def check_nothing_left(folder):
    pel.check(not processes(str(folder)), f"processes of the job live on: {processes(str(folder))}")
