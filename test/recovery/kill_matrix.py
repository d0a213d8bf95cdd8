#!/usr/bin/python3
"""Whenever a rank dies, the job goes on from the newest whole epoch, on any number of ranks, to the same bits.

Usage: kill_matrix.py [--long]
Dies: each rank in each superstep, at each point of a commit, while it restarts, and while it recovers from a recovery.
"""

import re

import tides_job as tides
from tides_job import pel

# The points of a commit, on which ranks they are reached, and whether the epoch stands by then.
EVERYWHERE, ON_ROOT = (0, tides.LAST), (0,)
COMMIT = [
    ("agreed", EVERYWHERE, False), ("snapshot", EVERYWHERE, False), ("skeleton", EVERYWHERE, False),
    ("allocated", EVERYWHERE, False), ("payload_piece", EVERYWHERE, False), ("payload_mid", EVERYWHERE, False),
    ("payload", EVERYWHERE, False), ("part_synced", EVERYWHERE, False), ("gathered", ON_ROOT, False),
    ("index", ON_ROOT, False), ("manifest", ON_ROOT, False), ("dir_synced", ON_ROOT, False), ("before_rename", ON_ROOT, False),
    ("renamed", ON_ROOT, True), ("committed", ON_ROOT, True), ("trashed", ON_ROOT, True),
]
# The epoch whose commit dies, and the one before it. Of asynchronous ones the second is never left out, however slow the
# disk is: its snapshot waits until the first is committed.
SECOND = {tides.SYNC: (tides.EVERY, 4, 3), tides.ASYNC: (("--checkpoint-every", 3), 5, 2)}
RESTART = [("load", 0), ("load", 2), ("restore_list", 0), ("restore_read", 0), ("restore_read", 2),
           ("restore_agreed", 0), ("restore_agreed", 2), ("restore", 1), ("restore", 2)]
OTHER_DEATHS = ("segv", "abort", "exit0")


def pause_of(mode):
    """Long enough for a busy disk, as it decides which epoch is the newest."""
    return 4 * tides.PAUSE if mode == tides.ASYNC else 0


def name_of(*words):
    return "-".join(str(word) for word in words)


def own_folder(folder, *words):
    where = folder / name_of(*words)
    where.mkdir()
    return where


def other_ranks(number):
    return (2, 1, 5, 3)[number % 4]


def dies_and_resumes(folder, number, mode, fault, expected, action="kill", every=tides.EVERY):
    """`expected`: which epochs may be the newest that is left, and that must be the one that is used."""
    where = own_folder(folder, mode[1], fault, action)
    outcome = tides.kill(where, fault, *every, *mode, action=action, pause=pause_of(mode))
    told = [int(number) for number in re.findall(r"checkpoint superstep (\d+) committed", outcome.err)]
    pel.check(tides.newest(where) >= max(told, default=-1), f"the newest epoch is {tides.newest(where)}: {outcome}")
    pel.check(tides.newest(where) in expected, f"the newest epoch is {tides.newest(where)}, not of {expected}: {outcome}")
    tides.check_resumes(where, *every, *mode, ranks=other_ranks(number))
    tides.check_tidy(where)


def all_at_once(folder, cases):
    tides.right()
    pel.at_once(lambda numbered: dies_and_resumes(folder, numbered[0], *numbered[1]), enumerate(cases))


def before(mode, superstep):
    """The newest epoch when a rank dies in that superstep. Of asynchronous ones that of superstep s is written in s + 1
    and committed in s + 2, the one after it then waits in the other buffer, and a third is left out: 0 and 1 are
    committed in supersteps 2 and 4, then 2, 4, 6 in 6, 8, 10. Two such turns may be lost to a slow disk."""
    if mode == tides.SYNC:
        return (superstep - 1,)
    turns = [-1, 0, 1, 2, 4, 6]
    return range(turns[max(0, superstep // 2 - 2)], max(0, superstep - 1))


def in_each_superstep(folder):
    whole = [(mode, f"point=superstep,rank={rank},superstep={s}", before(mode, s))
             for mode in (tides.SYNC, tides.ASYNC) for s in range(tides.SUPERSTEPS) for rank in range(tides.RANKS)]
    all_at_once(folder, pel.sized(whole, whole, whole[15::36]))


def commit_case(mode, point, rank, stands, action="kill"):
    every, epoch, older = SECOND[mode]
    expected = (epoch,) if stands else (older,)
    if mode == tides.ASYNC and point in ("agreed", "snapshot"):
        expected = (-1, older)  # which may be under way still
    return mode, f"point={point},rank={rank},epoch={epoch}", expected, action, every


def at_each_point_of_a_commit(folder):
    whole = [commit_case(mode, point, rank, stands)
             for mode in (tides.SYNC, tides.ASYNC) for point, ranks, stands in COMMIT for rank in ranks]
    all_at_once(folder, pel.sized(whole, whole, whole[6:8]))


def by_other_deaths(folder):
    whole = [(mode, f"point=superstep,rank={rank},superstep=6", before(mode, 6), action)
             for mode in (tides.SYNC, tides.ASYNC) for rank in (0, 1) for action in OTHER_DEATHS]
    whole += [commit_case(mode, point, rank, False, action) for mode in (tides.SYNC, tides.ASYNC)
              for point, rank in (("part_synced", 2), ("before_rename", 0)) for action in OTHER_DEATHS]
    all_at_once(folder, pel.sized(whole, whole[::2] + whole[13::4], whole[12:14]))


def while_it_restarts(folder):
    """The checkpoint is as good as before, however often that happens."""
    def dies(numbered):
        number, (point, rank) = numbered
        where = own_folder(folder, point, rank)
        tides.kill(where, "point=superstep,rank=1,superstep=5", *tides.SYNC)
        tides.expect_newest(where, [3, 4])
        for _ in range(2):
            tides.kill(where, f"point={point},rank={rank}", "--resume", *tides.SYNC)
            pel.check(tides.epochs(where) == [3, 4], f"a restart that died has left the epochs {tides.epochs(where)}")
        tides.check_resumes(where, *tides.EVERY, ranks=other_ranks(number), expected=4)
        tides.check_tidy(where)

    tides.right()
    pel.at_once(dies, enumerate(pel.sized(RESTART, RESTART, RESTART[4:5])))


def while_it_recovers_from_a_recovery(folder):
    """Each launch dies a little later, in another way and on another number of ranks."""
    deaths = [(3, "point=superstep,rank=1,superstep=3", "kill"), (5, "point=part_synced,rank=4", "segv"),
              (3, "point=renamed,rank=0", "kill"),
              (2, "point=restore_read,rank=1", "kill"), (2, "point=superstep,rank=0,superstep=6", "exit0"),
              (1, "point=before_rename,rank=0", "kill"), (3, "point=agreed,rank=2", "abort")]

    def dies_on_and_on(case):
        mode, job = case
        where = own_folder(folder, mode[1], len(job))
        for ranks, fault, action in deaths:
            older = tides.newest(where)
            tides.kill(where, fault, "--resume=auto", *mode, ranks=ranks, action=action, pause=pause_of(mode), job=job)
            pel.check(tides.newest(where) >= older, f"the newest epoch was {older}, and is {tides.newest(where)}")
        tides.check_resumes(where, *tides.EVERY, *mode, ranks=5, job=job)
        tides.check_tidy(where)

    whole = [(mode, job) for mode in (tides.SYNC, tides.ASYNC) for job in (tides.JOB, tides.LINKED)]
    pel.at_once(dies_on_and_on, pel.sized(whole, whole[::3], whole[3:]))


def while_the_result_is_written(folder):
    def dies(case):
        number, point = case
        where = own_folder(folder, point)
        tides.kill(where, f"point={point},rank=0", *tides.SYNC, "--output", "out.txt")
        pel.check(not (where / "out.txt").exists(), f"{point}: half a result")
        tides.check_resumes(where, "--output", "out.txt", ranks=other_ranks(number), expected=tides.SUPERSTEPS - 2)

    tides.right()
    pel.at_once(dies, enumerate(pel.sized(["write", "publish"], ["write", "publish"], [])))


if __name__ == "__main__":
    pel.main({
        "a rank dies in each superstep": in_each_superstep,
        "a rank dies at each point of a commit": at_each_point_of_a_commit,
        "a rank dies by SEGV, by abort, or ends with 0": by_other_deaths,
        "a rank dies while the job restarts": while_it_restarts,
        "a rank dies in recovery after recovery": while_it_recovers_from_a_recovery,
        "a rank dies while the result is written": while_the_result_is_written,
    })
