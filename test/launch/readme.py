#!/usr/bin/python3
"""README.md's commands of `pel` do what it says, word for word, and its transcript is one of the drill's."""

import re
import shlex

from play import pel, run


def block(text, containing):
    for found in re.findall(r"^```\w*\n(.*?)^```", text, re.S | re.M):
        if containing in found:
            return found
    raise pel.Failure(f"README.md has no block with {containing}")


def shape(line):
    """A line without its figures."""
    return re.sub(r"[0-9a-f]*\d[0-9a-f.…]*|\s+", " ", line).split()


def commands(folder):
    (folder / "jobs").symlink_to(pel.SOURCE / "jobs")
    readme = (pel.SOURCE / "README.md").read_text()
    drill = ""
    for line in block(readme, "pel drill").splitlines():
        words = shlex.split(line, comments=True)
        pel.check(words[0] == "pel", line)
        outcome = pel.expect(run(folder, *words[1:]), 0)
        drill = outcome.out if "drill" in words else drill
    shown = block(readme, "drill passed").splitlines()
    pel.check([shape(line) for line in shown] == [shape(line) for line in drill.splitlines()], f"{shown}\n{drill}")
    runs = sorted(path.name for path in (folder / "runs").glob("2*"))
    pel.check(len(runs) == 2, f"two runs, and none of the drill: {runs}")


if __name__ == "__main__":
    pel.main({"README's commands of pel": commands})
