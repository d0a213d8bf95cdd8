#!/usr/bin/python3
"""Word count equals independently counted words, exactly, on 1 and on 3 ranks; the inputs are packed.

Usage: word_count_golden.py word_count|word_mail
"""

import collections
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import pel_test as pel

APP = sys.argv[1]
RANKS = (3,) if pel.SMALL else (1, 3)
SETS = {"text-novels": 2, "text-state-union": 65, "text-war-and-peace": 1}


def counts_of(path):
    """{word: count} of a result; no word may stand there twice."""
    pairs = [line.rsplit(b" ", 1) for line in path.read_bytes().splitlines()]
    counts = {word: int(count) for word, count in pairs}
    pel.check(len(counts) == len(pairs), f"{path} has a word twice")
    return counts


def check_counts(folder, inputs, golden, what, *options):
    for ranks in RANKS:
        output = folder / f"{what}-{ranks}.txt"
        outcome = pel.run(pel.app(APP), *inputs, "--output", output, *options, ranks=ranks, folder=folder)
        pel.expect(outcome, 0)
        said = f"{sum(golden.values())} words\n" if APP == "word_mail" else f"{len(golden)} different words\n"
        pel.check(outcome.out == said, f"expected {said!r} on stdout: {outcome}")
        found = counts_of(output)
        wrong = sorted(word for word in golden.keys() | found.keys() if found.get(word) != golden.get(word))
        pel.check(not wrong, f"{what} on {ranks} ranks: {len(wrong)} words differ, such as "
                             f"{[(word, found.get(word), golden.get(word)) for word in wrong[:3]]}")


def case_of(name):
    def case(folder):
        texts = pel.data(name)
        files = sorted((texts / "input").iterdir())
        pel.check(len(files) == SETS[name], f"{name} has {len(files)} files")
        lines = pel.text_of(texts / "wordcount.tsv.zst").encode().splitlines()
        golden = {word: int(count) for word, count in (line.split(b"\t") for line in lines)}
        check_counts(folder, [texts / "input"], golden, name)

    return case


def against_python(folder):
    """Bytes of all kinds, lines across the shares of partitions, both rules."""
    lines = [b"The quick, brown FOX", b"\xc3\xa4pfel 12ab\x00x", b"", b"   ", b"a" * 3000, b"over\tthe\x0bold-dog\r", b"\xff\xfe the"]
    content = b"\n".join(line for number in range(400) for line in lines[number % 7:] + [b"w%d" % number])
    (folder / "a.txt").write_bytes(content)
    (folder / "b.txt").write_bytes(b"last words without an end")
    both = [content, b"last words without an end"]
    words = [word.lower() for text in both for word in re.findall(rb"[0-9A-Za-z]+", text)]
    check_counts(folder, ["a.txt", "b.txt"], collections.Counter(words), "alnum")
    blanks = [word for text in both for word in re.split(rb"[ \t\n\v\f\r]+", text) if word]
    check_counts(folder, ["a.txt", "b.txt"], collections.Counter(blanks), "blank", "--words", "blank")


if __name__ == "__main__":
    pel.main({**{f"the words of {name}": case_of(name) for name in list(SETS)[:1 if pel.SMALL else None]}, "what Python counts in odd texts": against_python})
