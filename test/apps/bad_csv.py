#!/usr/bin/python3
"""CSV in a whole program: faults end with 65, file, line and column, and no output; what is right is read on any ranks."""

import gzip
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import pel_test as pel

GOOD = "".join(f"{i},{i}.5,p{i % 7}\n" for i in range(400))
NAMES = "id,price,place\n"


def run(folder, *arguments, ranks=3):
    return pel.run(pel.app("trades"), *arguments, ranks=ranks, folder=folder, each=True)


# The second of 402 lines is wrong.
FAULTS = {"ragged.csv": ("1,2", "2:4: 2 fields, the first line has 3"), "long.csv": ("1,2,a,b", "2:7: 4 fields, the first line has 3"),
          "word.csv": ("one,2,a", '2:1: "one" is no whole number'), "empty.csv": ("1,,a", '2:3: "" is no number'),
          "nan.csv": ("1,nan,a", '2:3: "nan" is not finite'), "large.csv": ("9223372036854775808,2,a", "2:1: "),
          "text.csv": ("1,2,ninebytes", '2:5: "ninebytes" is longer than 8 bytes'), "quote.csv": ('1,2,a"b', "2:6: a quote in a field"),
          "open.csv": ('1,2,"a', "2:5: a quote that is not closed in its line; where texts hold line ends"),
          "behind.csv": ('1,2,"a"b', "2:8: a field goes on behind its closing quote")}


def faults(folder):
    def is_refused(case):
        number, (name, (line, said)) = case
        (folder / name).write_text(f"{NAMES}{line}\n{GOOD}")
        output = f"{name}.out"
        pel.expect_one_error(run(folder, name, "--output", output, ranks=1 + number % 3), 65, f"error: {name}:{said}")
        pel.check(not list(folder.glob(f"{output}*")), f"{name} has left an output")

    pel.at_once(is_refused, list(enumerate(FAULTS.items()))[::4 if pel.SMALL else 1])
    (folder / "packed.csv.gz").write_bytes(gzip.compress(f"{NAMES}{GOOD}x,1,a\n".encode()))
    pel.expect_one_error(run(folder, "packed.csv.gz"), 65, 'packed.csv.gz:402:1: "x" is no whole number')
    (folder / "names.csv").write_text("id,prize,place\n1,2,a\n")
    pel.expect_one_error(run(folder, "names.csv"), 65, "names.csv:1:1: no column is called price (is it prize?)")


def tolerated(folder):
    lines = GOOD.splitlines()
    for i in range(12):
        lines.insert(30 * i + 4, f"x{i},1,a")
    (folder / "some.csv").write_text(NAMES + "\n".join(lines) + "\n")
    (folder / "good.csv").write_text(NAMES + GOOD)
    pel.expect(run(folder, "good.csv", "--output", "good.out"), 0)
    expected = [f'some.csv:{30 * i + 6}:1: "x{i}" is no whole number' for i in range(10)]
    for ranks in (1, 3):
        def told(*more, code):
            outcome = pel.expect(run(folder, "some.csv", *more, ranks=ranks), code)
            return [line[line.index("some.csv:"):] for line in outcome.err.splitlines() if "some.csv:" in line]

        refused = [expected[0] + " (and 11 more bad places)"] + expected[1:]
        pel.check(told("--output", "no.out", code=65) == refused, f"not all bad rows on {ranks} ranks")
        pel.check(told("--output", "no.out", "--max-bad", 11, code=65) == refused, f"not all bad rows on {ranks} ranks")
        pel.check(not (folder / "no.out").exists(), "an output of bad input")
        pel.check(told("--output", "some.out", "--max-bad", 12, code=0) == expected, f"not the first ten on {ranks} ranks")
        pel.check((folder / "some.out").read_text() == (folder / "good.out").read_text(), "not the rows that are good")


def line_ends(folder):
    rows = f'{NAMES}1,2,"a\nb"\n3,4,"c\r\n""d"\n5,6,\n'
    for name in ("one.csv", "two.csv"):
        (folder / name).write_bytes(rows.encode())
    pel.expect_one_error(run(folder, "one.csv"), 65, "CsvRules{.multiline = true}")
    outcome = pel.expect(run(folder, "one.csv", "two.csv", "--csv-multiline", "--output", "out.tsv"), 0)
    written = (folder / "out.tsv").read_bytes().decode()
    pel.check(written == "place\tprice\tid\n" + '"a\nb"\t2\t1\n"c\r\n""d"\t4\t3\n\t6\t5\n' * 2, f"{outcome}: {written!r}")
    pel.expect(run(folder, "out.tsv", "--csv-multiline", "--output", "again.tsv"), 0)
    pel.check((folder / "again.tsv").read_bytes().decode() == written, "not the same again")
    (folder / "one.csv").write_text(f'{NAMES}1,2,"a\nb"\nx,4,c\n')
    pel.expect_one_error(run(folder, "one.csv", "--csv-multiline"), 65, 'one.csv:4:1: "x" is no whole number')


if __name__ == "__main__":
    pel.main({
        "a row that makes no sense is told with file, line and column": faults,
        "bad rows are told, and some tolerated": tolerated,
        "line ends in texts are read where they are asked for": line_ends,
    })
