#!/usr/bin/python3
"""A job over several hosts goes on when one of them is lost, soon, with the same answer, and without its zombies."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import cluster
import pel_test as pel
from job import OnHosts

STEPS = 30
SYNC = ("--checkpoint-mode", "sync")


def no_fault(folder):
    with cluster.Hosts() as hosts, OnHosts(hosts, folder, STEPS, fault="") as job:
        summary = job.end()
        pel.check(summary["ranks"] == 8, f"ranks: {summary}")


def rank_killed(folder):
    with cluster.Hosts() as hosts, OnHosts(hosts, folder, STEPS) as job:
        before = job.reach(6)
        hosts.run("h2", "kill", "-KILL", hosts.processes("h2", "pagerank")[0])
        print(f"a killed rank: work goes on after {job.works_again(before, 5):.1f} s")
        summary = job.end()
        pel.check(summary["resumed_from"] >= before["checkpoint"], f"before {before}, resumed {summary}")


def lost(fault, host, limit):
    """A host is lost; the job must work again within the limit, without that host."""
    def case(folder):
        with cluster.Hosts() as hosts, OnHosts(hosts, folder, STEPS) as job:
            before = job.reach(6)
            hosts.fault(fault, host)
            print(f"{fault} {host}: work goes on after {job.works_again(before, limit):.1f} s")
            summary = job.end()
            pel.check(summary["ranks"] == 6, f"three hosts are left, and six ranks: {summary}")
            pel.check(summary["resumed_from"] >= before["checkpoint"] >= 0, f"before {before}, resumed {summary}")
            expect_nothing_left(hosts, host)
    return case


def expect_nothing_left(hosts, without):
    for host in ("h1", "h2", "h3", "h4"):
        if host != without:
            cluster.until(lambda host=host: not hosts.processes(host, "pagerank"), 10, f"no rank is left on {host}")


def lost_twice(folder):
    """A second host is lost while the job is launched again without the first."""
    with cluster.Hosts() as hosts, OnHosts(hosts, folder, STEPS) as job:
        before = job.reach(6)
        hosts.fault("kill", "h3")
        cluster.until(lambda: job.incarnation() > before["incarnation"], 10, f"a second launch: {job.tell()}")
        hosts.fault("kill", "h4")
        print(f"two hosts, one after the other: work goes on after {job.works_again(before, 60):.1f} s")
        summary = job.end()
        pel.check(summary["ranks"] == 4, f"two hosts are left, and four ranks: {summary}")


def zombie(folder):
    """The host of rank 0 is cut off while that rank commits a checkpoint; its ranks stand still, unreachable, until the
    job has gone on elsewhere to its end, and then wake up and want to commit. The supersteps wait for a commit: the job
    cannot end before its ranks are stopped."""
    fault = "point=before_rename,rank=0,incarnation=1,action=delay=6s"
    app = keeps_what_the_first_launch_says(folder)
    with cluster.Hosts() as hosts, OnHosts(hosts, folder, STEPS, fault=fault, app=app, flags=SYNC) as job:
        cluster.until(job.epochs, 30, f"a checkpoint: {job.tell()}")
        cluster.until(lambda: list(job.path.glob("ckpt/tmp-*-i0001/MANIFEST.json")), 30, f"the next: {job.tell()}")
        ranks, daemons = hosts.processes("h1", "pagerank"), hosts.processes("h1", "orted")
        pel.check(bool(ranks and daemons), f"ranks {ranks} and daemons {daemons} on h1")
        hosts.run("h1", "kill", "-STOP", *daemons, *ranks)
        pel.check(bool(list(job.path.glob("ckpt/tmp-*-i0001/MANIFEST.json"))), "the commit was over before it was stopped")
        before = job.status()
        hosts.fault("cut", "h1")

        print(f"cut h1 in a commit: work goes on after {job.works_again(before, 20):.1f} s")
        job.end()
        epochs, status = job.epochs(), job.status()
        hosts.run("h1", "kill", "-CONT", *ranks)  # still cut off: nothing but the lease can stop it
        expect_fenced(folder)
        hosts.fault("join", "h1")
        hosts.run("h1", "kill", "-CONT", *daemons, code=None)
        cluster.until(lambda: not hosts.processes("h1", "pagerank"), 20, "the end of the zombies")
        pel.check(epochs and job.epochs() == epochs, f"the zombie changed checkpoints: {epochs}, now {job.epochs()}")
        pel.check(job.status() == status, f"the zombie wrote the status: {job.status()}, before: {status}")
        pel.check(all(beat[0] != 1 for beat in job.beats()), f"the zombie wrote heartbeats: {job.beats()}")


def keeps_what_the_first_launch_says(folder):
    """An app that leaves stderr and exit code of each rank of the first launch in files."""
    script = folder / "pagerank"
    script.write_text(f"""#!/bin/sh
[ "$PEL_INCARNATION" = 1 ] && [ -n "$OMPI_COMM_WORLD_RANK" ] || exec {pel.app("pagerank")} "$@"
{pel.app("pagerank")} "$@" 2>"{folder}/said.$OMPI_COMM_WORLD_RANK"
code=$?
echo $code >"{folder}/code.$OMPI_COMM_WORLD_RANK"
exit $code
""")
    script.chmod(0o755)
    return script


def expect_fenced(folder):
    """Rank 0 of the first launch has looked at the lease before the rename, and ends with 71."""
    code, said = folder / "code.0", folder / "said.0"
    cluster.until(lambda: code.exists() and code.read_text().strip(), 20, f"the zombie's end: {said.read_text()}")
    pel.check(code.read_text().strip() == "71", f"the zombie ended with {code.read_text()}: {said.read_text()}")
    pel.check("owns this directory now" in said.read_text(), f"the zombie does not say why: {said.read_text()}")


CASES = {
    "short": {
        "without a fault eight ranks on four hosts have the answer of one": no_fault,
        "a rank is killed": rank_killed,
        "a host is killed": lost("kill", "h3", 5),
        "a host is cut off": lost("cut", "h3", 20),
        "a host loses its power": lost("off", "h3", 20),
        "a cut host's ranks cannot commit": zombie,
    },
    "long": {
        "the host of rank 0 is killed": lost("kill", "h1", 5),
        "the host of rank 0 is cut off": lost("cut", "h1", 20),
        "a second host is lost during the relaunch": lost_twice,
    },
}

pel.main(CASES[sys.argv[1]])
