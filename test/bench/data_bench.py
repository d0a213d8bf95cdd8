#!/usr/bin/env python3
"""data_bench.py BIN [ROUNDS [FRACTION]]: word count, TeraSort and k-means beside plain one-process programs, file to file.

The yardsticks dataset_floor.cpp and dataset_gen.cpp in the folder PEL_BENCH (default ../shared/bench) are built outside of
the tree. In every round the yardstick runs on one thread, then PEL on 1 rank x 1 thread, 1 x 2 and 2 x 1 under mpirun,
and on 1 x 2 alone, as one starts a program on a machine of one's own; medians count. Seconds are of whole processes, the
launcher included: wall, and CPU of all of them. Memory is the peak of all ranks. Of 1 x 2 alone and 2 x 1 the one that
misses fewer targets is held against all of a job's; 2 x 1 is compared with 1 x 2 under the same launcher. FRACTION (default 1) of the sizes is for
trying the script: targets are of the whole. Answers are compared with the yardstick's, digests with each
other. Below: the sort once more with a memory budget of a quarter of its data, and the compiler on word_count.cpp. Exit
code 1 if an answer is wrong or a target is missed. Needs 1.5 GB in TMPDIR.
"""
import filecmp
import json
import os
import pathlib
import resource
import statistics
import sys
import tempfile
import time

from bench_process import run

TOP = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(sys.argv[1]).resolve()
ROUNDS = int(sys.argv[2]) if len(sys.argv) > 2 else 5
FRACTION = float(sys.argv[3]) if len(sys.argv) > 3 else 1.0
ALONE = (0, 2)  # no launcher
CONFIGURATIONS = [(1, 1), (1, 2), (2, 1), ALONE]
BEST_OF = [(2, 1), ALONE]
# Of the yardstick's wall and CPU seconds, and MiB at the peak.
TARGETS = {"word count": (0.70, 1.1, 254), "TeraSort": (0.95, 1.9, 662), "k-means": (0.70, 1.3, 256)}
WALL_OF_RANKS, CPU_OF_RANKS = 1.3, 1.25  # 2 x 1 against 1 x 2
missed = []


def timed(command, **more):
    """What it said, and its wall and CPU seconds with all its children."""
    def cpu():
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return used.ru_utime + used.ru_stime

    before, started = cpu(), time.monotonic()
    said = run(command, **more)
    return said, (time.monotonic() - started, cpu() - before)


def told(text, key):
    """The value of key=value in a line of the yardstick."""
    return next(word.split("=")[1] for word in text.split() if word.startswith(key + "="))


class Job:
    """What both sides run in the folder: PEL's app with its words, the yardstick with its own."""

    def __init__(self, folder, name, app, words, yardstick):
        self.folder, self.name, self.app, self.words, self.yardstick = folder, name, app, words, yardstick
        self.output, self.golden = folder / "result", folder / "golden"
        self.plain, self.found, self.digests = [], {configuration: [] for configuration in CONFIGURATIONS}, set()

    def run_yardstick(self):
        self.golden.unlink(missing_ok=True)
        said, seconds = timed([self.folder / "floor", *self.yardstick], T="1")
        self.plain.append(seconds)
        return said

    def run_pel(self, ranks, threads):
        self.output.unlink(missing_ok=True)
        summary = self.folder / "summary.json"
        launcher = ["mpirun", "-n", ranks, "--bind-to", "none", "--oversubscribe"] if ranks > 0 else []
        said, seconds = timed([*launcher, BIN / self.app, *self.words, "--threads", threads, "--output", self.output,
                               "--summary", summary])
        told_by_pel = json.loads(summary.read_text())
        self.found[ranks, threads].append((*seconds, told_by_pel["peak_rss_bytes"] / (1 << 20)))
        self.digests.add(told_by_pel["digest"])
        return said

    def measure(self, is_right):
        for _ in range(ROUNDS):
            plain = self.run_yardstick()
            for configuration in CONFIGURATIONS:
                if not is_right(self, plain, self.run_pel(*configuration)):
                    sys.exit(f"{self.name} on {configuration}: another answer than the yardstick's")
        if len(self.digests) != 1:
            sys.exit(f"{self.name}: several digests: {self.digests}")
        for path in (self.output, self.golden):
            path.unlink(missing_ok=True)
        self.report([statistics.median(column) for column in zip(*self.plain)],
                    {configuration: [statistics.median(column) for column in zip(*runs)] for configuration, runs in self.found.items()})

    def report(self, plain, found):
        """found: {configuration: [wall, CPU, MiB]}, plain: [wall, CPU]"""
        limits = TARGETS[self.name]  # a part of the data is below that of memory anyway

        def ratios(configuration):
            wall, cpu, mib = found[configuration]
            return wall / plain[0], cpu / plain[1], mib

        best = min(BEST_OF, key=lambda one: (sum(x > limit for x, limit in zip(ratios(one), limits)), ratios(one)[0]))
        for number, what in enumerate(("wall s", "CPU s", "RSS MiB")):
            yard = f"{plain[number]:9.2f}" if number < 2 else f"{'-':>9}"
            figures = " ".join(f"{found[configuration][number]:8.2f}" for configuration in CONFIGURATIONS)
            self.row(what, f"{yard} {figures}", ratios(best)[number], limits[number], "alone" if best == ALONE else "{}x{}".format(*best))
        ranks, threads = found[2, 1], found[1, 2]
        self.row("2x1/1x2 wall", " " * 45, ranks[0] / threads[0], WALL_OF_RANKS, "")
        self.row("2x1/1x2 CPU", " " * 45, ranks[1] / threads[1], CPU_OF_RANKS, "")

    def row(self, what, figures, value, limit, where):
        holds = value <= limit
        if not holds:
            missed.append(f"{self.name}, {what}: {value:.2f}, target <= {limit}")
        print(f"{self.name:<11} {what:<13} {figures}  {value:>7.2f} <= {limit:<5} {'' if holds else 'NO':<3} {where}", flush=True)


def same_count_of_words(job, plain, _):
    with open(job.output, "rb") as lines:
        return sum(block.count(b"\n") for block in iter(lambda: lines.read(1 << 24), b"")) == int(told(plain, "distinct"))


def same_file(job, _, __):
    return filecmp.cmp(job.output, job.golden, shallow=False)


def same_inertia(cost):
    """The yardstick tells the cost before its last update: that of one more round is the inertia behind it."""
    return lambda _, __, said: abs(float(said.split()[-1]) - cost) <= 1e-9 * cost


def line(job, what, value, limit, said):
    holds = value <= limit
    if not holds:
        missed.append(f"{job}, {what}: {value:.2f}, target <= {limit:.2f}")
    print(f"{job:<11} {what:<38} {value:>8.2f} <= {limit:<8.2f} {'' if holds else 'NO':<3} {said}", flush=True)


def sort_in_less_memory(folder, data):
    """4 times the budget of all ranks together: what the job takes beyond one of few records, and what passes the disk."""
    few = folder / "few"
    run([folder / "gen", "tera", 1000, few])
    for ranks, threads in ((1, 2), (2, 1)):
        def sort(records, *more):
            summary, output = folder / "less.json", folder / "less"
            output.unlink(missing_ok=True)
            _, seconds = timed(["mpirun", "-n", ranks, "--bind-to", "none", "--oversubscribe", BIN / "tera_sort", "sort", records,
                                "--threads", threads, "--output", output, "--summary", summary, "--spill-dir", folder, *more])
            output.unlink()
            return json.loads(summary.read_text()), seconds

        floor, _ = sort(few)
        plain, plain_seconds = sort(data)
        budget = os.path.getsize(data) // 4 // ranks
        told_by_pel, seconds = sort(data, "--memory", budget)
        if told_by_pel["digest"] != plain["digest"]:
            sys.exit(f"TeraSort in less memory on {ranks}x{threads}: another digest")
        beyond = (told_by_pel["peak_rss_bytes"] - floor["peak_rss_bytes"]) / (budget * ranks)
        shape = f"{ranks}x{threads}"
        line("sort of 4 x", f"budget {shape}, RSS beyond idle / budget", beyond, 1.1,
             f"{budget * ranks / (1 << 20):.0f} MiB; wall {seconds[0]:.2f} s, {plain_seconds[0]:.2f} without")
        line("sort of 4 x", f"budget {shape}, I/O amplification", told_by_pel["memory"]["io_amplification"], 3,
             f"{told_by_pel['memory']['spilled_bytes'] / (1 << 20):.0f} MiB written")


def compile_word_count(folder):
    command = ["g++", "-std=c++20", "-O2", "-I", TOP / "framework", "-I", TOP / "framework/include", "-c", TOP / "apps/text/word_count.cpp",
               "-o", folder / "word_count.o"]
    seconds, peaks = [], []
    for _ in range(ROUNDS):
        _, status, used = os.wait4(os.posix_spawn("/usr/bin/g++", [str(word) for word in command], os.environ), 0)
        if status != 0:
            sys.exit("word_count.cpp does not compile")
        seconds.append(used.ru_utime + used.ru_stime)
        peaks.append(used.ru_maxrss * 1024 / 1e6)  # of the largest process
    line("compiler", "word_count.cpp, CPU s", statistics.median(seconds), 3, "g++ -O2")
    line("compiler", "word_count.cpp, MB", statistics.median(peaks), 250, "")


def build(folder, yardsticks):
    flags = ["-O3", "-march=native", "-std=c++20", "-fopenmp", "-w"]
    exact = folder / "floor.cpp"  # with all digits of what it tells
    exact.write_text((yardsticks / "dataset_floor.cpp").read_text().replace("cost=%.6g", "cost=%.17g"))
    run(["g++", *flags, exact, "-o", folder / "floor"])
    run(["g++", *flags, yardsticks / "dataset_gen.cpp", "-o", folder / "gen"])


def measure_all(folder):
    def size(whole):
        return max(1000, int(whole * FRACTION))

    text, tera, points = folder / "text", folder / "tera", folder / "points"
    run([BIN / "write_text", f"text:bytes={size(200_000_000)},seed=1", text])
    Job(folder, "word count", "word_count", [text, "--words", "blank"], ["wc_flat", text]).measure(same_count_of_words)
    text.unlink()
    run([folder / "gen", "tera", size(4_000_000), tera])
    sort = Job(folder, "TeraSort", "tera_sort", ["sort", tera], [])
    sort.yardstick = ["sort_key", tera, sort.golden]
    sort.measure(same_file)
    sort_in_less_memory(folder, tera)
    tera.unlink()
    run([folder / "gen", "kmeans", size(2_000_000), 16, 32, points, os.devnull])
    cost = float(told(run([folder / "floor", "kmeans_soa", points, 32, 11], T="1"), "cost"))
    Job(folder, "k-means", "k_means", [points, "--k", 32, "--iterations", 10, "--dimensions", 16],
        ["kmeans_soa", points, 32, 10]).measure(same_inertia(cost))
    compile_word_count(folder)


def main():
    yardsticks = pathlib.Path(os.environ.get("PEL_BENCH", TOP / "../shared/bench")).resolve()
    for source in ("dataset_floor.cpp", "dataset_gen.cpp"):
        if not (yardsticks / source).exists():
            sys.exit(f"nothing is measured: {yardsticks} has no {source} (PEL_BENCH)")
    load = os.getloadavg()[0]
    print(f"{FRACTION:g} x (200 MB of text, 4 M records, 2 M points); {os.cpu_count()} cores, load {load:.2f}"
          f"{': not quiet, ratios mean little' if load > 1 else ''}; medians of {ROUNDS}")
    print(f"{'job':<11} {'':<13} {'yardstick':>9} {'1x1':>8} {'1x2':>8} {'2x1':>8} {'alone':>8}  {'ratio':>7} target       of")
    with tempfile.TemporaryDirectory() as scratch:
        build(pathlib.Path(scratch), yardsticks)
        measure_all(pathlib.Path(scratch))
    for line in missed:
        print(f"missed: {line}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
