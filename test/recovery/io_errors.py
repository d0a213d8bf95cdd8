#!/usr/bin/python3
"""A system call that fails below the checkpoint directory: the job goes on to its right answer and says what it lost,
or ends with 74; what was committed before stays good.

Usage: io_errors.py [--long]
"""

import ctypes
import itertools
import os
import re
import shutil
import subprocess

import tides_job as tides
from tides_job import pel

# How each call fails (test/store/io_shim.c).
ERRORS = {
    "open": ["EIO", "EROFS"], "mkdir": ["EIO", "ENOSPC"], "write": ["EIO", "ENOSPC", "EDQUOT"],
    "allocate": ["ENOSPC", "EIO"], "resize": ["EIO"], "sync": ["EIO", "ENOSPC"], "close": ["EIO", "EDQUOT"],
    "rename": ["EIO", "EACCES"], "link": ["EIO", "EMLINK"], "unlink": ["EIO"],
}
ALWAYS_USED = {"open", "mkdir", "write", "sync", "close", "rename"}
HARMLESS = ("unlink", "link")  # an old epoch stays a while longer; a part is written again
COMMITS = tides.SUPERSTEPS - 1  # a job that has ended needs no epoch
BIG = (*tides.JOB, "--cells", 60_000)  # 0.8 MB an epoch
MODES = (tides.SYNC, tides.ASYNC)
STREAMED = ("--checkpoint-memory", 0)  # straight from the state, without a copy of it


def own_folder(folder, *words):
    where = folder / "-".join(str(word) for word in words)
    where.mkdir()
    return where


def warnings(outcome):
    return [line for line in outcome.err.splitlines() if "warning:" in line]


def supersteps(pattern, outcome):
    return [int(number) for number in re.findall(pattern, outcome.err)]


def check_told(outcome, mode, summary):
    """Each epoch was committed, or a line of its own says that it was not; none is lost without a word."""
    committed = supersteps(r"checkpoint superstep (\d+) committed", outcome)
    lost = supersteps(r"warning: no checkpoint of superstep (\d+)", outcome)
    told = summary["checkpoint"]
    pel.check((told["count"], told["failed"]) == (len(committed), len(lost)), f"{committed}, {lost}, not {told}: {outcome}")
    pel.check(told["newest"] == max(committed, default=-1), f"{committed}, not {told}: {outcome}")
    if mode == tides.ASYNC:  # which are left out, as both buffers are busy, is a matter of time; the last is not
        pel.check(committed or lost, f"neither a checkpoint nor a word: {outcome}")
        return
    failures, left_out = 0, 0
    for superstep in range(COMMITS):
        if left_out > 0:
            left_out -= 1
            continue
        pel.check(superstep in committed or superstep in lost, f"no word of superstep {superstep}: {outcome}")
        failures = failures + 1 if superstep in lost else 0
        left_out = 2 ** (failures - 1) - 1 if failures > 0 else 0


def cost_its_epoch(outcome):
    """Whether a call failed on a file of an epoch being written. That epoch must not have been committed as if nothing were."""
    hits = [call for call, _ in re.findall(r"io_shim: (write|allocate|resize|sync) (\S*tmp-\d+-i\d+/\S+)", outcome.err)]
    noticed = outcome.code == 74 or "no checkpoint of superstep" in outcome.err or "tried once more" in outcome.err
    pel.check(not hits or noticed, f"{hits} failed on a file of an epoch, and nobody noticed: {outcome}")
    return bool(hits)


def check_nothing_lost(folder, mode, outcome, job=tides.JOB):
    """Right answer or 74, and from what is there the right answer again."""
    if outcome.code == 0:
        check_told(outcome, mode, tides.check_right(outcome, folder, job))
    else:
        pel.expect_one_error(outcome, 74)
    tides.check_resumes(folder, "--checkpoint-every", 1, ranks=2, job=job)
    tides.check_tidy(folder)


def check_reached(outcomes, calls):
    """Each kind of call has failed in some of the launches: else nothing was tested."""
    reached = {call for outcome in outcomes for call in re.findall(r"io_shim: (\w+) ", outcome.err)}
    pel.check(reached >= ALWAYS_USED & set(calls), f"never failed: {sorted(ALWAYS_USED & set(calls) - reached)}")


def failing(folder, mode, shim, *more, job=tides.JOB, **others):
    return tides.run(folder, *tides.EVERY, *mode, "--summary", "run.json", *more, shim=shim, job=job,
                     pause=tides.PAUSE if mode == tides.ASYNC else 0, **others)


def once(folder):
    """The n-th call of a kind fails and the next succeeds: at most one epoch is lost."""
    whole = [(mode, call, error, first, rank) for mode in MODES for call, errors in ERRORS.items() for error in errors
             for first in (1, 4, 11) for rank in (0, 1)]
    short = [case for number, case in enumerate(whole) if number % 7 == 0]

    def is_survived(case):
        mode, call, error, first, rank = case
        where = own_folder(folder, mode[1], call, error, first, rank)
        outcome = failing(where, mode, {"call": call, "error": error, "first": first, "count": 1, "rank": rank})
        if mode == tides.SYNC and outcome.code == 0:
            lost = len([line for line in warnings(outcome) if "no checkpoint of superstep" in line])
            pel.check(lost <= 1, f"one call failed and {lost} epochs are lost: {outcome}")
            pel.check(not lost or "tried once more" not in outcome.err, f"space was made, and the epoch is lost: {outcome}")
            pel.check(tides.epochs(where)[-1:] == [COMMITS - 1] or lost, f"{tides.epochs(where)}: {outcome}")
        check_nothing_lost(where, mode, outcome)
        return outcome

    tides.right()
    cases = pel.sized(whole, short, short[3::8])
    outcomes = pel.at_once(is_survived, cases)
    check_reached(outcomes, {case[1] for case in cases if case[3:] == (1, 0)})
    hit = [cost_its_epoch(outcome) for outcome in outcomes]
    pel.check(any(hit) or pel.SMALL, "no call has failed on a file of an epoch")


def for_good(folder):
    """From the n-th call on each one fails; then the job is killed."""
    whole = [(mode, call, error, first) for mode in MODES for call, errors in ERRORS.items() for error in errors
             for first in (1, 12)]
    short = [case for number, case in enumerate(whole) if number % 3 == 0]

    def is_survived(case):
        mode, call, error, first = case
        where = own_folder(folder, mode[1], call, error, first)
        outcome = failing(where, mode, {"call": call, "error": error, "first": first},
                          fault="point=superstep,rank=1,superstep=10,action=kill")
        pel.check(outcome.code != 0 and outcome.code != pel.HANG, f"a job that lost a rank: {outcome}")
        told = supersteps(r"checkpoint superstep (\d+) committed", outcome)
        pel.check(tides.newest(where) >= max(told, default=-1), f"{told} were committed, {tides.epochs(where)} are left: {outcome}")
        if call not in HARMLESS and tides.newest(where) < 9 and mode == tides.SYNC:
            pel.check(warnings(outcome) or outcome.code == 74, f"epochs are lost, and no word: {outcome}")
        tides.check_resumes(where, *tides.EVERY, ranks=2)
        tides.check_tidy(where)
        return outcome

    tides.right()
    cases = pel.sized(whole, short, short[2::7])
    check_reached(pel.at_once(is_survived, cases), {case[1] for case in cases if case[3] == 1})


def unlisted(folder):
    """A directory that cannot be listed is not one without epochs: nothing is started afresh, nothing deleted."""
    def is_refused(mode):
        where = own_folder(folder, mode[1])
        tides.kill(where, "point=superstep,rank=1,superstep=7", *tides.SYNC)
        before = tides.epochs(where)
        for resume in pel.sized(("--resume=auto", "--resume"), ("--resume=auto", "--resume"), ("--resume=auto",)):
            outcome = tides.run(where, resume, *tides.EVERY, *mode, shim={"call": "list", "error": "EIO", "rank": 0},
                                each=True)
            pel.expect_one_error(outcome, 74, "ckpt: ", "it cannot be listed: Input/output error")
            pel.check(tides.epochs(where) == before, f"epochs {before} have become {tides.epochs(where)}: {outcome}")
        tides.check_resumes(where, *tides.EVERY, expected=6)

    tides.right()
    pel.at_once(is_refused, pel.sized(MODES, MODES, MODES[:1]))


def check_kept(folder, shim, before, *phrases):
    """Epochs that cannot be read are no reason to put them away, nor to start afresh; once they can, the job goes on."""
    for resume in pel.sized(("--resume=auto", "--resume"), ("--resume=auto",), ("--resume=auto",)):
        outcome = tides.run(folder, resume, *tides.EVERY, shim=shim, each=True)
        pel.expect_one_error(outcome, 71, "restart: ", "nothing was deleted", *phrases)
        names = sorted(path.name for path in (folder / "ckpt").iterdir())
        pel.check(names == before, f"{before} have become {names}: {outcome}")
    tides.check_resumes(folder, *tides.EVERY, expected=6)


def unread(folder):
    """A read fails, or one rank's host has not got the shared disk: it sees no file, and rank 0 sees them all."""
    def is_kept(case):
        rank, call, error, reason = case
        where = own_folder(folder, call, error, rank)
        tides.kill(where, "point=superstep,rank=1,superstep=7", *tides.SYNC)
        before = sorted(path.name for path in (where / "ckpt").iterdir())
        check_kept(where, {"call": call, "error": error, "rank": rank}, before,
                   f"rank {max(rank, 1)} (host {os.uname().nodename})", reason)

    tides.right()
    epoch = f"ckpt/{tides.epoch(folder, 6).name}"
    cases = [(1, "find", "ENOENT", "No such file or directory"), (1, "read", "EIO", "Input/output error"),
             (0, "list", "ENOENT", f"sees {epoch}, and rank 0 sees no checkpoint"),
             (2, "find", "EACCES", "Permission denied"), (2, "read", "EIO", "Input/output error")]
    pel.at_once(is_kept, pel.sized(cases, cases[:3], cases[:1]))


def short_writes(folder):
    """No error at all: the rest is written by the next call."""
    def is_no_error(case):
        mode, first = case
        where = own_folder(folder, mode[1], first)
        outcome = failing(where, mode, {"call": "write", "error": "short", "first": first}, job=BIG)
        tides.check_right(outcome, where, BIG)
        pel.check("io_shim: write" in outcome.err, f"no write was short: {outcome}")
        pel.check(not warnings(outcome), f"a short write is a warning: {outcome}")
        tides.check_resumes(where, "--checkpoint-every", "off", ranks=1, job=BIG)

    tides.right(BIG)
    whole = list(itertools.product(MODES, (1, 20)))
    pel.at_once(is_no_error, pel.sized(whole, whole[::3], whole[:1]))


def private_mounts():
    """From here on what this process mounts is seen by it and its children alone."""
    new_namespace = 0x00020000  # CLONE_NEWNS
    if os.geteuid() != 0:
        pel.skip("mounting a small file system needs root")
    if ctypes.CDLL(None, use_errno=True).unshare(new_namespace) != 0:
        pel.skip(f"no mount namespace of its own: {os.strerror(ctypes.get_errno())}")
    subprocess.run(["mount", "--make-rprivate", "/"], check=True, timeout=10)


def mount(*arguments):
    done = subprocess.run(["mount", *map(str, arguments)], capture_output=True, text=True, timeout=10, check=False)
    if done.returncode != 0:
        pel.skip(f"mount {' '.join(map(str, arguments))}: {done.stderr.strip()}")


def full_disk(folder):
    """Room for no epoch, for one, for two, for three (two are kept while a third is written).

    An epoch is 0.8 MB; one that links an older file keeps all of that alive, 0.2 MB more than it has itself."""
    private_mounts()
    tides.right(BIG)
    room = {"300k": "none", "1200k": "one", "2300k": "two", "3000k": "three"}
    cases = [(mode, size) for mode in (*MODES, STREAMED) for size in room]
    cases = pel.sized(cases, cases, cases[1::4])
    for mode, size in cases:
        (own_folder(folder, mode[1], size) / "ckpt").mkdir()
        mount("-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder / f"{mode[1]}-{size}" / "ckpt")

    def is_survived(case):
        mode, size = case
        where = folder / f"{mode[1]}-{size}"
        pause = tides.PAUSE if mode == tides.ASYNC else 0
        outcome = tides.run(where, *tides.EVERY, *mode, "--summary", "run.json", job=BIG, pause=pause)
        pel.check(outcome.code in (0, 74), f"a full disk: {outcome}")
        if outcome.code == 0:
            check_told(outcome, mode, tides.check_right(outcome, where, BIG))
            pel.check("start again" not in outcome.err, f"advice for a job that has ended: {outcome}")
        if room[size] == "none":
            pel.check("No space left on device" in outcome.err, f"not told why: {outcome}")
        else:
            pel.check(tides.epochs(where), f"room for {room[size]}, and no epoch at all: {outcome}")
        if room[size] in ("two", "three"):  # where there is room for two, the older one makes room for the next
            told = [line for line in warnings(outcome) if "straight from the state" not in line]
            pel.check(not told, f"room for {room[size]}: {outcome}")
            pel.check(("tried once more" in outcome.err) == (room[size] == "two"), f"room for {room[size]}: {outcome}")
        again = tides.run(where, "--resume=auto", *tides.EVERY, "--summary", "run.json", ranks=2, job=BIG)
        tides.check_right(again, where, BIG)

    try:
        pel.at_once(is_survived, cases)
    finally:
        for mode, size in cases:
            subprocess.run(["umount", folder / f"{mode[1]}-{size}" / "ckpt"], check=False, timeout=10)


def read_only(folder):
    private_mounts()
    for mode in pel.sized((tides.SYNC, STREAMED), (tides.SYNC, STREAMED), (tides.SYNC,)):
        becomes_read_only(own_folder(folder, mode[1]), mode)


def becomes_read_only(folder, mode):
    """Before the job starts, and while it runs."""
    (folder / "ckpt").mkdir()
    mount("-t", "tmpfs", "-o", "size=8m,ro", "tmpfs", folder / "ckpt")
    try:
        outcome = tides.run(folder, *tides.EVERY, fault="point=superstep,superstep=0,action=throw", each=True)
        pel.expect_one_error(outcome, 74, "ckpt", "Read-only file system")
        mount("-o", "remount,rw", folder / "ckpt")
        outcome = tides.run_with_stop(folder, "point=superstep,rank=0,partition=0,superstep=6",
                                      lambda: cover_read_only(folder / "ckpt"), *tides.EVERY, *mode,
                                      "--summary", "run.json")
        pel.check(outcome.code in (0, 74) and "Read-only file system" in outcome.err, f"read-only: {outcome}")
        if outcome.code == 0:
            tides.check_right(outcome, folder)
        pel.check(tides.newest(folder) == 5, f"epochs {tides.epochs(folder)}: {outcome}")
        subprocess.run(["umount", folder / "ckpt"], check=True, timeout=10)
        tides.check_resumes(folder, *tides.EVERY, ranks=2, expected=5)
    finally:
        subprocess.run(["umount", "--recursive", folder / "ckpt"], check=False, timeout=10)


def cover_read_only(path):
    """The same directory above itself: what is open below stays writable, as the lease's file is."""
    mount("--bind", path, path)
    mount("-o", "remount,bind,ro", path)


def remove(path):
    """Also while other ranks write into it."""
    while path.exists():
        shutil.rmtree(path, ignore_errors=True)


def removed_directory(folder):
    """All of it, or the epoch under way."""
    def is_survived(case):
        mode, point, what = case
        where = own_folder(folder, mode[1], what)
        targets = where if what == "ckpt" else where / "ckpt"
        outcome = tides.run_with_stop(where, point, lambda: [remove(path) for path in targets.glob(what)],
                                      "--checkpoint-every", 3, *mode, "--summary", "run.json")
        pel.check(outcome.code in (0, 74), f"a directory that was removed: {outcome}")
        if outcome.code == 0:
            tides.check_right(outcome, where)
            pel.check(tides.newest(where) == tides.SUPERSTEPS - 4 or warnings(outcome), f"no word of it: {outcome}")
            pel.check("make room" not in outcome.err, f"advice for a full disk: {outcome}")
        tides.check_resumes(where, *tides.EVERY, ranks=2)

    tides.right()
    points = [("point=superstep,rank=0,partition=0,superstep=6", "ckpt"), ("point=part_synced,rank=1,epoch=5", "tmp-*")]
    whole = [(mode, *point) for mode in MODES for point in points]
    pel.at_once(is_survived, pel.sized(whole, whole, whole[:1]))


if __name__ == "__main__":
    pel.main({
        "a call that fails once costs one epoch at most": once,
        "calls that fail for good cost no epoch that was there": for_good,
        "a directory that cannot be listed is refused": unlisted,
        "checkpoints that a rank cannot read, or does not see, are kept": unread,
        "a short write is no error": short_writes,
        "a directory that is removed costs no answer": removed_directory,
        "a full disk costs no answer": full_disk,
        "a read-only directory is refused, or costs no answer": read_only,
    })
