#!/usr/bin/python3
"""The apps over datasets, killed with kill -9 in their middle, come to the same bits on another number of ranks.

Usage: data_restarts.py [--long]
What has no named state, such as a sort, begins again; k_means and logistic_regression go on from their last round.
"""

import pathlib
import random
import struct
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import pel_test as pel

EACH = ("--checkpoint-every", 1, "--checkpoint-mode", "sync")
KILLED_ON = 3
SHAPES = pel.sized([(1, 1), (2, 2), (3, 1), (5, 1), (5, 2)], [(2, 2), (5, 1)], [(2, 1)])  # (ranks, threads) that go on
ROUNDS = 9
MIDDLE = 9  # a superstep of k_means with some rounds before it and some behind, whatever comes first


def write_points(folder):
    """Without clusters: so many rounds move the centres."""
    chance = random.Random(5)
    rows = [[chance.random() for _ in range(4)] for _ in range(2000)]
    (folder / "points.csv").write_text("".join(",".join(map(repr, row)) + "\n" for row in rows))
    (folder / "points.bin").write_bytes(b"".join(struct.pack("4d", *row) for row in rows))
    (folder / "first.csv").write_text("a,b,c,d\n" + "".join(",".join(map(repr, row)) + "\n" for row in rows[:7]))


class Play:
    """An app with its arguments in a folder, and its undisturbed result."""

    def __init__(self, folder, app, *arguments, files=("result.out",), options=()):
        self.folder, self.app, self.arguments, self.files = folder, app, arguments, files
        self.options = [*options, "--output", files[0]]
        pel.expect(self.run("--checkpoint-every", "off", "--summary", "plain.json", ranks=1), 0)
        self.plain = pel.summary(folder / "plain.json")
        self.right = self.take_results()

    def run(self, *more, ranks, **others):
        return pel.run(pel.app(self.app), *self.arguments, *self.options, "--checkpoint-dir", "ckpt", *more, ranks=ranks, folder=self.folder,
                       **others)

    def take_results(self):
        """The bytes of the results, which are gone then: the next launch must write its own."""
        found = [(self.folder / file).read_bytes() for file in self.files]
        for file in self.files:
            (self.folder / file).unlink()
        return found

    def kill(self, superstep, *more, rank=1, ranks=KILLED_ON, point="superstep", whole=()):
        """`whole`: files that are written before; no other one may have its name."""
        fault = f"point={point},rank={rank},superstep={superstep},action=kill"
        outcome = self.run(*EACH, *more, ranks=ranks, fault=fault)
        pel.check(outcome.code not in (0, pel.HANG), f"a job that lost a rank ended with {outcome.code}: {outcome}")
        there = [file for file in self.files if (self.folder / file).exists()]
        pel.check(there == list(whole), f"killed in superstep {superstep}, it has left {there}: {outcome}")
        for file in whole:
            is_whole = (self.folder / file).read_bytes() == self.right[self.files.index(file)]
            pel.check(is_whole, f"killed in superstep {superstep}, it has left a part of {file}: {outcome}")

    def go_on(self, shape, resume, *more):
        """The summary of a launch that must end right."""
        ranks, threads = shape
        outcome = self.run(resume, "--threads", threads, "--summary", "resumed.json", *more, ranks=ranks)
        pel.expect(outcome, 0)
        summary = pel.summary(self.folder / "resumed.json")
        pel.check(summary["digest"] == self.plain["digest"], f"another digest on {shape} (ranks, threads): {outcome}")
        pel.check(self.take_results() == self.right, f"the same digest, and other bytes: {outcome}")
        pel.check(not pel.leftovers(self.folder), f"temporary files are left: {pel.leftovers(self.folder)}")
        return summary


def k_means(folder, *arguments):
    write_points(folder)
    return Play(folder, "k_means", *arguments, "--iterations", ROUNDS, files=("centres.csv", "labels.txt"), options=["--labels", "labels.txt"])


def logistic_regression(folder, *arguments):
    write_points(folder)
    rows = [line.split(",")[:3] for line in (folder / "points.csv").read_text().splitlines()]
    (folder / "labelled.csv").write_text("".join(",".join([*row, str(int(i % 3 == 0))]) + "\n" for i, row in enumerate(rows)))
    return Play(folder, "logistic_regression", "labelled.csv", "--tolerance", 0, "--iterations", ROUNDS, *arguments)


def goes_on(play, shape, epoch, least, *more):
    """From `epoch`, with at least `least` supersteps fewer than all rounds take."""
    summary = play.go_on(shape, "--resume", *more)
    pel.check(summary["resumed_from"] == epoch, f"went on from {summary['resumed_from']}, not {epoch}")
    saved = play.plain["supersteps"] - summary["supersteps"]
    pel.check(saved >= least, f"{summary['supersteps']} supersteps after a restart, {play.plain['supersteps']} without: rounds are done again")


def rounds_go_on(app, *arguments):
    def case(folder):
        play = app(folder, *arguments)
        for number, rank in enumerate(pel.sized((0, 1, 2), (1, 0), (1,))):
            play.kill(MIDDLE, *(["--checkpoint-overwrite"] if number else []), rank=rank)
            for shape in SHAPES if number == 0 else SHAPES[:1]:
                # A checkpoint of the superstep that folds a round knows the rounds before it.
                goes_on(play, shape, MIDDLE - 1, MIDDLE - 5)

    return case


def choosing_goes_on(folder):
    """k-means++ adds a centre every two supersteps; rounds begin when all are chosen, and then none is chosen again."""
    play = k_means(folder, "points.csv", "--init", "k-means++", "--k", 7)
    for number, superstep in enumerate((MIDDLE, 14 + MIDDLE)):
        play.kill(superstep, *(["--checkpoint-overwrite"] if number else []))
        goes_on(play, SHAPES[-1 - number], superstep - 1, superstep - 5)


def killed_in_a_checkpoint(folder):
    play = k_means(folder, "points.csv", "--init", "first.csv")
    points = [("part_synced", 1, MIDDLE - 1), ("before_rename", 0, MIDDLE - 1), ("committed", 0, MIDDLE)]
    for number, (point, rank, epoch) in enumerate(points):
        play.kill(MIDDLE, *(["--checkpoint-overwrite"] if number else []), rank=rank, point=point)
        goes_on(play, SHAPES[number % len(SHAPES)], epoch, MIDDLE - 5)


def killed_twice(folder):
    play = k_means(folder, "points.csv", "--init", "first.csv")
    play.kill(MIDDLE - 3)
    play.kill(MIDDLE, "--resume", rank=4, ranks=5)
    goes_on(play, (2, 1), MIDDLE - 1, 2, *EACH)


def killed_behind_the_rounds(folder):
    """All rounds are in the checkpoint; the centres are written before the labels."""
    play = k_means(folder, "points.bin", "--dimensions", 4, "--k", 7)
    last = play.plain["last_superstep"]
    for number, (before, whole) in enumerate([(2, []), (0, ["centres.csv"])]):
        play.kill(last - before, *(["--checkpoint-overwrite"] if number else []), whole=whole)
        goes_on(play, (2, 2), last - before - 1, ROUNDS - 1)


def begins_again(app, *arguments, make=None):
    def case(folder):
        if make:
            make(folder)
        play = Play(folder, app, *arguments)
        for superstep in range(play.plain["supersteps"]):
            play.kill(superstep, "--checkpoint-overwrite", "--resume=auto")
            for shape in SHAPES:
                play.go_on(shape, "--resume=auto")

    return case


def records(kind):
    def make(folder):
        pel.expect(pel.run(pel.app("tera_sort"), "gen", "--kind", kind, "--records", 20000, "--output", "records.bin", folder=folder), 0)

    return make


if __name__ == "__main__":
    pel.main({
        "k_means from given centres goes on from its last round": rounds_go_on(k_means, "points.csv", "--init", "first.csv"),
        "k_means of binary points goes on from its last round": rounds_go_on(k_means, "points.bin", "--dimensions", 4, "--k", 7),
        "k_means of a text spread by number goes on from its last round": rounds_go_on(k_means, "points.csv", "--k", 7),
        "logistic_regression by Newton's method goes on from its last step": rounds_go_on(logistic_regression),
        "logistic_regression by gradient descent goes on from its last step": rounds_go_on(logistic_regression, "--method", "gradient"),
        "k_means that chooses its centres goes on with the next one": choosing_goes_on,
        "k_means killed in a checkpoint goes on from the last whole one": killed_in_a_checkpoint,
        "k_means killed twice goes on": killed_twice,
        "k_means killed while it writes does no round again": killed_behind_the_rounds,
        "a sort that was killed comes to the same bytes": begins_again("tera_sort", "sort", "records.bin", make=records("uniform")),
        "a sort of many ties that was killed comes to the same bytes": begins_again("tera_sort", "sort", "records.bin", make=records("skew")),
        "gen that was killed comes to the same bytes": begins_again("tera_sort", "gen", "--records", 20000),
        "a count of words that was killed comes to the same bytes": begins_again("word_count", "text:bytes=300K"),
    })
