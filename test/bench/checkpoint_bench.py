#!/usr/bin/env python3
"""checkpoint_bench.py BIN DIR [MIB] [ROUNDS]: checkpoints beside what the disk at DIR and memory take at best, on 2 ranks.

One program does every way once a round, in an order that rotates, and reports medians of the slowest rank's seconds. It is
launched up to three times, each time followed by the yardstick ckpt_limit.cpp, if PEL_BENCH (default ../shared/bench) has
it: both throw their first round away, so a launch a round would cost twice the time. Exit code 1 if a target is missed.
"""
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

from engine_bench import TOP, medians, mpirun
from engine_bench import row as print_row

BIN = pathlib.Path(sys.argv[1]).resolve()
FOLDER = pathlib.Path(sys.argv[2]).resolve()
MIB = int(sys.argv[3]) if len(sys.argv) > 3 else 512
ROUNDS = int(sys.argv[4]) if len(sys.argv) > 4 else 5
MTBF = 24 * 3600.0
LAUNCHES = max(1, min(3, ROUNDS))
missed = []


def row(what, measured, limit, holds, detail):
    if not holds:
        missed.append(what)
    print_row(what, measured, limit, holds, detail)


def daly(delta):
    """Seconds between checkpoints that lose least (Daly 2006)."""
    x = delta / (2 * MTBF)
    return (2 * delta * MTBF) ** 0.5 * (1 + x ** 0.5 / 3 + x / 9) - delta


def show(found, limits):
    gib = 2 * MIB / 1024
    # How many times as fast as raw buffered writes: each program's ways against its own, round by round.
    speed = found["sync_speed"]
    row("durable checkpoint / raw write + fsync", f"{speed:.2f}", ">= 0.9", speed >= 0.9,
        f"{gib / found['sync']:.2f}, {gib / found['raw_buffered']:.2f} GiB/s, checksums included")
    ways = {"buffered": 1.0, "kicked": found["raw_kicked_speed"], "direct": found["raw_direct_speed"]}
    ways |= {f"ckpt_limit's {way}": ratio for way, (_, ratio) in limits.items() if way.startswith("raw/")}
    best = max(ways.values())
    row("durable checkpoint / the fastest raw way", f"{speed / best:.2f}", ">= 0.85", speed / best >= 0.85,
        ", ".join(f"{way} {ratio:.2f}" for way, ratio in ways.items()))
    ratio = found["async_blocked"] / found["copy"]
    row("a checkpoint blocks the loop / memcpy of the state", f"{ratio:.2f}", "<= 1.5", ratio <= 1.5,
        f"{found['async_blocked'] * 1e3:.1f} ms, {found['copy'] * 1e3:.1f} ms")
    ratio = found["first_blocked"] / found["later_blocked"]
    row("the first checkpoint blocks / a later one", f"{ratio:.2f}", "<= 1.2", ratio <= 1.2,
        f"{found['first_blocked'] * 1e3:.1f} ms, {found['later_blocked'] * 1e3:.1f} ms, {MIB // 4} MiB a rank")
    share = found["overhead_ratio"]
    row("one every four write times, all cores computing", f"{share * 100:.1f} %", "<= 5 %", share <= 0.05,
        f"{MIB} MiB a rank, written in {found['overhead_write']:.2f} s, beside {found['overhead_off']:.1f} s of work")
    bare = found["overhead_bare"]
    row("of that beyond a bare thread that writes the bytes", f"{(share - bare) * 100:.1f} %", "<= 5 %", share - bare <= 0.05,
        f"which costs {bare * 100:.1f} %, past the page cache: the machine's share, as {found['overhead_stolen'] * 100:.1f} % of "
        "the cores is stolen meanwhile")
    # What an epoch costs: what four of its write times lose.
    delta = max(found["async_blocked"], share * 4 * found["overhead_write"])
    tau = daly(delta)
    row("at Daly's interval for a failure a day", f"{delta / tau * 100:.2f} %", "<= 0.5 %", delta / tau <= 0.005,
        f"costs {delta * 1e3:.0f} ms every {tau:.0f} s")
    ratio = found["raw_read"] / found["restart_read"]
    row("restart: reading and verifying / raw read", f"{ratio:.2f}", ">= 0.8", ratio >= 0.8,
        f"{gib / found['restart_read']:.2f}, {gib / found['raw_read']:.2f} GiB/s")
    row("a whole commit of 4 KiB a rank", f"{found['commit'] * 1e3:.1f} ms", "<= 5 ms", found["commit"] <= 0.005,
        "snapshot, parts, index, manifest, all fsyncs")


def build_yardstick(folder):
    """The program, or nothing with the reason on stdout."""
    source = pathlib.Path(os.environ.get("PEL_BENCH", TOP / "../shared/bench")).resolve() / "ckpt_limit.cpp"
    if not source.exists():
        print(f"ckpt_limit: not measured, {source.parent} has no ckpt_limit.cpp (PEL_BENCH)")
        return None
    flags = subprocess.run(["pkg-config", "--cflags", "--libs", "hdf5-openmpi"], check=True, capture_output=True,
                           text=True).stdout.split()
    program = pathlib.Path(folder) / "ckpt_limit"
    subprocess.run(["mpicxx", "-std=c++20", "-O3", "-w", source, "-o", program, *flags, "-lxxhash"], check=True)
    return program


def figures_of_ways(text):
    """{way: (median seconds, ratio to its yardstick within a round)} of what ckpt_limit prints."""
    rows = [line.split("\t") for line in text.splitlines() if "\t" in line and not line.startswith("way\t")]
    return {row[0]: (float(row[2]), float(row[5].replace("-", "0"))) for row in rows}


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    found, limits = [], []
    with tempfile.TemporaryDirectory() as built, tempfile.TemporaryDirectory(dir=FOLDER) as scratch:
        yardstick = build_yardstick(built)
        for launch in range(LAUNCHES):
            rounds = ROUNDS // LAUNCHES + (launch < ROUNDS % LAUNCHES)
            text = mpirun(BIN / "checkpoint_bench", pathlib.Path(scratch) / str(launch), MIB, rounds)
            found.append(json.loads(text.strip().splitlines()[-1]))
            if yardstick:
                limits.append(figures_of_ways(mpirun(yardstick, scratch, MIB, rounds)))
    print(f"checkpoints: 2 ranks x {MIB} MiB in {FOLDER}, load {os.getloadavg()[0]:.2f}; medians of {ROUNDS}")
    limits = {way: tuple(statistics.median(launch[way][i] for launch in limits) for i in (0, 1))
              for way in limits[0]} if limits else {}
    show(medians(found), limits)
    for way, (seconds, ratio) in limits.items():
        print(f"  ckpt_limit {way:<36} {seconds:.4f} s {ratio:.2f}")
    if missed:
        sys.exit(f"{len(missed)} targets missed: {', '.join(missed)}")


if __name__ == "__main__":
    main()
