#!/usr/bin/python3
"""README.md's commands of the apps over datasets do what it says."""

import pathlib
import re
import shlex
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import pel_test as pel


def commands(folder):
    readme = (pel.SOURCE / "README.md").read_text()
    block = next(found for found in re.findall(r"^```sh\n(.*?)^```", readme, re.S | re.M) if "tera_sort gen" in found)
    (folder / "points.csv").write_text("x,y\n0,0\n0,2\n10,10\n10,12\n")
    (folder / "labelled.csv").write_text("x,label\n" + "1,1\n-1,0\n" * 20)
    (folder / "genome.fa").write_text(">one\n" + "A" * 30 + "\n>two\n" + "T" * 21 + "\n")
    for line in block.splitlines():
        words = shlex.split(line, comments=True)
        pel.check(words[:2] == ["mpirun", "-n"], line)
        pel.expect(pel.run(pel.app(words[3]), *words[4:], ranks=int(words[2]), folder=folder), 0)
    counted = sum(int(line.split()[1]) for line in (folder / "counts.txt").read_text().splitlines())
    pel.check(counted > 10_000, f"200 KB of text with {counted} words")
    parts = sorted(path.name for path in (folder / "counts.gz").iterdir())
    pel.check(parts == [f"part-{p:05}.txt.gz" for p in range(8)], f"the parts are {parts}")
    records = (folder / "records.bin").read_bytes()
    keys = [records[at:at + 10] for at in range(0, len(records), 100)]
    found = (folder / "sorted.bin").read_bytes()
    pel.check([found[at:at + 10] for at in range(0, len(found), 100)] == sorted(keys), "sorted.bin is not sorted")
    pel.check((folder / "centres.txt").read_text() == "0,1\n10,11\n", (folder / "centres.txt").read_text())
    pel.check((folder / "labels.txt").read_text() == "0\n0\n1\n1\n", (folder / "labels.txt").read_text())
    pel.check(sorted((folder / "chosen.txt").read_text().split()) == ["0,1", "10,11"], (folder / "chosen.txt").read_text())
    weights = [float(line) for line in (folder / "weights.txt").read_text().split()]
    pel.check(len(weights) == 2 and weights[0] > 1 and abs(weights[1]) < 1e-9, f"the weights are {weights}")
    pel.check((folder / "kmers.txt").read_text() == "A" * 21 + " 11\n", (folder / "kmers.txt").read_text())
    pel.check((folder / "often.txt").read_text() == "11 1\n", (folder / "often.txt").read_text())


if __name__ == "__main__":
    pel.main({"README's commands of datasets": commands})
