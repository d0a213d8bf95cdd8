#!/usr/bin/python3
"""A checkpoint serves any number of ranks and threads, and no job but its own; a directory serves one job at a time.

Usage: rank_matrix.py [--long]
"""

import json
import os
import shutil

import tides_job as tides
from tides_job import pel

COUNTS = (1, 2, 3, 5, 8)
EMPTY = ("--partitions", 9, "--cells", 4)  # five partitions without a cell
CUT = 7  # the superstep in which the first job is killed


def cut_short(folder, *more, ranks=tides.RANKS, **others):
    """A job that was killed in superstep CUT and left the epochs before it."""
    tides.kill(folder, f"point=superstep,rank={ranks - 1},superstep={CUT}", *tides.SYNC, *more, ranks=ranks, **others)
    tides.expect_newest(folder, [CUT - 2, CUT - 1])
    return folder


def copy_of(folder, name):
    where = folder.parent / f"{folder.name}-{name}"
    where.mkdir()
    shutil.copytree(folder / "ckpt", where / "ckpt")
    return where


def on_any_ranks(folder):
    tides.right(EMPTY)

    def from_ranks(ranks):
        where = folder / str(ranks)
        where.mkdir()
        return cut_short(where, ranks=ranks, job=EMPTY)

    whole = [(start, end, 1 + (start + end) % 2) for start in COUNTS for end in COUNTS]
    wanted = pel.sized([(start, end, threads) for start, end, _ in whole for threads in (1, 2)], whole, [(3, 5, 2)])
    starts = sorted({start for start, _, _ in wanted})
    made = dict(zip(starts, pel.at_once(from_ranks, starts)))

    def to_ranks(case):
        start, end, threads = case
        where = copy_of(made[start], f"{end}-{threads}")
        tides.check_resumes(where, *tides.EVERY, "--threads", threads, ranks=end, job=EMPTY, expected=CUT - 1)

    pel.at_once(to_ranks, wanted)


def as_many_ranks_as_partitions(folder):
    job = ("--partitions", 5)
    cut_short(folder, job=job)
    outcome = tides.run(folder, "--resume=auto", ranks=6, job=job, each=True)
    pel.expect_one_error(outcome, 64, "--partitions: 5 partitions cannot be shared by 6 ranks")
    tides.check_resumes(folder, *tides.EVERY, ranks=5, job=job, expected=CUT - 1)


# What makes it another job: (the field that is named, arguments, environment).
STRANGERS = [("parameters", (*tides.JOB, "--cells", 501), {}), ("input", (*tides.JOB, "text:bytes=2K,seed=2"), {}),
             ("schema", tides.JOB, {"TIDES_EXTRA_FIELD": 1}), ("partitions", ("--partitions", 15), {}),
             ("seed", (*tides.JOB, "--seed", 2), {})]
SAME_JOB = [("--threads", 2), ("--checkpoint-every", 3), ("--checkpoint-every", "off"), ("--checkpoint-keep", 5),
            ("--checkpoint-mode", "sync"), ("--checkpoint-compress", "zstd"), ("--seed", 1), ("--cells", 500)]


def contents(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("epoch-*/*") if path.is_file()}


def another_job(folder):
    cut_short(folder)
    before = contents(folder)

    for field, job, environment in STRANGERS:  # one after the other: a directory has one owner
        for resume in pel.sized(["--resume", "--resume=auto"], ["--resume=auto"], ["--resume"]):
            outcome = tides.run(folder, resume, *tides.EVERY, job=job, environment=environment, each=True)
            pel.expect_one_error(outcome, 78, f"another job's: {field} is ")
    pel.check(contents(folder) == before, "a job that was refused has changed the checkpoints")
    tides.check_resumes(folder, *tides.EVERY, expected=CUT - 1)


def the_same_job(folder):
    tides.right()
    start = folder / "start"
    start.mkdir()
    cut_short(start)

    def is_taken(numbered):
        number, options = numbered
        tides.check_resumes(copy_of(start, str(number)), *options, ranks=1 + number % 3, expected=CUT - 1)

    pel.at_once(is_taken, pel.sized(list(enumerate(SAME_JOB)), list(enumerate(SAME_JOB)), list(enumerate(SAME_JOB))[2:6:3]))


def compressed(folder):
    """On other ranks, with and without going on to compress."""
    packed = ("--checkpoint-compress", "zstd")
    start = folder / "start"
    start.mkdir()
    cut_short(start, *packed, job=tides.LINKED)
    tides.right(tides.LINKED)

    def resumes(case):
        ranks, options = case
        where = copy_of(start, f"{ranks}-{len(options)}")
        tides.check_resumes(where, *tides.EVERY, *tides.SYNC, *options, ranks=ranks, job=tides.LINKED, expected=CUT - 1)
        tides.check_resumes(where, "--checkpoint-every", "off", ranks=2, job=tides.LINKED, expected=tides.SUPERSTEPS - 2)

    pel.at_once(resumes, [(5, ())] if pel.SMALL else [(5, ()), (1, packed)])


def while_rank_0_stands_still(folder, act, point=f"point=superstep,partition=0,superstep={CUT}"):
    """Runs the job; its rank 0 is stopped at the point, act() is called, and it goes on. Returns how it ended."""
    return tides.run_with_stop(folder, f"{point},rank=0", act, *tides.EVERY, *tides.SYNC, "--summary", "run.json")


def two_jobs(folder):
    def second_is_refused():
        for resume in ([], ["--resume=auto"]):
            outcome = tides.run(folder, *tides.EVERY, *resume, ranks=2, each=True)
            pel.expect_one_error(outcome, 78, "in use by process ", f" on host {os.uname().nodename} since ")

    outcome = while_rank_0_stands_still(folder, second_is_refused)
    tides.check_right(outcome, folder)


def leases(folder):
    return sorted((folder / "ckpt" / "lease").glob("*.json"))


def next_incarnation(folder, *more, **others):
    """Takes the directory over, as another host would that hears nothing more of this one, and runs the job on."""
    last = leases(folder)[-1]
    claim = json.loads(last.read_text())
    claim["incarnation"] = int(last.stem) + 1
    last.with_name(f"{claim['incarnation']:0{len(last.stem)}}.json").write_text(json.dumps(claim))
    return tides.run(folder, "--resume=auto", *tides.EVERY, *tides.SYNC, *more, ranks=2,
                     environment={"PEL_INCARNATION": claim["incarnation"]}, **others)


def zombie(folder):
    tides.right()
    second = {}

    def take_over(where):
        second[where] = next_incarnation(where, "--summary", "second.json")

    def is_fenced(numbered):
        number, point = numbered
        where = folder / str(number)
        where.mkdir()
        outcome = while_rank_0_stands_still(where, lambda: take_over(where), point)
        pel.expect(second[where], 0)
        told = pel.summary(where / "second.json")
        pel.check(told["digest"] == tides.right() and told["resumed_from"] == CUT - 1, f"the second: {second[where]}")
        pel.check(outcome.code == 71, f"the zombie ended with {outcome.code}, not 71: {outcome}")
        tides.check_resumes(where, "--checkpoint-every", "off", ranks=1, expected=tides.SUPERSTEPS - 2)

    points = [f"point=before_rename,epoch={CUT}", f"point=superstep,partition=0,superstep={CUT}",
              f"point=part_synced,epoch={CUT}"]
    pel.at_once(is_fenced, enumerate(points[:1] if pel.SMALL else points))


def files(folder):
    """All files of the checkpoints, which of them are the same, and when they were written; leases tick."""
    return {path.relative_to(folder): (path.stat().st_ino, path.stat().st_size, path.stat().st_mtime_ns)
            for path in sorted((folder / "ckpt").rglob("*")) if path.is_file() and path.parent.name != "lease"}


def zombie_that_would_delete(folder):
    """Its epoch stands, and what it did next was to delete older ones: but the directory is another's meanwhile."""
    tides.right()

    def deletes_nothing(case):
        number, (point, kept) = case
        where = folder / str(number)
        where.mkdir()
        seen = {}

        def take_over():
            second = next_incarnation(where, "--checkpoint-keep", 20,
                                      fault=f"point=payload_mid,rank=1,epoch={CUT + 3},action=kill")
            pel.check(second.code not in (0, pel.HANG), f"the second was to lose a rank: {second}")
            seen.update(files(where))
            there = tides.epochs(where)
            pel.check(there == list(range(kept, CUT + 3)), f"epochs {there}: {second}")

        outcome = while_rank_0_stands_still(where, take_over, f"point={point},epoch={CUT}")
        pel.check(outcome.code == 71, f"the zombie ended with {outcome.code}, not 71: {outcome}")
        pel.check(any(path.parts[1].startswith("tmp-") for path in seen), f"the second was writing: {list(seen)}")
        pel.check(files(where) == seen, f"the zombie changed {sorted(seen.items() ^ files(where).items())}: {outcome}")
        tides.check_resumes(where, *tides.EVERY, ranks=1, expected=CUT + 2)
        tides.check_tidy(where)

    # Before it deletes the third; when it has, and goes on to the next epoch.
    points = [("committed", CUT - 2), ("trashed", CUT - 1)]
    pel.at_once(deletes_nothing, enumerate(points[:1] if pel.SMALL else points))


if __name__ == "__main__":
    pel.main({
        "a checkpoint serves any number of ranks and threads, empty partitions too": on_any_ranks,
        "there may be as many ranks as partitions and no more": as_many_ranks_as_partitions,
        "another job's checkpoint is refused by the field that differs": another_job,
        "ranks, threads and options of checkpoints make no other job": the_same_job,
        "a compressed checkpoint serves any number of ranks": compressed,
        "the second of two jobs on a directory is refused": two_jobs,
        "a job whose directory was taken over cannot commit": zombie,
        "a job whose directory was taken over deletes nothing": zombie_that_would_delete,
    })
