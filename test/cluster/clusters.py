#!/usr/bin/python3
"""The test clusters themselves: they stand soon, their faults do what they say, and nothing of them is left behind."""

import os
import pathlib
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import cluster
import pel_test as pel


def namespaces():
    """All namespaces that processes of this machine live in, each with one of those."""
    found = {}
    for link in pathlib.Path("/proc").glob("[0-9]*/ns/*"):
        try:
            found[os.readlink(link)] = link.parts[2]
        except OSError:
            continue
    return found


def namespaces_of(directory):
    """Those of the cluster's rack and of all that descends from it."""
    rack = int((directory / "space" / "head").read_text().split()[0])
    own = set(namespaces_of_process("self"))
    family, more = set(), {rack}
    while more:
        family |= more
        more = {int(child) for parent in more for child in children(parent)} - family
    return {space for process in family for space in namespaces_of_process(process)} - own


def namespaces_of_process(process):
    try:
        return [os.readlink(link) for link in pathlib.Path(f"/proc/{process}/ns").glob("*")]
    except OSError:
        return []


def children(process):
    try:
        return pathlib.Path(f"/proc/{process}/task/{process}/children").read_text().split()
    except OSError:
        return []


def traces(directory):
    """What can be seen of a cluster from outside: processes that name its directory, mounts."""
    seen = [line for line in pathlib.Path("/proc/self/mounts").read_text().splitlines() if str(directory) in line]
    for command in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = command.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if str(directory) in words:
            seen.append(words)
    return seen


def links():
    return subprocess.run(["ip", "-o", "link"], check=True, stdout=subprocess.PIPE, text=True).stdout.count("\n")


def expect_nothing_left(directory):
    cluster.until(lambda: not traces(directory), 5, f"the end of all processes of {directory}")
    pel.check(not directory.exists(), f"{directory} is left")


def hosts_are_apart(folder):
    with cluster.Hosts() as hosts:
        before = links()
        names = [hosts.run(host, "hostname").strip() for host in ("head", "h1", "h4")]
        pel.check(names == ["head", "h1", "h4"], f"host names: {names}")
        pel.check("10.88.0.2/24" in hosts.run("h2", "ip", "-4", "address"), "h2 has not its address")
        alone = hosts.run("h2", "ps", "-e", "-o", "comm=").split()
        pel.check(set(alone) == {"bash", "sleep", "ps"}, f"processes on h2: {alone}")
        pel.check(links() == before, "the machine's own network has changed")
        pel.check(hosts.run("h3", "pwd").strip() == os.getcwd(), "a command runs elsewhere")
        hosts.script("run", "h3", "sh", "-c", "exit 75", code=75)
    expect_nothing_left(hosts.directory)


def reached(hosts, host):
    """Whether head gets an answer from a host over the network."""
    return "no route" not in hosts.run("head", cluster.CLUSTER / "hosts" / "agent", host, "hostname", code=None)


def faults_are_faults(folder):
    with cluster.Hosts(3) as hosts:
        pel.check(reached(hosts, "h3"), "h3 must answer")
        hosts.fault("cut", "h3")
        pel.check(not reached(hosts, "h3"), "a cut host must not answer")
        pel.check(hosts.run("h3", "hostname").strip() == "h3", "a cut host must live on")
        hosts.fault("join", "h3")
        cluster.until(lambda: reached(hosts, "h3"), 10, "h3 answers again")

        for fault in ("kill", "off"):
            hosts.fault(fault, "h2")
            hosts.run("h2", "true", code=1)
            pel.check(not reached(hosts, "h2"), f"after {fault}, h2 must not answer")
            hosts.fault("boot", "h2")
            cluster.until(lambda: reached(hosts, "h2"), 10, "h2 answers again")
        hosts.script("fault", "kill", "head", code=1)


def killed_run_ends_its_command(folder):
    with cluster.Hosts(1) as hosts:
        process = hosts.start("h1", "sleep", "1000")
        cluster.until(lambda: len(hosts.processes("h1", "sleep")) == 2, 10, "sleep on h1")
        process.kill()
        process.wait(10)
        cluster.until(lambda: len(hosts.processes("h1", "sleep")) == 1, 5, "the end of sleep on h1")


def mpirun_reaches_all_hosts(folder):
    with cluster.Hosts() as hosts:
        out = hosts.run("head", "mpirun", "--host", "h1:2,h2:2,h3:2,h4:2", "hostname")
        names = [line for line in out.splitlines() if line.startswith("h")]  # and not mpirun's warnings
        pel.check(sorted(names) == sorted(["h1", "h2", "h3", "h4"] * 2), f"ranks on: {out}")


def keeper_ends_them(folder):
    """Clusters whose owner is killed, as ctest does with a test that takes too long."""
    with cluster.Hosts(2) as hosts:
        owner = subprocess.Popen(["sleep", "1000"])
        try:
            orphan = cluster.Hosts(2)
            orphan.environment["PEL_HOSTS_OWNER"] = str(owner.pid)
            orphan.up()
            slurm = cluster.Slurm(orphan)
            slurm.environment["PEL_SLURM_OWNER"] = str(owner.pid)
            slurm.up("--hosts")
        finally:
            owner.kill()
            owner.wait()
        for gone in (slurm, orphan):
            cluster.until(lambda: not gone.directory.exists(), 30, f"the end of {gone.directory}")
            expect_nothing_left(gone.directory)
            gone.home.rmdir()
        pel.check(hosts.run("h1", "hostname").strip() == "h1", "another cluster must not notice")


def failed_up_leaves_nothing(folder):
    with cluster.Hosts(1) as hosts:
        hosts.script("up", code=1)  # its directory exists: the cluster that stands must not be harmed
        hosts.run("h1", "true")
        broken = cluster.Hosts(1)
        broken.environment["PEL_HOSTS_RATE"] = "nonsense"
        broken.script("up", code=1)
        expect_nothing_left(broken.directory)
        broken.home.rmdir()


def slurm_runs_jobs(folder):
    started = time.monotonic()
    with cluster.Slurm() as slurm:
        seconds = time.monotonic() - started
        print(f"four nodes idle after {seconds:.1f} s")
        heard = listeners(slurm)
        pel.check(len(heard) == 5 and set(heard) == {"127.0.0.1"}, f"the daemons listen on {heard}")
        names = slurm.run("srun", "--ntasks-per-node=1", "-N4", "hostname").split()
        pel.check(sorted(names) == ["n1", "n2", "n3", "n4"], f"nodes: {names}")
        job = slurm.submit("-N2", "--output", folder / "out", "--wrap", "exit 3")
        ended = slurm.wait(job, 20)
        pel.check((ended["JobState"], ended["ExitCode"]) == ("FAILED", "3:0"), f"ended as {ended}")
        slurm.script("node", "kill", "n2")
        slurm.script("node", "start", "n2")
        cluster.until(lambda: slurm.run("sinfo", "-h", "-t", "idle", "-o", "%D").split()[:1] == ["4"], 20, "n2 is idle")
        slurm.run("srun", "-N4", "true")
        spaces = namespaces_of(slurm.directory)
        pel.check(len(spaces) == 5 * 4, f"a rack and four nodes, each with namespaces for mounts, processes ...: {spaces}")
    expect_nothing_left(slurm.directory)
    cluster.until(lambda: not spaces & set(namespaces()), 5, "the end of its namespaces")


def listeners(slurm):
    """The addresses that the cluster's ports are open on."""
    first = int(slurm.environment["PEL_SLURM_PORT"])
    text = subprocess.run(["ss", "-Htln"], check=True, stdout=subprocess.PIPE, text=True).stdout
    places = [line.split()[3].rsplit(":", 1) for line in text.splitlines()]
    return [address for address, port in places if first <= int(port) < first + 5]


def slurm_on_hosts(folder):
    with cluster.Hosts(3) as hosts, cluster.Slurm(hosts) as slurm:
        names = slurm.run("srun", "--ntasks-per-node=1", "-N3", "hostname").split()
        pel.check(sorted(names) == ["h1", "h2", "h3"], f"nodes: {names}")
        slurm.script("down")
        left = {name for name in hosts.run("head", "ps", "-e", "-o", "comm=").split() if name.startswith(("slurm", "munge"))}
        pel.check(not left, f"left on the hosts: {left}")
        slurm.script("up", "--hosts")


CASES = {
    "hosts": {
        "hosts have a name, a network and processes of their own": hosts_are_apart,
        "cut, join, kill, off and boot do what they say": faults_are_faults,
        "a command ends with the one that ran it": killed_run_ends_its_command,
        "mpirun reaches all hosts": mpirun_reaches_all_hosts,
        "an up that fails leaves nothing, and no harm": failed_up_leaves_nothing,
    },
    "slurm": {
        "SLURM runs jobs on four nodes of one machine, and loses one": slurm_runs_jobs,
        "SLURM runs on the hosts": slurm_on_hosts,
        "clusters end with their owner, alone": keeper_ends_them,
    },
}

pel.main(CASES[sys.argv[1]])
