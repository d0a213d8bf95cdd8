#!/usr/bin/python3
"""Stops of real jobs on MPI: signals, `pel halt`, time limits; what is promised about the checkpoint holds."""

import signal

from job_on_mpi import LONG, SLOW, SUPERSTEPS, after_superstep, check_done, job, right, send
from play import pel, run, status


def asked_to_stop(folder):
    digest = right(folder, LONG)

    def meanwhile():
        after_superstep(folder, 1)
        send(folder, signal.SIGUSR1)
    pel.expect(job(folder, environment=SLOW, meanwhile=meanwhile), 75, "Continue with:  pel resume")
    at = status(folder)
    pel.check(at["state"] == "stopped" and 0 < at["checkpoint"] < SUPERSTEPS, f"{at}")
    pel.expect(run(folder, "resume", "-n", 2), 0)
    pel.check(status(folder)["resumed_from"] == at["checkpoint"], f"{at}, then {status(folder)}")
    check_done(folder, digest)


def halted(folder):
    digest = right(folder, LONG)

    def meanwhile():
        after_superstep(folder, 1)
        pel.expect(run(folder, "halt", "--at-step", 200), 0)
    pel.expect(job(folder, environment=SLOW, meanwhile=meanwhile), 75)
    pel.check(200 <= status(folder)["checkpoint"] < SUPERSTEPS, f"{status(folder)}")
    pel.expect(run(folder, "resume"), 0)
    check_done(folder, digest)


CASES = {
    "USR1, then resume on other ranks": asked_to_stop,
    "pel halt, then resume": halted,
}

if __name__ == "__main__":
    pel.main(CASES)
