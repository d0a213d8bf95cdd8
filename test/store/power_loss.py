#!/usr/bin/python3
"""Power is lost at any moment of a job: the old or the new epoch is there, whole; never a mixture, never neither.

Usage: power_loss.py [--long]
The calls of a job are recorded (io_shim.c); the disk as it may be after each of them is made and read.
"""

import pathlib
import shutil
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "recovery"))
import corruption
import crashed_disk
import tides_job as tides
from tides_job import pel

JOB = ("--partitions", 4, "--cells", 2_000, "--constant", 5_000)
EVERY = ("--checkpoint-every", 2)


def true_digests(folder):
    """{superstep: digest} of all epochs, as a job writes them that keeps all."""
    where = folder / "true"
    where.mkdir()
    outcome = tides.run(where, *EVERY, *tides.SYNC, "--checkpoint-keep", tides.SUPERSTEPS, "--summary", "run.json", ranks=2,
                        job=JOB)
    tides.check_right(outcome, where, JOB)
    found = corruption.read([where / "ckpt"])[0]
    pel.check(sorted(found) == [1, 3, 5, 7, 9], f"epochs {sorted(found)}: {outcome}")
    return found


def recorded(folder, mode):
    where = folder / mode[1]
    where.mkdir()
    trace = folder / f"{mode[1]}.trace"
    outcome = tides.run(where, *EVERY, *mode, "--summary", "run.json", ranks=2, job=JOB, shim={"trace": trace},
                        pause=tides.PAUSE if mode == tides.ASYNC else 0)
    tides.check_right(outcome, where, JOB)
    return where / "ckpt", crashed_disk.calls_of(trace)


class Promises:
    """The newest epoch that was renamed and its directory synced: from then on it must be there, or a newer one."""

    def __init__(self, top):
        self.top, self.renamed, self.newest = str(top), {}, -1

    def see(self, call):
        folder, _, name = call.other.rpartition("/")
        if call.kind == "R" and folder == self.top and name.startswith("epoch-"):
            self.renamed[int(name.split("-")[1])] = call.at
        if call.kind == "Y" and call.path == self.top:
            self.newest = max([self.newest, *(s for s, at in self.renamed.items() if at <= call.offset)])


def moments(calls, every_write):
    """After which calls power is lost: each but writes, and of these every n-th."""
    return {number for number, call in enumerate(calls) if call.kind != "W" or number % every_write == 0}


def crashes(folder, mode, every_write, chances, forgotten=None):
    """(a directory as it was found, what happened, the superstep that is promised) at each moment.
    `forgotten(call)`: calls that the disk never sees."""
    top, calls = recorded(folder, mode)
    disk, promises = crashed_disk.Disk(top), Promises(top)
    wanted = moments(calls, every_write)
    for number, call in enumerate(calls):
        if not (forgotten and forgotten(call)):
            disk.do(call)
        promises.see(call)
        if number not in wanted:
            continue
        for what, outcome in crashed_disk.outcomes(number, chances).items():
            where = folder / f"{mode[1]}-{number}-{what.replace(' ', '-').replace(',', '')}"
            disk.write_to(where / "ckpt", outcome)
            yield where, f"after call {number} ({call.kind} {call.path.removeprefix(str(top))}), {what}", promises.newest
    # Asynchronous ones may be left out, but never the first two.
    pel.check(promises.newest >= 3, f"the last epoch of the {mode[1]} job is {promises.newest}; seen {len(calls)} calls")


def check_found(found, what, promised, true):
    for superstep, digest in found.items():
        whole = digest == true[superstep]
        pel.check(whole or digest.startswith("damaged: "), f"{what}: a mixture: epoch {superstep} reads {digest}")
        # One that is being deleted may be half there: a newer one is.
        pel.check(whole or superstep < promised, f"{what}: the epoch {superstep} is {digest}")
    newest = max((superstep for superstep, digest in found.items() if digest == true[superstep]), default=-1)
    pel.check(newest >= promised, f"{what}: the newest epoch is {newest}, and {promised} was committed")


def at_any_moment(mode):
    def case(folder):
        true = true_digests(folder)
        seen, batch, resumed = 0, [], 0

        def look():
            for (_, what, promised), found in zip(batch, corruption.read([where / "ckpt" for where, *_ in batch])):
                check_found(found, what, promised, true)

        def let_go():
            for where, *_ in batch:
                shutil.rmtree(where)
            batch.clear()

        for crash in crashes(folder, mode, *pel.sized((1, 8), (7, 2), (29, 0))):
            batch.append(crash)
            seen += 1
            if len(batch) == 200:
                look()
                resumed += resume_some(batch)
                let_go()
        look()
        resumed += resume_some(batch)
        print(f"  {mode[1]}: {seen} disks were read, and {resumed} jobs resumed from them")

    return case


def resume_some(batch):
    """A few of the disks are also given to a job."""
    some = batch[:: pel.sized(20, 100, 200)]
    tides.right(JOB)

    pel.at_once(lambda crash: tides.check_resumes(crash[0], *EVERY, ranks=3, job=JOB), some)
    return len(some)


def passes(*arguments):
    try:
        check_found(*arguments)
        return True
    except pel.Failure:
        return False


def without_syncs(folder):
    """Does this test find anything at all? Not without the syncs that the others rely on."""
    true = true_digests(folder)
    for number, (whose, ending) in enumerate({"parts": "part-00001.h5", "the manifest": "MANIFEST.json", "epochs": "i0001",
                                             "the directory": "/ckpt"}.items()):
        where = folder / str(number)
        where.mkdir()
        disks = list(crashes(where, tides.SYNC, 50, 0, lambda call, e=ending: call.kind == "Y" and call.path.endswith(e)))
        found = corruption.read([disk / "ckpt" for disk, *_ in disks])
        passing = [passes(epochs, what, promised, true) for (_, what, promised), epochs in zip(disks, found)]
        pel.check(not all(passing), f"a job that does not sync {whose} would pass")


if __name__ == "__main__":
    pel.main({f"power is lost at any moment of a job with {mode[1]} checkpoints": at_any_moment(mode)
              for mode in pel.sized([tides.SYNC, tides.ASYNC], [tides.SYNC, tides.ASYNC], [tides.ASYNC])} |
             ({} if pel.SMALL else {"a job that does not sync its files and directories is found out": without_syncs}))
