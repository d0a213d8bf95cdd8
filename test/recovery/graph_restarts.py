#!/usr/bin/python3
"""Every graph app, killed with kill -9 in its middle, goes on from its checkpoint on another number of ranks, to the same bits.

Usage: graph_restarts.py
"""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import pel_test as pel

GRAPH = "rmat:scale=10,seed=3"
SOURCE = ["--source", "1"]
# What each takes, and a superstep that it has and that is not its last.
APPS = {"bfs": (SOURCE, 2), "pagerank": (["--iterations", "8"], 5), "wcc": ([], 6), "cdlp": (["--iterations", "8"], 5), "lcc": ([], 2),
        "sssp": (SOURCE, 2), "triangles": ([], 2), "kcore": ([], 2), "bc": (SOURCE, 3)}
KILLED_ON, RESUMED_ON = 3, [(2, 2), (5, 1)]  # ranks; ranks and threads


def goes_on(app, direction):
    def case(folder):
        arguments, middle = APPS[app]

        def run(*more, ranks, **others):
            return pel.run(pel.app(app), GRAPH, direction, *arguments, "--checkpoint-dir", "ckpt", "--quiet", *more, ranks=ranks, folder=folder,
                           **others)

        def result(name):
            return pel.digest(folder / f"{name}.json"), (folder / f"{name}.txt").read_bytes()

        pel.expect(run("--checkpoint-every", "off", "--summary", "plain.json", "--output", "plain.txt", ranks=1), 0)
        outcome = run("--checkpoint-every", 1, "--checkpoint-mode", "sync", ranks=KILLED_ON,
                      fault=f"point=superstep,rank=1,superstep={middle},action=kill")
        pel.check(outcome.code not in (0, pel.HANG), f"a job that lost a rank ended with {outcome.code}: {outcome}")
        for ranks, threads in RESUMED_ON[:1] if pel.SMALL else RESUMED_ON:
            name = f"resumed-{ranks}"
            pel.expect(run("--resume", "--threads", threads, "--summary", f"{name}.json", "--output", f"{name}.txt", ranks=ranks), 0)
            found = pel.summary(folder / f"{name}.json")["resumed_from"]
            pel.check(found == middle - 1, f"went on from {found}, not {middle - 1}")
            pel.check(result(name) == result("plain"), f"other bits after a restart on {ranks} ranks")

    return case


if __name__ == "__main__":
    directions = ["--undirected"] if pel.SMALL else ["--undirected", "--directed"]
    pel.main({f"{app} {direction}: killed in its middle it goes on elsewhere": goes_on(app, direction)
              for app in APPS for direction in directions})
