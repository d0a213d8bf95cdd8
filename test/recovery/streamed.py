#!/usr/bin/python3
"""A job without memory for a copy of its state has checkpoints all the same: whatever happens while they are written
straight from the state, it goes on from the newest whole one to the same bits, with such memory or without.

Usage: streamed.py [--long]
"""

import itertools
import os
import signal

import io_errors
import kill_matrix as matrix
import tides_job as tides
from tides_job import pel

NONE = ("--checkpoint-memory", 0)
WAYS = {"streamed": NONE, "copied": tides.SYNC, "beside": tides.ASYNC}
WARNING = "checkpoints are written while the supersteps wait, straight from the state"
LARGE = (*tides.JOB, "--cells", 16_000_000)  # 128 MB


def dies_and_resumes(folder, numbered):
    """Each kill is followed by a launch on other ranks that also has no memory for copies, or has."""
    number, (fault, expected, action) = numbered
    where = matrix.own_folder(folder, number)
    outcome = tides.kill(where, fault, *tides.EVERY, *NONE, action=action)
    pel.check(tides.newest(where) == expected, f"the newest epoch is {tides.newest(where)}, not {expected}: {outcome}")
    tides.check_resumes(where, *tides.EVERY, *(NONE if number % 3 else tides.ASYNC), ranks=matrix.other_ranks(number))
    tides.check_tidy(where)


def killed(folder):
    points = [(f"point={point},rank={rank},epoch=4", 4 if stands else 3, "kill")
              for point, ranks, stands in matrix.COMMIT for rank in ranks]
    steps = [(f"point=superstep,rank={rank},superstep={s}", s - 1, "kill")
             for s in range(tides.SUPERSTEPS) for rank in range(tides.RANKS)]
    saves = [(f"point=save,rank={rank},superstep=4", 3, "kill") for rank in range(tides.RANKS)]
    others = [(f"point=payload_mid,rank={rank},epoch=4", 3, action)
              for rank in (0, tides.LAST) for action in matrix.OTHER_DEATHS]
    tides.right()
    whole = points + steps + saves + others
    pel.at_once(lambda numbered: dies_and_resumes(folder, numbered),
                enumerate(pel.sized(whole, points + steps[13::7] + saves[1:2] + others[1::3], points[9:11])))


def told(folder):
    """A line of the log says it once, and the summary how many there were and what memory they took."""
    outcome = tides.run(folder, *tides.EVERY, *NONE, "--summary", "run.json")
    checkpoint = tides.check_right(outcome, folder)["checkpoint"]
    pel.check(outcome.err.count(WARNING) == 1 and "--checkpoint-memory" in outcome.err, f"told otherwise: {outcome}")
    pel.check(checkpoint["streamed"] == checkpoint["count"] == tides.SUPERSTEPS - 1, f"{checkpoint}")
    outcome = tides.run(matrix.own_folder(folder, "ample"), *tides.EVERY, *tides.SYNC, "--checkpoint-memory", "1G", "--summary", "run.json")
    checkpoint = tides.check_right(outcome, folder / "ample")["checkpoint"]
    pel.check(WARNING not in outcome.err and checkpoint["streamed"] == 0, f"there was memory: {checkpoint}, {outcome}")


def room_for_one(folder):
    """Memory for one copy and not for two is no reason to let the supersteps wait."""
    outcome = tides.run(folder, *tides.EVERY, "--checkpoint-memory", "3M", "--summary", "run.json", pause=tides.PAUSE,
                        job=(*tides.JOB, "--cells", 600_000))
    checkpoint = tides.check_right(outcome, folder, (*tides.JOB, "--cells", 600_000))["checkpoint"]
    pel.check("memory for one snapshot only" in outcome.err and WARNING not in outcome.err, f"{outcome}")
    pel.check(checkpoint["count"] > 0 and checkpoint["streamed"] == 0, f"{checkpoint}: {outcome}")


def from_way_to_way(folder):
    """What one way has written, with links, the other goes on from, on other ranks."""
    tides.right(tides.LINKED)

    def goes_on(numbered):
        number, (first, second) = numbered
        where = matrix.own_folder(folder, first, second)
        tides.kill(where, "point=superstep,rank=1,superstep=7", *tides.EVERY, *WAYS[first], job=tides.LINKED,
                   pause=matrix.pause_of(WAYS[first]))
        pel.check(tides.newest(where) >= 0, f"{first} has no epoch")
        tides.check_resumes(where, *tides.EVERY, *WAYS[second], ranks=matrix.other_ranks(number), job=tides.LINKED)
        tides.check_resumes(where, "--checkpoint-every", "off", ranks=2, job=tides.LINKED)

    pairs = [pair for pair in itertools.product(WAYS, WAYS) if "streamed" in pair]
    pel.at_once(goes_on, enumerate(pel.sized(pairs, pairs, pairs[1:2])))


def failing_writes(folder):
    """A call that fails costs one epoch at most, and where space can be made none."""
    def is_survived(case):
        call, error, first, rank = case
        where = matrix.own_folder(folder, *case)
        outcome = tides.run(where, *tides.EVERY, *NONE, "--summary", "run.json", job=tides.LINKED,
                            shim={"call": call, "error": error, "first": first, "count": 1, "rank": rank})
        pel.check(outcome.code in (0, 74), f"a call that failed once: {outcome}")
        lost = [line for line in io_errors.warnings(outcome) if "no checkpoint of superstep" in line]
        if outcome.code == 0:
            tides.check_right(outcome, where, tides.LINKED)
            pel.check(len(lost) <= 1, f"one call failed and {len(lost)} epochs are lost: {outcome}")
        tides.check_resumes(where, *tides.EVERY, *NONE, ranks=2, job=tides.LINKED)
        tides.check_tidy(where)
        return lost

    tides.right(tides.LINKED)
    cases = list(itertools.product(("write",), ("ENOSPC", "EIO", "short"), (1, 4, 11, 40), (0, 1)))
    cases += list(itertools.product(("sync", "close"), ("EIO",), (1, 4, 11), (0, 1)))
    lost = pel.at_once(is_survived, pel.sized(cases, cases[::2], cases[2:4]))
    pel.check(any(lost) or pel.SMALL, "no call has failed on a file of an epoch")


def full_while_written(folder):
    """The disk is full in the middle of a part: the epoch is dropped everywhere, or older ones make room for it."""
    def is_survived(case):
        error, rank = case
        where = matrix.own_folder(folder, *case)
        outcome = tides.run(where, *tides.EVERY, *NONE, "--summary", "run.json",
                            fault=f"point=payload_mid,rank={rank},epoch=4,action=errno={error}")
        tides.check_right(outcome, where)
        pel.check("no checkpoint of superstep 4" in outcome.err, f"the epoch that failed is not told of: {outcome}")
        pel.check(("tried once more" in outcome.err) == (error == "ENOSPC"), f"{error}: {outcome}")
        pel.check(tides.epochs(where)[-1] == tides.SUPERSTEPS - 2, f"epochs {tides.epochs(where)}: {outcome}")

    tides.right()
    pel.at_once(is_survived, [("ENOSPC", 0), ("EIO", tides.LAST)])


def stopped(folder):
    """A job that is told to stop has written its last checkpoint when it ends with 75."""
    outcome = tides.run_with_stop(folder, "point=superstep,rank=0,partition=0,superstep=5",
                                  lambda: os.kill(tides.stopped_rank(folder), signal.SIGUSR1), *NONE, "--checkpoint-every", 100)
    pel.check(outcome.code == 75 and tides.newest(folder) == 5, f"told to stop: {tides.epochs(folder)}, {outcome}")
    tides.check_resumes(folder, *tides.EVERY, *NONE, ranks=5, expected=5)


def damaged(folder):
    """What is wrong is found before a kernel sees any of it, though nothing is read into memory as a whole."""
    tides.right()
    tides.kill(folder, "point=superstep,rank=1,superstep=7", *tides.EVERY, *NONE)
    part = max((folder / "ckpt").glob("epoch-000000006/part-00002.h5"))
    content = bytearray(part.read_bytes())
    content[len(content) * 5 // 6] ^= 1
    part.write_bytes(content)
    outcome = tides.check_resumes(folder, *tides.EVERY, *NONE, ranks=2, expected=5)
    pel.check("warning: checkpoint passed over" in outcome.err, f"no warning: {outcome}")


def memory_is_bounded(folder):
    """The buffers are of one size, whatever the state's, and no copy hides elsewhere; nor does a restart make one."""
    ways = {"off": ("--checkpoint-every", "off"), "streamed": ("--checkpoint-every", 6, *NONE),
            "resumed": ("--checkpoint-every", "off", "--resume", *NONE)}
    found = {}
    for way, options in ways.items():
        outcome = tides.run(folder, "--threads", 2, "--summary", "run.json", *options, ranks=1, job=LARGE)
        found[way] = tides.check_right(outcome, folder, LARGE)
    taken = found["streamed"]["checkpoint"]
    pel.check(taken["bytes"] > 120e6 and taken["memory_bytes"] <= 32 << 20, f"{taken}")
    pel.check(found["resumed"]["resumed_from"] == 5, f"{found['resumed']}")
    peaks = {way: summary["peak_rss_bytes"] >> 20 for way, summary in found.items()}
    pel.check(max(peaks.values()) - peaks["off"] < 80, f"a state of 128 MB, and at most so many MiB: {peaks}")


if __name__ == "__main__":
    pel.main({
        "a job killed anywhere goes on from the newest whole checkpoint": killed,
        "what one way has written the other goes on from": from_way_to_way,
        "it is told once, and why": told,
        "memory for one copy is used": room_for_one,
        "a call that fails costs one checkpoint at most": failing_writes,
        "a disk that is full in the middle of a part costs this checkpoint alone": full_while_written,
        "a damaged checkpoint is passed over": damaged,
        "a job that is told to stop has a checkpoint": stopped,
        **({} if pel.SMALL else {"memory does not grow with the state": memory_is_bounded}),
    })
