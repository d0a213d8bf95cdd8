#!/usr/bin/python3
"""The apps over datasets with no data at hand: what generators make is what files hold, with one digest on all ranks and threads."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import pel_test as pel

SHAPES = pel.sized([(ranks, threads) for ranks in (1, 2, 3, 5) for threads in (1, 2)], [(1, 1), (1, 2), (2, 1), (3, 2), (5, 1)], [(1, 2), (3, 1)])


def one_answer(folder, app, *arguments):
    """(what it said, its output) on all shapes."""
    def run(shape):
        ranks, threads = shape
        name = f"{len(list(folder.iterdir()))}-{ranks}-{threads}"
        outcome = pel.run(pel.app(app), *arguments, "--threads", threads, "--output", f"{name}.out", "--summary", f"{name}.json",
                          ranks=ranks, folder=folder)
        pel.expect(outcome, 0)
        return pel.digest(folder / f"{name}.json"), outcome.out, (folder / f"{name}.out").read_bytes()

    found = pel.at_once(run, SHAPES)
    for shape, one in zip(SHAPES, found):
        pel.check(one == found[0], f"{app} on {shape} (ranks, threads): another answer than on {SHAPES[0]}")
    return found[0][1:]


def sorts_what_gen_writes(folder):
    for kind, seed, n in pel.sized([("uniform", 1, 1_000_000), ("skew", 7, 20_003), ("equal", 1, 500), ("skew", 1, 0)],
                                   [("uniform", 1, 50_000), ("skew", 7, 20_003)], [("skew", 7, 2_003)]):
        made = folder / f"{kind}.bin"
        pel.expect(pel.run(pel.app("tera_sort"), "gen", "--kind", kind, "--seed", seed, "--records", n, "--output", made, folder=folder), 0)
        outcome = pel.run(pel.app("tera_sort"), "sort", made, "--output", "sorted.bin", ranks=2, folder=folder)
        pel.expect(outcome, 0)
        said, found = one_answer(folder, "tera_sort", "sort", f"tera:n={n},kind={kind},seed={seed}")
        pel.check(said == f"{n} records sorted\n", f"{kind}: {said}")
        pel.check(found == (folder / "sorted.bin").read_bytes(), f"{kind}: not the order of the file's records")
    outcome = pel.run(pel.app("tera_sort"), "sort", "--output", "default.bin", ranks=2, folder=folder)
    pel.check(pel.expect(outcome, 0).out == "1000000 records sorted\n", f"{outcome}")


def clusters(folder):
    said, centres = one_answer(folder, "k_means")
    pel.check(said.startswith("inertia ") and len(centres.splitlines()) == 8, f"{said}{centres}")
    pel.check(all(len(line.split(b",")) == 16 for line in centres.splitlines()), f"{centres}")
    again = one_answer(folder, "k_means", "points:seed=1,k=8,n=100000", "--dimensions", 16)
    pel.check(again == (said, centres), f"the default is another: {again[0]}")
    pel.check(one_answer(folder, "k_means", "points:n=100K,d=16,k=8,seed=2")[0] != said, "the seed does not matter")


def weights(folder):
    said, found = one_answer(folder, "logistic_regression")
    pel.check(len(found.splitlines()) == 17, f"{found}")
    accuracy = float(said.split()[-1])
    pel.check(0.85 < accuracy < 0.91, f"nine labels in ten are right, one in ten is wrong: {said}")
    pel.check(one_answer(folder, "logistic_regression", "points:labels=yes")[1] == found, "the default is another")


def kmers(folder):
    said, found = one_answer(folder, "kmer_count")
    counts = [int(line.split()[1]) for line in found.splitlines()]
    pel.check(said == f"{len(counts)} different k-mers\n", said)
    pel.check(sum(counts) == 100_000 * 70, f"{sum(counts)} k-mers of 100,000 reads of 100 letters")
    pel.check(len(counts) < 1_000_000, f"{len(counts)} different k-mers of a genome of a million letters")
    wrong = one_answer(folder, "kmer_count", "reads:n=10K,errors=10")[1]
    right = one_answer(folder, "kmer_count", "reads:n=10K")[1]
    pel.check(len(wrong.splitlines()) > len(right.splitlines()), "errors make no k-mers of their own")


def checkpoints(folder):
    """A checkpoint goes on with the same generator, however it is written, and with no other."""
    known = ["--k", 3, "--iterations", 5, "--checkpoint-dir", "ckpt"]
    killed = pel.run(pel.app("k_means"), "points:n=2K,d=3", *known, "--checkpoint-every", 1, "--checkpoint-mode", "sync", ranks=2,
                     folder=folder, fault="point=superstep,superstep=5,action=kill")
    pel.check(killed.code not in (0, pel.HANG), f"a job that lost its ranks ended with {killed.code}: {killed}")
    for other in ("points:n=2K,d=3,seed=2", "points:n=2K,d=3,k=5", "points:n=2K,d=2,labels=yes"):
        outcome = pel.run(pel.app("k_means"), other, *known, "--resume", ranks=2, folder=folder, each=True)
        pel.expect_one_error(outcome, 78, "the checkpoint is another job's: input is ")
    outcome = pel.run(pel.app("k_means"), "points:d=3,n=2000,labels=no", *known, "--resume", "--summary", "run.json", ranks=3, folder=folder)
    pel.expect(outcome, 0)
    pel.check(pel.summary(folder / "run.json")["resumed_from"] is not None, f"not resumed: {outcome}")


def little_memory(folder):
    """Records of ten times the budget are sorted; no rank holds them, nor what they are made of."""
    whole = pel.run(pel.app("tera_sort"), "sort", "tera:n=200K", "--output", "whole.bin", folder=folder)
    little = pel.run(pel.app("tera_sort"), "sort", "tera:n=200K", "--output", "little.bin", "--memory", "2M", "--spill-dir", ".", "--summary",
                     "run.json", ranks=2, folder=folder)
    pel.expect(whole, 0)
    pel.expect(little, 0)
    pel.check((folder / "little.bin").read_bytes() == (folder / "whole.bin").read_bytes(), "other bytes in little memory")
    pel.check(pel.summary(folder / "run.json")["memory"]["spilled_bytes"] > 0, f"nothing went to disk: {little}")


def wrong_generators(folder):
    (folder / "good.csv").write_text("1,2\n3,4\n")
    for number, (code, phrase, app, *arguments) in enumerate([
            (64, 'tera:m=4: unknown key "m": there are n, kind, seed', "tera_sort", "sort", "tera:m=4"),
            (64, "tera:kind=skwe: kind=skwe: expected one of uniform, skew, equal (did you mean skew?)", "tera_sort", "sort", "tera:kind=skwe"),
            (64, "points:n=9: makes rows of 128 bytes; what is read here are records of 100", "tera_sort", "sort", "points:n=9"),
            (64, "points:d=0: d=0: expected a whole number from 1 to 1048575", "k_means", "points:d=0"),
            (64, "points:d=3: makes points of 3 numbers; what is read here are 2 a point", "k_means", "points:d=3", "--dimensions", 2),
            (64, "tera:n=9: makes no points", "k_means", "tera:n=9", "--dimensions", 2),
            (65, "texts and binary files are mixed", "k_means", "points:n=9", "good.csv"),
            (65, "5 points for the 8 clusters asked for", "k_means", "points:n=5"),
            (65, "points:n=9: at byte 120: ", "logistic_regression", "points:n=9"),
            (64, "reads:genome=50: a genome of 50 letters has no reads of 100", "kmer_count", "reads:genome=50"),
            (65, "tera:n=9:1:1: neither FASTA", "kmer_count", "tera:n=9")]):
        outcome = pel.run(pel.app(app), *arguments, "--output", f"{number}.out", ranks=1 + number % 3, folder=folder, each=True)
        pel.expect_one_error(outcome, code, phrase)
        pel.check(not list(folder.glob(f"{number}.*")), f"{arguments}: an output is left")


if __name__ == "__main__":
    pel.main({
        "tera_sort sorts tera: as it sorts what gen writes": sorts_what_gen_writes,
        "k_means has points without a file": clusters,
        "logistic_regression has labelled points without a file": weights,
        "kmer_count has reads without a file": kmers,
        "a checkpoint knows the generator of its input": checkpoints,
        "a generator is sorted in little memory": little_memory,
        "a wrong generator is refused": wrong_generators,
    })
