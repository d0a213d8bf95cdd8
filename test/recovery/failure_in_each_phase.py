#!/usr/bin/python3
"""Whatever phase one rank fails in, all ranks end with the same exit code and nobody hangs; the failure is told once."""

import pathlib
import socket
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import pel_test as pel

JOB = ["rmat:scale=6", "--undirected", "--iterations", "5", "--partitions", "6", "--checkpoint-every", "1",
       "--checkpoint-mode", "sync", "--output", "out.txt", "--output", "out.h5"]
HERE = f"(rank 1 of 3, host {socket.gethostname()})"  # of 3 ranks; partitions 2 and 3 are its own
THERE = HERE.replace("rank 1", "rank 0")
# (the fault without its action, what the message says of the place); the directory has checkpoints where it is "restore"
PHASES = [
    ("point=load,rank=1", f'{HERE}: the step "load" failed: injected fault at load'),
    ("point=construct,rank=1", f"partition 2 {HERE}: "),
    ("point=superstep,rank=1,superstep=3", f"superstep 3, partition 2 {HERE}: "),
    ("point=superstep,rank=1,superstep=3,partition=3", f"superstep 3, partition 3 {HERE}: "),
    ("point=superstep,superstep=0", f"superstep 0, partition 0 {THERE}: "),  # on all ranks: the lowest partition is named
    ("point=save,rank=1,superstep=2", f"superstep 2, partition 2 {HERE}: "),
    ("point=restore,rank=1", f"partition 2 {HERE}: "),
    ("point=write,rank=1", f"partition 2 {HERE}: "),
    ("point=write,rank=1,partition=3", f"partition 3 {HERE}: "),
]
# In which a failure costs one epoch, and not the job.
WRITING = ["point=skeleton,rank=1,superstep=2", "point=payload,rank=0,superstep=2", "point=part_synced,rank=1,superstep=2",
           "point=index,rank=0,superstep=2", "point=before_rename,rank=0,superstep=2"]


def run(folder, *more, **others):
    return pel.run(pel.app("pagerank"), *JOB, *more, ranks=3, folder=folder, **others)


def folder_for(folder, fault):
    where = folder / fault.replace(",", "_").replace("=", "-")
    where.mkdir()
    if fault.startswith("point=restore"):
        pel.expect(run(where, "--quiet"), 0)
        for output in ("out.txt", "out.h5"):
            (where / output).unlink()
    return where


def check_no_output(folder, outcome):
    found = sorted(path.name for path in folder.iterdir() if path.name.startswith("out."))
    pel.check(not found, f"a job that failed has left {found}: {outcome}")


def a_rank_throws(folder):
    def ends_all_ranks(phase):
        fault, place = phase
        where = folder_for(folder, fault)
        resume = ["--resume"] if fault.startswith("point=restore") else []
        outcome = run(where, *resume, fault=fault + ",action=throw", each=True)
        point = fault.split(",")[0].split("=")[1]
        pel.expect_one_error(outcome, 70, "error: " + place, f"injected fault at {point}\n")
        pel.check(outcome.err.count("injected fault") == 1, f"told more than once: {outcome}")
        check_no_output(where, outcome)

    pel.at_once(ends_all_ranks, PHASES[::3] if pel.SMALL else PHASES)


def mpirun_tells_the_code(folder):
    outcome = run(folder, fault="point=superstep,rank=1,superstep=3,action=throw")
    pel.expect_one_error(outcome, 70, f"superstep 3, partition 2 {HERE}: ")


def no_room_for_a_checkpoint(folder):
    pel.expect(run(folder, "--summary", "plain.json"), 0)

    def goes_on(case):
        fault, action, words = case
        where = folder_for(folder, f"{fault},{action}")
        outcome = pel.expect(run(where, "--summary", "run.json", fault=f"{fault},action={action}", each=True), 0)
        warnings = [line for line in outcome.err.splitlines() if "warning:" in line]
        pel.check(len(warnings) == 1 and "no checkpoint of superstep 2, the job goes on" in warnings[0]
                  and words in warnings[0], f"one warning expected: {outcome}")
        pel.check(pel.digest(where / "run.json") == pel.digest(folder / "plain.json"), f"another digest: {outcome}")
        left = sorted(path.name for path in (where / "pagerank.ckpt").iterdir() if path.name != "lease")
        pel.check(left == ["epoch-000000003", "epoch-000000004"], f"checkpoints left: {left}: {outcome}")

    cases = [(fault, "enospc", "No space left on device") for fault in WRITING]
    cases += [(fault, "mute", "an exception without words") for fault in (WRITING[1], WRITING[2], WRITING[4])]
    pel.at_once(goes_on, cases[::3] if pel.SMALL else cases)


def no_room_for_the_result(folder):
    def leaves_nothing(fault):
        where = folder_for(folder, fault)
        outcome = run(where, fault=fault + ",action=enospc", each=True)
        pel.expect_one_error(outcome, 74, "No space left on device")
        check_no_output(where, outcome)

    # "output": each rank writes its partitions; "publish": rank 0 gives the final name.
    pel.at_once(leaves_nothing, ["point=write,rank=1", "point=output,rank=1", "point=publish,rank=0"])


def a_rank_dies(folder):
    def ends_the_job(case):
        fault, action = case
        where = folder_for(folder, f"{fault},{action}")
        resume = ["--resume"] if fault.startswith("point=restore") else []
        outcome = run(where, *resume, fault=f"{fault},action={action}")
        pel.check(outcome.code not in (0, pel.HANG), f"a rank was lost, the job ended with {outcome.code}: {outcome}")
        check_no_output(where, outcome)

    of_rank_1 = [fault for fault, _ in PHASES if "rank=1" in fault and "partition" not in fault]
    pel.at_once(ends_the_job, [(fault, action) for fault in of_rank_1 for action in ("exit0", "kill")][:: 4 if pel.SMALL else 1])


if __name__ == "__main__":
    pel.main({
        "an exception on one rank ends all ranks with 70, in each phase": a_rank_throws,
        "mpirun's exit code is that of the ranks": mpirun_tells_the_code,
        "a checkpoint for which there is no room is a warning": no_room_for_a_checkpoint,
        "a result for which there is no room leaves nothing behind": no_room_for_the_result,
        "a rank that dies, or ends early with 0, ends the job": a_rank_dies,
    })
