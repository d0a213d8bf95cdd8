"""Real jobs on MPI for the tests of `pel`: how they are started, disturbed, and found right."""

import os

from play import ALLOWANCE, check_nothing_left, link, pel, processes, run, status, until

SUPERSTEPS = 400
# Rank moves slowly through a grid: all SUPERSTEPS change the answer, so that it tells if one was lost or done twice.
CHANGING = ["grid:rows=40,columns=40", "--undirected", "--damping", 0.99, "--iterations"]
LONG = [*CHANGING, SUPERSTEPS]
# Makes LONG last some 8 s: time to do something to it.
SLOW = {"PEL_FAULT": "point=superstep,partition=0,action=delay=0.02s"}
SHORT = ["rmat:scale=10", "--undirected", "--iterations", 12]


def job(folder, *options, arguments=LONG, ranks=3, pel_options=(), **others):
    return run(folder, "run", "-n", ranks, *pel_options, "pagerank", *arguments, *options, **others)


def own(folder, name):
    where = folder / name
    where.mkdir()
    return where


def right(folder, arguments):
    """The digest of the undisturbed run."""
    where = own(folder, "undisturbed")
    pel.expect(job(where, arguments=arguments, ranks=1), 0)
    return status(where)["digest"]


def check_done(folder, digest):
    pel.check(status(folder)["state"] == "done" and status(folder)["digest"] == digest, f"{status(folder)}, not {digest}")
    check_nothing_left(folder)


def of_program(pids, program):
    return [pid for pid in pids if os.path.basename(link(pid, "exe")) == program]


def ranks_of(folder):
    return of_program(processes(f"--run-dir={folder}/runs"), "pagerank")


def send(folder, number):
    """A signal to the launcher."""
    for pid in processes("pel run") + processes("pel resume"):
        if link(pid, "cwd") == str(folder) and link(pid, "exe") == pel.app("pel"):
            return os.kill(pid, number)
    raise pel.Failure("pel is not there")


def after_superstep(folder, superstep):
    until(lambda: status(folder)["superstep"] >= superstep, f"superstep {superstep}", seconds=40)
