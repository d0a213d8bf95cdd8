#!/usr/bin/python3
"""What a user can get wrong in the inputs of apps over datasets: the exit code, words that say what and where, no output left.

Every rank ends by itself with the same code, and the failure is told once. Odd inputs that are right are here, too.
"""

import gzip
import pathlib
import struct
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import pel_test as pel

K_MEANS, KMER_COUNT, LOGISTIC, TERA_SORT = "k_means", "kmer_count", "logistic_regression", "tera_sort"
NAN, INF = float("nan"), float("inf")


def run(app, folder, *arguments, ranks=3):
    return pel.run(pel.app(app), *arguments, ranks=ranks, folder=folder, each=True)


def check_refused(folder, cases):
    """cases: (exit code, what stderr must say, app, arguments)"""
    def is_refused(case):
        number, (code, phrase, app, arguments) = case
        outputs = ["--output", f"{number}.out"]
        if app == K_MEANS:
            outputs += ["--labels", f"{number}.labels"]
        pel.expect_one_error(run(app, folder, *arguments, *outputs, ranks=1 + number % 3), code, phrase)
        left = sorted(path.name for path in folder.glob(f"{number}.*"))
        pel.check(not left, f"{arguments}: left {left}")

    pel.at_once(is_refused, list(enumerate(cases))[::4 if pel.SMALL else 1])


def doubles(*numbers):
    return struct.pack(f"{len(numbers)}d", *numbers)


# The third of five lines is wrong: the field, and what is said of it.
FIELDS = {"ragged": ("3,4,5", "3:5: more than the 2 numbers of the first point"), "short": ("3", "3:2: 1 numbers, 2 in the first point"),
          "word": ("3,x4", '3:3: "x4" is no number'), "nan": ("nan,4", '3:1: "nan" is not finite'), "inf": ("3, -inf ", '3:4: "-inf" is not finite'),
          "empty": ("3,", '3:3: "" is no number'), "front": (",4", '3:1: "" is no number'), "rest": ("3,4x", '3:3: "4x" is no number'),
          "huge": ("1e999,4", '3:1: "1e999" is beyond what a double holds'), "heading": ("x,y", '3:1: "x" is no number'),
          "blank": ("3 4", '3:1: "3 4" is no number')}


def lines_of_points(folder):
    cases = []
    for name, (line, said) in FIELDS.items():
        text = f"1,2\n1.5,-2\n{line}\n5,6\n7,8\n"
        (folder / f"{name}.csv").write_text(text)
        cases.append((65, f"{name}.csv:{said}", K_MEANS, [f"{name}.csv", "--k", 2]))
    (folder / "word.csv.gz").write_bytes(gzip.compress((folder / "word.csv").read_bytes()))
    (folder / "good.csv").write_text("1,2\n3,4\n")
    (folder / "wide.csv").write_text("1,2,3\n3,4,5\n")
    (folder / "first.csv").write_text("nan,1\n2,3\n")
    (folder / "nothing.csv").write_text("\n \n")
    (folder / "names.csv").write_text("a,b\n")
    cases += [(65, 'word.csv.gz:3:3: "x4" is no number', K_MEANS, ["word.csv.gz", "--k", 2]),
              (65, 'word.csv:3:3: "x4" is no number', K_MEANS, ["good.csv", "--init", "word.csv"]),
              (65, "wide.csv:1:5: more than the 2 numbers of the first point", K_MEANS, ["good.csv", "wide.csv", "--k", 2]),
              (65, "the points: have 2 numbers each, the centres 3", K_MEANS, ["good.csv", "--init", "wide.csv"]),
              (65, "the points: have 3 numbers each, the centres 2", K_MEANS, ["wide.csv", "--init", "good.csv"]),
              (65, 'first.csv:1:1: "nan" is not finite', K_MEANS, ["first.csv", "--k", 1]),
              (65, "nothing.csv: holds no point", K_MEANS, ["nothing.csv", "--k", 1]),
              (65, "names.csv: holds no point", K_MEANS, ["names.csv", "--k", 1]),
              (65, "2 points for the 3 clusters asked for", K_MEANS, ["good.csv", "--k", 3]),
              (65, "2 points for the 3 clusters asked for", K_MEANS, ["good.csv", "--k", 3, "--init", "k-means++"]),
              (64, "--k: no cluster is asked for", K_MEANS, ["good.csv", "--k", 0])]
    check_refused(folder, cases)


def bad_line_far_behind(folder):
    """The first of several bad lines is told, whatever the ranks."""
    lines = ["1,2"] * 5000
    lines[1234] = lines[4321] = "1;2"
    (folder / "long.csv").write_text("x,y\n" + "\n".join(lines) + "\n")
    check_refused(folder, [(65, 'long.csv:1236:1: "1;2" is no number', K_MEANS, ["long.csv", "--k", 2])] * 3)


def binary_points(folder):
    files = {"odd.bin": bytes(100), "nan.bin": doubles(1, 2, 3, NAN), "inf.bin": doubles(1, 2, -INF, 4), "none.bin": b"",
             "good.bin": doubles(1, 2, 3, 4), "late.bin": doubles(*[1.0] * 9999, NAN), "table.csv": b"1,2\n3,4\n"}
    for name, content in files.items():
        (folder / name).write_bytes(content)
    two = ["--dimensions", 2, "--k", 1]
    check_refused(folder, [
        (65, "odd.bin: at byte 96: 100 bytes are no whole number of records of 16: 4 are left over", K_MEANS, ["odd.bin", *two]),
        (65, "nan.bin: at byte 24: a number that is not finite", K_MEANS, ["nan.bin", *two]),
        (65, "inf.bin: at byte 16: a number that is not finite", K_MEANS, ["good.bin", "inf.bin", *two]),
        (65, "nan.bin: at byte 24: a number that is not finite", K_MEANS, ["nan.bin", "--dimensions", 2, "--k", 2]),
        (65, "late.bin: at byte 79992: a number that is not finite", K_MEANS, ["late.bin", "--dimensions", 2, "--init", "table.csv"]),
        (65, "0 points for the 1 clusters asked for", K_MEANS, ["none.bin", *two]),
        (65, "2 points for the 3 clusters asked for", K_MEANS, ["good.bin", "--dimensions", 2, "--k", 3]),
        (65, "texts and binary files are mixed", K_MEANS, ["good.bin", "table.csv", *two]),
        (64, '--iterations: "-1": expected a whole number from 0', K_MEANS, ["good.bin", *two, "--iterations", -1]),
        (64, '--iterations: "9223372036854775808": expected a whole number from 0', K_MEANS, ["good.bin", *two, "--iterations", 1 << 63]),
        (64, "--dimensions: binary points need it", K_MEANS, ["good.bin", "--k", 1]),
        (64, "--dimensions: 2305843009213693952: a point has", K_MEANS, ["good.bin", "--k", 1, "--dimensions", 1 << 61]),
    ])


def records(folder):
    (folder / "odd.bin").write_bytes(bytes(250))
    (folder / "good.bin").write_bytes(bytes(300))
    (folder / "cut.gz").write_bytes(gzip.compress(bytes(300))[:-9])
    said = "odd.bin: at byte 200: 250 bytes are no whole number of records of 100: 50 are left over"
    check_refused(folder, [
        (65, said, TERA_SORT, ["sort", "odd.bin"]),
        (65, said, TERA_SORT, ["sort", "good.bin", "odd.bin"]),
        (65, said, TERA_SORT, ["validate", "odd.bin"]),
        (65, "cut.gz: at byte ", TERA_SORT, ["sort", "cut.gz"]),
        (64, "--input: is missing", TERA_SORT, ["validate"]),
        (64, 'verb: "sorted" is none of gen, sort and validate', TERA_SORT, ["sorted", "good.bin"]),
        (64, '--kind: "uniforn": expected one of uniform, skew, equal (did you mean uniform?)', TERA_SORT, ["gen", "--kind", "uniforn"]),
        (74, "cannot be written: ", TERA_SORT, ["gen", "--records", 99999999999999999]),
        (74, "cannot be written: 4611686018427387904 records of 100 bytes are more than any file holds", TERA_SORT, ["gen", "--records", 1 << 62]),
        (74, "cannot be written: 9223372036854775807 records of 100 bytes are more than any file holds", TERA_SORT, ["gen", "--records", (1 << 63) - 1]),
        (64, '--records: "9223372036854775808": expected a whole number', TERA_SORT, ["gen", "--records", 1 << 63]),
        (64, '--records: "many": expected a whole number', TERA_SORT, ["gen", "--records", "many"]),
    ])


def sequences(folder):
    fastq = "".join(f"@r{i}\nACGTACGT\n+\n@IIIIII+\n" for i in range(3000))
    for name, content in {"text.fa": "ACGT\n", "digit.fa": ">x\n" + "ACGT\n" * 2000 + "AC7T\n", "good.fa": ">x\nACGT\n",
                          "torn.fq": fastq[:-4], "short.fq": fastq[:-10], "shifted.fq": fastq + "IIII\n" + fastq}.items():
        (folder / name).write_text(content)
    (folder / "digit.fa.gz").write_bytes(gzip.compress((folder / "digit.fa").read_bytes()))
    (folder / "empty").mkdir()
    check_refused(folder, [
        (65, "text.fa:1:1: neither FASTA (a line that begins with >) nor FASTQ (@)", KMER_COUNT, ["good.fa", "text.fa"]),
        (65, 'digit.fa:2002:3: "7" is no letter of a sequence', KMER_COUNT, ["digit.fa"]),
        (65, 'digit.fa.gz:2002:3: "7" is no letter of a sequence', KMER_COUNT, ["digit.fa.gz", "--k", 3]),
        (65, "torn.fq:12000:6: 5 qualities of 8 letters", KMER_COUNT, ["torn.fq"]),
        (65, "short.fq:11999:1: the file ends before the qualities of its last record", KMER_COUNT, ["short.fq"]),
        (65, "shifted.fq:12001:1: expected @ and the name of a record", KMER_COUNT, ["shifted.fq"]),
        (66, "empty: cannot be read: the directory holds no file", KMER_COUNT, ["good.fa", "empty"]),
        (66, "*.fna: cannot be read: no file matches", KMER_COUNT, ["*.fna"]),
        (64, "--k: 33: a k-mer has 1 to 32 letters", KMER_COUNT, ["good.fa", "--k", 33]),
        (64, "--k: 0: a k-mer has 1 to 32 letters", KMER_COUNT, ["good.fa", "--k", 0]),
        (64, "this job writes text", KMER_COUNT, ["good.fa", "--output", "counts.h5"]),
    ])


def hdf5_points(folder):
    """Datasets as others write them."""
    try:
        import h5py
        import numpy
    except ImportError:
        pel.skip("python3-h5py is missing")
    rows = numpy.arange(3000.0).reshape(1000, 3)
    with h5py.File(folder / "points.h5", "w") as file:
        file["good/points"] = rows
        file["whole"] = rows.astype("int32")
        file["line"] = rows[0]
        file.create_dataset("packed", data=rows, chunks=(64, 2), compression="gzip", shuffle=True)
        file.create_dataset("lzf", data=rows, compression="lzf")
        rows[777, 1] = NAN
        file.create_dataset("nan", data=rows, chunks=(100, 3))
    (folder / "text.h5").write_text("1,2\n3,4\n")
    (folder / "table.csv").write_text("1,2\n3,4\n")
    for name in ("good/points", "packed"):
        pel.expect(run(K_MEANS, folder, f"points.h5:/{name}", "--k", 3, "--output", "centres.csv"), 0)
    check_refused(folder, [
        (66, "points.h5:/points: cannot be read: the file has no such dataset", K_MEANS, ["points.h5", "--k", 1]),
        (66, "missing.h5: cannot be read: No such file", K_MEANS, ["missing.h5:/points", "--k", 1]),
        (65, "points.h5:/whole: holds int32, 3 a row; expected float64, 3 a row", K_MEANS, ["points.h5:/whole", "--k", 1]),
        (65, "points.h5:/line: holds float64; expected float64, 1 a row", K_MEANS, ["points.h5:/line", "--k", 1]),
        (65, "points.h5:/lzf: is filtered by lzf, which is not read", K_MEANS, ["points.h5:/lzf", "--k", 1]),
        (65, "points.h5:/nan: row 777: column 1: a number that is not finite", K_MEANS, ["points.h5:/nan", "--k", 1]),
        (65, "points.h5:/good/points: row 0: column 2: 2 is no label: expected 0 or 1", LOGISTIC, ["points.h5:/good/points"]),
        (65, "text.h5:/points: H5Fopen", K_MEANS, ["text.h5", "--k", 1]),
    ])


def labels(folder):
    (folder / "third.csv").write_text("x,label\n" + "1.5,0\n2.5,1\n" * 2000 + "-3, 2\n")
    (folder / "twice.csv").write_text("1,1,0\n2,2,1\n3,3,0\n")
    (folder / "good.csv").write_text("1,0\n2,1\n3,0\n")
    (folder / "third.bin").write_bytes(doubles(*[1.5, 1.0] * 5000, 2.5, 0.5))
    (folder / "none.bin").write_bytes(b"")
    check_refused(folder, [
        (65, "third.csv:4002:5: 2 is no label: expected 0 or 1", LOGISTIC, ["third.csv"]),
        (65, "third.bin: at byte 80008: 0.5 is no label: expected 0 or 1", LOGISTIC, ["third.bin", "--dimensions", 2]),
        (65, "the points: have no single best weights", LOGISTIC, ["twice.csv", "--l2", 0]),
        (65, "the input: holds no point", LOGISTIC, ["none.bin", "--dimensions", 2]),
        (64, "--l2: a penalty is not negative", LOGISTIC, ["good.csv", "--l2", "-1"]),
        (64, '--iterations: "9223372036854775808": expected a whole number from 0', LOGISTIC, ["good.csv", "--iterations", 1 << 63]),
        (64, '--method: "newtom": expected one of newton, gradient (did you mean newton?)', LOGISTIC, ["good.csv", "--method", "newtom"]),
    ])


def missing_files(folder):
    (folder / "good.csv").write_text("1,2\n3,4\n")
    check_refused(folder, [
        (66, "missing.csv: cannot be read: No such file", K_MEANS, ["missing.csv", "--k", 1]),
        (66, "missing.csv: cannot be read: No such file", K_MEANS, ["good.csv", "--init", "missing.csv"]),
        (66, "missing.bin: cannot be read: No such file", K_MEANS, ["missing.bin", "--dimensions", 2]),
        (66, "*.csw: cannot be read: no file matches", K_MEANS, ["*.csw"]),
        (66, "missing.bin: cannot be read: No such file", TERA_SORT, ["sort", "missing.bin"]),
        (66, "missing.bin: cannot be read: No such file", TERA_SORT, ["validate", "missing.bin"]),
    ])
    (folder / "empty").mkdir()
    outcome = run(K_MEANS, folder, "missing.csv", "good.csv", "*.csw", "empty", "--k", 1, ranks=2)
    pel.expect_one_error(outcome, 66, "missing.csv: cannot be read: No such file")
    for also in ("*.csw: cannot be read: no file matches", "empty: cannot be read: the directory holds no file"):
        pel.check(f"  also      {also}" in outcome.err, f"not all that is missing: {outcome}")
    outcome = run(K_MEANS, folder, "one.h5", "two.h5:/points", "--k", 1, ranks=2)
    pel.expect_one_error(outcome, 66, "one.h5: cannot be read: No such file")
    pel.check("  also      two.h5: cannot be read: No such file" in outcome.err, f"not all that is missing: {outcome}")


def checkpoint_of_another_job(folder):
    """Of other centres, or another number of partitions."""
    (folder / "good.csv").write_text("".join(f"{i % 7},{i % 5}\n" for i in range(100)))
    known = ["good.csv", "--k", 3, "--iterations", 5, "--checkpoint-dir", "ckpt"]
    killed = pel.run(pel.app(K_MEANS), *known, "--checkpoint-every", 1, "--checkpoint-mode", "sync", ranks=2, folder=folder,
                     fault="point=superstep,superstep=5,action=kill")
    pel.check(killed.code not in (0, pel.HANG), f"a job that lost its ranks ended with {killed.code}: {killed}")
    for number, (field, other) in enumerate([("parameters", ["--tolerance", "0.5"]), ("partitions", ["--partitions", 63])]):
        outcome = run(K_MEANS, folder, *known, *other, "--resume", "--output", f"{number}.csv", ranks=2)
        pel.expect_one_error(outcome, 78, f"the checkpoint is another job's: {field} is ")
        pel.check(not (folder / f"{number}.csv").exists(), f"a refused job has left its output: {outcome}")


def odd_points_that_are_right(folder):
    """Byte order mark, CRLF, blanks, signs, names of columns in each file, no last newline; and numbers near the end of doubles."""
    (folder / "one.csv").write_bytes(b"\xef\xbb\xbf\"x axis\", y_1\r\n+1, 2\r\n\r\n 3\t,4e0\r\n")
    (folder / "two.csv").write_bytes(b"infant,nano\n5,6\n7,.8e1")
    outcome = run(K_MEANS, folder, "one.csv", "two.csv", "--k", 4, "--output", "found.csv")
    pel.check(pel.expect(outcome, 0).out == "inertia 0\n", f"four points, four centres: {outcome}")
    pel.check((folder / "found.csv").read_text() == "1,2\n3,4\n5,6\n7,8\n", f"the points: {(folder / 'found.csv').read_text()!r}")
    (folder / "ends.bin").write_bytes(doubles(1.7e308, -1.7e308, 1.7e308, -1.7e308, -1.7e308, 1.7e308, 1.0, 1e-300) * 50)
    for k in (1, 3, 33):
        pel.expect(run(K_MEANS, folder, "ends.bin", "--dimensions", 2, "--k", k, "--labels", "labels.txt"), 0)
        labels = {int(line) for line in (folder / "labels.txt").read_text().split()}
        pel.check(labels <= set(range(k)), f"labels {labels} of {k} clusters")


def records_like_packed_files(folder):
    """Records and binary points may begin with the signs of gzip and zstd; only names say what is packed."""
    for number, sign in enumerate((b"\x1f\x8b", b"\x28\xb5\x2f\xfd")):
        first, last = sign.ljust(100, b"a"), b"z" * 100
        (folder / f"{number}.bin").write_bytes(last + first)
        (folder / f"{number}.sorted").write_bytes(first + last)
        pel.expect(run(TERA_SORT, folder, "sort", f"{number}.bin", "--output", "once.bin"), 0)
        pel.expect(run(TERA_SORT, folder, "sort", "once.bin", "--output", "twice.bin"), 0)
        pel.check((folder / "twice.bin").read_bytes() == first + last, "sorted records that begin like a packed file")
        (folder / "points.bin").write_bytes(sign + doubles(1)[len(sign):] + doubles(2, 3, 4))
        pel.expect(run(K_MEANS, folder, "points.bin", "--dimensions", 2, "--k", 2, "--labels", "labels.txt"), 0)
        pel.check((folder / "labels.txt").read_text() == "0\n1\n", "points that begin like a packed file")
    (folder / "named.gz").write_bytes(gzip.compress((folder / "0.bin").read_bytes()))
    pel.expect(run(TERA_SORT, folder, "sort", "named.gz", "--output", "named.bin"), 0)
    pel.check((folder / "named.bin").read_bytes() == (folder / "0.sorted").read_bytes(), "records packed by name")


def told(outcome, name):
    """What is told of the lines of a file, in order."""
    return [line[line.index(name):] for line in outcome.err.splitlines() if f"{name}:" in line]


def check_tolerated(folder, name, places, app, arguments):
    """Up to --max-bad lines are left out, with the answer that is without them; the first ten are told, on any ranks."""
    for ranks in (1, 3):
        def read(*more, code=0):
            return pel.expect(run(app, folder, *arguments, "--partitions", 8, *more, ranks=ranks), code)

        refused = [places[0] + f" (and {len(places) - 1} more bad places)"] + places[1:10]
        for tolerated in ([], ["--max-bad", 0], ["--max-bad", len(places) - 1]):
            outcome = read(name, *tolerated, "--output", "refused.txt", code=65)
            pel.check(told(outcome, name) == refused, f"{tolerated} on {ranks} ranks: {outcome}")
            pel.check(not (folder / "refused.txt").exists(), f"an output of bad input: {outcome}")
        outcome = read(name, f"--max-bad={len(places)}", "--output", f"left{ranks}.txt")
        pel.check(told(outcome, name) == places[:10] and f"{len(places)} bad lines are left out" in outcome.err, f"{outcome}")
        pel.expect(read("good." + name, "--output", "good.txt"), 0)
        left = (folder / f"left{ranks}.txt").read_bytes()
        pel.check(len(left) > 9 and left == (folder / "left1.txt").read_bytes(), f"another answer on {ranks} ranks")
        pel.check(app == LOGISTIC or left == (folder / "good.txt").read_bytes(), f"not the answer without the bad lines: {outcome}")


def bad_lines_tolerated(folder):
    points = [f"{i % 3 * 100},{i % 7}" for i in range(500)]
    reads = [f"@r\n{'ACGT'[i % 4] * 9}{'GATTACA'[i % 7:]}TTGACCAT\n+\n" + "I" * (24 - i % 7) for i in range(300)]
    bad_points = [(40 * i + 3, "5,six", '3: "six" is no number') for i in range(12)]
    bad_reads = [(20 * i + 7, "@bad\nACGT\n+\nIII", "4: 3 qualities of 4 letters") for i in range(12)]
    labelled = [(40 * i + 3, "5,2", "3: 2 is no label: expected 0 or 1") for i in range(12)]
    for name, good, bad, app, arguments in (
            ("points.csv", points, bad_points, K_MEANS, ["--k", 3]), ("reads.fq", reads, bad_reads, KMER_COUNT, ["--k", 11]),
            ("labelled.csv", [f"{i % 7},{i % 3 % 2}" for i in range(500)], labelled, LOGISTIC, [])):
        all_lines = list(good)
        for at, line, _ in bad:
            all_lines.insert(at, line)
        (folder / f"good.{name}").write_text("\n".join(good) + "\n")
        (folder / name).write_text("\n".join(all_lines) + "\n")
        numbers = ["\n".join(all_lines[:at + 1]).count("\n") + 1 for at, _, _ in bad]
        check_tolerated(folder, name, [f"{name}:{number}:{what}" for number, (_, _, what) in zip(numbers, bad)], app, arguments)
    # A bad line ends a sequence as a heading does.
    genome = [line for _ in range(12) for line in [">x"] + ["ACGTTGCATTAGGACCAGT" * 3] * 4 + ["AC1T"] + ["GGATTACA" * 7] * 3]
    (folder / "genome.fa").write_text("\n".join(genome) + "\n")
    (folder / "good.genome.fa").write_text("\n".join(">y" if line == "AC1T" else line for line in genome) + "\n")
    places = [f'genome.fa:{number}:3: "1" is no letter of a sequence' for number, line in enumerate(genome, 1) if line == "AC1T"]
    check_tolerated(folder, "genome.fa", places, KMER_COUNT, ["--k", 11])


def long_lines(folder):
    """A chromosome on one line, a line of points or words without an end."""
    size = (16 << 20) + 1
    (folder / "genome.fa").write_text(">x\nAC\n>y\n" + "ACGTTGCA" * (size // 8) + "A\n")
    (folder / "points.csv").write_text("1,2\n" + " " * size + "\n")
    check_refused(folder, [
        (65, f"{name}:{line}:1: a line of more than 16 MiB; --max-line SIZE allows longer ones", app, [name, *arguments])
        for name, line, app, arguments in [("genome.fa", 4, KMER_COUNT, []), ("points.csv", 2, K_MEANS, ["--k", 1]),
                                           ("genome.fa", 4, "word_count", []), ("genome.fa", 4, KMER_COUNT, ["--max-bad", 1])]])
    outcome = pel.expect(run(KMER_COUNT, folder, "genome.fa", "--k", 8, "--max-line", "17M", "--output", "kmers.txt"), 0)
    counts = dict(line.split() for line in (folder / "kmers.txt").read_text().splitlines())
    pel.check(sum(map(int, counts.values())) == size - 7, f"k-mers of a long line: {outcome}")
    check_refused(folder, [(64, '--max-line: "long": expected a number of bytes', KMER_COUNT, ["genome.fa", "--max-line", "long"])])


def outputs(folder):
    """Refused before anything is computed, and nothing is left."""
    (folder / "good.csv").write_text("1,2\n3,4\n")
    for code, phrase, arguments in [
            (64, "--output: centres.h5: this job writes text", ["--output", "centres.h5"]),
            (64, "--labels: same.txt is already the name of another output", ["--output", "same.txt", "--labels", "same.txt"]),
            (74, "nowhere", ["--output", "centres.txt", "--labels", "nowhere/labels.txt"])]:
        pel.expect_one_error(run(K_MEANS, folder, "good.csv", "--k", 1, *arguments, ranks=2), code, phrase)
        left = sorted(path.name for path in folder.iterdir() if path.name != "good.csv")
        pel.check(not left, f"{arguments}: left {left}")


if __name__ == "__main__":
    pel.main({
        "a bad line of points is told with file, line and column": lines_of_points,
        "the first bad line is told": bad_line_far_behind,
        "binary points are whole rows of finite numbers": binary_points,
        "records are whole": records,
        "a dataset of HDF5 is of the right kind, and whole": hdf5_points,
        "a label that is none is told, and points without an answer are": labels,
        "a bad line of sequences is told with file, line and column": sequences,
        "an input that is not there is named": missing_files,
        "another job's checkpoint is refused": checkpoint_of_another_job,
        "odd points that are right are read": odd_points_that_are_right,
        "a line that is too long is refused, and may be allowed": long_lines,
        "bad lines are told, and some tolerated": bad_lines_tolerated,
        "records that begin like packed files are read as they are": records_like_packed_files,
        "outputs that cannot be written are refused before anything is computed": outputs,
    })
