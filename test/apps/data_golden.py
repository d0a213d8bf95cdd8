#!/usr/bin/python3
"""The apps over datasets give independently computed answers, with one digest on all ranks and threads.

Usage: data_golden.py k_means|kmer_count|logistic_regression|tera_sort|word_count [--long]
Every set runs on all shapes, by default too; with --long so does what else is looked at. Weights: 1e-5 of the best ones, 1e-9 after so many steps.
The other tolerances are in data_answers.
"""

import collections
import json
import pathlib
import random
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import data_answers as answers
import pel_test as pel

APP = sys.argv[1]
# (ranks, threads): all of them, and those of what has gone through the same verbs on all of them.
ALL = [(ranks, threads) for ranks in (1, 2, 3, 5) for threads in (1, 2)]
FEW = pel.sized(ALL, [(1, 2), (5, 1)], [(1, 2)])
SHAPES = pel.sized(ALL, ALL, [(1, 2), (3, 1)])


def run_on(shape, folder, name, *arguments):
    """Digest and what was said of a run that must succeed."""
    ranks, threads = shape
    file = f"{name}-{ranks}-{threads}.json"
    outcome = pel.run(pel.app(APP), *arguments, "--threads", threads, "--summary", file, ranks=ranks, folder=folder)
    pel.expect(outcome, 0)
    return pel.digest(folder / file), outcome.out


def check_one_digest(digests, shapes, what):
    pel.check(len(digests) == len(shapes) and len(digests[0]) == 32, f"{what}: the digests are {digests}")
    for shape, digest in zip(shapes, digests):
        pel.check(digest == digests[0], f"{what}: on {shape} (ranks, threads) another digest than on {shapes[0]}")


def k_means(name):
    def case(folder):
        data = pel.data(name)
        golden = json.loads((data / "golden.json").read_text())
        points = answers.rows_of(pel.text_of(data / "points.csv.zst"))
        pel.check(len(points) == golden["points"], f"{name} has {len(points)} points")
        rounds = sorted(int(key[1:]) for key in golden if key[0] == "t" and key[1:].isdigit())
        pel.check(len(rounds) >= 2, f"{name} has answers for {rounds} rounds")
        for t in rounds:
            check_rounds(folder, data, t, golden["k"], points)

    return case


def points_of_hdf5(folder):
    """The same points in chunks of an HDF5 file."""
    data = pel.data("kmeans-housing")
    golden = json.loads((data / "golden.json").read_text())

    def run(shape):
        path = folder / "{}-{}.csv".format(*shape)
        digest, said = run_on(shape, folder, "h5", f"{data / 'points.h5'}:/points", "--init", data / "init-k8.csv", "--iterations", 10, "--output", path)
        return digest, said, path.read_text()

    runs = pel.at_once(run, SHAPES)
    check_one_digest([digest for digest, _, _ in runs], SHAPES, "HDF5")
    pel.check(all(found == runs[0] for found in runs), f"points of HDF5: {[said for _, said, _ in runs]}")
    answers.check_centres(answers.rows_of(runs[0][2]), answers.rows_of((data / "centroids-k8-t10.csv").read_text()), "points of HDF5")
    inertia = float(runs[0][1].split()[1])
    pel.check(answers.is_close(inertia, golden["t10"]["inertia"], 0), f"points of HDF5: an inertia of {inertia}")


def chosen_centres(folder):
    """By k-means++: the same on any ranks, others for another seed, and nearly as good as the best that is known."""
    data = pel.data("kmeans-digits")
    golden = json.loads((data / "golden.json").read_text())
    best = min(golden[key]["inertia"] for key in golden if key[0] == "t" and key[1:].isdigit())

    def run(shape, seed=1):
        name = "{}-{}-{}.csv".format(seed, *shape)
        digest, said = run_on(shape, folder, f"s{seed}", data / "points.csv.zst", "--k", golden["k"], "--init", "k-means++", "--seed", seed,
                              "--iterations", 100, "--tolerance", 1e-9, "--output", name)
        return digest, said, (folder / name).read_bytes()

    runs = pel.at_once(run, SHAPES)
    check_one_digest([digest for digest, _, _ in runs], SHAPES, "k-means++")
    for shape, found in zip(SHAPES, runs):
        pel.check(found == runs[0], f"k-means++ on {shape} (ranks, threads): {found[1]!r}, not {runs[0][1]!r}")
    inertia = float(runs[0][1].split()[1])
    pel.check(inertia <= 1.05 * best, f"an inertia of {inertia}, where {best} is known")
    pel.check(run((1, 2), seed=2)[2] != runs[0][2], "two seeds choose the same centres")


def check_rounds(folder, data, t, k, points):
    def run(shape):
        name = f"t{t}-{shape[0]}-{shape[1]}"
        return name, *run_on(shape, folder, f"t{t}", data / "points.csv.zst", "--init", data / f"init-k{k}.csv", "--iterations", t,
                             "--output", f"{name}.csv", "--labels", f"{name}.labels")

    runs = pel.at_once(run, SHAPES)
    what = f"{data.name} after {t} rounds"
    check_one_digest([digest for _, digest, _ in runs], SHAPES, what)
    name, _, said = runs[0]
    for other, _, again in runs[1:]:
        pel.check(again == said, f"{data.name}: {other} says {again!r}, {name} {said!r}")
        for ending in ("csv", "labels"):
            same = (folder / f"{other}.{ending}").read_bytes() == (folder / f"{name}.{ending}").read_bytes()
            pel.check(same, f"{data.name}: {other}.{ending} has other bytes than {name}.{ending}")
    answers.check_clusters(data, t, points, (folder / f"{name}.csv").read_text(), (folder / f"{name}.labels").read_text(), said, what)


def tera_sort(golden):
    kind, seed, n = golden["kind"], golden["seed"], golden["n"]

    def case(folder):
        def make(shape):
            path = folder / "made-{}-{}.bin".format(*shape)
            digest, _ = run_on(shape, folder, "gen", "gen", "--kind", kind, "--seed", seed, "--records", n, "--output", path)
            found = answers.sha256(path.read_bytes())
            pel.check(found == golden["input_sha256"], f"gen on {shape} (ranks, threads): {found}")
            return digest, path

        def sort(shape):
            path = folder / "sorted-{}-{}.bin".format(*shape)
            digest, said = run_on(shape, folder, "sort", "sort", made[0][1], "--output", path)
            pel.check(said == f"{n} records sorted\n", f"sort on {shape} says {said!r}")
            return digest, path.read_bytes()

        made = pel.at_once(make, SHAPES)
        check_one_digest([digest for digest, _ in made], SHAPES, "gen")
        done = pel.at_once(sort, SHAPES)
        check_one_digest([digest for digest, _ in done], SHAPES, "sort")
        for shape, (_, content) in zip(SHAPES, done):
            pel.check(content == done[0][1], f"sort on {shape} (ranks, threads): the same digest, and other bytes")
        answers.check_records(golden, made[0][1].read_bytes(), done[0][1], f"{kind} {n}")
        expected = f"{n} records, 0 out of order, sum of CRC-32 {int(golden['sum_crc32_hex'], 16)}\n"
        for shape in FEW:
            said = run_on(shape, folder, "validate", "validate", folder / "sorted-{}-{}.bin".format(*SHAPES[0]))[1]
            pel.check(said == expected, f"{kind} {n}: validate on {shape} (ranks, threads) says {said!r}, not {expected!r}")

    return case


def order_is_checked(folder):
    """By validate, within partitions, between them and between files."""
    run_on((1, 1), folder, "gen", "gen", "--records", 1000, "--output", "made.bin")
    rows = sorted(answers.records_of((folder / "made.bin").read_bytes()))
    # One swap of neighbours at each place would be 999 launches: at the cuts of 5 partitions, beside and far from them.
    for number, at in enumerate((0, 198, 199, 200, 500, 998)):
        swapped = rows[:at] + [rows[at + 1], rows[at]] + rows[at + 2:]
        (folder / f"{number}.bin").write_bytes(b"".join(swapped))

    def is_found(number):
        outcome = pel.run(pel.app(APP), "validate", f"{number}.bin", "--partitions", 5, ranks=1 + number % 3, folder=folder, each=True)
        pel.expect(outcome, 1, "mismatch: the records are not in order")
        pel.check(outcome.out.startswith("1000 records, 1 out of order, sum of CRC-32 "), f"a swap: {outcome}")

    pel.at_once(is_found, range(6)[::4 if pel.SMALL else 1])
    halves = [folder / "b.bin", folder / "a.bin"]
    for path, part in zip(halves, (rows[:500], rows[500:])):
        path.write_bytes(b"".join(part))
    pel.check("0 out of order" in run_on((2, 1), folder, "halves", "validate", *halves)[1], "files are in the order given")
    outcome = pel.run(pel.app(APP), "validate", *reversed(halves), ranks=2, folder=folder, each=True)
    pel.check("1000 records, 1 out of order" in pel.expect(outcome, 1).out, f"files in the wrong order: {outcome}")


def published_file(folder):
    """Sorts a packed file of the set's own to the bytes of its sorted one."""
    data = pel.data("terasort")
    right = pel.bytes_of(data / "uniform-1-1000.sorted.bin.zst")

    def sort(shape):
        path = folder / "sorted-{}-{}.bin".format(*shape)
        digest, _ = run_on(shape, folder, "sort", "sort", data / "uniform-1-1000.bin.zst", "--output", path)
        pel.check(path.read_bytes() == right, f"other bytes on {shape} (ranks, threads)")
        return digest

    check_one_digest(pel.at_once(sort, SHAPES), SHAPES, "a packed file")


def cases_of_tera_sort():
    known = pel.DATA / "terasort" / "golden.json"
    goldens = json.loads(known.read_text()) if known.exists() else []
    cases = {f"{golden['kind']} records, {golden['n']}, seed {golden['seed']}": tera_sort(golden) for golden in goldens}
    return {**cases, "a file of records that others have sorted": published_file, "a record out of its place is found": order_is_checked}


def word_count(name):
    def case(folder):
        data = pel.data(name)
        golden = answers.golden_words(data)

        def count(shape):
            path = folder / "counts-{}-{}.txt".format(*shape)
            digest, said = run_on(shape, folder, "count", data / "input", "--output", path)
            return digest, said, path.read_bytes()

        results = pel.at_once(count, SHAPES)
        check_one_digest([digest for digest, _, _ in results], SHAPES, name)
        for shape, found in zip(SHAPES, results):
            pel.check(found == results[0], f"{name} on {shape} (ranks, threads): the same digest, and other bytes; says {found[1]!r}")
        answers.check_words(golden, results[0][2], results[0][1], name)

    return case


def kmer_count(name, k):
    def case(folder):
        data = pel.data(name)
        reads, what = answers.sequences_of(data), f"{name}, k = {k}"

        def count(shape):
            path, histogram = (folder / "k{}-{}-{}.{}".format(k, *shape, ending) for ending in ("txt", "hist"))
            digest, said = run_on(shape, folder, f"k{k}", reads, "--k", k, "--sorted", "--output", path, "--histogram", histogram)
            answers.check_kmers(data, k, path.read_bytes(), histogram.read_bytes(), said, f"{what}, on {shape} (ranks, threads)")
            path.unlink()  # 150 MB of the largest set
            return digest

        def count_loosely(shape):
            path = folder / "loose-{}-{}.txt".format(*shape)
            digest, _ = run_on(shape, folder, "loose", reads, "--k", k, "--output", path)
            content = path.read_bytes()
            path.unlink()
            return digest, answers.sha256(content), content if shape == FEW[0] else b""

        check_one_digest(pel.at_once(count, SHAPES), SHAPES, what)
        loose = pel.at_once(count_loosely, FEW)
        check_one_digest([digest for digest, _, _ in loose], FEW, f"{what}, not sorted")
        pel.check(len({found for _, found, _ in loose}) == 1, f"{what}, not sorted: the same digest, and other bytes")
        lines = sorted(loose[0][2].splitlines(keepends=True))
        golden = json.loads((data / "summary.json").read_text())[f"k{k}"]
        pel.check(answers.sha256(b"".join(lines)) == golden["sha256_of_sorted_dump"], f"{what}: other counts where nothing is sorted")

    return case


def kmers_of_a_plain_loop(folder):
    """Any k, letters of either case and others, repeats, and sequences that are shorter than k."""
    chance = random.Random(3)
    sequences = ["".join(chance.choice("ACGTacgtN" if i % 3 else "AT") for _ in range(chance.randrange(400))) for i in range(60)]
    sequences += ["A" * 300, "ACGT" * 70, sequences[1].translate(str.maketrans("ACGTacgt", "TGCAtgca"))[::-1]]
    (folder / "some.fa").write_text("".join(f">{i}\n{text}\n" for i, text in enumerate(sequences)))

    def is_right(case):
        number, k = case
        counts = collections.Counter()
        for text in map(str.upper, sequences):
            windows = (text[at:at + k] for at in range(len(text) - k + 1))
            counts.update(min(w, w.translate(str.maketrans("ACGT", "TGCA"))[::-1]) for w in windows if set(w) <= set("ACGT"))
        run_on((1 + number % 3, 2), folder, f"k{k}", "some.fa", "--k", k, "--sorted", "--output", f"k{k}.txt")
        found = (folder / f"k{k}.txt").read_text().splitlines()
        pel.check(found == [f"{kmer} {n}" for kmer, n in sorted(counts.items())], f"k = {k}: {found[:3]}")

    pel.at_once(is_right, enumerate([1, 2, 12, 13, 14, 23, 32]))


def logistic_regression(name):
    """The best weights, and those after some steps of gradient descent."""
    def case(folder):
        data = pel.data(name)
        golden = json.loads((data / "golden.json").read_text())
        best, descent = golden["optimum"], golden["gradient_descent"]
        steps = ["--method", "gradient", "--iterations", descent["steps"], "--rate", descent["lr"]]
        check_weights(folder, data, golden["lam"], ["--method", "newton"], best["w"] + [best["b"]], best["loss"], 1e-5)
        check_weights(folder, data, golden["lam"], steps, descent["w"] + [descent["b"]], descent["loss_after"], answers.CLOSE)
        said = run_on((1, 2), folder, "said", data / "data.csv.zst", "--l2", golden["lam"])[1]
        share = float(said.split()[-1])
        pel.check(abs(share - best["accuracy"]) <= answers.CLOSE, f"{name}: says {said!r}, not {best['accuracy']}")

    return case


def check_weights(folder, data, l2, how, right, loss, tolerance):
    def fit(shape):
        path = folder / "{}-{}-{}.txt".format(how[1], *shape)
        digest, said = run_on(shape, folder, how[1], data / "data.csv.zst", "--l2", l2, *how, "--output", path)
        return digest, said, path.read_bytes()

    runs = pel.at_once(fit, SHAPES)
    what = f"{data.name}, {how[1]}"
    check_one_digest([digest for digest, _, _ in runs], SHAPES, what)
    for shape, run in zip(SHAPES, runs):
        pel.check(run == runs[0], f"{what} on {shape} (ranks, threads): {run[1]!r}, not {runs[0][1]!r}")
    found = [float(line) for line in runs[0][2].split()]
    pel.check(len(found) == len(right), f"{what}: {len(found)} weights, not {len(right)}")
    worst = max(abs(mine - golden) for mine, golden in zip(found, right))
    pel.check(worst <= tolerance, f"{what}: a weight is off by {worst}")
    said = runs[0][1].split()
    pel.check(said[0] == "loss" and abs(float(said[1].rstrip(",")) - loss) <= answers.CLOSE, f"{what}: says {runs[0][1]!r}, not a loss of {loss}")


def cases():
    if APP == "logistic_regression":
        return {f"the weights of {name}": logistic_regression(name) for name in ("logreg-breast-cancer", "logreg-htru2")}
    if APP == "kmer_count":
        known = [("genome-lambda", 11), ("genome-lambda", 21), ("genome-lambda", 31), ("genome-lambda-reads", 21), ("genome-lambda-reads", 31),
                 ("genome-ecoli", 31)]
        goldens = {f"the {k}-mers of {name}": kmer_count(name, k) for name, k in known[:5 if pel.SMALL else 6]}
        return {"k-mers of a plain loop": kmers_of_a_plain_loop, **goldens}
    if APP == "k_means":
        known = {f"the clusters of {name}": k_means(name) for name in ("kmeans-wine", "kmeans-digits", "kmeans-housing")}
        return {**known, "points of an HDF5 file": points_of_hdf5, "centres that k-means++ has chosen": chosen_centres}
    if APP == "word_count":
        return {f"the words of {name}": word_count(name) for name in ("text-novels", "text-state-union", "text-war-and-peace")}
    return cases_of_tera_sort()


if __name__ == "__main__":
    pel.main(cases())
