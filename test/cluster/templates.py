#!/usr/bin/python3
"""The batch scripts that are shipped: the template filled in, as their job files say, and accepted by sbatch."""

import pathlib
import re
import subprocess
import sys
import tomllib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import cluster
import pel_test as pel

TEMPLATES = cluster.CLUSTER / "templates"
JOBS = pel.SOURCE / "jobs"


def values_in(script, template):
    """What a shipped script has where the template has names; a failure if it is not the template otherwise."""
    seen, parts = set(), []
    for part in re.split(r"(@[A-Z_]+@)", template):
        name = part.strip("@")
        if not re.fullmatch(r"@[A-Z_]+@", part):
            parts.append(re.escape(part))
        else:
            parts.append(f"(?P={name})" if name in seen else f"(?P<{name}>\\S+?)")
            seen.add(name)
    match = re.fullmatch("".join(parts), script)
    pel.check(match is not None, "the script is not the template filled in")
    return match.groupdict()


def fill(template, values, code=0):
    command = [str(TEMPLATES / "fill"), template, *(f"{name}={value}" for name, value in values.items())]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=10)
    pel.check(done.returncode == code, f"{command}: exit code {done.returncode}\n{done.stderr}")
    return done.stdout


def seconds(text):
    """Of a time as SLURM or a job file has it: 1:30:00, 90min, 2h."""
    if ":" in text:
        hours, minutes, rest = (int(part) for part in text.split(":"))
        return (hours * 60 + minutes) * 60 + rest
    number, unit = re.fullmatch(r"(\d+)(s|m|min|h)", text).groups()
    return int(number) * {"s": 1, "m": 60, "min": 60, "h": 3600}[unit]


def shipped_is_filled(folder):
    template = (TEMPLATES / "pel.sbatch").read_text()
    scripts = sorted(JOBS.glob("*.sbatch"))
    pel.check([script.stem for script in scripts] == ["pagerank", "word_count"], f"shipped: {scripts}")
    for script in scripts:
        values = values_in(script.read_text(), template)
        pel.check(fill("pel.sbatch", values) == script.read_text(), f"{script} is not what fill makes of {values}")
        pel.check(values["SCRIPT"] == f"jobs/{script.name}" and values["JOB"] == f"jobs/{script.stem}.toml", f"{values}")


def shipped_is_the_job(folder):
    for job in sorted(JOBS.glob("*.toml")):
        settings = tomllib.loads(job.read_text())
        values = values_in(job.with_suffix(".sbatch").read_text(), (TEMPLATES / "pel.sbatch").read_text())
        pel.check(values["APP"] == settings["app"], f"{job}: another app than {values}")
        run = settings.get("run", {})
        ranks = int(values["NODES"]) * int(values["RANKS_PER_NODE"])
        pel.check(run.get("ranks", ranks) == ranks, f"{job}: {run['ranks']} ranks, and the script has {ranks}")
        if "walltime" in run:
            pel.check(seconds(run["walltime"]) == seconds(values["TIME"]), f"{job}: another time than {values['TIME']}")


def fill_wants_all_names(folder):
    fill("pel.sbatch", {"APP": "pagerank"}, code=64)
    fill("pel.sbatch", {"SHOE": "4"}, code=64)


def sbatch_accepts(folder):
    values = {"APP": "pagerank", "JOB": "jobs/pagerank.toml", "SCRIPT": "sweep.sbatch", "NODES": 2,
              "RANKS_PER_NODE": 2, "TIME": "0:10:00"}
    sweep = folder / "sweep.sbatch"
    sweep.write_text(fill("pel-array.sbatch", {**values}))
    with cluster.Slurm() as slurm:
        for script in [*sorted(JOBS.glob("*.sbatch")), sweep]:
            slurm.run("sbatch", "--test-only", script)


def array_tasks_have_their_flags(folder):
    """With a stand-in for pel, which says how it was called."""
    values = {"APP": "pagerank", "JOB": "a.toml", "SCRIPT": "sweep.sbatch", "NODES": 1, "RANKS_PER_NODE": 1,
              "TIME": "0:10:00"}
    sweep, flags, stand_in = folder / "sweep.sbatch", folder / "flags", folder / "pel"
    sweep.write_text(fill("pel-array.sbatch", values))
    flags.write_text("--damping=0.5\n--damping=0.9 --iterations=3\n")
    stand_in.write_text("#!/bin/sh\necho \"$@\"\n")
    stand_in.chmod(0o755)
    with cluster.Slurm(nodes=2) as slurm:
        slurm.environment["PEL"] = str(stand_in)
        job = slurm.submit("--array=1-2", "--chdir", folder, sweep, flags)
        outputs = [folder / f"pagerank-{job}-{task}.out" for task in (1, 2)]
        cluster.until(lambda: all(out.exists() and out.read_text() for out in outputs), 20, "output of both tasks")
        told = [out.read_text().split() for out in outputs]
        pel.check(told[0][-2:] == ["--damping=0.5", "--requeue"], f"{told[0]}")
        pel.check(told[1][-3:] == ["--damping=0.9", "--iterations=3", "--requeue"], f"{told[1]}")
        pel.check(f"--run-dir=runs/pagerank-{job}-2" in told[1], f"{told[1]}")


def chain_goes_on_and_ends(folder):
    """Three links: the first is stopped with 75, the second is done, the third is never started."""
    script, run = folder / "job.sbatch", folder / "run"
    script.write_text('#!/bin/sh\necho "$SLURM_JOB_ID" >>"$PEL_RUN_DIR"\n[ "$(wc -l <"$PEL_RUN_DIR")" -ge 2 ] || exit 75\n')
    with cluster.Slurm(nodes=1) as slurm:
        jobs = slurm.run(TEMPLATES / "chain", "3", run, "--output", folder / "%j.out", script).split()
        pel.check(len(jobs) == 3, f"jobs: {jobs}")
        ends = [slurm.wait(job, 30) for job in jobs]
        states = [(end["JobState"], end["ExitCode"]) for end in ends]
        pel.check(states[:2] == [("FAILED", "75:0"), ("COMPLETED", "0:0")] and states[2][0] == "CANCELLED", f"{states}")
        pel.check(run.read_text().split() == jobs[:2], f"ran: {run.read_text()}")


CASES = {
    "sources": {
        "the shipped scripts are the template filled in": shipped_is_filled,
        "the shipped scripts say what their job files say": shipped_is_the_job,
        "a template wants all its names and no others": fill_wants_all_names,
    },
    "slurm": {
        "sbatch accepts what is shipped": sbatch_accepts,
        "each task of a sweep has its flags": array_tasks_have_their_flags,
        "a chain goes on after 75 and ends with the job": chain_goes_on_and_ends,
    },
}

pel.main(CASES[sys.argv[1]])
