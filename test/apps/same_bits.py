#!/usr/bin/python3
"""Same input, same number of partitions: same bits, on any number of ranks and threads.

Usage: same_bits.py APP
The digest of the summary and every byte of the text and of the HDF5 result, if the app writes one, are compared.
"""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import pel_test as pel

APP = sys.argv[1]
# (ranks, threads) a number of partitions; the first is what the others are compared with.
SHAPES = {64: [(1, 1), (1, 2), (2, 1), (2, 2), (3, 1), (3, 2), (5, 1), (5, 2)], 7: [(1, 1), (2, 2), (3, 1), (5, 2)]}
if pel.SMALL:
    SHAPES = {64: [(1, 2), (3, 1)], 7: [(5, 2), (2, 1)]}

TEXTS = {
    "a text": ["text:bytes=300K"],
    "files of fewer lines than partitions": ["tiny"],
    "words of all bytes": ["tiny", "--words", "blank"],
    "an empty file": ["empty.txt"],
}
CASES = {
    "pagerank": {
        "a directed graph": ["rmat:scale=10", "--directed"],
        "an undirected graph": ["rmat:scale=10", "--undirected"],
        "a graph of fewer vertices than partitions": ["few.txt", "--directed"],
        "an empty graph": ["empty.txt", "--undirected"],
    },
    "word_count": TEXTS,
    "word_mail": TEXTS,
}
ENDINGS = {"word_count": ["txt"]}.get(APP, ["txt", "h5"])


def write_inputs(folder):
    (folder / "empty.txt").write_text("")
    (folder / "few.txt").write_text("1 2\n2 3\n3 1\n9223372036854775000 1\n")
    (folder / "tiny").mkdir()
    (folder / "tiny" / "a").write_text("one two\ntwo")  # no end of line
    (folder / "tiny" / "b").write_bytes(b"\r\n\r\n\xef\xbb\xbfthree, \xc3\xa4Three \x00 one\r\n")
    (folder / "tiny" / "c").write_text("")


def results_of(folder, arguments, partitions, ranks, threads):
    """(digest, output, …) of one run."""
    name = f"{partitions}-{ranks}-{threads}"
    outputs = [folder / f"{name}.{ending}" for ending in ENDINGS]
    outcome = pel.run(pel.app(APP), *arguments, "--partitions", partitions, "--threads", threads, "--summary",
                      f"{name}.json", *(word for output in outputs for word in ("--output", output)), ranks=ranks,
                      folder=folder)
    pel.expect(outcome, 0)
    summary = pel.summary(folder / f"{name}.json")
    told = (summary["ranks"], summary["threads"], summary["partitions"])
    pel.check(told == (ranks, threads, partitions), f"ran on (ranks, threads, partitions) = {told}: {outcome}")
    return summary["digest"], *(output.read_bytes() for output in outputs)


def has_same_bits(folder, arguments):
    write_inputs(folder)
    for partitions, shapes in SHAPES.items():
        results = pel.at_once(lambda shape: results_of(folder, arguments, partitions, *shape), shapes)
        for shape, result in zip(shapes[1:], results[1:]):
            for what, mine, first in zip(("digest", *ENDINGS), result, results[0]):
                pel.check(mine == first, f"P = {partitions}: the {what} of {shape[0]} ranks x {shape[1]} threads is not "
                                         f"that of {shapes[0][0]} x {shapes[0][1]}")


def rebuilt_kernels_have_same_bits(folder):
    """A field that serialize() forgets shows here."""
    arguments = list(CASES[APP].values())[0] + ["--partitions", 64, "--threads", 1]
    plain = pel.run(pel.app(APP), *arguments, "--summary", "plain.json", folder=folder)
    pel.expect(plain, 0)
    rebuilt = pel.run(pel.app(APP), *arguments, "--rebuild-at", 0, "--summary", "rebuilt.json", ranks=3, folder=folder)
    pel.expect(rebuilt, 0)
    pel.check(pel.digest(folder / "plain.json") == pel.digest(folder / "rebuilt.json"), f"another digest: {rebuilt}")


def case_of(arguments):
    return lambda folder: has_same_bits(folder, arguments)


if __name__ == "__main__":
    pel.main({**{f"{APP} of {sentence} has the same bits": case_of(arguments) for sentence, arguments in CASES[APP].items()},
              f"{APP} has the same bits when all kernels are remade from their fields": rebuilt_kernels_have_same_bits})
