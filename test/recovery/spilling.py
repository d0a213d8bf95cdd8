#!/usr/bin/python3
"""Datasets that need several times their memory budget: the same bits, within the budget, whatever happens on the way.

Usage: spilling.py [--long]
"""

import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import pel_test as pel

MIB = 1 << 20
TIMES = 4  # the data, measured in budgets
RECORDS = pel.sized(5_242_880, 640_000, 64_000)
NO_CHECKPOINTS = ("--checkpoint-every", "off")


def sort(folder, *more, records="records.bin", spill="spill", **others):
    return pel.run(pel.app("tera_sort"), "sort", records, "--output", "sorted.bin", "--spill-dir", spill, "--summary", "run.json",
                   *NO_CHECKPOINTS, *more, folder=folder, **others)


def make(folder, count=RECORDS, name="records.bin"):
    pel.expect(pel.run(pel.app("tera_sort"), "gen", "--records", count, "--output", name, *NO_CHECKPOINTS, folder=folder), 0)


def budget_of(ranks):
    return RECORDS * 100 // TIMES // ranks


def check_nothing_left(folder, outcome):
    there = os.listdir(folder / "spill")
    pel.check(not there, f"{there} are left in the spill directory: {outcome}")
    pel.check(not pel.leftovers(folder), f"temporary files are left: {outcome}")


def plain_digest(folder):
    """Of a sort with memory enough."""
    outcome = pel.expect(sort(folder), 0)
    told = pel.summary(folder / "run.json")
    pel.check(told["memory"]["spilled_bytes"] == 0, f"spilled with memory enough: {outcome}")
    return told["digest"]


def check_memory(folder, floor, budget, ranks, outcome):
    """No more than the budget and a tenth, beside what an idle job has. Sanitizers have memory of their own."""
    peak, most = pel.summary(folder / "run.json")["peak_rss_bytes"], floor + 1.1 * budget * ranks
    pel.check(pel.SMALL or peak <= most, f"{peak / MIB:.1f} MiB of memory, {most / MIB:.1f} are allowed: {outcome}")


def larger_than_memory(folder):
    make(folder)
    make(folder, 100, "few.bin")
    digest = plain_digest(folder)
    for ranks, threads in pel.sized(((1, 1), (1, 2), (1, 6), (2, 1), (3, 1)), ((1, 2), (1, 6), (2, 1)), ((2, 1),)):
        pel.expect(sort(folder, "--threads", threads, records="few.bin", ranks=ranks), 0)
        floor = pel.summary(folder / "run.json")["peak_rss_bytes"]
        budget = budget_of(ranks)
        outcome = sort(folder, "--threads", threads, "--memory", budget, ranks=ranks)
        pel.expect(outcome, 0, "did not fit into the memory budget")
        told = pel.summary(folder / "run.json")
        pel.check(told["digest"] == digest, f"another digest: {outcome}")
        pel.check(0.7 * RECORDS * 100 <= told["memory"]["spilled_bytes"], f"{told['memory']}: {outcome}")
        pel.check(1 < told["memory"]["io_amplification"] <= 3, f"{told['memory']}: {outcome}")
        check_memory(folder, floor, budget, ranks, outcome)
        check_nothing_left(folder, outcome)


def words(folder):
    """Each word eight times, far apart: what partitions send is about as much as the text."""
    line = "\n".join(str(number * 7919 % 999_983) for number in range(30_000 if pel.SMALL else 300_000)) + "\n"
    (folder / "words.txt").write_text(line * 8)
    (folder / "few.txt").write_text("a few words\n")

    def count(text, *more):
        outcome = pel.run(pel.app("word_count"), text, "--spill-dir", "spill", "--summary", "run.json", "--threads", 1, *NO_CHECKPOINTS,
                          *more, folder=folder)
        return pel.expect(outcome, 0), pel.summary(folder / "run.json")

    budget = (2 if pel.SMALL else 16) * MIB
    floor = count("few.txt")[1]["peak_rss_bytes"]
    plain = count("words.txt")[1]
    outcome, told = count("words.txt", "--memory", budget)
    pel.check(told["digest"] == plain["digest"], f"another digest: {outcome}")
    pel.check(1 < told["memory"]["io_amplification"] <= 3, f"{told['memory']}: {outcome}")
    check_memory(folder, floor, budget, 1, outcome)
    check_nothing_left(folder, outcome)


def check_killed(folder, outcome):
    pel.check(outcome.code not in (0, pel.HANG), f"a job that lost a rank ended with {outcome.code}: {outcome}")
    there = os.listdir(folder / "spill")
    pel.check(not there, f"{there} are left in the spill directory: {outcome}")
    pel.check(not (folder / "sorted.bin").exists(), f"an unfinished output: {outcome}")


def killed_while_spilling(folder):
    make(folder)
    digest = plain_digest(folder)
    (folder / "sorted.bin").unlink()
    # The last partition that sends, with what those before it sent on disk; one that brings its mail back.
    for superstep, partition in pel.sized(*[[(1, 63), (2, 40)]] * 2, [(1, 63)]):
        fault = f"point=superstep,superstep={superstep},partition={partition},action=kill"
        check_killed(folder, sort(folder, "--memory", budget_of(2), ranks=2, fault=fault))
    outcome = pel.expect(sort(folder, "--memory", budget_of(3), ranks=3), 0)
    pel.check(pel.digest(folder / "run.json") == digest, f"another digest: {outcome}")
    check_nothing_left(folder, outcome)


def disk_full(folder):
    make(folder)
    (folder / "spill").mkdir()
    pel.small_disk(folder / "spill", RECORDS * 100 // 4)
    try:
        for ranks in (1, 2):
            outcome = sort(folder, "--memory", budget_of(ranks), ranks=ranks, each=True)
            pel.expect_one_error(outcome, 74, "spill", "No space left on device")
            pel.check(not (folder / "sorted.bin").exists(), f"an unfinished output: {outcome}")
            check_nothing_left(folder, outcome)
    finally:
        pel.unmount(folder / "spill")


def nowhere_to_spill(folder):
    make(folder, 100, "few.bin")
    (folder / "file").write_text("")
    pel.expect_one_error(sort(folder, spill="file", records="few.bin", ranks=2, each=True), 74, "file")


if __name__ == "__main__":
    pel.main({
        "a sort of several times the budget keeps to it, and has the same bits": larger_than_memory,
        "a count of words keeps to the budget, and has the same bits": words,
        "a sort that is killed while it spills leaves no spill file": killed_while_spilling,
        "a full disk ends all ranks with 74": disk_full,
        "a spill directory that is none ends all ranks with 74": nowhere_to_spill,
    })
