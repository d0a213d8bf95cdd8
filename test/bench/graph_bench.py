#!/usr/bin/env python3
"""graph_bench.py BIN [ROUNDS] [SCALE …]: the six Graphalytics kernels beside plain CSR loops, as one table with its targets.

The yardsticks graph_kernels.cc and rmat.cc in the folder PEL_BENCH (default ../shared/bench) are built outside of the
tree. In every round each kernel is run by graph_kernels on one thread and by PEL on 1 rank x 1 thread, 1 x 2 and 2 x 1, one
after the other; medians of the rounds count. Seconds are those of the run without loading; for PEL the construction of
the kernels is part of it. At scale 20 loading, memory and checkpoints are measured, too. Answers: PEL's are held against graph_kernels' by the apps' own --verify, once a
configuration, and must have one digest. Exit code 1 if an answer is wrong or a target is missed.
"""
import json
import os
import pathlib
import statistics
import sys
import tempfile

from bench_process import run

TOP = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(sys.argv[1]).resolve()
ROUNDS = int(sys.argv[2]) if len(sys.argv) > 2 else 5
SCALES = [int(scale) for scale in sys.argv[3:]] or [18, 20]
CONFIGURATIONS = [(1, 1), (1, 2), (2, 1)]
# app, its name in graph_kernels and of its output there, what it takes
KERNELS = [("pagerank", "pr", "PR", ["--iterations", "10"]), ("cdlp", "cdlp", "CDLP", ["--iterations", "10"]),
           ("lcc", "lcc", "LCC", []), ("sssp", "sssp", "SSSP", ["--source"]), ("bfs", "bfs", "BFS", ["--source"]),
           ("wcc", "wcc", "WCC", [])]
TARGETS = {18: {"pagerank": 0.65, "cdlp": 0.70, "lcc": 0.65, "sssp": 0.35, "bfs": 3.0, "wcc": 3.0},
           20: {"pagerank": 0.65, "cdlp": 0.70, "lcc": 0.65, "sssp": 0.25, "bfs": 1.5, "wcc": 1.5}}
# How much faster 2 ranks x 1 thread are than 1 x 1, at scale 20.
SCALING = {"pagerank": 1.6, "cdlp": 1.6, "lcc": 1.6, "sssp": 1.0, "bfs": 1.0, "wcc": 1.0}
missed = []


def check(what, value, limit, holds):
    if not holds:
        missed.append(f"{what}: {value:.2f}, target {limit}")
    return "" if holds else " NO"


def pel(folder, app, graph, ranks, threads, options):
    summary = folder / "summary.json"
    run(["mpirun", "-n", ranks, "--bind-to", "none", "--oversubscribe", BIN / app, "--graph", graph, "--undirected", "--threads",
         threads, "--quiet", "--summary", summary, *options])
    found = json.loads(summary.read_text())
    return found | {"seconds": found["run_seconds"] + found["construct_seconds"]}


class Graph:
    def __init__(self, folder, scale):
        self.folder, self.scale = folder, scale
        self.text, self.cache, self.golden = folder / f"rmat{scale}", folder / f"rmat{scale}.h5", folder / f"out{scale}"
        self.golden.mkdir()
        run([folder / "rmat", scale, 16, 1, self.text])
        # Kernels are not measured by how long they load, so they open a cache.
        run([BIN / "sssp", "--graph", self.text, "--undirected", "--quiet", "--write-graph-cache", self.cache])
        told = run([folder / "graph_kernels", self.text, "-o", self.golden, "-i", 10], OMP_NUM_THREADS="1")
        self.source = told.split("source=")[1].split()[0]

    def yardstick(self, kernel):
        told = run([self.folder / "graph_kernels", self.text, "-k", kernel, "-s", self.source, "-i", 10], OMP_NUM_THREADS="1")
        columns = told.strip().splitlines()[-1].split("\t")
        return float(columns[5]), float(columns[4])

    def options(self, words):
        return [*words, self.source] if words == ["--source"] else words

    def verify(self, app, output, options):
        digests = {pel(self.folder, app, self.text, ranks, threads,
                       [*options, f"--verify={self.golden / output}", "--output", self.folder / "result.h5"])["digest"]
                   for ranks, threads in CONFIGURATIONS}
        if len(digests) != 1:
            sys.exit(f"{app}: several digests: {digests}")

    def kernel(self, app, name, output, words):
        options = self.options(words)
        self.verify(app, output, options)
        plain, found = [], {configuration: [] for configuration in CONFIGURATIONS}
        for _ in range(ROUNDS):
            plain.append(self.yardstick(name)[0])
            for configuration in CONFIGURATIONS:
                found[configuration].append(pel(self.folder, app, self.cache, *configuration, options)["seconds"])
        seconds = {configuration: statistics.median(times) for configuration, times in found.items()}
        yard = statistics.median(plain)
        ratio = min(seconds[1, 2], seconds[2, 1]) / yard
        limit = TARGETS.get(self.scale, {}).get(app)
        mark = "" if limit is None else f"<= {limit:.2f}" + check(f"{app} {self.scale}", ratio, f"<= {limit}", ratio <= limit)
        speedup = seconds[1, 1] / seconds[2, 1]
        scaling = ""
        if self.scale == 20:
            least = SCALING[app]
            scaling = f">= {least:.1f}" + check(f"{app} {self.scale}, 2 ranks", speedup, f">= {least}", speedup >= least)
        print(f"{self.scale:<5} {app:<9} {yard * 1e3:>9.1f} " + " ".join(f"{seconds[c] * 1e3:>8.1f}" for c in CONFIGURATIONS) +
              f"  {ratio:>5.2f} {mark:<10} {speedup:>5.2f} {scaling}", flush=True)


    def around(self):
        """What a user waits for and pays beside the kernels, on 2 ranks x 1 thread."""
        def app(name, graph, options):
            return pel(self.folder, name, graph, 2, 1, options)

        one, text, cached, weighted, plain, saved, started = ["--iterations", "1"], [], [], [], [], [], []
        hundred, yard = ["--iterations", "100"], []
        saving = ["--checkpoint-every", "10", "--checkpoint-dir", self.folder / "ckpt"]
        for _ in range(ROUNDS):
            yard.append(self.yardstick("bfs")[1])
            started.append(app("pagerank", "path:vertices=2", one))  # what MPI takes to start is no loading
            text.append(app("pagerank", self.text, one))
            cached.append(app("pagerank", self.cache, one))
            weighted.append(app("sssp", self.text, ["--source", self.source]))
            plain.append(app("pagerank", self.cache, [*hundred, "--checkpoint-every", "off"]))
            saved.append(app("pagerank", self.cache, [*hundred, *saving]))

        def median(runs, key):
            return statistics.median(found[key] for found in runs)

        def row(what, value, limit, holds, detail):
            print(f"{self.scale:<5} {what:<46} {value:>6.2f} {limit:<8}{check(what, value, limit, holds):<4} {detail}", flush=True)

        with open(f"{self.text}.e", "rb") as lines:
            edges = sum(block.count(b"\n") for block in iter(lambda: lines.read(1 << 24), b""))
        loading, with_weights, opening = (median(runs, "load_seconds") - median(runs, "construct_seconds") - median(started, "load_seconds")
                            for runs in (text, weighted, cached))
        # The yardstick reads the weights, whatever it computes.
        for what, seconds in (("text with weights to graph", with_weights), ("text to graph", loading)):
            ratio = seconds / statistics.median(yard)
            row(f"{what} / the yardstick's load", ratio, "<= 0.9", ratio <= 0.9, f"{seconds:.2f} s, {statistics.median(yard):.2f} s")
        row("text / HDF5 cache", loading / opening, ">= 10", 0 < 10 * opening <= loading, f"{opening:.3f} s")
        for what, runs, limit in (("bytes an edge at the peak", text, 40), ("the same with weights", weighted, 70)):
            peak = median(runs, "peak_rss_bytes") / edges
            row(what, peak, f"<= {limit}", peak <= limit, f"{edges} edges")
        without, with_ = (statistics.median(found["run_seconds"] + found["checkpoint_seconds"] for found in runs)
                          for runs in (plain, saved))
        cost = with_ / without - 1
        row("checkpoints of PageRank, one in 10 of 100 rounds", cost, "<= 0.10", cost <= 0.1, f"{without:.2f} s, {with_:.2f} s")


def build(folder, yardsticks):
    flags = ["-O3", "-march=native", "-std=c++20", "-w"]
    run(["g++", *flags, "-pthread", yardsticks / "rmat.cc", "-o", folder / "rmat"])
    run(["g++", *flags, "-fopenmp", yardsticks / "graph_kernels.cc", "-o", folder / "graph_kernels"])


def main():
    yardsticks = pathlib.Path(os.environ.get("PEL_BENCH", TOP / "../shared/bench")).resolve()
    for source in ("rmat.cc", "graph_kernels.cc"):
        if not (yardsticks / source).exists():
            sys.exit(f"nothing is measured: {yardsticks} has no {source} (PEL_BENCH)")
    print(f"R-MAT, edge factor 16, undirected; {os.cpu_count()} cores, load {os.getloadavg()[0]:.2f}; milliseconds, medians of {ROUNDS}")
    print(f"{'scale':<5} {'kernel':<9} {'yardstick':>9} {'1x1':>8} {'1x2':>8} {'2x1':>8}  {'ratio':<5} {'target':<10} 1x1/2x1")
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        build(folder, yardsticks)
        for scale in SCALES:
            graph = Graph(folder, scale)
            for kernel in KERNELS:
                graph.kernel(*kernel)
            if scale == 20:
                graph.around()
    for line in missed:
        print(f"missed: {line}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
