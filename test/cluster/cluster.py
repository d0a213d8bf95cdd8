"""What the tests on clusters share: hosts and a SLURM cluster that do not outlive their test, and waiting with a limit."""

import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import pel_test as pel

CLUSTER = pel.SOURCE / "cluster"
NAMESPACES = ["unshare", "nsenter", "setpriv", "ip", "tc"]
SLURM = ["munged", "slurmctld", "slurmd", "sbatch", "srun", "scontrol"]
LIMIT = 60  # seconds that a command on a cluster may take


def need(tools):
    """Skips the case where the machine has not what the clusters need."""
    if os.geteuid() != 0:
        pel.skip("namespaces need root")
    missing = [tool for tool in tools if shutil.which(tool) is None and not pathlib.Path("/usr/sbin", tool).exists()]
    if missing:
        pel.skip(f"missing programs: {' '.join(missing)}; scripts/setup --test installs them")
    if subprocess.run(["unshare", "--mount", "--uts", "--pid", "--net", "--fork", "true"], stderr=subprocess.DEVNULL,
                      timeout=LIMIT).returncode != 0:
        pel.skip("this machine does not let root make namespaces (a container without privileges)")


def until(holds, limit, what):
    """Waits until holds() gives something, and returns that and the seconds it took. No loop without a limit."""
    started = time.monotonic()
    while not (result := holds()):
        pel.check(time.monotonic() - started < limit, f"not within {limit} s: {what}")
        time.sleep(0.05)
    return result, time.monotonic() - started


class Cluster:
    """A cluster in a directory of its own; as a context it is gone afterwards, and a keeper ends it if this process dies."""

    def __init__(self, kind, environment):
        self.kind = kind
        self.home = pathlib.Path(tempfile.mkdtemp(prefix=f"pel-{kind}."))
        self.directory = self.home / "c"
        self.environment = {**os.environ, **environment, "PATH": os.environ["PATH"] + ":/usr/sbin:/sbin",
                            f"PEL_{kind.upper()}_DIR": str(self.directory),
                            f"PEL_{kind.upper()}_OWNER": str(os.getpid())}

    def script(self, name, *arguments, code=0):
        """Runs a script of the cluster's folder; what it printed."""
        command = [str(CLUSTER / self.kind / name), *map(str, arguments)]
        done = subprocess.run(command, env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, errors="replace", timeout=LIMIT + 10)
        pel.check(code is None or done.returncode == code, f"{' '.join(command)}: exit code {done.returncode}\n{done.stdout}")
        return done.stdout

    def up(self, *arguments):
        self.script("up", *arguments)

    def logs(self):
        """The ends of its logs, for a failure's text."""
        parts = []
        for log in sorted((self.directory / "log").glob("*")):
            parts += [f"--- {log.name}", *log.read_text(errors="replace").splitlines()[-5:]]
        return "\n".join(parts)

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        if isinstance(error, pel.Failure):
            error.args = (f"{error}\n{self.logs()}",)
        self.script("down")
        shutil.rmtree(self.home, ignore_errors=True)


class Hosts(Cluster):
    """head and h1 to hN."""

    def __init__(self, count=4):
        need(NAMESPACES)
        super().__init__("hosts", {"PEL_HOSTS_COUNT": str(count)})

    def __enter__(self):
        self.up()
        return self

    def fault(self, what, host):
        self.script("fault", what, host)

    def command(self, host, *words):
        return [str(CLUSTER / "hosts" / "run"), host, *map(str, words)]

    def run(self, host, *words, code=0):
        return self.script("run", host, *words, code=code)

    def start(self, host, *words, **options):
        """A process on a host, in the background; stop() ends it."""
        return subprocess.Popen(self.command(host, *words), env=self.environment, stdin=subprocess.DEVNULL, text=True,
                                errors="replace", **options)

    def processes(self, host, program):
        """The ids, on that host, of the processes that run a program."""
        found = []
        for line in self.run(host, "ps", "-eo", "pid=,stat=,args=").splitlines():
            pid, state, *arguments = line.split()
            if arguments and pathlib.PurePath(arguments[0]).name == program and not state.startswith("Z"):
                found.append(int(pid))
        return found


class Slurm(Cluster):
    """A SLURM cluster, on loopback or on hosts that are up."""

    def __init__(self, hosts=None, nodes=4):
        need(NAMESPACES + SLURM)
        super().__init__("slurm", {"PEL_SLURM_NODES": str(nodes), "PEL_SLURM_PORT": str(free_ports(nodes + 1))})
        self.hosts = hosts
        if hosts is not None:
            self.environment["PEL_HOSTS_DIR"] = str(hosts.directory)

    def __enter__(self):
        self.up(*(["--hosts"] if self.hosts is not None else []))
        return self

    def run(self, *words, code=0):
        return self.script("run", *words, code=code)

    def submit(self, *words):
        """The number of a job given to sbatch."""
        return self.run("sbatch", "--parsable", *words).splitlines()[-1].split(";")[0]

    def field(self, job, name):
        """A field of `scontrol show job`, "" where the job is not known (any more)."""
        match = re.search(rf"\b{name}=(\S*)", self.run("scontrol", "show", "job", job, code=None))
        return match[1] if match else ""

    def endings(self, job):
        """How a job ended, each time that it did: fields of the lines in the file of ended jobs."""
        log = self.directory / "log" / "jobs"
        lines = log.read_text().splitlines() if log.exists() else []
        fields = [dict(field.split("=", 1) for field in line.split() if "=" in field) for line in lines]
        return [field for field in fields if field.get("JobId") == str(job)]

    def wait(self, job, limit, states=("COMPLETED", "FAILED", "TIMEOUT", "CANCELLED", "OUT_OF_MEMORY", "DEADLINE")):
        """Waits until a job ended for good; the fields of that end. Being sent back into the queue is no such end."""
        def ended():
            return [field for field in self.endings(job) if field["JobState"] in states]
        return until(ended, limit, f"the end of job {job}: {self.field(job, 'JobState')}")[0][-1]


def free_ports(count):
    """The first of so many ports of this machine that nobody uses, below those that the system hands out."""
    for first in range(17000 + os.getpid() % 400 * 20, 32000, 20):
        try:
            for port in range(first, first + count):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", port))
            return first
        except OSError:
            continue
    raise pel.Failure(f"no {count} free ports")
