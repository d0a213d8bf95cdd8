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
EACH = ("--checkpoint-every", 1, "--checkpoint-mode", "sync", "--checkpoint-dir", "ckpt")
RESUME = ("--resume", "--checkpoint-dir", "ckpt")
KILLED_ON = 2
RESUMED_ON = pel.sized([(ranks, threads) for ranks in (1, 2, 3, 5) for threads in (1, 2)], [(2, 1), (1, 2), (3, 1)], [(3, 1)])  # ranks, threads
COUNTS_BUDGET = 14 * MIB // (8 if pel.SMALL else 1)  # twice the counts, which stay in memory
DO_NOT_FIT = "the data do not fit into the memory budget"  # said when the first byte goes to disk


def sort(folder, *more, records="records.bin", spill="spill", checkpoints=NO_CHECKPOINTS, **others):
    return pel.run(pel.app("tera_sort"), "sort", records, "--output", "sorted.bin", "--spill-dir", spill, "--summary", "run.json",
                   *checkpoints, *more, folder=folder, **others)


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


def count(folder, *more, text="words.txt", checkpoints=NO_CHECKPOINTS, **others):
    return pel.run(pel.app("word_count"), text, "--output", "counts.txt", "--spill-dir", "spill", "--summary", "run.json", *checkpoints, *more,
                   folder=folder, **others)


def make_words(folder, times=8):
    """Each word so many times, far apart: what partitions send is about as much as the text."""
    line = "\n".join(str(number * 7919 % 999_983) for number in range(30_000 if pel.SMALL else 300_000)) + "\n"
    (folder / "words.txt").write_text(line * times)
    (folder / "few.txt").write_text("a few words\n")


def words(folder):
    make_words(folder)

    def told_by(*more, text="words.txt"):
        outcome = count(folder, "--threads", 1, *more, text=text)
        return pel.expect(outcome, 0), pel.summary(folder / "run.json")

    budget = (2 if pel.SMALL else 16) * MIB
    floor = told_by(text="few.txt")[1]["peak_rss_bytes"]
    plain = told_by()[1]
    outcome, told = told_by("--memory", budget)
    pel.check(told["digest"] == plain["digest"], f"another digest: {outcome}")
    pel.check(1 < told["memory"]["io_amplification"] <= 3, f"{told['memory']}: {outcome}")
    check_memory(folder, floor, budget, 1, outcome)
    check_nothing_left(folder, outcome)


def check_killed(folder, outcome, result="sorted.bin"):
    pel.check(outcome.code not in (0, pel.HANG), f"a job that lost a rank ended with {outcome.code}: {outcome}")
    there = os.listdir(folder / "spill")
    pel.check(not there, f"{there} are left in the spill directory: {outcome}")
    pel.check(not (folder / result).exists(), f"an unfinished output: {outcome}")


class Play:
    """A launch in a small budget, and its right result, which one without a budget has written."""

    def __init__(self, folder, app, result, budget):
        self.folder, self.app, self.result, self.budget = folder, app, result, budget
        outcome = pel.expect(app(folder), 0)
        pel.check(pel.summary(folder / "run.json")["memory"]["spilled_bytes"] == 0, f"spilled with memory enough: {outcome}")
        self.right = self.take_result()

    def take_result(self):
        """The result is gone then: the next launch must write its own."""
        path = self.folder / self.result
        content = path.read_bytes()
        path.unlink()
        return pel.digest(self.folder / "run.json"), content

    def kill(self, superstep, partition, checkpoints=EACH, ranks=KILLED_ON):
        """Requires: the superstep before spills."""
        fault = f"point=superstep,superstep={superstep},partition={partition},action=kill"
        outcome = self.app(self.folder, "--memory", self.budget, checkpoints=checkpoints, ranks=ranks, fault=fault)
        check_killed(self.folder, outcome, self.result)
        pel.check(DO_NOT_FIT in outcome.err, f"killed before it spilled: {outcome}")

    def go_on(self, epoch, spilled):
        """On all shapes, in the same budget; at least so much goes to disk. Returns the summary of the last one, which writes checkpoints."""
        for shape in RESUMED_ON:
            more = EACH[:-2] if shape == RESUMED_ON[-1] else ()
            outcome = self.app(self.folder, "--memory", self.budget, "--threads", shape[1], *more, checkpoints=RESUME, ranks=shape[0])
            least = spilled if shape[0] <= 3 else 0  # on more ranks there may be memory enough
            pel.expect(outcome, 0, *([DO_NOT_FIT] if least else []))
            told = pel.summary(self.folder / "run.json")
            pel.check(told["resumed_from"] == epoch, f"went on from {told['resumed_from']}, not {epoch}: {outcome}")
            pel.check(told["memory"]["spilled_bytes"] >= least, f"{told['memory']}: {outcome}")
            pel.check(self.take_result() == self.right, f"another digest or other bytes: {outcome}")
            check_nothing_left(self.folder, outcome)
        return told


def sort_goes_on(folder):
    """Nothing of a sort is named: it begins again behind its checkpoint, and spills as much."""
    make(folder)
    play = Play(folder, sort, "sorted.bin", budget_of(KILLED_ON))
    for number, partition in enumerate(pel.sized((0, 40, 63), (40,), (40,))):
        play.kill(2, partition, (*EACH, *(["--checkpoint-overwrite"] if number else [])))
        play.go_on(1, RECORDS * 100 // 4)


def counts_go_on(folder):
    """Behind the checkpoint with the counts they only go to the file, of which a part is on disk for a while."""
    make_words(folder, 16)
    text = (folder / "words.txt").stat().st_size
    play = Play(folder, count, "counts.txt", COUNTS_BUDGET)
    play.kill(1, 40)
    play.go_on(0, text // 2)
    play.kill(3, 40, (*EACH, "--checkpoint-overwrite"))
    told = play.go_on(2, 1)
    verbs = [figures["verb"] for figures in told["verbs"]]
    pel.check("counts" not in verbs and told["memory"]["spilled_bytes"] < text, f"{told} is of a launch that counts again")


def killed_again(folder):
    """Once while words come back from disk, and on other ranks while the counts go to their file."""
    make_words(folder, 16)
    play = Play(folder, count, "counts.txt", COUNTS_BUDGET)
    play.kill(1, 40)
    play.kill(4, 20, (*RESUME, *EACH[:-2]), ranks=3)
    play.go_on(3, 1)


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
        "a sort that is killed while it spills goes on elsewhere in the same budget": sort_goes_on,
        "a count that is killed while it spills goes on elsewhere in the same budget": counts_go_on,
        "a count that is killed twice while it spills goes on in the same budget": killed_again,
        "a full disk ends all ranks with 74": disk_full,
        "a spill directory that is none ends all ranks with 74": nowhere_to_spill,
    })
