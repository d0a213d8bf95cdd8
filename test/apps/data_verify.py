#!/usr/bin/python3
"""--verify of the apps over datasets: right answers pass, wrong ones are told with place and both values, exit code 1.

Usage: data_verify.py k_means|kmer_count|logistic_regression|tera_sort|word_count
Held against the goldens of PEL_DATA, against files made from the app's own result with one change, and against the
app's reference, on 1 and 3 ranks.
"""

import gzip
import json
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import data_answers as answers
import pel_test as pel

APP = sys.argv[1]
RANKS = (1, 3)


def run(folder, *arguments, ranks=1):
    return pel.run(pel.app(APP), *arguments, ranks=ranks, folder=folder, each=True)


def verified(folder, *arguments, says, ranks):
    name = f"summary-{ranks}.json"
    outcome = pel.expect(run(folder, *arguments, "--summary", name, ranks=ranks), 0, f"verified: {says}")
    pel.check(pel.summary(folder / name)["verified"] is True, f"the summary says nothing of it: {outcome}")
    return pel.digest(folder / name)


def mismatched(folder, *arguments, says, ranks=3):
    outcome = pel.expect(run(folder, *arguments, "--summary", "wrong.json", ranks=ranks), 1, f"mismatch: {says}")
    pel.check(outcome.err.count("mismatch:") == 1, f"told more than once: {outcome}")
    pel.check(pel.summary(folder / "wrong.json")["verified"] is False, f"the summary says nothing of it: {outcome}")
    return outcome


def against_all(folder, *arguments, golden, things, ending="txt"):
    """The same answer, and the same digest, in every form of an output, against the golden and the reference."""
    found = set()
    for ranks in RANKS:
        for output in (f"out.{ending}", f"out.{ending}.zst", "out/", "out.gz/"):
            options = [*arguments, "--output", output, "--partitions", 5]
            found.add(verified(folder, *options, "--verify", says=f"{things} agree with the reference", ranks=ranks))
            found.add(verified(folder, f"--verify={golden}", *options, says=f"{things} agree with {golden}", ranks=ranks))
    plain = folder / "plain.json"
    pel.expect(run(folder, *arguments, "--partitions", 5, "--summary", plain), 0)
    pel.check("verified" not in pel.summary(plain), "the summary tells of what nobody asked for")
    pel.check(found == {pel.digest(plain)}, f"another digest where the answer is verified: {found}")


def words(folder):
    data = pel.data("text-novels")
    golden = data / "wordcount.tsv.zst"
    lines = answers.golden_words(data).decode().splitlines()
    against_all(folder, data / "input", golden=golden, things=f"{len(lines)} lines")
    word, count = lines[6].split("\t")
    lines[6] = f"{word}\t{int(count) + 1}"
    (folder / "wrong.tsv").write_text("\n".join(lines))
    said = mismatched(folder, data / "input", "--verify=wrong.tsv", "--output", "out.txt",
                      says=f'1 of {len(lines)} lines differ from wrong.tsv; the first is "{word}": expected {int(count) + 1} (wrong.tsv:7), found {count} (out.txt:')
    number = int(said.err.split("(out.txt:")[1].split(")")[0])
    pel.check((folder / "out.txt").read_text().splitlines()[number - 1] == f"{word} {count}", f"the line is another: {said}")
    (folder / "less.tsv").write_text("\n".join(lines[:6] + lines[7:] + ["zzz\t1"]))
    mismatched(folder, data / "input", "--verify=less.tsv", "--output", "out.txt",
               says=f'2 of {len(lines) + 1} lines differ from less.tsv; the first are "{word}": expected no such line, found {count} (out.txt:{number}); '
                    f'"zzz": expected 1 (less.tsv:{len(lines)}), found no such line')


def generated_words(folder):
    """The default of --verify where words are what blanks separate, and where the text is no file."""
    for rule in ("alnum", "blank"):
        says = "lines agree with the reference"
        outcome = pel.expect(run(folder, "text:bytes=300K,seed=3", "--words", rule, "--verify", "--output", "out.txt", ranks=3), 0, says)
        lines = len((folder / "out.txt").read_text().splitlines())
        pel.check(f"verified: {lines} {says}" in outcome.err and lines > 100, f"{outcome}")


def refused(folder):
    (folder / "a.txt").write_text("one two two\n")
    (folder / "bad.tsv").write_text("one 1\ntwo many\n")
    text = ["a.txt", "--output", "out.txt"]
    pel.expect_one_error(run(folder, *text, "--verify=none.tsv", ranks=3), 66, "none.tsv: cannot be read")
    pel.expect_one_error(run(folder, *text, "--verify=bad.tsv", ranks=3), 65, 'bad.tsv:2:5: "many": expected a count')
    pel.expect_one_error(run(folder, "a.txt", "--verify", ranks=3), 64, "--verify: looks at what is written: give --output, too")
    for hdf5 in ("out.h5", "out.h5/"):
        pel.expect_one_error(run(folder, "a.txt", "--verify", "--output", hdf5, ranks=3), 64, f"--verify: {hdf5} is not read back")
    pel.expect_one_error(run(folder, *text, "--verify-within", 1, ranks=3), 64, "--verify-within: unknown option")
    pel.check(not list(folder.glob("out*")), "something was written all the same")
    verified(folder, "--verify", "a.txt", "--output", "out.h5/", "--output", "text:x", says="2 lines", ranks=3)
    (folder / "marked.tsv").write_bytes(b"\xef\xbb\xbfone 1\ntwo 2\n")
    verified(folder, "--verify=marked.tsv", "a.txt", "--output", "table.h5", "--output", "out.txt", says="2 lines", ranks=3)
    (folder / "out.txt").write_text("one 1\ntwo 3\n")  # read before it is replaced
    mismatched(folder, *text, "--verify=out.txt", says='1 of 2 lines differ from out.txt; the first is "two": expected 3 (out.txt:2), found 2 (out.txt:')


def records(folder):
    data = pel.data("terasort")
    made, golden = data / "uniform-1-1000.bin.zst", data / "uniform-1-1000.sorted.bin.zst"
    against_all(folder, "sort", made, golden=golden, things="1000 records", ending="bin")
    right = pel.bytes_of(golden)
    wrong = bytearray(right)
    wrong[1700 + 3] ^= 0xFF
    shown = [content[1703:1713].hex(" ") for content in (wrong, right)]
    (folder / "wrong.bin.gz").write_bytes(gzip.compress(bytes(wrong)))
    mismatched(folder, "--verify=wrong.bin.gz", "sort", made, "--output", "out.bin",
               says=f"1 of 1000 records differ from wrong.bin.gz; the first is record 18, from its byte 4 on: expected {shown[0]} …, found {shown[1]} …")
    (folder / "less.bin").write_bytes(right[:-100])
    mismatched(folder, "sort", "--verify=less.bin", made, "--output", "out.bin",
               says="1 of 1000 records differ from less.bin; the first is record 1000, from its byte 1 on: expected no such record, found ")
    (folder / "torn.bin").write_bytes(right[:-1])
    pel.expect_one_error(run(folder, "sort", made, "--verify=torn.bin", "--output", "none.bin", ranks=3), 65, "torn.bin: 99999 bytes are no whole number")
    pel.expect_one_error(run(folder, "sort", made, "--verify=none", "--output", "none.bin", ranks=3), 66, "none: cannot be read")
    pel.expect_one_error(run(folder, "gen", "--verify", "--output", "none.bin", ranks=3), 64, "--verify: unknown option")
    pel.check(not (folder / "none.bin").exists(), "something was written all the same")
    outcome = pel.expect(run(folder, "--help"), 0)
    pel.check("--verify[=GOLDEN]" in outcome.out, f"--help does not know --verify: {outcome}")


def ties(folder):
    """Records of equal keys stay as they were, and no records are right, too."""
    pel.expect(run(folder, "gen", "--kind", "skew", "--records", 5000, "--output", "made.bin"), 0)
    (folder / "empty.bin").write_bytes(b"")
    for ranks in RANKS:
        verified(folder, "sort", "made.bin", "--verify", "--output", "out.bin", says="5000 records agree with the reference", ranks=ranks)
        verified(folder, "sort", "empty.bin", "--verify=empty.bin", "--output", "out.bin", says="0 records", ranks=ranks)


def centres(name, k, rounds):
    def case(folder):
        data = pel.data(name)
        golden = data / f"centroids-k{k}-t{rounds}.csv"
        points = [data / "points.csv.zst", "--init", data / f"init-k{k}.csv", "--iterations", rounds]
        rows = answers.rows_of(golden.read_text())
        against_all(folder, *points, golden=golden, things=f"{k * len(rows[0])} numbers", ending="csv")
        found = answers.rows_of(run_to_text(folder, *points))
        rows[1][2] *= 1 + 1e-6
        (folder / "wrong.csv").write_text("".join(",".join(map(repr, row)) + "\n" for row in rows))
        wrong = [*points, "--verify=wrong.csv", "--output", "out.csv"]
        said = mismatched(folder, *wrong, says=f"1 of {k * len(rows[0])} numbers differ from wrong.csv; the first is row 2, number 3: expected ")
        expected, mine = (float(part.split()[0]) for part in said.err.split("number 3: expected ")[1].split("found ")[:2])
        pel.check((expected, mine) == (rows[1][2], found[1][2]), f"other values: {said}")
        pel.check("(wrong.csv:2), found " in said.err and "(out.csv:2)" in said.err, f"no lines: {said}")
        verified(folder, *wrong, "--verify-within", 1e-5, says="", ranks=3)

    return case


def run_to_text(folder, *arguments):
    pel.expect(run(folder, *arguments, "--output", "own.txt"), 0)
    return (folder / "own.txt").read_text()


def all_points(folder):
    """The reference reads points of all kinds, from any start."""
    data = pel.data("kmeans-housing")
    agree = "numbers agree with the reference"
    points = [f"{data / 'points.h5'}:/points", "--k", 4, "--iterations", 5]
    for start in ("spread", "k-means++"):
        pel.expect(run(folder, *points, "--init", start, "--verify", "--output", "out.csv", ranks=3), 0, agree)
    (folder / "few.csv").write_text("x,y\n" + "".join(f"{i % 7},{i * i % 11}\n" for i in range(100)) + "1,nothing\n\n")
    few = ["few.csv", "--k", 5, "--iterations", 50, "--tolerance", 0.01, "--max-bad", 1]
    pel.expect(run(folder, *few, "--verify", "--output", "out.csv", ranks=3), 0, agree)
    subprocess.run([sys.executable, "-c", "import array,sys; array.array('d', range(600)).tofile(sys.stdout.buffer)"], check=True, timeout=30,
                   stdout=(folder / "rows.bin").open("wb"))
    pel.expect(run(folder, "rows.bin", "--dimensions", 3, "--k", 2, "--verify", "--output", "out.csv", ranks=3), 0, agree)


def beside_a_checkpoint(folder):
    """HDF5 is for one thread at a time: the reference reads no points while a checkpoint is being written."""
    data = pel.data("kmeans-housing")
    said = pel.expect(pel.run(pel.app(APP), f"{data / 'points.h5'}:/points", "--k", 4, "--iterations", 5, "--checkpoint-every", 2,
                              "--checkpoint-dir", "ck", "--verify", "--output", "out.csv", ranks=2, folder=folder,
                              fault="point=index,action=delay=1s"), 0, "verified").err
    pel.check(0 < said.rfind(" committed") < said.find(" verified: "), f"verified before the checkpoint was there:\n{said}")


def centres_refused(folder):
    (folder / "points.csv").write_text("0,0\n0,2\n10,10\n10,12\n")
    (folder / "bad.csv").write_text("0,1\n10,none\n")
    points = ["points.csv", "--k", 2, "--output", "out.csv"]
    pel.expect_one_error(run(folder, *points, "--verify=none.csv", ranks=3), 66, "none.csv: cannot be read")
    pel.expect_one_error(run(folder, *points, "--verify=bad.csv", ranks=3), 65, 'bad.csv:2:4: "none": expected a number')
    pel.expect_one_error(run(folder, *points, "--verify", "--verify-within", -1, ranks=3), 64, "--verify-within")
    pel.check(not (folder / "out.csv").exists(), "something was written all the same")


def weights(name):
    def case(folder):
        data = pel.data(name)
        golden = json.loads((data / "golden.json").read_text())
        best, descent = golden["optimum"], golden["gradient_descent"]
        (folder / "best").write_text("\n".join(map(repr, best["w"] + [best["b"]])))
        (folder / "descent").write_text(",\n".join(map(repr, descent["w"] + [descent["b"]])))
        points, n = [data / "data.csv.zst", "--l2", golden["lam"]], len(best["w"]) + 1
        steps = [*points, "--method", "gradient", "--iterations", descent["steps"], "--rate", descent["lr"]]
        against_all(folder, *steps, golden="descent", things=f"{n} numbers")
        for ranks in RANKS:
            verified(folder, *points, "--verify=best", "--verify-within", 1e-5, "--output", "out.txt", says=f"{n} numbers agree with best", ranks=ranks)
            verified(folder, *points, "--verify", "--output", "out.txt", says=f"{n} numbers agree with the reference", ranks=ranks)
        right = run_to_text(folder, *steps).split()
        (folder / "wrong").write_text("\n".join([*right[:4], "7.5", *right[5:]]))
        mismatched(folder, *steps, "--verify=wrong", "--output", "out.txt",
                   says=f"1 of {n} numbers differ from wrong; the first is row 5, number 1: expected 7.5 (wrong:5), found {right[4]} (out.txt:5)")
        pel.expect_one_error(run(folder, *steps, "--verify=none", "--output", "none.txt", ranks=3), 66, "none: cannot be read")
        pel.check(not (folder / "none.txt").exists(), "something was written all the same")

    return case


def kmers(folder):
    data = pel.data("genome-lambda")
    golden = data / "k11.counts.txt.zst"
    lines = pel.text_of(golden).splitlines()
    sequences = [data / "lambda_virus.fa.zst", "--k", 11]
    against_all(folder, *sequences, golden=golden, things=f"{len(lines)} lines")
    verified(folder, *sequences, "--sorted", "--verify", "--output", "out.txt", says=f"{len(lines)} lines", ranks=3)
    kmer, count = lines[100].split()
    lines[100] = f"{kmer} {int(count) + 1}"
    (folder / "wrong").write_text("\n".join(lines))
    mismatched(folder, *sequences, "--sorted", "--verify=wrong", "--output", "out.txt",
               says=f'1 of {len(lines)} lines differ from wrong; the first is "{kmer}": expected {int(count) + 1} (wrong:101), found {count} (out.txt:101)')
    pel.expect_one_error(run(folder, *sequences, "--verify=none", "--output", "none.txt", ranks=3), 66, "none: cannot be read")
    pel.check(not (folder / "none.txt").exists(), "something was written all the same")


def reads(folder):
    """FASTQ, and a k from which on letters travel in runs."""
    data = pel.data("genome-lambda-reads")
    for ranks in RANKS:
        verified(folder, answers.sequences_of(data), "--k", 21, "--verify", "--output", "out.txt", says="113482 lines agree with the reference", ranks=ranks)


def made(*arguments, things):
    """The reference makes the same input once more, all of it."""
    def case(folder):
        found = {verified(folder, *arguments, "--verify", "--output", "out", says=f"{things} agree with the reference", ranks=ranks)
                 for ranks in RANKS}
        pel.check(len(found) == 1, f"several digests: {found}")
    return case


CASES = {
    "word_count": {"counted words": words, "words of a generated text": generated_words, "what cannot be verified is refused": refused},
    "tera_sort": {"sorted records": records, "records of equal keys": ties,
                  "made records": made("sort", "tera:n=3K,kind=skew", things="3000 records")},
    "k_means": {"centres of wines": centres("kmeans-wine", 3, 10), "centres of digits": centres("kmeans-digits", 10, 5),
                "made points": made("points:n=3K,d=5,k=4", "--k", 4, "--iterations", 3, things="20 numbers"),
                "points of all kinds": all_points, "points of HDF5 beside a checkpoint": beside_a_checkpoint, "goldens that are none are refused": centres_refused},
    "logistic_regression": {**{f"weights of {name}": weights(name) for name in ("logreg-breast-cancer", "logreg-htru2")},
                            "made points": made("points:n=3K,d=5,labels=yes", things="6 numbers")},
    "kmer_count": {"counted k-mers": kmers, "k-mers of reads": reads,
                   "made reads": made("reads:n=500,length=60", "--k", 3, things="32 lines")},
}

if __name__ == "__main__":
    pel.main(CASES[APP])
