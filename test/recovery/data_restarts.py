#!/usr/bin/python3
"""The apps over datasets, killed with kill -9 in their middle, come to the same bits on another number of ranks.

Usage: data_restarts.py [--long]
What has no named state, such as a sort, begins again; k_means and logistic_regression go on from their last round, and
word_count from its counts. Sets of PEL_DATA come to their golden answers this way, too.
"""

import json
import pathlib
import random
import struct
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import data_answers as answers
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
        """`whole`: files that are written before, None: perhaps; no other one may have its name."""
        fault = f"point={point},rank={rank},superstep={superstep},action=kill"
        outcome = self.run(*EACH, *more, ranks=ranks, fault=fault)
        pel.check(outcome.code not in (0, pel.HANG), f"a job that lost a rank ended with {outcome.code}: {outcome}")
        there = [file for file in self.files if (self.folder / file).exists()]
        pel.check(whole is None or there == list(whole), f"killed in superstep {superstep}, it has left {there}: {outcome}")
        for file in there:
            is_whole = (self.folder / file).read_bytes() == self.right[self.files.index(file)]
            pel.check(is_whole, f"killed in superstep {superstep}, it has left a part of {file}: {outcome}")

    def go_on(self, shape, resume, *more):
        """The summary of a launch that must end right."""
        ranks, threads = shape
        outcome = self.run(resume, "--threads", threads, "--summary", "resumed.json", *more, ranks=ranks)
        self.said = pel.expect(outcome, 0).out
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
    return lambda folder: kill_in_the_middle(app(folder, *arguments))


def kill_in_the_middle(play):
    for number, rank in enumerate(pel.sized((0, 1, 2), (1, 0), (1,))):
        play.kill(MIDDLE, *(["--checkpoint-overwrite"] if number else []), rank=rank)
        for shape in SHAPES if number == 0 else SHAPES[:1]:
            # A checkpoint of the superstep that folds a round knows the rounds before it.
            goes_on(play, shape, MIDDLE - 1, MIDDLE - 5)


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


def kill_in_each(play, supersteps, look=lambda superstep, summary: None):
    """Kills in each of the supersteps a launch of its own, and goes on from the checkpoint before, if there is one."""
    for superstep in supersteps:
        play.kill(superstep, "--checkpoint-overwrite", whole=None if len(play.files) > 1 else ())
        for shape in SHAPES:
            summary = play.go_on(shape, "--resume=auto" if superstep == 0 else "--resume")
            found = summary["resumed_from"]
            pel.check(found == superstep - 1, f"went on from {found}, not {superstep - 1}")
            look(superstep, summary)


def begins_again(app, *arguments, make=None):
    def case(folder):
        if make:
            make(folder)
        play = Play(folder, app, *arguments)
        kill_in_each(play, range(play.plain["supersteps"]))

    return case


def verbs_of(summary):
    return [figures["verb"] for figures in summary["verbs"]]


def counts_go_on(play):
    """In the last superstep the counts are in the checkpoint before: they are only written then, and no text is read."""
    last = play.plain["last_superstep"]
    before = verbs_of(play.plain)
    behind = before[before.index("counts") + 1:]
    pel.check(before[0] == "reduce_by_key" and behind, f"the verbs of word_count are {before}")

    def look(superstep, summary):
        verbs = verbs_of(summary)
        pel.check(superstep < last or verbs == behind, f"killed behind its counts, it went on with {verbs}, not {behind}")

    kill_in_each(play, range(last + 1), look)


def count_of_kmers(folder, reads, k):
    """Each third superstep, unless all are asked for."""
    play = Play(folder, "kmer_count", reads, "--k", k, "--sorted", files=("counts.txt", "counts.hist"), options=["--histogram", "counts.hist"])
    every = pel.sized(1, 3, 5)
    kill_in_each(play, range(every // 2, play.plain["supersteps"], every))
    return play


def kmers(k):
    """Runs of any length, some with other letters, and repeats."""
    def case(folder):
        chance = random.Random(11)
        sequences = ["".join(chance.choices("ACGTN", [9, 9, 9, 9, 1], k=chance.randrange(2000))) for _ in range(100)]
        (folder / "some.fa").write_text("".join(f">{i}\n{text}\n" for i, text in enumerate(sequences + sequences[:30])))
        count_of_kmers(folder, "some.fa", k)

    return case


def records(kind):
    def make(folder):
        pel.expect(pel.run(pel.app("tera_sort"), "gen", "--kind", kind, "--records", 20000, "--output", "records.bin", folder=folder), 0)

    return make


def golden_clusters(name, t):
    def case(folder):
        data = pel.data(name)
        points = data / "points.csv.zst"
        k = json.loads((data / "golden.json").read_text())["k"]
        play = Play(folder, "k_means", points, "--init", data / f"init-k{k}.csv", "--iterations", t, files=("centres.csv", "labels.txt"),
                    options=["--labels", "labels.txt"])
        kill_in_the_middle(play)
        centres, labels = (content.decode() for content in play.right)
        answers.check_clusters(data, t, answers.rows_of(pel.text_of(points)), centres, labels, play.said, f"{name}, killed")

    return case


def golden_records(kind, seed, n):
    """A set of which there is a file, sorted as it is; others are made by gen, to the golden bytes."""
    def case(folder):
        data = pel.data("terasort")
        golden, = (one for one in json.loads((data / "golden.json").read_text()) if (one["kind"], one["seed"], one["n"]) == (kind, seed, n))
        file = data / f"{kind}-{seed}-{n}.bin.zst"
        if not file.exists():
            file = folder / "records.bin"
            pel.expect(pel.run(pel.app("tera_sort"), "gen", "--kind", kind, "--seed", seed, "--records", n, "--output", file, folder=folder), 0)
        play = Play(folder, "tera_sort", "sort", file)
        kill_in_each(play, range(play.plain["supersteps"]))
        pel.check(play.said == f"{n} records sorted\n", f"killed, it says {play.said!r}")
        answers.check_records(golden, pel.bytes_of(file), play.right[0], f"{kind} {n}, killed")

    return case


def golden_words(name):
    def case(folder):
        data = pel.data(name)
        golden = answers.golden_words(data)
        play = Play(folder, "word_count", data / "input")
        counts_go_on(play)
        answers.check_words(golden, play.right[0], play.said, f"{name}, killed")

    return case


def golden_kmers(name, k):
    def case(folder):
        data = pel.data(name)
        play = count_of_kmers(folder, answers.sequences_of(data), k)
        answers.check_kmers(data, k, *play.right, play.said, f"{name}, k = {k}, killed")

    return case


def golden_cases():
    """One set of an app, or one of each kind, by default."""
    clusters = [("kmeans-housing", 10)]
    clusters = pel.sized([*clusters, ("kmeans-housing", 40), ("kmeans-wine", 10), ("kmeans-digits", 20)], clusters, clusters)
    files = [("uniform", 1, 1000), ("skew", 2, 100_000)]
    files = pel.sized([*files, ("uniform", 1, 100_000), ("equal", 3, 20_000), ("uniform", 4, 0), ("uniform", 5, 1)], files, files[:1])
    texts = ["text-novels"]
    texts = pel.sized([*texts, "text-state-union", "text-war-and-peace"], texts, texts)
    genomes = [("genome-lambda-reads", 21)]
    genomes = pel.sized([*genomes, ("genome-lambda", 11), ("genome-lambda", 31)], genomes, genomes)
    return {
        **{f"{name} comes to its golden clusters of {t} rounds, killed": golden_clusters(name, t) for name, t in clusters},
        **{f"{kind} records, {n}, seed {seed}, come to their golden order, killed": golden_records(kind, seed, n) for kind, seed, n in files},
        **{f"{name} comes to its golden counts, killed": golden_words(name) for name in texts},
        **{f"{name} comes to its golden {k}-mers, killed": golden_kmers(name, k) for name, k in genomes},
    }


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
        "word_count that was killed goes on from its counts": lambda folder: counts_go_on(Play(folder, "word_count", "text:bytes=300K")),
        "a count of k-mers that was killed comes to the same bytes": kmers(21),
        "a count of few k-mers that was killed comes to the same bytes": kmers(7),
        **golden_cases(),
    })
