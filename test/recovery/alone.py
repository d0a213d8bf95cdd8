#!/usr/bin/python3
"""A program that no launcher has started is a job of its own: beside it there is no process of MPI's."""

import os
import pathlib

import tides_job as tides
from tides_job import pel


def by_itself(folder):
    """It has no child while it runs, ends with the right answer, and goes on after a kill as any other."""
    def has_no_child():
        process = tides.stopped_rank(folder)
        found.append((pathlib.Path("/proc") / str(process) / "task" / str(process) / "children").read_text())

    found = []
    outcome = tides.run_with_stop(folder, "point=superstep,rank=0,partition=0,superstep=6", has_no_child, *tides.EVERY,
                                  "--summary", "run.json", ranks=0)
    tides.check_right(outcome, folder)
    pel.check(found == [""], f"children {found}: {outcome}")


def goes_on(folder):
    outcome = tides.run(folder, *tides.EVERY, *tides.SYNC, ranks=0, fault="point=superstep,rank=0,superstep=7,action=kill")
    pel.check(outcome.code == -9 and tides.newest(folder) == 6, f"epochs {tides.epochs(folder)}: {outcome}")
    outcome = tides.run(folder, "--resume", *tides.EVERY, "--summary", "run.json", ranks=0)
    tides.check_right(outcome, folder)


if __name__ == "__main__":
    os.environ.pop("OMPI_MCA_ess_singleton_isolated", None)
    pel.main({
        "a program alone starts no daemon": by_itself,
        "a program alone goes on after kill -9": goes_on,
    })
