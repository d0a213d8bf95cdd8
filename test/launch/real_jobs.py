#!/usr/bin/python3
"""`pel` with real jobs on MPI: whatever dies, the answer has the bits of the undisturbed run.

Usage: real_jobs.py [APP]: without an app the cases that need long jobs, with one its drill.
"""

import datetime
import os
import re
import signal
import sys
import time

from job_on_mpi import ALLOWANCE, LONG, SHORT, SLOW, after_superstep, check_done, job, own, ranks_of, right
from play import check_nothing_left, events, manifest, pel, run, status, until

STALL = 4  # seconds without progress that are a hang, where a test is about hangs


def goes_on(folder, incarnation):
    """Whether a later launch has finished a superstep beyond the checkpoint it began with."""
    now = status(folder)
    return now["incarnation"] > incarnation and now["superstep"] > now["resumed_from"]


def changing(folder):
    """What the other cases look at: the digest of a job that has lost a superstep, or done one twice, is another."""
    def answer(arguments):
        summary = folder / f"{len(arguments)}-{arguments[-1]}.json"
        pel.expect(pel.run(pel.app("pagerank"), *arguments, "--summary", summary, folder=folder), 0)
        return pel.digest(summary)
    jobs = [[*job[:-1], job[-1] + more] for job in (LONG, SHORT) for more in (-2, -1, 0, 1, 2)]
    pel.check(len(set(pel.at_once(answer, jobs))) == len(jobs), "jobs of other lengths have the same answer")


def a_checkpoint(folder):
    until(lambda: status(folder)["checkpoint"] >= 0, "a checkpoint")


def seconds_of(event):
    return datetime.datetime.fromisoformat(event["time"].replace("Z", "+00:00")).timestamp()


def harmed(folder, number, told, seconds):
    """A signal to one rank. Returns the seconds until it was noticed; its work must go on within `seconds`, beside those
    that reading takes."""
    digest = right(folder, LONG)
    times = {}

    def meanwhile():
        a_checkpoint(folder)
        os.kill(sorted(ranks_of(folder))[-1], number)
        times["harm"] = time.time()
        until(lambda: goes_on(folder, 1), "a superstep of the second launch")
        times["again"] = time.time()
    outcome = pel.expect(job(folder, "--checkpoint-every", "0.5s", environment=SLOW, meanwhile=meanwhile), 0, told,
                         "starting again from checkpoint")
    check_done(folder, digest)
    noticed = seconds_of(events(folder, "incident")[0]) - times["harm"]
    took = times["again"] - times["harm"]
    read = float(re.findall(r"load ([0-9.]+) s", outcome.err)[-1])
    print(f"{told.strip()}: noticed after {noticed:.2f} s; {took:.2f} s until supersteps are finished again, of them "
          f"{read:.2f} s reading ({seconds} s promised beside reading, {ALLOWANCE:g} s allowed for a busy machine)")
    pel.check(took <= seconds + read + ALLOWANCE, f"{took:.2f} s until work went on, {read:.2f} s of them reading")
    return noticed


def stopped(folder):
    noticed = harmed(folder, signal.SIGSTOP, " was stopped in", 5)
    pel.check(noticed <= 3 + ALLOWANCE, f"noticed after {noticed:.2f} s: more than three heartbeats")


def killed(folder):
    harmed(folder, signal.SIGKILL, " was killed by signal 9 (Killed) in", 2)


HUNG = "point=superstep,superstep=8,partition=0,action=hang"


def check_hang(folder, digest):
    """It was noticed as one of a superstep, not after the twelve times that disks have (a busy machine makes supersteps
    long, and then 20 of them are the limit)."""
    incident, = events(folder, "incident")
    told = re.match(r"no rank made progress for ([0-9.]+) s in superstep 8, compute", incident["cause"])
    pel.check(told and float(told[1]) < 12 * STALL, f"{incident}")
    check_done(folder, digest)


def hangs_after_checkpoint(folder):
    digest = right(folder, SHORT)
    pel.expect(job(folder, "--checkpoint-every", 4, "--checkpoint-mode", "sync", arguments=SHORT,
                   pel_options=["--stall-timeout", f"{STALL}s"], environment={"PEL_FAULT": HUNG + ",incarnation=1"}),
               0, "rank 0: superstep 8, compute", "starting again from checkpoint 7")
    check_hang(folder, digest)


def hangs_after_resume(folder):
    digest = right(folder, SHORT)
    pel.expect(job(folder, "--checkpoint-every", 4, "--checkpoint-mode", "sync", arguments=SHORT,
                   pel_options=["--stall-timeout", f"{STALL}s"],
                   environment={"PEL_FAULT": "point=superstep,superstep=8,partition=0,action=throw"}), 70)
    pel.expect(run(folder, "resume", environment={"PEL_FAULT": HUNG + ",incarnation=2"}), 0,
               "starting again from checkpoint 7")
    check_hang(folder, digest)


def writes_for_long(folder):
    """All is computed, and a disk takes its time with the last checkpoint: no hang."""
    digest = right(folder, SHORT)
    outcome = job(folder, "--checkpoint-every", 6, arguments=SHORT, pel_options=["--stall-timeout", f"{STALL}s"],
                  environment={"PEL_FAULT": f"point=part_synced,epoch=5,action=delay={2 * STALL}s"})
    pel.expect(outcome, 0)
    pel.check(len(events(folder, "start")) == 1, f"launched again: {outcome}")
    check_done(folder, digest)


def full_disk(folder):
    """The disk with the run directory fills up: what the job ends with is told all the same."""
    digest = right(folder, LONG)
    where = own(folder, "small")
    pel.small_disk(where, "2m")

    def meanwhile():
        after_superstep(where, 1)
        pel.fill(where)
    try:
        # Without checkpoints: else old ones would make room.
        outcome = pel.expect(job(where, "--checkpoint-every", "off", environment=SLOW, meanwhile=meanwhile), 0)
        pel.check(manifest(where)["starts"] == 1, f"launched again: {outcome}")
        pel.check(manifest(where)["state"] == "done" and manifest(where)["exit_code"] == 0, f"{manifest(where)}")
        check_done(where, digest)
    finally:
        pel.unmount(where)


def throws(folder):
    outcome = job(folder, "--checkpoint-every", 2, arguments=SHORT,
                  environment={"PEL_FAULT": "point=superstep,superstep=7,partition=3,action=throw"})
    pel.expect(outcome, 70, "superstep 7, partition 3", "injected fault")
    pel.check(len(events(folder, "start")) == 1 and not events(folder, "incident"), f"launched again: {outcome}")
    pel.check(status(folder)["state"] == "failed" and status(folder)["exit_code"] == 70, f"{status(folder)}")


def always_crashes(folder):
    for action, code in (("kill", 137), ("segv", 139)):
        where = own(folder, action)
        outcome = job(where, "--checkpoint-every", 2, "--checkpoint-mode", "sync", arguments=SHORT,
                      environment={"PEL_FAULT": f"point=superstep,rank=1,superstep=7,action={action}"})
        pel.expect(outcome, code, "launches without a newer checkpoint", "saved     checkpoint 5", f"exit {code}")
        pel.check(len(events(where, "start")) == 4, f"the first launch has progress, then three: {outcome}")
        check_nothing_left(where)


def begins_anew(folder):
    """pel show says where a launch has begun: not at the newest checkpoint, if that was damaged."""
    options = {"arguments": SHORT, "environment": {"PEL_FAULT": "point=superstep,superstep=9,action=throw,incarnation=1"}}
    every = ["--checkpoint-every", 4, "--checkpoint-mode", "sync"]
    pel.expect(job(folder, *every, **options), 70)
    for part in (folder / "runs/latest/ckpt").glob("epoch-*/part-*"):
        os.truncate(part, 100)
    pel.expect(job(folder, *every, pel_options=["--resume=auto"], **options), 0)
    told = run(folder, "show").out
    pel.check(status(folder)["resumed_from"] == -1 and told.count("launch ") == 2, told)
    pel.check("launch 2 on 3 ranks, from the start" in told, told)
    resumed = own(folder, "resumed")
    pel.expect(job(resumed, *every, **options), 70)
    pel.expect(run(resumed, "resume"), 0)
    pel.check("launch 2 on 3 ranks, from checkpoint 7" in run(resumed, "show").out, f"{run(resumed, 'show')}")


def drill_without_input(folder):
    """The drill ends with what the job ends with that no fault has disturbed, and says what is needed."""
    outcome = run(folder, "drill", "sssp")  # by itself it takes what Debian's packages are; they have no weights
    pel.check(outcome.code in (66, 78), f"not the job's own code: {outcome}")
    pel.check("FAILED" in outcome.out and "pel drill sssp OPTIONS" in outcome.out, f"{outcome}")
    outcome = pel.expect(run(folder, "drill", "sssp", "--graph", "no/such/graph.txt", "--source", 0), 66)
    pel.check("cannot be read" in outcome.out and "OPTIONS" not in outcome.out, f"{outcome}")


def wrong_input(folder):
    pel.expect(job(folder, arguments=["no/such/graph.txt"]), 66, "no/such/graph.txt")
    pel.check(len(events(folder, "start")) == 1, "launched again")


def more_ranks_than_partitions(folder):
    pel.expect(job(folder, "--partitions", 2, arguments=SHORT), 64, "more ranks than partitions")


def drilled(app):
    def case(folder):
        outcome = run(folder, "drill", app)
        pel.expect(outcome, 0)
        print(outcome.out, end="")
        for words in ("reference  4 ranks", "job lost", "resume     3 ranks", "resume     8 ranks", "torn file",
                      "drill passed (5 of 5)"):
            pel.check(words in outcome.out, f"{words!r} is not in {outcome}")
        pel.check(not list((folder / "runs").glob("*")), "a drill that passed has left its runs")
    return case


CASES = {
    "the answer tells how many supersteps were done": changing,
    "a rank that is stopped": stopped,
    "a rank that is killed": killed,
    "a rank that hangs right after a checkpoint": hangs_after_checkpoint,
    "a rank that hangs right after a resume": hangs_after_resume,
    "a last checkpoint that takes long is no hang": writes_for_long,
    "a disk that fills up": full_disk,
    "a kernel that throws is not tried again": throws,
    "a job that always crashes is given up with the cause's code": always_crashes,
    "pel show says where a launch has begun": begins_anew,
    "a drill without an input says so": drill_without_input,
    "an input that is missing is not tried again": wrong_input,
    "more ranks than partitions are refused": more_ranks_than_partitions,
}

if __name__ == "__main__":
    pel.main({f"{sys.argv[1]}: drill": drilled(sys.argv[1])} if len(sys.argv) > 1 else CASES)
