#!/usr/bin/python3
"""Stops of real jobs on MPI: signals, `pel halt`, time limits; what is promised about the checkpoint holds."""

import json
import os
import signal
import time

from job_on_mpi import LONG, SHORT, SLOW, SUPERSTEPS, after_superstep, check_done, job, of_program, own, right, send
from play import check_nothing_left, events, manifest, pel, processes, run, status, until

ENDLESS = ["rmat:scale=12", "--undirected", "--iterations", 1_000_000]


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


def asked_where(folder):
    """USR2: each rank says where it is though superstep 30 does not end, then commits it and goes on."""
    digest = right(folder, LONG)

    def meanwhile():
        after_superstep(folder, 29)
        send(folder, signal.SIGUSR2)
    outcome = job(folder, "--checkpoint-every", "off", meanwhile=meanwhile,
                  environment={"PEL_FAULT": "point=superstep,partition=0,superstep=30,action=delay=6s"})
    pel.expect(outcome, 0, *(f"rank {rank}: superstep 30, compute" for rank in range(3)))
    pel.check(status(folder)["checkpoint"] == 30 and len(events(folder, "start")) == 1, f"{status(folder)}: {outcome}")
    check_done(folder, digest)


def terminated(folder):
    """TERM at plain mpirun, which leaves a second, here five for a busy machine: the log tells, nothing is committed, the
    last epoch stands. The log goes past mpirun, which may end before it has passed on all."""
    digest = right(folder, LONG)
    here = folder / "run"
    arguments = [*LONG, "--run-dir", here, "--checkpoint-every", 50, "--checkpoint-mode", "sync"]
    status_here = lambda: json.loads((here / "status.json").read_text())

    def meanwhile():
        until(lambda: status_here()["checkpoint"] >= 0, "a checkpoint", seconds=40)
        mpirun, = of_program(processes(f"--run-dir {here}"), "orterun")
        os.kill(mpirun, signal.SIGTERM)
    outcome = pel.run("sh", "-c", f'exec "$@" 2>>"{folder}/said"', "sh", pel.app("pagerank"), *arguments, ranks=3, folder=folder,
                      meanwhile=meanwhile, environment={**SLOW, "OMPI_MCA_odls_base_sigkill_timeout": 5})
    pel.check(outcome.code not in (0, 75), f"terminated: {outcome}")
    said = (folder / "said").read_text()
    pel.check("terminated by mpirun after superstep" in said, f"not told: {outcome}\n{said}")
    newest = max(int(path.name[6:]) for path in (here / "ckpt").glob("epoch-*"))
    pel.check((newest + 1) % 50 == 0, f"committed superstep {newest} after TERM")
    pel.expect(pel.run(pel.app("pagerank"), *arguments, "--resume", ranks=2, folder=folder), 0)
    pel.check(status_here()["resumed_from"] == newest and status_here()["digest"] == digest, f"{status_here()}")
    check_nothing_left(folder)


def no_time_to_stop(folder):
    """Superstep 5 does not end within --stop-grace: it is given up, and what was committed before stands."""
    digest = right(folder, SHORT)
    options = {"arguments": SHORT, "environment": {"PEL_FAULT": "point=superstep,superstep=5,action=delay=0.4s"}}

    def stop(where):
        def meanwhile():
            after_superstep(where, 4)
            send(where, signal.SIGUSR1)
        return meanwhile
    with_none = own(folder, "none")
    outcome = job(with_none, "--checkpoint-every", "off", "--stop-grace", 1, meanwhile=stop(with_none), **options)
    pel.expect(outcome, 138, "no superstep ended in time", "exit 138")
    pel.check(len(events(with_none, "start")) == 1 and manifest(with_none)["exit_code"] == 138, f"{outcome}")
    with_one = own(folder, "one")
    outcome = job(with_one, "--checkpoint-every", 2, "--checkpoint-mode", "sync", "--stop-grace", 1,
                  meanwhile=stop(with_one), **options)
    pel.expect(outcome, 75, "checkpoint 3")
    pel.expect(run(with_one, "resume"), 0)
    pel.check(status(with_one)["resumed_from"] == 3, f"{status(with_one)}")
    check_done(with_one, digest)


def stop_without_commit(folder):
    """The stop's own checkpoint fails twice: 74, which names the one that stands, and no other launch."""
    def first_stop():
        after_superstep(folder, 1)
        send(folder, signal.SIGUSR1)

    def second_stop():
        until(lambda: len(events(folder, "start")) == 2, "the second launch")
        after_superstep(folder, first + 1)
        send(folder, signal.SIGUSR1)
    pel.expect(job(folder, arguments=ENDLESS, meanwhile=first_stop), 75)
    first = status(folder)["checkpoint"]
    outcome = run(folder, "resume", meanwhile=second_stop,
                  environment={"PEL_FAULT": "point=part_synced,action=errno=EIO"})
    pel.expect(outcome, 74, "its checkpoint failed twice",
               f"the last good checkpoint is that of superstep {first}", "exit 74")
    pel.check(len(events(folder, "start")) == 2, f"launched again: {outcome}")
    pel.expect(run(folder, "ckpt", "verify"), 0)
    pel.check(f"checkpoint {first}" in run(folder, "show").out, "the older checkpoint is not there any more")
    check_nothing_left(folder)


def time_limit(folder):
    """The job stops by itself in time, and goes on later."""
    digest = right(folder, LONG)
    began = time.monotonic()
    outcome = job(folder, pel_options=["--walltime", "14s"],
                  environment={"PEL_FAULT": "point=superstep,partition=0,action=delay=0.1s"})
    took = time.monotonic() - began
    pel.expect(outcome, 75, "stopped on purpose", "Continue with:  pel resume")
    print(f"a limit of 14 s: stopped with a checkpoint after {took:.1f} s")
    pel.check(took < 14, f"{took:.1f} s: {outcome}")
    pel.check(0 <= status(folder)["checkpoint"] < SUPERSTEPS, f"{status(folder)}")
    stopped_at = status(folder)["checkpoint"]
    outcome = run(folder, "resume")
    pel.check(status(folder)["resumed_from"] == stopped_at, f"{status(folder)}")
    for _ in range(5):  # the limit is kept, and a busy machine may need more than one such time
        if outcome.code != 75:
            break
        outcome = run(folder, "resume")
    pel.expect(outcome, 0)
    check_done(folder, digest)


def time_limit_with_nothing(folder):
    """The first superstep does not end before the limit: nothing to stop with, and no time to start again."""
    outcome = job(folder, arguments=SHORT, pel_options=["--walltime", "9s"],
                  environment={"PEL_FAULT": "point=superstep,superstep=0,action=delay=0.5s"})
    pel.expect(outcome, 138, "no superstep ended in time", "exit 138")
    pel.check(len(events(folder, "start")) == 1 and manifest(folder)["failures"] == 0, f"launched again: {outcome}")


CASES = {
    "USR1, then resume on other ranks": asked_to_stop,
    "pel halt, then resume": halted,
    "USR2 makes each rank say where it is, and commit": asked_where,
    "TERM at plain mpirun": terminated,
    "a superstep that does not end in time for a stop": no_time_to_stop,
    "a stop whose own checkpoint fails twice": stop_without_commit,
    "a wall-clock limit": time_limit,
    "a wall-clock limit within the first superstep": time_limit_with_nothing,
}

if __name__ == "__main__":
    pel.main(CASES)
