"""The job of these tests, PageRank of a small graph made slow, and what can be seen of it from outside while it runs."""

import contextlib
import functools
import json
import pathlib
import re
import struct
import subprocess
import tempfile

import cluster
import pel_test as pel

# All supersteps of these tests change its answer (test/launch/real_jobs.py sees to that).
GRAPH = ["--graph", "grid:rows=40,columns=40", "--undirected", "--damping", "0.99"]
SLOW = "point=superstep,partition=0,action=delay=0.2s"
BEAT = struct.Struct("<QQQqiIII16s")  # framework/store: the heartbeat of a rank
SHOWN = re.search(r"`sbatch ([\w./]+)`", (pel.SOURCE / "README.md").read_text()).group(1)  # the script of README.md
AT_WORK = (2, 3, 4)  # phases of a rank: compute, exchange, checkpoint


def arguments(iterations):
    return [*GRAPH, "--iterations", str(iterations), "--checkpoint-every", "2"]


@functools.cache
def undisturbed(iterations):
    """The digest of the job without faults, on one rank."""
    with tempfile.TemporaryDirectory(dir=pel.SCRATCH) as folder:
        summary = pathlib.Path(folder) / "summary.json"
        command = [pel.app("pagerank"), *GRAPH, "--iterations", iterations, "--checkpoint-every", "off"]
        pel.expect(pel.run(*command, "--summary", summary, folder=folder), 0)
        return pel.digest(summary)


def expect_same(summary, iterations):
    found = pel.summary(summary)
    wanted = undisturbed(iterations)
    pel.check(found["digest"] == wanted, f"another answer: {found}; undisturbed: {wanted}")
    return found


class RunDirectory:
    """What a job writes of itself."""

    def __init__(self, path):
        self.path = pathlib.Path(path)

    def status(self):
        with contextlib.suppress(OSError, json.JSONDecodeError):
            return json.loads((self.path / "status.json").read_text())
        return {"incarnation": 0, "state": "", "superstep": -1, "checkpoint": -1}

    def beats(self):
        """(incarnation, superstep, phase) of each rank."""
        with contextlib.suppress(OSError):
            content = (self.path / "heartbeat").read_bytes()
            whole = content[:len(content) // BEAT.size * BEAT.size]
            return [(beat[0], beat[3], beat[5]) for beat in BEAT.iter_unpack(whole)]
        return []

    def superstep(self):
        return max((superstep for _, superstep, _ in self.beats()), default=-1)

    def incarnation(self):
        return max((incarnation for incarnation, _, _ in self.beats()), default=0)

    def reach(self, superstep, limit=30):
        """Waits until the job got this far; what its status then says."""
        cluster.until(lambda: self.status()["superstep"] >= superstep, limit, f"superstep {superstep}: {self.tell()}")
        return self.status()

    def works_again(self, before, limit):
        """Seconds until a launch after the one of `before` has its state back, or is seen to compute."""
        def works():
            status = self.status()
            restored = status["incarnation"] > before["incarnation"] and status["resumed_from"] >= 0
            return restored or any(incarnation > before["incarnation"] and phase in AT_WORK
                                   for incarnation, _, phase in self.beats())
        return cluster.until(works, limit, f"work goes on; before: {before}, {self.tell()}")[1]

    def epochs(self):
        """Each committed checkpoint with its files: names, sizes, times."""
        found = {}
        for file in sorted((self.path / "ckpt").glob("epoch-*/*")):
            with contextlib.suppress(OSError):
                found[str(file.relative_to(self.path))] = (file.stat().st_size, file.stat().st_mtime_ns)
        return found

    def events(self):
        with contextlib.suppress(OSError):
            return (self.path / "events.jsonl").read_text()
        return ""

    def tell(self):
        return f"status {self.status()}, beats {self.beats()}, events {self.events()}"


class OnHosts(RunDirectory):
    """The job under `pel run` on head, two ranks a host; as a context it does not outlive it."""

    def __init__(self, hosts, folder, iterations, fault=SLOW, names=("h1", "h2", "h3", "h4"), app="pagerank",
                 flags=()):
        super().__init__(folder / "run")
        self.hosts, self.iterations, self.fault = hosts, iterations, fault
        self.summary, self.output = folder / "summary.json", folder / "output.txt"
        self.command = [pel.app("pel"), "run", str(app), "-n", str(2 * len(names)), "--run-dir", str(self.path),
                        "--host", ",".join(f"{name}:2" for name in names), *arguments(iterations),
                        *flags, "--summary", str(self.summary)]
        self.process = None

    def __enter__(self):
        self.hosts.environment["PEL_FAULT"] = self.fault
        with self.output.open("w") as output:
            self.process = self.hosts.start("head", *self.command, stdout=output, stderr=subprocess.STDOUT)
        self.hosts.environment.pop("PEL_FAULT")
        return self

    def __exit__(self, kind, error, trace):
        self.process.kill()
        self.process.wait(10)
        if isinstance(error, pel.Failure):
            error.args = (f"{error}\n{self.tell()}\n{self.output.read_text(errors='replace')[-3000:]}",)

    def end(self, limit=60):
        """Waits for the end; the summary of a job that must have the undisturbed answer."""
        code = cluster.until(lambda: None if self.process.poll() is None else str(self.process.returncode), limit,
                             f"the end: {self.tell()}")[0]
        pel.check(code == "0", f"pel run ended with {code}")
        return expect_same(self.summary, self.iterations)


class InSlurm(RunDirectory):
    """A shipped batch script, submitted with flags."""

    def __init__(self, slurm, folder, *flags, options=(), script=SHOWN, fault=SLOW, launcher="srun", program=None):
        super().__init__(folder / "run")
        self.slurm = slurm
        self.summary, self.output = folder / "summary.json", folder / "output.txt"
        slurm.environment.update(PEL=program or pel.app("pel"), PEL_RUN_DIR=str(self.path), PEL_LAUNCHER=launcher)
        if fault:
            slurm.environment["PEL_FAULT"] = fault
        self.job = slurm.submit("--chdir", pel.SOURCE, "--output", self.output, *options, pel.SOURCE / script, *flags,
                                "--summary", self.summary)

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        if isinstance(error, pel.Failure):
            told = self.output.read_text(errors="replace")[-3000:] if self.output.exists() else "no output"
            error.args = (f"{error}\n{self.tell()}\n{told}",)

    def end(self, limit, state="COMPLETED", code=0):
        """Waits for the job's end for good, which must be this one."""
        ended = self.slurm.wait(self.job, limit)
        pel.check((ended["JobState"], ended["ExitCode"]) == (state, f"{code}:0"), f"ended as {ended}")
        return ended

    def restarts(self):
        return int(self.slurm.field(self.job, "Restarts"))
