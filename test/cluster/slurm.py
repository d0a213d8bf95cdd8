#!/usr/bin/python3
"""The shipped batch scripts under SLURM: they come back from what is done to them, with the same answer."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import cluster
import pel_test as pel
from job import InSlurm, SLOW, arguments, expect_same

QUICK, LONGER = 40, 200


def no_fault(launcher):
    def case(folder):
        with cluster.Slurm() as slurm, InSlurm(slurm, folder, *arguments(QUICK), fault="", launcher=launcher) as job:
            job.end(30)
            summary = expect_same(job.summary, QUICK)
            pel.check(summary["ranks"] == 4 and job.restarts() == 0, f"{summary}")
    return case


# Passes USR1 on to pel and notes what it ends with: SLURM says of a job that is requeued only that it waits. TERM comes
# to both from SLURM.
TELLS_ITS_CODE = """#!/usr/bin/python3
import pathlib, signal, subprocess, sys
signal.signal(signal.SIGTERM, lambda *_: None)
pel = subprocess.Popen([{pel!r}, *sys.argv[1:]])
signal.signal(signal.SIGUSR1, lambda *_: pel.send_signal(signal.SIGUSR1))
code = pel.wait()
with pathlib.Path({codes!r}).open("a") as codes:
    codes.write(f"{{code}}\\n")
sys.exit(code)
"""


def telling_its_code(folder):
    """A program that is pel, and adds its exit code to folder/codes."""
    program = folder / "pel"
    program.write_text(TELLS_ITS_CODE.format(pel=str(pel.app("pel")), codes=str(folder / "codes")))
    program.chmod(0o755)
    return program


def stopped_and_requeued(launcher):
    """USR1 comes to the batch script, as SLURM sends it some time before the time limit."""
    def case(folder):
        program = telling_its_code(folder)
        with cluster.Slurm() as slurm, InSlurm(slurm, folder, *arguments(QUICK), launcher=launcher, program=program) as job:
            job.reach(5)
            slurm.run("scancel", "--batch", "--signal=USR1", job.job)
            _, seconds = cluster.until(lambda: job.incarnation() >= 2, 30, f"the next start: {job.tell()}")
            print(f"{launcher}: the requeued job starts {seconds:.0f} s after USR1")
            job.end(60)
            summary = expect_same(job.summary, QUICK)
            pel.check(job.restarts() == 1, f"restarts: {job.restarts()}")
            codes = (folder / "codes").read_text().split()
            pel.check(codes == ["75", "0"], f"the script's turns ended with {codes}")
            pel.check(summary["resumed_from"] >= 5, f"it did not go on where it was stopped: {summary}")
            told = job.output.read_text()
            pel.check(told.count("restart 0") >= 1 and told.count("restart 1") >= 1, f"a line each start: {told}")
    return case


def node_lost(fault, launcher, of_script=False):
    """A node of the job is lost. With srun or mpirun the job first goes on without it, then SLURM requeues it."""
    def case(folder):
        with cluster.Hosts() as hosts, cluster.Slurm(hosts) as slurm:
            with InSlurm(slurm, folder, *arguments(LONGER), launcher=launcher) as job:
                before = job.reach(5)
                nodes = slurm.run("scontrol", "show", "hostnames", slurm.field(job.job, "NodeList")).split()
                victim = nodes[0] if of_script else nodes[-1]
                hosts.fault(fault, victim)
                seconds = job.works_again(before, 90)
                print(f"{launcher}, {fault} {victim} of {nodes}: work goes on after {seconds:.0f} s")
                ended = job.end(150)
                summary = expect_same(job.summary, LONGER)
                pel.check(summary["resumed_from"] >= before["checkpoint"] >= 0, f"before {before}, resumed {summary}")
                pel.check(job.restarts() == 1, f"restarts: {job.restarts()}")
                used = slurm.run("scontrol", "show", "hostnames", ended["NodeList"]).split()
                pel.check(victim not in used, f"{victim} is dead, and the job ended on {used}")
    return case


def bad_input(launcher):
    def case(folder):
        graph = folder / "graph.txt"
        graph.write_text("1 2\n2 three\n")
        flags = ["--graph", graph, "--undirected"]
        with cluster.Slurm() as slurm, InSlurm(slurm, folder, *flags, fault="", launcher=launcher) as job:
            job.end(20, "FAILED", 65)
            pel.check(job.restarts() == 0 and job.incarnation() <= 1, f"no retry: {job.tell()}")
    return case


def tries_used_up(folder):
    fault = "point=superstep,rank=1,superstep=1,action=kill"
    with cluster.Slurm() as slurm, InSlurm(slurm, folder, *arguments(QUICK), fault=fault) as job:
        job.end(60, "FAILED", 137)
        pel.check(job.restarts() == 0 and job.incarnation() == 3, f"three launches: {job.tell()}")


def cancelled(folder):
    with cluster.Slurm() as slurm, InSlurm(slurm, folder, *arguments(LONGER)) as job:
        job.reach(3)
        slurm.run("scancel", job.job)
        ended = slurm.wait(job.job, 20)
        pel.check(ended["JobState"] == "CANCELLED" and job.restarts() == 0, f"ended as {ended}")


def time_limit(folder):
    """SLURM's own signal; it may come up to a minute early, so that the job may be stopped more than once."""
    with cluster.Slurm() as slurm:
        with InSlurm(slurm, folder, *arguments(LONGER), options=("--time=1", "--signal=B:USR1@30")) as job:
            job.end(240)
            expect_same(job.summary, LONGER)
            pel.check(job.restarts() >= 1, "it was not stopped")


def preempted(launcher, iterations):
    """The ranks get SIGTERM, and so do mpirun's daemons: under mpirun the job goes on until SLURM ends it."""
    def case(folder):
        with cluster.Slurm() as slurm, InSlurm(slurm, folder, *arguments(iterations), launcher=launcher) as job:
            before = job.reach(5)
            urgent = slurm.submit("--partition=urgent", "-N4", "--exclusive", "--output=/dev/null", "--wrap", "exit 0")
            slurm.wait(urgent, 60)
            print(f"{launcher}, preempted: work goes on after {job.works_again(before, 60):.0f} s")
            job.end(90)
            expect_same(job.summary, iterations)
            pel.check(job.restarts() == 1, f"restarts: {job.restarts()}")
    return case


def word_count(folder):
    flags = ["--input", "text:bytes=2M,seed=1", "--checkpoint-every", "1"]
    with cluster.Slurm() as slurm:
        with InSlurm(slurm, folder, *flags, script="jobs/word_count.sbatch", fault="") as job:
            job.end(30)
            pel.check(pel.summary(job.summary)["ranks"] == 4, "four ranks")


CASES = {
    "short": {
        "srun, no fault": no_fault("srun"),
        "mpirun, no fault": no_fault("mpirun"),
        "word count, no fault": word_count,
        "srun, stopped by USR1 and requeued": stopped_and_requeued("srun"),
        "srun, bad input is not tried again": bad_input("srun"),
        "mpirun, bad input is not tried again": bad_input("mpirun"),
        "srun, a node is killed": node_lost("kill", "srun"),
    },
    "long": {
        "mpirun, stopped by USR1 and requeued": stopped_and_requeued("mpirun"),
        "srun, a node loses its power": node_lost("off", "srun"),
        "mpirun, a node loses its power": node_lost("off", "mpirun"),
        "srun, the node of the script loses its power": node_lost("off", "srun", of_script=True),
        "a job that dies every time is given up": tries_used_up,
        "a cancelled job stays cancelled": cancelled,
        "the time limit": time_limit,
        "srun, preempted": preempted("srun", QUICK),
        "mpirun, preempted": preempted("mpirun", LONGER),
    },
}

pel.main(CASES[sys.argv[1]])
