#!/usr/bin/env python3
"""engine_bench.py BIN [ROUNDS]: the engine beside plain MPI on 2 ranks x 1 thread, as one table with its targets.

Each program measures both sides in turn, A B A B …, and reports medians; whole rounds are repeated here and their median
is printed. PageRank is held against the yardstick pagerank_by_hand.cpp on the graph of rmat.cc, if PEL_BENCH (default
../shared/bench) has them; they are built outside of the tree.
"""
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(sys.argv[1]).resolve()
ROUNDS = int(sys.argv[2]) if len(sys.argv) > 2 and sys.argv[2].isdigit() else 5


def environment():
    extra = {"OMPI_MCA_mpi_yield_when_idle": "1"}
    if os.getuid() == 0:
        extra |= {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}
    return os.environ | extra


def mpirun(*command, ranks=2):
    done = subprocess.run(
        ["mpirun", "-n", str(ranks), "--bind-to", "none", "--oversubscribe", *map(str, command)], env=environment(),
        capture_output=True, text=True, timeout=900, stdin=subprocess.DEVNULL)
    if done.returncode != 0:
        sys.exit(f"{command} ended with {done.returncode}: {done.stderr[-2000:]}")
    return done.stdout


def engine(*what):
    return json.loads(mpirun(BIN / "engine_bench", *what).strip().splitlines()[-1])


def medians(rounds):
    return {key: statistics.median(r[key] for r in rounds) for key in rounds[0]}


def row(what, measured, limit, holds, detail):
    print(f"{what:<48} {measured:>9} {limit:>9}  {'yes' if holds else 'NO':<4} {detail}", flush=True)


def against_mpi():
    found = medians([engine("latency") for _ in range(ROUNDS)])
    ratio = found["superstep_us"] / found["plain_us"]
    row("empty superstep / (alltoall 8 B + allreduce 64 B)", f"{ratio:.2f}", "<= 12", ratio <= 12,
        f"{found['superstep_us']:.2f} us, {found['plain_us']:.2f} us")
    found = medians([engine("exchange") for _ in range(ROUNDS)])
    ratio = found["alltoallv_s"] / found["mailroom_s"]
    row("64 MiB of 16-byte messages: bandwidth / alltoallv", f"{ratio:.2f}", ">= 0.5", ratio >= 0.5,
        f"{64 / 1024 / found['mailroom_s']:.2f} GiB/s a rank")
    for stride, what, limit in ((1, "a run of entries", 0.85), (2, "every other entry", None)):
        found = medians([engine("halo", stride) for _ in range(ROUNDS)])
        ratio = found["alltoallv_s"] / found["halo_s"]
        detail = f"{32 / 1024 / found['halo_s']:.2f} GiB/s a rank"
        if limit:
            row(f"halo of doubles, {what}: / alltoallv", f"{ratio:.2f}", f">= {limit}", ratio >= limit, detail)
        else:
            bound = found["alltoallv_s"] + found["gather_s"]
            row(f"halo of doubles, {what}: / alltoallv", f"{ratio:.2f}", "-", True,
                f"{detail}; {bound / found['halo_s']:.2f} of (gathering alone + alltoallv)")
    found = medians([engine("message") for _ in range(ROUNDS)])
    row("CPU of a message: dense integer key, sum", f"{found['message_ns']:.1f} ns", "<= 40 ns",
        found["message_ns"] <= 40, "send to reading, both ranks' user + system time")


def memory():
    idle = statistics.median(engine("memory", 0)["peak_mib"] for _ in range(3))
    busy = statistics.median(engine("memory", 64)["peak_mib"] for _ in range(3))
    ratio = (busy - idle) / 64
    row("peak memory above idle / largest h-relation", f"{ratio:.2f}", "<= 2.2", ratio <= 2.2,
        f"{busy:.0f} - {idle:.0f} MiB for 64 MiB in and out")


def pagerank():
    yardsticks = pathlib.Path(os.environ.get("PEL_BENCH", TOP / "../shared/bench")).resolve()
    if not (yardsticks / "pagerank_by_hand.cpp").exists():
        print(f"PageRank by hand: not measured, {yardsticks} has no pagerank_by_hand.cpp (PEL_BENCH)")
        return
    with tempfile.TemporaryDirectory() as folder:
        here = pathlib.Path(folder)
        flags = ["-O3", "-march=native", "-std=c++20", "-w"]
        subprocess.run(["g++", *flags, "-pthread", yardsticks / "rmat.cc", "-o", here / "rmat"], check=True)
        subprocess.run(["mpicxx", *flags, yardsticks / "pagerank_by_hand.cpp", "-o", here / "by_hand"], check=True)
        subprocess.run([here / "rmat", "18", "16", "1", here / "rmat18"], check=True)
        by_hand, halo, messages = [], [], []
        for _ in range(ROUNDS):
            by_hand.append(float(mpirun(here / "by_hand", here / "rmat18.e", 10).split("seconds ")[1].split()[0]))
            mpirun(BIN / "pagerank", "--graph", here / "rmat18", "--undirected", "--iterations", 10, "--threads", 1,
                   "--quiet", "--summary", here / "halo.json")
            halo.append(json.loads((here / "halo.json").read_text())["run_seconds"])
            told = mpirun(BIN / "message_pagerank", "--graph", here / "rmat18", "--undirected", "--threads", 1, "--quiet")
            messages.append(json.loads(told.strip().splitlines()[-1])["seconds"])
    hand = statistics.median(by_hand)
    for what, seconds, limit in (("a halo", halo, 1.5), ("messages", messages, 20)):
        ratio = statistics.median(seconds) / hand
        row(f"PageRank on {what}, R-MAT 18, 10 rounds / by hand", f"{ratio:.2f}", f"<= {limit}", ratio <= limit,
            f"{statistics.median(seconds) * 1e3:.1f} ms, {hand * 1e3:.1f} ms")


if __name__ == "__main__":
    print(f"2 ranks x 1 thread, {os.cpu_count()} cores, load {os.getloadavg()[0]:.2f}; medians of {ROUNDS}")
    print(f"{'what':<48} {'measured':>9} {'target':>9}  {'met':<4}")
    against_mpi()
    memory()
    pagerank()
