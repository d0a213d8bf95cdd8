#!/usr/bin/python3
"""What `pel` says and refuses before anything starts: job files, flags, print-config, names of runs; and small verbs."""

import json
import os
import pathlib
import time

from play import STAND_IN, check_nothing_left, link, manifest, pel, play, processes, run, starts, until

JOB = """app = "{app}"
run.ranks = 2
run.partitions = 8
stand_in.supersteps = 5
stand_in.every = 2
"""


def job_file(folder, text=JOB, name="job.toml"):
    (folder / name).write_text(text.format(app=STAND_IN))
    return name


def nothing_started(folder, outcome):
    pel.check(not (folder / "runs").exists(), f"a run directory was made: {outcome}")


def job_files(folder):
    pel.expect(run(folder, "run", job_file(folder)), 0)
    pel.check(starts(folder) == [(1, 2, -1)], f"{starts(folder)}")
    arguments = manifest(folder)["arguments"]
    pel.check(arguments == ["--supersteps=5", "--every=2", "--partitions=8"], f"{arguments}")
    pel.expect(run(folder, "run", "job.toml", "-n", 1, "--supersteps", 3), 0)
    pel.check(starts(folder) == [(1, 1, -1)] and "--supersteps=5" not in manifest(folder)["arguments"], "flags do not win")
    config = (folder / "runs/latest/config.toml").read_text()
    pel.check("run.ranks = 1" in config and "# flag -n" in config and "# job.toml:4" not in config, config)


def all_errors_at_once(folder):
    job_file(folder, JOB + 'run.rankz = 4\nrun.walltime = "soon"\n')
    outcome = run(folder, "run", "job.toml", "--superstep", 3, environment={"PEL_PARTITIONS": "two"})
    pel.expect(outcome, 78, 'job.toml:6: run.rankz: unknown key (did you mean "run.ranks"?)',
               "job.toml:7: run.walltime: expected a time", "PEL_PARTITIONS=two: expected a whole number",
               "--superstep: unknown option (did you mean --supersteps?)", "nothing was started", "exit 78")
    nothing_started(folder, outcome)


def wrong_flags(folder):
    for arguments, words in (([str(STAND_IN), "--superstep", 3], "did you mean --supersteps?"),
                             (["-n", "two", str(STAND_IN)], "expected a whole number"),
                             (["-n", 0, str(STAND_IN)], "from 1 on"),
                             (["-n", 9, str(STAND_IN)], "more ranks than partitions (8)"),
                             (["--rans", "2", str(STAND_IN)], "did you mean --ranks?"),
                             (["--host", "a", "--hostfile", "b", str(STAND_IN)], "not together"),
                             ([], ""), (["no_such_app"], "no app of that name"), (["./no_such_app"], "no program there"),
                             (["sh"], "is no program of PEL"), (["pagerankk"], "did you mean pagerank?")):
        outcome = run(folder, "run", *arguments)
        pel.expect(outcome, 64, words)
        nothing_started(folder, outcome)


def wrong_files(folder):
    pel.expect(run(folder, "run", "none.toml"), 66, "none.toml")
    pel.expect(run(folder, "run", job_file(folder, "run.ranks = 2\n")), 78, "app: is missing")
    pel.expect(run(folder, "run", job_file(folder, "app = {app}\n")), 78, "job.toml:1:")


def print_config(folder):
    job_file(folder)
    (folder / "site.toml").write_text("run.walltime = \"2h\"\nword_count.words = \"blank\"\n")
    outcome = run(folder, "run", "job.toml", "-n", 3, "--print-config",
                  environment={"PEL_SITE": folder / "site.toml", "PEL_PARTITIONS": "6"})
    pel.expect(outcome, 0)
    lines = {line.split(" = ")[0]: line for line in outcome.out.splitlines()}
    for key, value, origin in (("run.ranks", "3", "flag -n"), ("run.partitions", "6", "PEL_PARTITIONS"),
                               ("run.walltime", '"2h"', "site.toml:1"), ("stand_in.supersteps", '"5"', "job.toml:4"),
                               ("run.attempts", "3", "default")):
        line = lines[key]
        pel.check(line.startswith(f"{key} = {value} ") and line.endswith(origin), f"{key}: {line}")
    nothing_started(folder, outcome)
    (folder / "printed.toml").write_text(outcome.out.replace('"stand_in"', f'"{STAND_IN}"'))
    again = run(folder, "run", "printed.toml", "--print-config")
    pel.expect(again, 0)
    values = lambda text: [line.split("  #")[0].strip() for line in text.splitlines()]
    pel.check(values(again.out) == values(outcome.out), f"what it prints is not what it reads:\n{outcome.out}\n{again.out}")


def shipped_jobs(folder):
    for name in ("pagerank", "word_count"):
        outcome = run(folder, "run", str(pel.SOURCE / "jobs" / f"{name}.toml"), "--print-config")
        pel.expect(outcome, 0)
        pel.check(f'app = "{name}"' in outcome.out and "run.ranks = 4" in outcome.out, outcome.out)


def help_and_version(folder):
    for arguments, words in ((["--help"], "usage: pel VERB"), (["help"], "usage: pel VERB"), (["--version"], "PEL "),
                             (["run", "--help"], "--stall-timeout"), (["resume", "--help"], "--ranks"),
                             (["help", "run"], "--hostfile"), (["run", str(pel.app("pagerank")), "--help"], "--damping"),
                             (["drill", "--help"], "tears a file"), (["halt", "--help"], "--at-step")):
        outcome = run(folder, *arguments)
        pel.expect(outcome, 0)
        pel.check(words in outcome.out, f"no {words!r}: {outcome}")
    pel.expect(run(folder), 64)
    pel.expect(run(folder, "resum"), 64, "did you mean resume?")
    pel.expect(run(folder, "ckpt", "verfy"), 64, "did you mean verify?")
    table = run(folder, "help", "exit-codes").out
    for code in (0, 1, 64, 65, 66, 70, 71, 74, 75, 78):
        pel.check(any(line.split()[0] == str(code) for line in table.splitlines()), f"{code} is not in\n{table}")


def runs_by_name(folder):
    pel.expect(run(folder, "show"), 66, "there is no run yet")
    pel.expect(play(folder, "--supersteps", 3, ranks=1), 0)
    pel.expect(play(folder, "--supersteps", 4, ranks=1, pel_options=["--runs", "runs"]), 0)
    names = sorted(path.name for path in (folder / "runs").iterdir() if path.name != "latest")
    listing = run(folder, "ls").out
    pel.check(all(name in listing for name in names) and len(names) == 2, listing)
    for which in ([], [manifest(folder)["id"]], [f"runs/{manifest(folder)['id']}"]):
        shown = run(folder, "show", *which)
        pel.expect(shown, 0)
        pel.check("done, exit 0" in shown.out and "--supersteps 4" in shown.out, shown.out)
    pel.expect(run(folder, "show", "2026"), 66, "no run of that name")
    status = folder / "runs" / "latest" / "status.json"
    status.write_text(json.dumps({**json.loads(status.read_text()), "superstep": 7, "doing": "sort_by: sample"}))
    pel.check("7, then sort_by: sample" in run(folder, "show").out, run(folder, "show").out)


def resume_needs_a_checkpoint(folder):
    pel.expect(play(folder, "--supersteps", 1, ranks=1), 0)
    pel.expect(run(folder, "resume"), 65, "no usable checkpoint")
    pel.expect(run(folder, "resume", "-n", 9), 64, "from 1 to 8")


def run_goes_on(folder):
    """--resume=auto goes on in the unfinished run of the same command, and only there."""
    same = ["--action", "fail=70", "--at-superstep", 5, "--launches", 1]
    pel.expect(play(folder, *same), 70)
    first = manifest(folder)["id"]
    pel.expect(play(folder, *same, pel_options=["--resume=auto"]), 0)
    pel.check(manifest(folder)["id"] == first and len(starts(folder)) == 2, f"{starts(folder)}")
    pel.expect(play(folder, *same, pel_options=["--resume=auto"]), 70)  # that one is done
    pel.check(manifest(folder)["id"] != first, "a run that is done was gone on with")
    pel.expect(play(folder, "--supersteps", 3, pel_options=["--resume"]), 65, "no unfinished run")
    pel.expect(play(folder, "--supersteps", 3, pel_options=["--run-dir", "mine"]), 0)
    pel.expect(play(folder, "--supersteps", 3, pel_options=["--run-dir", "mine"]), 78, "holds a run already")
    pel.check((folder / "mine/manifest.json").exists(), "no run in its directory")


def checkpoint_verbs(folder):
    pel.expect(play(folder, "--supersteps", 8, ranks=1), 0)
    listing = run(folder, "ckpt", "ls").out
    pel.check([line.split()[1] for line in listing.splitlines()] == ["7", "5", "3", "1"], listing)
    pel.expect(run(folder, "ckpt", "verify", "runs/latest/ckpt"), 65)  # the stand-in's are empty
    pel.expect(run(folder, "ckpt", "prune", "--keep", "2"), 0)
    left = sorted(path.name for path in (folder / "runs/latest/ckpt").glob("epoch-*"))
    pel.check(left == ["epoch-000000005", "epoch-000000007"], f"{left}")


def checkpoints_that_go(folder):
    """A running job lets old epochs go: those that go between the listing and the reading are no damage."""
    pel.expect(pel.run(pel.app("tides"), "--checkpoint-dir", "ckpt", "--checkpoint-every", 2, "--checkpoint-keep", 3,
                       "--checkpoint-mode", "sync", folder=folder), 0)
    epochs = sorted((folder / "ckpt").glob("epoch-*"))
    gate = epochs[2] / "MANIFEST.json"  # the newest is read first, and waits here for someone to write
    gate.unlink()
    os.mkfifo(gate)

    def meanwhile():
        until(lambda: sleeps(folder), "pel ckpt verify at the newest epoch")
        for epoch in epochs[1:]:
            epoch.rename(epoch.with_name(epoch.name.replace("epoch-", "trash-")))
        (folder / "ckpt" / epochs[2].name.replace("epoch-", "trash-") / "MANIFEST.json").write_text("")
    outcome = pel.expect(run(folder, "ckpt", "verify", "ckpt", meanwhile=meanwhile), 0)
    lines = outcome.out.splitlines()
    pel.check(len(lines) == 1 and lines[0].endswith("good"), f"{lines}")


def what_else_is_there(folder):
    """Checkpoints that no restart uses are listed with their reason; a damaged index is a warning, as no restart reads it."""
    pel.expect(pel.run(pel.app("tides"), "--checkpoint-dir", "ckpt", "--checkpoint-every", 2, "--checkpoint-keep", 3,
                       "--checkpoint-mode", "sync", folder=folder), 0)
    oldest, middle, newest = sorted((folder / "ckpt").glob("epoch-*"))
    oldest.rename(folder / "ckpt/old-000000005")
    middle.rename(folder / "ckpt/bad-000000007-digest-2")
    pel.check(run(folder, "ckpt", "verify", "ckpt").out.rstrip().endswith("good"), "a good checkpoint")
    lines = run(folder, "ckpt", "ls", "ckpt").out.splitlines()
    pel.check(len(lines) == 3 and [line.split()[1] for line in lines] == ["9", "7", "5"], f"{lines}")
    pel.check("bad-000000007-digest-2: not used: bytes have changed" in lines[1], lines[1])
    pel.check("old-000000005: not used: put by" in lines[2], lines[2])
    os.truncate(newest / "index.h5", 10)
    outcome = pel.expect(run(folder, "ckpt", "verify", "ckpt"), 0)
    pel.check("good" in outcome.out and f"warning: ckpt/{newest.name}/index.h5" in outcome.out, f"{outcome}")


def sleeps(folder):
    """Whether the `pel ckpt verify` of this folder is there and does nothing for a while."""
    pids = [pid for pid in processes("ckpt verify") if link(pid, "cwd") == str(folder)]
    for _ in range(5):
        if not any("State:\tS" in pathlib.Path(f"/proc/{pid}/status").read_text() for pid in pids):
            return False
        time.sleep(0.02)
    return True


def read_only_place(folder):
    (folder / "file").write_text("")
    pel.expect(play(folder, pel_options=["--runs", "file/runs"]), 74, "file/runs")


CASES = {
    "a job file says what is run, and flags win": job_files,
    "all errors are told at once": all_errors_at_once,
    "wrong flags alone are a usage error": wrong_flags,
    "a job file that cannot be used is refused": wrong_files,
    "print-config says where each setting is from, and can be read again": print_config,
    "the job files that come with PEL are right": shipped_jobs,
    "help, version and exit codes": help_and_version,
    "runs are listed, shown and found by name": runs_by_name,
    "resume without a checkpoint is refused": resume_needs_a_checkpoint,
    "run --resume=auto goes on with an unfinished run": run_goes_on,
    "checkpoints are listed, checked and pruned": checkpoint_verbs,
    "checkpoints that a job lets go meanwhile are no damage": checkpoints_that_go,
    "checkpoints that no restart uses are listed, and an index is looked at": what_else_is_there,
    "a place where no run can be made is a failed write": read_only_place,
}

if __name__ == "__main__":
    pel.main(CASES)
