"""What the data sets of PEL_DATA say of an app's results, with the tolerances of their README files.

Centres and inertia: relative 1e-9. Labels, words, k-mers, and everything of records: exactly. A result comes as the
bytes or the text of its file; one that is wrong fails the case. `what` names the launch.
"""

import csv
import hashlib
import json
import math
import zlib

import pel_test as pel

RECORD, KEY = 100, 10
CLOSE = 1e-9
ROUNDING = 1e-9  # of an assignment's margin: below, either of two centres is right


def sha256(content):
    return hashlib.sha256(content).hexdigest()


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


def check_clusters(data, t, points, centres, labels, said, what):
    """The texts of both files after t rounds, and what the app says of inertia: its own, and what they come to."""
    known = json.loads((data / "golden.json").read_text())
    k, golden = known["k"], known[f"t{t}"]
    found = rows_of(centres)
    check_centres(found, rows_of((data / f"centroids-k{k}-t{t}.csv").read_text()), what)
    mine = [int(line) for line in labels.split()]
    right = [int(line) for line in pel.text_of(data / f"labels-k{k}-t{t}.csv.zst").split()]
    check_labels(mine, right, found, points, what)
    if mine == right:
        sizes = [mine.count(cluster) for cluster in range(k)]
        pel.check(sizes == golden["cluster_sizes"], f"{what}: clusters of {sizes} points, not {golden['cluster_sizes']}")
    pel.check(said.startswith("inertia "), f"{what}: says {said!r}")
    computed = math.fsum(math.dist(point, found[label]) ** 2 for point, label in zip(points, mine))
    for inertia in (float(said.split()[1]), computed):
        pel.check(is_close(inertia, golden["inertia"], 0), f"{what}: an inertia of {inertia}, not {golden['inertia']}")


def records_of(content):
    return [content[at:at + RECORD] for at in range(0, len(content), RECORD)]


def check_records(golden, made, found, what):
    """`found` is what becomes of `made` when it is sorted. Python's sort is stable: the oracle of ties."""
    pel.check(sha256(made) == golden["input_sha256"], f"{what}: other records than the golden ones are sorted")
    mine, right = records_of(found), sorted(records_of(made), key=lambda record: record[:KEY])
    wrong = [i for i, (one, expected) in enumerate(zip(mine, right)) if one != expected]
    pel.check(len(mine) == len(right) and not wrong, f"{what}: {len(mine)} of {len(right)} records, other ones at {wrong[:3]}")
    keys = sha256(b"".join(record[:KEY] for record in mine))
    pel.check(keys == golden["sorted_keys_sha256"], f"{what}: the sorted keys are others")
    total = sum(map(zlib.crc32, mine))
    pel.check(total == int(golden["sum_crc32_hex"], 16), f"{what}: the CRC-32 sum to {total:x}")


def golden_words(data):
    """The lines "WORD<tab>COUNT" of all words, sorted by their bytes."""
    packed = pel.bytes_of(data / "wordcount.tsv.zst")
    known = json.loads((data / "summary.json").read_text())["sha256_of_wordcount_tsv"]
    pel.check(sha256(packed) == known, f"{data.name}: another golden file")
    return packed


def check_words(golden, content, said, what):
    pel.check(said == f"{len(golden.splitlines())} different words\n", f"{what}: says {said!r}")
    lines = sorted(line.replace(b" ", b"\t") for line in content.splitlines(keepends=True))
    pel.check(b"".join(lines) == golden, f"{what}: other counts than the golden file's")


def check_kmers(data, k, content, histogram, said, what):
    """Counts in alphabetical order, and how many come so often."""
    golden = json.loads((data / "summary.json").read_text())[f"k{k}"]
    pel.check(said == f"{golden['distinct']} different k-mers\n", f"{what}: says {said!r}")
    pel.check(sha256(content) == golden["sha256_of_sorted_dump"], f"{what}: other counts")
    pel.check(histogram == (data / f"k{k}.hist").read_bytes(), f"{what}: another histogram")


def sequences_of(data):
    """The one file of sequences in a set of genomes."""
    reads, = (path for path in data.iterdir() if path.name.endswith((".fna.zst", ".fa.zst", ".fq.zst")))
    return reads
