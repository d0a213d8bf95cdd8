#!/usr/bin/python3
"""A job that loses a rank to kill -9 goes on from its checkpoints, on any number of ranks, to the same bits.

Usage: kill_and_restart.py APP
"""

import pathlib
import shutil
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import pel_test as pel

APP = sys.argv[1]
# `kill`: a superstep that has a checkpoint before it; `saves`: whether there is more than one.
JOBS = {"pagerank": {"arguments": ["rmat:scale=9", "--undirected", "--iterations", "6"], "kill": 4, "saves": True},
        "word_mail": {"arguments": ["text:bytes=300K"], "kill": 1, "saves": False}}
JOB = JOBS[APP]
KILL = JOB["kill"]
SYNC = ("--checkpoint-mode", "sync")  # an asynchronous writer may leave an epoch out
# What makes it another job, and the field by which it is refused.
STRANGERS = {"pagerank": [("parameters", ["rmat:scale=9", "--undirected", "--iterations", "7"]),
                          ("partitions", [*JOBS["pagerank"]["arguments"], "--partitions", "63"]),
                          ("seed", [*JOBS["pagerank"]["arguments"], "--seed", "2"]),
                          ("input", ["rmat:scale=9,seed=2", "--undirected", "--iterations", "6"])],
             "word_mail": [("parameters", ["text:bytes=300K", "--words", "blank"]),
                           ("partitions", ["text:bytes=300K", "--partitions", "63"]),
                           ("seed", ["text:bytes=300K", "--seed", "2"]),
                           ("input", ["text:bytes=300K,seed=2"])]}


def run(folder, *more, ranks=3, arguments=None, **others):
    """The job, with its checkpoints in folder/ckpt."""
    arguments = JOB["arguments"] if arguments is None else arguments
    return pel.run(pel.app(APP), *arguments, "--checkpoint-dir", "ckpt", *more, ranks=ranks, folder=folder, **others)


def undisturbed(folder):
    pel.expect(run(folder, "--checkpoint-every", "off", "--summary", "plain.json", "--output", "plain.txt", ranks=1), 0)
    return pel.digest(folder / "plain.json"), (folder / "plain.txt").read_bytes()


def kill(folder, point, rank, superstep, every=1, ranks=3, resume=()):
    fault = f"point={point},rank={rank},superstep={superstep},action=kill"
    outcome = run(folder, "--checkpoint-every", every, *SYNC, *resume, ranks=ranks, fault=fault)
    pel.check(outcome.code not in (0, pel.HANG), f"a job that lost a rank ended with {outcome.code}: {outcome}")


def check_resumed(folder, right, epoch, ranks, *more):
    """--resume goes on from `epoch`, -1: afresh, and ends with the right bits."""
    name = f"resumed-{ranks}"
    outcome = run(folder, *(more or ["--resume"]), "--summary", f"{name}.json", "--output", f"{name}.txt", ranks=ranks)
    pel.expect(outcome, 0)
    summary = pel.summary(folder / f"{name}.json")
    pel.check(summary["resumed_from"] == epoch, f"resumed from {summary['resumed_from']}, not {epoch}: {outcome}")
    pel.check(summary["digest"] == right[0], f"another digest: {outcome}")
    pel.check((folder / f"{name}.txt").read_bytes() == right[1], f"the same digest, and other bytes: {outcome}")
    return outcome


def killed_in_a_superstep(folder):
    right = undisturbed(folder)
    for rank in (0, 1, 2):
        where = folder / str(rank)
        where.mkdir()
        kill(where, "superstep", rank, KILL)
        for ranks in (1, 2, 3, 5) if rank == 1 and not pel.SMALL else (2,):
            check_resumed(where, right, KILL - 1, ranks)


def killed_in_a_checkpoint(folder):
    right = undisturbed(folder)
    epoch = KILL - 1  # the one that is being written
    points = [("save", 1, epoch - 1), ("part_synced", 0, epoch - 1), ("part_synced", 2, epoch - 1),
              ("before_rename", 0, epoch - 1), ("committed", 0, epoch)]
    for number, (point, rank, found) in enumerate(points[2:4] if pel.SMALL else points):
        where = folder / f"{point}-{rank}"
        where.mkdir()
        kill(where, point, rank, epoch)
        ranks = (1, 2, 5, 3)[number % 4]
        if found >= 0:
            check_resumed(where, right, found, ranks)
        else:
            pel.expect_one_error(run(where, "--resume", each=True), 65, "no usable checkpoint")
            check_resumed(where, right, -1, ranks, "--resume=auto")


def killed_with_checkpoints_far_apart(folder):
    right = undisturbed(folder)
    kill(folder, "superstep", 1, KILL + 1, every=2)
    check_resumed(folder, right, 3, 2)


def killed_twice(folder):
    right = undisturbed(folder)
    kill(folder, "superstep", 0, 2)
    kill(folder, "part_synced", 4, 4, ranks=5, resume=["--resume"])
    check_resumed(folder, right, 3, 2, "--resume", "--checkpoint-every", 1, *SYNC)
    left = checkpoints_in(folder)
    pel.check(left == ["epoch-000000004", "epoch-000000005"], f"a finished job has left {left}")


def checkpoints_in(folder):
    return sorted(path.name for path in (folder / "ckpt").iterdir() if path.name != "lease")


def truncate(path):
    path.write_bytes(path.read_bytes()[:-100])


def change(path):
    """Another bit in the middle of the last third, where the bytes of fields lie."""
    content = bytearray(path.read_bytes())
    content[len(content) * 5 // 6] ^= 1
    path.write_bytes(content)


DAMAGES = {"a part cut short": ("part-00001.h5", truncate), "a changed part": ("part-00002.h5", change),
           "a lost part": ("part-00000.h5", pathlib.Path.unlink), "a lost manifest": ("MANIFEST.json", pathlib.Path.unlink),
           "a manifest cut short": ("MANIFEST.json", truncate)}


def damaged_checkpoints(folder):
    right = undisturbed(folder)
    kill(folder, "superstep", 1, KILL)
    older = KILL - 2 if JOB["saves"] else -1

    def is_passed_over(damage):
        name, spoil = DAMAGES[damage]
        where = folder / damage.replace(" ", "-")
        shutil.copytree(folder / "ckpt", where / "ckpt")
        spoil(where / "ckpt" / f"epoch-{KILL - 1:09}" / name)
        outcome = check_resumed(where, right, older, 2, "--resume=auto")
        pel.check("warning: checkpoint" in outcome.err, f"no warning of {damage}: {outcome}")

    pel.at_once(is_passed_over, list(DAMAGES)[:2] if pel.SMALL else DAMAGES)


def nothing_usable(folder):
    right = undisturbed(folder)
    for path in ("empty", "spoilt"):
        (folder / path / "ckpt").mkdir(parents=True)
    kill(folder / "spoilt", "superstep", 1, KILL)
    for part in (folder / "spoilt").rglob("part-00000.h5"):
        truncate(part)
    for where in (folder, folder / "empty", folder / "spoilt"):
        pel.expect_one_error(run(where, "--resume", each=True), 65, "no usable checkpoint", "--resume=auto")
        outcome = check_resumed(where, right, -1, 3, "--resume=auto", "--checkpoint-every", 1)
        pel.check("no usable checkpoint" in outcome.err and "starting at superstep 0" in outcome.err,
                  f"starts afresh and does not say so: {outcome}")


def checkpoint_of_another_job(folder):
    kill(folder, "superstep", 1, KILL)
    before = checkpoints_in(folder)

    def is_refused(stranger):
        field, arguments = stranger
        for resume in ("--resume", "--resume=auto"):
            outcome = run(folder, resume, "--checkpoint-every", 1, arguments=arguments, each=True)
            pel.expect_one_error(outcome, 78, f"the checkpoint is another job's: {field} is ")

    for stranger in STRANGERS[APP][:1] if pel.SMALL else STRANGERS[APP]:  # one after the other: a directory is one job's at a time
        is_refused(stranger)
    pel.check(checkpoints_in(folder) == before, "a job that was refused has changed the directory")
    check_resumed(folder, undisturbed(folder), KILL - 1, 3)


def fresh_start_over_old_checkpoints(folder):
    right = undisturbed(folder)
    kill(folder, "superstep", 1, KILL)
    before, (field, stranger) = checkpoints_in(folder), STRANGERS[APP][0]
    outcome = run(folder, "--checkpoint-every", 1, arguments=stranger, each=True)
    pel.expect_one_error(outcome, 78, f"the checkpoint is another job's: {field} is ", "--checkpoint-overwrite")
    pel.check(checkpoints_in(folder) == before, f"a job that was refused has changed the directory: {outcome}")
    outcome = run(folder, "--checkpoint-every", 1, "--checkpoint-overwrite", arguments=stranger,
                  fault="point=part_synced,rank=0,action=kill")
    pel.check(outcome.code not in (0, pel.HANG) and "put aside" in outcome.err, f"old checkpoints: {outcome}")
    aside = sorted(path.name for path in (folder / "ckpt").glob("old-*"))
    pel.check(aside[-1:] == [f"old-{KILL - 1:09}"], f"killed before its first checkpoint, a new job has kept {aside}")
    check_resumed(folder, right, -1, 2, "--resume=auto", "--checkpoint-every", 1)
    left = checkpoints_in(folder)
    pel.check(left and all(name.startswith("epoch-") for name in left), f"a finished job has left {left}")


def impossible_directory(folder):
    """Superstep 0 would throw: exit code 70."""
    (folder / "file").write_text("not a directory\n")
    for resume in ([], ["--resume=auto"]):
        outcome = pel.run(pel.app(APP), *JOB["arguments"], "--checkpoint-dir", "file/ckpt", "--checkpoint-every", 1, *resume,
                          folder=folder, ranks=3, each=True, fault="point=superstep,superstep=0,action=throw")
        pel.expect_one_error(outcome, 74, "file: cannot be written")


CASES = {
    "a job killed in a superstep goes on anywhere": killed_in_a_superstep,
    "a job killed while it writes a checkpoint goes on from the last whole one": killed_in_a_checkpoint,
    "a damaged checkpoint is passed over": damaged_checkpoints,
    "where no checkpoint is usable, only --resume=auto starts afresh": nothing_usable,
    "another job's checkpoint is refused": checkpoint_of_another_job,
    "a fresh start puts old checkpoints aside": fresh_start_over_old_checkpoints,
    "a checkpoint directory that cannot be made ends the job before superstep 0": impossible_directory,
}
OF_MANY_SUPERSTEPS = {
    "checkpoints may be some supersteps apart": killed_with_checkpoints_far_apart,
    "a job killed twice leaves nothing behind": killed_twice,
}

if __name__ == "__main__":
    cases = {**CASES, **(OF_MANY_SUPERSTEPS if JOB["saves"] else {})}
    # The matrices beside this file run under sanitizers, too: here what is an app's own is enough.
    wanted = list(cases)[:3 if pel.SMALL else None]
    pel.main({f"{APP}: {sentence}": cases[sentence] for sentence in wanted})
