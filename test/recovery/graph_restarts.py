#!/usr/bin/python3
"""Every graph app, killed with kill -9 in its middle and in its last superstep, goes on from its checkpoint on another number of
ranks, to the same bits.

Usage: graph_restarts.py
"""

import pathlib
import shutil
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import pel_test as pel

GRAPH = "rmat:scale=10,seed=3"
SOURCE = ["--source", "1"]
# What each takes; bc has two sources, one search after the other.
APPS = {"bfs": SOURCE, "pagerank": ["--iterations", "8"], "wcc": [], "cdlp": ["--iterations", "8"], "lcc": [], "sssp": SOURCE,
        "triangles": [], "kcore": [], "bc": [*SOURCE, "--source", "2"]}
KILLED_ON, RESUMED_ON = 3, [(2, 2), (5, 1)]  # ranks; ranks and threads


def goes_on(app, direction):
    def case(folder):
        def run(*more, ranks, **others):
            return pel.run(pel.app(app), GRAPH, direction, *APPS[app], "--checkpoint-dir", "ckpt", "--quiet", *more, ranks=ranks,
                           folder=folder, **others)

        def result(name):
            return pel.digest(folder / f"{name}.json"), (folder / f"{name}.txt").read_bytes()

        pel.expect(run("--checkpoint-every", "off", "--summary", "plain.json", "--output", "plain.txt", ranks=1), 0)
        last = pel.summary(folder / "plain.json")["last_superstep"]
        points = sorted({max(1, last // 2), last})
        for number, superstep in enumerate(points[:1] if pel.SMALL else points):
            shutil.rmtree(folder / "ckpt", ignore_errors=True)
            outcome = run("--checkpoint-every", 1, "--checkpoint-mode", "sync", ranks=KILLED_ON,
                          fault=f"point=superstep,superstep={superstep},action=kill")
            pel.check(outcome.code not in (0, pel.HANG), f"a job that lost ranks ended with {outcome.code}: {outcome}")
            ranks, threads = RESUMED_ON[number % 2]
            name = f"resumed-{superstep}"
            pel.expect(run("--resume", "--threads", threads, "--summary", f"{name}.json", "--output", f"{name}.txt", ranks=ranks), 0)
            found = pel.summary(folder / f"{name}.json")["resumed_from"]
            pel.check(found == superstep - 1, f"went on from {found}, not {superstep - 1}")
            pel.check(result(name) == result("plain"), f"other bits after a restart in superstep {superstep} on {ranks} ranks")

    return case


if __name__ == "__main__":
    directions = ["--undirected"] if pel.SMALL else ["--undirected", "--directed"]
    pel.main({f"{app} {direction}: killed in its middle it goes on elsewhere": goes_on(app, direction)
              for app in APPS for direction in directions})
