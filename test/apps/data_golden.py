#!/usr/bin/python3
"""The apps over datasets give independently computed answers, with one digest on all ranks and threads.

Usage: data_golden.py k_means|kmer_count|logistic_regression|tera_sort|word_count [--long]
Centres and inertia: relative 1e-9. Weights: 1e-5 of the best ones, 1e-9 after so many steps. Labels, words, k-mers, and everything of records: exactly.
"""

import collections
import csv
import hashlib
import json
import math
import pathlib
import random
import sys
import zlib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import pel_test as pel

APP = sys.argv[1]
# (ranks, threads): all of them, and those of what a larger case has shown already.
ALL = [(ranks, threads) for ranks in (1, 2, 3, 5) for threads in (1, 2)]
SOME = pel.sized(ALL, [(1, 2), (5, 1)], [(1, 2)])
SHAPES = pel.sized(ALL, ALL, [(1, 2), (3, 1)])
RECORD, KEY = 100, 10
KINDS = {(1, 1000): SHAPES, (1, 100000): SOME, (2, 100000): SHAPES, (3, 20000): SHAPES, (4, 0): SOME, (5, 1): SOME}  # (seed, n)
CLOSE = 1e-9
ROUNDING = 1e-9  # of an assignment's margin: below, either of two centres is right


def run_on(shape, folder, name, *arguments):
    """Digest and what was said of a run that must succeed."""
    ranks, threads = shape
    file = f"{name}-{ranks}-{threads}.json"
    outcome = pel.run(pel.app(APP), *arguments, "--threads", threads, "--summary", file, ranks=ranks, folder=folder)
    pel.expect(outcome, 0)
    return pel.digest(folder / file), outcome.out


def check_one_digest(digests, shapes, what):
    for shape, digest in zip(shapes, digests):
        pel.check(digest == digests[0], f"{what}: on {shape} (ranks, threads) another digest than on {shapes[0]}")


def rows_of(text):
    """Numbers of a table, below a line of names or not."""
    rows = [row for row in csv.reader(text.splitlines()) if row]
    named = rows and not all(field.lstrip("+-")[:1].isdigit() for field in rows[0])
    return [[float(field) for field in row] for row in rows[1 if named else 0:]]


def is_close(found, golden, scale):
    return abs(found - golden) <= CLOSE * max(abs(golden), scale)


def check_centres(found, golden, what):
    pel.check([len(row) for row in found] == [len(row) for row in golden], f"{what}: {len(found)} centres, or of another width")
    for number, (mine, right) in enumerate(zip(found, golden)):
        scale = max(map(abs, right))  # standardised columns have means near 0
        wrong = [d for d, (x, y) in enumerate(zip(mine, right)) if not is_close(x, y, scale)]
        pel.check(not wrong, f"{what}: centre {number} differs in dimensions {wrong[:5]}: {mine}, not {right}")


def check_labels(found, golden, centres, points, what):
    pel.check(len(found) == len(golden) == len(points), f"{what}: {len(found)} labels for {len(points)} points")
    for number, (mine, right) in enumerate(zip(found, golden)):
        if mine == right:
            continue
        one, other = (math.dist(points[number], centres[label]) ** 2 for label in (mine, right))
        pel.check(abs(one - other) <= ROUNDING * max(one, other), f"{what}: point {number} is in cluster {mine}, not {right}")


def k_means(name):
    def case(folder):
        data = pel.data(name)
        golden = json.loads((data / "golden.json").read_text())
        k = golden["k"]
        points = rows_of(pel.text_of(data / "points.csv.zst"))
        pel.check(len(points) == golden["points"], f"{name} has {len(points)} points")
        rounds = sorted(int(key[1:]) for key in golden if key[0] == "t" and key[1:].isdigit())
        pel.check(len(rounds) >= 2, f"{name} has answers for {rounds} rounds")
        for t in rounds:
            shapes = SHAPES if t == rounds[-1] else SOME
            check_rounds(folder, data, t, shapes, golden[f"t{t}"], k, points)

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
    check_centres(rows_of(runs[0][2]), rows_of((data / "centroids-k8-t10.csv").read_text()), "points of HDF5")
    inertia = float(runs[0][1].split()[1])
    pel.check(is_close(inertia, golden["t10"]["inertia"], 0), f"points of HDF5: an inertia of {inertia}")


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


def check_rounds(folder, data, t, shapes, golden, k, points):
    def run(shape):
        name = f"t{t}-{shape[0]}-{shape[1]}"
        return name, *run_on(shape, folder, f"t{t}", data / "points.csv.zst", "--init", data / f"init-k{k}.csv", "--iterations", t,
                             "--output", f"{name}.csv", "--labels", f"{name}.labels")

    runs = pel.at_once(run, shapes)
    check_one_digest([digest for _, digest, _ in runs], shapes, f"{data.name}, {t} rounds")
    name, _, said = runs[0]
    for other, _, again in runs[1:]:
        pel.check(again == said, f"{data.name}: {other} says {again!r}, {name} {said!r}")
        for ending in ("csv", "labels"):
            same = (folder / f"{other}.{ending}").read_bytes() == (folder / f"{name}.{ending}").read_bytes()
            pel.check(same, f"{data.name}: {other}.{ending} has other bytes than {name}.{ending}")
    what = f"{data.name} after {t} rounds"
    found = rows_of((folder / f"{name}.csv").read_text())
    check_centres(found, rows_of((data / f"centroids-k{k}-t{t}.csv").read_text()), what)
    labels = [int(line) for line in (folder / f"{name}.labels").read_text().split()]
    right = [int(line) for line in pel.text_of(data / f"labels-k{k}-t{t}.csv.zst").split()]
    check_labels(labels, right, found, points, what)
    if labels == right:
        sizes = [labels.count(cluster) for cluster in range(k)]
        pel.check(sizes == golden["cluster_sizes"], f"{what}: clusters of {sizes} points, not {golden['cluster_sizes']}")
    # What the app says of inertia, and what its centres and labels come to.
    pel.check(said.startswith("inertia "), f"{what}: says {said!r}")
    computed = math.fsum(math.dist(point, found[label]) ** 2 for point, label in zip(points, labels))
    for inertia in (float(said.split()[1]), computed):
        pel.check(is_close(inertia, golden["inertia"], 0), f"{what}: an inertia of {inertia}, not {golden['inertia']}")


def records_of(path):
    content = path.read_bytes()
    return [content[at:at + RECORD] for at in range(0, len(content), RECORD)]


def sha256(content):
    return hashlib.sha256(content).hexdigest()


def check_sorted(folder, made, path, golden, what):
    """Python's sort is stable: the oracle of ties."""
    found, right = records_of(path), sorted(made, key=lambda record: record[:KEY])
    wrong = [i for i, (mine, expected) in enumerate(zip(found, right)) if mine != expected]
    pel.check(len(found) == len(right) and not wrong, f"{what}: {len(found)} of {len(right)} records, other ones at {wrong[:3]}")
    keys = sha256(b"".join(record[:KEY] for record in found))
    pel.check(keys == golden["sorted_keys_sha256"], f"{what}: the sorted keys are others")
    total = sum(map(zlib.crc32, found))
    pel.check(total == int(golden["sum_crc32_hex"], 16), f"{what}: the CRC-32 sum to {total:x}")
    for shape in SOME[:1]:
        out = run_on(shape, folder, "validate", "validate", path)[1]
        expected = f"{len(right)} records, 0 out of order, sum of CRC-32 {total}\n"
        pel.check(out == expected, f"{what}: validate says {out!r}, not {expected!r}")


def tera_sort(golden):
    kind, seed, n = golden["kind"], golden["seed"], golden["n"]

    def case(folder):
        shapes = KINDS[seed, n]

        def make(shape):
            path = folder / "made-{}-{}.bin".format(*shape)
            digest, _ = run_on(shape, folder, "gen", "gen", "--kind", kind, "--seed", seed, "--records", n, "--output", path)
            found = sha256(path.read_bytes())
            pel.check(found == golden["input_sha256"], f"gen on {shape} (ranks, threads): {found}")
            return digest, path

        def sort(shape):
            path = folder / "sorted-{}-{}.bin".format(*shape)
            digest, said = run_on(shape, folder, "sort", "sort", made[0][1], "--output", path)
            pel.check(said == f"{n} records sorted\n", f"sort on {shape} says {said!r}")
            return digest, path.read_bytes()

        made = pel.at_once(make, shapes)
        check_one_digest([digest for digest, _ in made], shapes, "gen")
        done = pel.at_once(sort, shapes)
        check_one_digest([digest for digest, _ in done], shapes, "sort")
        for shape, (_, content) in zip(shapes, done):
            pel.check(content == done[0][1], f"sort on {shape} (ranks, threads): the same digest, and other bytes")
        check_sorted(folder, records_of(made[0][1]), folder / "sorted-{}-{}.bin".format(*shapes[0]), golden, f"{kind} {n}")

    return case


def order_is_checked(folder):
    """By validate, within partitions, between them and between files."""
    run_on((1, 1), folder, "gen", "gen", "--records", 1000, "--output", "made.bin")
    rows = sorted(records_of(folder / "made.bin"))
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
    run_on((3, 1), folder, "sort", "sort", data / "uniform-1-1000.bin.zst", "--output", "sorted.bin")
    pel.check((folder / "sorted.bin").read_bytes() == pel.bytes_of(data / "uniform-1-1000.sorted.bin.zst"), "other bytes")


def cases_of_tera_sort():
    known = pel.DATA / "terasort" / "golden.json"
    goldens = json.loads(known.read_text()) if known.exists() else []
    cases = {f"{golden['kind']} records, {golden['n']}, seed {golden['seed']}": tera_sort(golden) for golden in goldens}
    return {**cases, "a file of records that others have sorted": published_file, "a record out of its place is found": order_is_checked}


def word_count(name):
    def case(folder):
        data = pel.data(name)
        packed = pel.bytes_of(data / "wordcount.tsv.zst")
        pel.check(sha256(packed) == json.loads((data / "summary.json").read_text())["sha256_of_wordcount_tsv"], f"{name}: another golden file")

        def count(shape):
            path = folder / "counts-{}-{}.txt".format(*shape)
            digest, said = run_on(shape, folder, "count", data / "input", "--output", path)
            pel.check(said == f"{len(packed.splitlines())} different words\n", f"{name} on {shape} says {said!r}")
            return digest, path.read_bytes()

        results = pel.at_once(count, SHAPES)
        check_one_digest([digest for digest, _ in results], SHAPES, name)
        for shape, (_, content) in zip(SHAPES, results):
            pel.check(content == results[0][1], f"{name} on {shape} (ranks, threads): the same digest, and other bytes")
        sorted_lines = sorted(line.replace(b" ", b"\t") for line in results[0][1].splitlines(keepends=True))
        pel.check(b"".join(sorted_lines) == packed, f"{name}: other counts than the golden file's")

    return case


def kmer_count(name, k):
    def case(folder):
        data = pel.data(name)
        golden = json.loads((data / "summary.json").read_text())[f"k{k}"]
        reads, = (path for path in data.iterdir() if path.name.endswith((".fna.zst", ".fa.zst", ".fq.zst")))

        def count(shape):
            stem = "k{}-{}-{}".format(k, *shape)
            digest, said = run_on(shape, folder, f"k{k}", reads, "--k", k, "--sorted", "--output", f"{stem}.txt", "--histogram", f"{stem}.hist")
            pel.check(said == f"{golden['distinct']} different k-mers\n", f"{name} on {shape} says {said!r}")
            found = sha256((folder / f"{stem}.txt").read_bytes())
            pel.check(found == golden["sha256_of_sorted_dump"], f"{name}, k = {k}, on {shape} (ranks, threads): other counts")
            same = (folder / f"{stem}.hist").read_bytes() == (data / f"k{k}.hist").read_bytes()
            pel.check(same, f"{name}, k = {k}, on {shape} (ranks, threads): another histogram")
            return digest

        shapes = SHAPES if name != "genome-ecoli" else SOME
        check_one_digest(pel.at_once(count, shapes), shapes, f"{name}, k = {k}")
        run_on((2, 1), folder, "loose", reads, "--k", k, "--output", "loose.txt")
        loose = sorted((folder / "loose.txt").read_bytes().splitlines(keepends=True))
        pel.check(sha256(b"".join(loose)) == golden["sha256_of_sorted_dump"], f"{name}, k = {k}: other counts where nothing is sorted")

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
        check_weights(folder, data, golden["lam"], steps, descent["w"] + [descent["b"]], descent["loss_after"], CLOSE)
        said = run_on((1, 2), folder, "said", data / "data.csv.zst", "--l2", golden["lam"])[1]
        share = float(said.split()[-1])
        pel.check(abs(share - best["accuracy"]) <= CLOSE, f"{name}: says {said!r}, not {best['accuracy']}")

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
    pel.check(said[0] == "loss" and abs(float(said[1].rstrip(",")) - loss) <= CLOSE, f"{what}: says {runs[0][1]!r}, not a loss of {loss}")


def cases():
    if APP == "logistic_regression":
        return {f"the weights of {name}": logistic_regression(name) for name in ("logreg-breast-cancer", "logreg-htru2")}
    if APP == "kmer_count":
        known = [("genome-lambda", 11), ("genome-lambda", 31), ("genome-lambda-reads", 21), ("genome-lambda-reads", 31), ("genome-ecoli", 31)]
        goldens = {f"the {k}-mers of {name}": kmer_count(name, k) for name, k in known[:4 if pel.SMALL else 5]}
        return {"k-mers of a plain loop": kmers_of_a_plain_loop, **goldens}
    if APP == "k_means":
        known = {f"the clusters of {name}": k_means(name) for name in ("kmeans-wine", "kmeans-digits", "kmeans-housing")}
        return {**known, "points of an HDF5 file": points_of_hdf5, "centres that k-means++ has chosen": chosen_centres}
    if APP == "word_count":
        return {f"the words of {name}": word_count(name) for name in ("text-novels", "text-state-union", "text-war-and-peace")}
    return cases_of_tera_sort()


if __name__ == "__main__":
    pel.main(cases())
