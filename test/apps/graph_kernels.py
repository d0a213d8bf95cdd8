#!/usr/bin/python3
"""All graph apps on all graphs of PEL_DATA: right answers, and the same bits on any number of ranks and threads.

Usage: graph_kernels.py PROGRAM      (graph_kernels_test; one launch of it goes through all graphs and apps)
Under sanitizers launches go through a few graphs only.
"""

import hashlib
import json
import math
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import pel_test as pel

PROGRAM = sys.argv[1]
pel.SECONDS = 600 if pel.SMALL else 280  # a launch is many jobs
CONFIGURATIONS = [(1, 2), (3, 1)] if pel.SMALL else [(ranks, threads) for ranks in (1, 2, 3, 5) for threads in (1, 2)]
BREAKS, RESUMES = (3, 1), (2, 2)  # where each app is broken off in the middle, and where it goes on
# Key of golden.json: the app whose sorted lines have that digest.
DIGESTS = {"BFS_sha256": "bfs", "WCC_sha256": "wcc", "CDLP10_sha256": "cdlp", "SSSP_as_int_sha256": "sssp"}


def launch(folder, ranks, threads, first=False, stage=""):
    """{"graph app": digest} of one launch; the first of all also computes the references, and keeps results."""
    digests = folder / f"digests-{ranks}-{threads}-{stage}"
    told = {"PEL_GRAPH_THREADS": threads, "PEL_GRAPH_DIGESTS": digests, "PEL_GRAPH_REFERENCES": "1" if first else "",
            "PEL_GRAPH_OUTPUTS": folder if first else "", "PEL_GRAPH_STAGE": stage, "PEL_GRAPH_CHECKPOINTS": folder,
            "PEL_TEST_LOGS": folder}
    if not stage and pel.SMALL:
        told["PEL_GRAPH_FEW"] = "1"
    outcome = pel.run(PROGRAM, ranks=ranks, folder=folder, environment=told)
    pel.expect(outcome, 0)
    return dict(line.rsplit(" ", 1) for line in digests.read_text().splitlines())


def values_of(path):
    return {int(vertex): value for vertex, value in (line.split() for line in path.read_text().splitlines())}


def check_rmat(folder, golden):
    name = f"rmat-{golden['scale']}-{'' if golden['directed'] else 'un'}directed"
    for key, app in DIGESTS.items():
        path = folder / f"{name}-{app}.txt"
        if key not in golden:
            continue
        lines = sorted(path.read_text().splitlines(), key=lambda line: int(line.split()[0]))
        found = hashlib.sha256("".join(line + "\n" for line in lines).encode()).hexdigest()
        pel.check(found == golden[key], f"{path}: the digest is {found}, not {golden[key]}")
    ranks = {vertex: float(value) for vertex, value in values_of(folder / f"{name}-pagerank.txt").items()}
    pel.check(len(ranks) == golden["vertices"], f"{name}: {len(ranks)} vertices")
    pel.check(abs(math.fsum(ranks.values()) - 1) < 1e-9, f"{name}: the ranks sum to {math.fsum(ranks.values())}")
    top = sorted(ranks.items(), key=lambda entry: (-entry[1], entry[0]))[:10]
    for (vertex, rank), (expected_vertex, expected) in zip(top, golden["PR20_top10"]):
        pel.check(vertex == expected_vertex and abs(rank - expected) <= 1e-9 * expected, f"{name}: {top}")
    square = math.fsum(rank * rank for rank in ranks.values())
    pel.check(abs(square - golden["PR20_sumsq"]) <= 1e-9 * square, f"{name}: the squares sum to {square}")
    if "triangles" in golden:
        found = sum(map(int, values_of(folder / f"{name}-triangles.txt").values()))
        pel.check(found == 3 * golden["triangles"], f"{name}: {found} corners of triangles")
    if "LCC_sum" in golden:
        found = math.fsum(map(float, values_of(folder / f"{name}-lcc.txt").values()))
        pel.check(abs(found - golden["LCC_sum"]) <= 1e-9 * found, f"{name}: the coefficients sum to {found}")


def check_same(found, expected, what):
    wrong = [key for key in found if found[key] != expected[key]]
    pel.check(not wrong, f"{what}: other bits of {wrong[:5]}")


def all_of_it(folder):
    data = pel.data("graph-fuzz").parent
    expected = launch(folder, *CONFIGURATIONS[0], first=True)
    pel.check(len(expected) >= (8 if pel.SMALL else 48) and all(len(digest) == 32 for digest in expected.values()), f"results: {expected}")
    if not pel.SMALL:  # under sanitizers: small graphs alone, and no breaks
        for golden in json.loads((data / "graph-rmat" / "golden.json").read_text()):
            check_rmat(folder, golden)
    for configuration in CONFIGURATIONS[1:]:
        found = launch(folder, *configuration)
        pel.check(found.keys() == expected.keys(), f"{configuration}: {len(found)} results instead of {len(expected)}")
        check_same(found, expected, configuration)
    if pel.SMALL:
        return
    broken = launch(folder, *BREAKS, stage="break")
    pel.check(len(broken) == 4 * 9, f"4 graphs, 9 apps, and {len(broken)} were broken off: {sorted(broken)}")
    resumed = launch(folder, *RESUMES, stage="resume")  # which ends with 65 where there is nothing to go on from
    pel.check(resumed.keys() == broken.keys(), f"{sorted(broken)} were broken off, {sorted(resumed)} went on")
    check_same(resumed, expected, f"broken off on {BREAKS}, resumed on {RESUMES}")


if __name__ == "__main__":
    pel.main({"all graph apps on all graphs, on 1, 2, 3, 5 ranks and 1, 2 threads; broken off and resumed": all_of_it})
