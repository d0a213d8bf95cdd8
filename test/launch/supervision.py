#!/usr/bin/python3
"""`pel run` brings a job to its end: relaunches, gives up, notices stops and hangs, passes signals on, leaves nothing."""

import os
import shutil
import signal
import time

from play import ALLOWANCE, STAND_IN, at_superstep, check_nothing_left, events, link, manifest, pel, play, processes, run, starts, status, until


def done(folder):
    pel.expect(play(folder, "--supersteps", 4), 0, "done in")
    pel.check(starts(folder) == [(1, 2, -1)] and manifest(folder)["state"] == "done", f"{starts(folder)}")
    pel.check(not events(folder, "incident"), "an incident in a job without one")
    check_nothing_left(folder)


def killed_once(folder):
    for name, code in (("kill", 9), ("segv", 11)):
        where = folder / name
        where.mkdir()
        outcome = play(where, "--action", name, "--at-rank", 1, "--at-superstep", 5, "--launches", 1)
        pel.expect(outcome, 0, f"rank 1 ({os.uname().nodename[:16]}) was killed by signal {code} ", "again from checkpoint")
        pel.check("mpirun noticed" not in outcome.err, f"mpirun's banner is not in its log: {outcome}")
        pel.check("mpirun noticed" in (where / "runs/latest/log/mpirun.txt").read_text(), "no banner in log/mpirun.txt")
        pel.check([start[0] for start in starts(where)] == [1, 2], f"starts {starts(where)}")
        pel.check(starts(where)[1][2] in (3, 5), f"starts {starts(where)}")
        incident, = events(where, "incident")
        pel.check(incident["code"] == 128 + code and incident["rank"] == 1 and incident["relaunch"], f"{incident}")
        check_nothing_left(where)


def no_outcome(folder):
    """0, 1 and 75 prove nothing."""
    def one(code):
        where = folder / str(code)
        where.mkdir()
        outcome = play(where, "--action", f"exit={code}", "--at-superstep", 2, "--launches", 1, "--every", 20, ranks=1)
        pel.expect(outcome, 0, "ended without saying how", "starting again afresh")
    pel.at_once(one, [0, 1, 75])


def never_again(folder):
    def one(code):
        where = folder / f"{code}"
        where.mkdir()
        outcome = play(where, "--action", f"fail={code}", "--at-superstep", 2)
        pel.expect(outcome, code)
        pel.check(len(starts(where)) == 1 and manifest(where)["exit_code"] == code, f"code {code}: {starts(where)}")
    pel.at_once(one, [1, 64, 65, 66, 70, 74, 78, 138])


def out_of_time(folder):
    """What dies after the wall-clock limit is not launched again."""
    outcome = play(folder, "--action", "kill", "--at-superstep", 41, "--supersteps", 60, pel_options=["--walltime", "1s"])
    pel.expect(outcome, 137, "there is no time left to start again", "saved     checkpoint 39")
    pel.check(len(starts(folder)) == 1, f"{starts(folder)}")


def dies_after_halt(folder):
    """A rank dies after `pel halt`: that was the last launch. A request that is not due yet ends nothing."""
    def halted(where, *options):
        def meanwhile():
            at_superstep(where, 3)
            pel.expect(run(where, "halt", *options), 0)
        return play(where, "--action", "kill", "--at-superstep", 101, "--launches", 1, "--supersteps", 120, meanwhile=meanwhile)
    for name in ("now", "later"):
        (folder / name).mkdir()
    pel.expect(halted(folder / "now"), 137, "saved     checkpoint", "next      pel resume")
    pel.check(len(starts(folder / "now")) == 1, f"{starts(folder / 'now')}")
    pel.expect(halted(folder / "later", "--at-step", 1000), 0, "starting again from checkpoint")


def named_run(folder):
    """A run with a name has its checkpoints in a folder of its own, and they count."""
    outcome = play(folder, "--run", "sort", "--action", "segv", "--at-superstep", 4)
    pel.expect(outcome, 139, "starting again from checkpoint 3 of run sort", "saved     checkpoint 3 of run sort")
    pel.check(len(starts(folder)) == 4, f"the first launch has progress, then three: {starts(folder)}")
    pel.check("checkpoint 3 of run sort" in run(folder, "show").out, "pel show does not see it")
    listing = run(folder, "ckpt", "ls")
    pel.expect(listing, 65)  # the stand-in's are empty
    pel.check(listing.out.startswith("run sort\nsuperstep 3 "), listing.out)
    pel.expect(run(folder, "ckpt", "verify"), 65)
    pel.expect(run(folder, "ckpt", "prune", "--keep", 1), 0)
    left = sorted(path.name for path in (folder / "runs/latest/ckpt/sort").iterdir())
    pel.check(left == ["epoch-000000003"], f"{left}")


def named_run_resumed(folder):
    def stopped_at(superstep, launch):
        until(lambda: len(starts(folder)) == launch, "a start")
        at_superstep(folder, superstep)
        pel_of(folder, signal.SIGINT)
    outcome = play(folder, "--run", "sort", "--supersteps", 1000, meanwhile=lambda: stopped_at(3, 1))
    first = status(folder)["checkpoint"]
    pel.expect(outcome, 75, f", checkpoint {first} of run sort, exit 75")
    pel.expect(run(folder, "resume", meanwhile=lambda: stopped_at(first + 3, 2)), 75)
    pel.check(starts(folder)[1][2] == first, f"{starts(folder)}, checkpoint {first}")


def where_before_the_start(folder):
    """USR2 before the ranks are there waits for them: mpirun would die of it."""
    def meanwhile():
        until(lambda: [pid for pid in processes(f"--run-dir={folder}") if "orterun" in link(pid, "exe")],
              "mpirun")
        pel_of(folder, signal.SIGUSR2)
    outcome = play(folder, "--late", 1, meanwhile=meanwhile)
    pel.expect(outcome, 0, "rank 0 is in superstep", "rank 1 is in superstep")
    pel.check(len(starts(folder)) == 1, f"launched again: {outcome}")


def run_that_loses_its_files(folder):
    """What the launcher cannot write about a run does not decide what the run ends with."""
    def meanwhile():
        at_superstep(folder, 3)
        events_file = folder / "runs/latest/events.jsonl"
        events_file.unlink()
        events_file.mkdir()
    outcome = play(folder, "--action", "kill", "--at-superstep", 10, "--launches", 1, "--supersteps", 14,
                   meanwhile=meanwhile)
    pel.expect(outcome, 0, "warning: the run's own files", "starting again")
    pel.check(manifest(folder)["state"] == "done" and len(starts(folder)) == 2, f"{manifest(folder)}")


def gives_up(folder):
    outcome = play(folder, "--action", "segv", "--at-superstep", 4)
    pel.expect(outcome, 139, "error: rank 0", "signal 11 (Segmentation fault)", "launches without a newer checkpoint",
               "saved     checkpoint", "next      pel resume runs/", "exit 139")
    # The first launch has progress; three more have none.
    pel.check(len(starts(folder)) == 4, f"starts {starts(folder)}")
    pel.check(manifest(folder)["state"] == "failed" and manifest(folder)["exit_code"] == 139, f"{manifest(folder)}")


def gives_up_in_between(folder):
    """A stop that is asked for while the launcher waits."""
    def meanwhile():
        until(lambda: len(events(folder, "incident")) == 2, "two incidents")
        pel_of(folder, signal.SIGINT)
    outcome = play(folder, "--action", "kill", "--at-superstep", 0, meanwhile=meanwhile)
    pel.expect(outcome, 130, "stopped between two launches, without a checkpoint")


def pel_of(folder, number):
    """Sends a signal to the launcher whose working directory this is."""
    for pid in processes("pel run") + processes("pel resume"):
        if link(pid, "cwd") == str(folder) and link(pid, "exe") == pel.app("pel"):
            os.kill(pid, number)
            return
    raise pel.Failure("pel is not there")


def ranks_of(folder):
    return [pid for pid in processes(f"--run-dir={folder}") if "stand_in" in link(pid, "exe")]


def stopped_rank(folder):
    times = {}

    def meanwhile():
        at_superstep(folder, 3)
        os.kill(sorted(ranks_of(folder))[-1], signal.SIGSTOP)
        times["stop"] = time.monotonic()
        until(lambda: len(starts(folder)) == 2, "a second launch")
        times["again"] = time.monotonic()
    outcome = play(folder, "--supersteps", 30, "--seconds", 0.1, meanwhile=meanwhile)
    pel.expect(outcome, 0, " was stopped in", "starting again from checkpoint")
    took = times["again"] - times["stop"]
    pel.check(took < 5 + ALLOWANCE, f"{took:.1f} s from the stop to the next launch")
    print(f"a stopped rank: {took:.2f} s until it is launched again")
    check_nothing_left(folder)


def hang(folder):
    outcome = play(folder, "--action", "hang", "--at-superstep", 3, "--launches", 1, "--supersteps", 6, ranks=1,
                   pel_options=["--stall-timeout", "2s"])
    pel.expect(outcome, 0, "no rank made progress for", "rank 0 is in superstep 3", "starting again")


def hang_for_ever(folder):
    outcome = play(folder, "--action", "hang", "--at-superstep", 0, "--supersteps", 6, ranks=1,
                   pel_options=["--stall-timeout", "1s"])
    pel.expect(outcome, 71, "error: no rank made progress")
    pel.check(len(starts(folder)) == 2, f"starts {starts(folder)}")


def asked_to_stop(folder):
    for number in (signal.SIGUSR1, signal.SIGINT, signal.SIGTERM):
        where = folder / str(int(number))
        where.mkdir()

        def meanwhile():
            at_superstep(where, 3)
            pel_of(where, number)
        outcome = play(where, "--supersteps", 1000, "--every", 500, meanwhile=meanwhile)
        pel.expect(outcome, 75, "stopped on purpose", "Continue with:  pel resume runs/")
        pel.check(status(where)["state"] == "stopped", f"{status(where)}")
        check_nothing_left(where)
    first = status(where)["checkpoint"]
    pel.expect(run(where, "halt"), 64, "is not running")
    outcome = run(where, "resume", "-n", "3", meanwhile=lambda: (until(lambda: len(starts(where)) == 2, "start"),
                                                                 at_superstep(where, first + 3),
                                                                 pel_of(where, signal.SIGINT)))
    pel.expect(outcome, 75)
    pel.check(starts(where)[1] == (2, 3, first), f"{starts(where)}, checkpoint {first}")


def stopped_twice(folder):
    """The stand-in does not end while it hangs: a second signal ends it."""
    def meanwhile():
        until(lambda: starts(folder), "a start")
        until(lambda: len(ranks_of(folder)) == 1, "a rank")
        at_superstep(folder, 1)
        pel_of(folder, signal.SIGINT)
        until(lambda: "stop" not in status(folder)["state"], "a first signal")
        time.sleep(0.5)  # so that the two are not one
        pel_of(folder, signal.SIGINT)
    outcome = play(folder, "--action", "hang", "--at-superstep", 2, ranks=1, meanwhile=meanwhile)
    pel.check(outcome.code not in (0, 75), f"{outcome}")
    pel.check(len(starts(folder)) == 1, f"launched again after a stop was asked for: {outcome}")
    check_nothing_left(folder)


def launcher_dies(folder):
    """kill -9 of pel ends mpirun, and that its ranks; the next launch need not wait."""
    def meanwhile():
        at_superstep(folder, 3)
        pel_of(folder, signal.SIGKILL)
    pel.check(play(folder, "--supersteps", 1000, meanwhile=meanwhile).code == -9, "pel has survived kill -9")
    until(lambda: not ranks_of(folder), "the ranks' end")
    pel.expect(run(folder, "halt"), 64, "is not running: its launcher has died")
    shown, listed = run(folder, "show"), run(folder, "ls")
    pel.check("died: its launcher was killed" in shown.out and "next      pel resume" in shown.out, f"{shown}")
    pel.check(" died " in listed.out and "running" not in listed.out, f"{listed}")
    pel.expect(run(folder, "resume", meanwhile=lambda: (until(lambda: len(starts(folder)) == 2, "start"),
                                                        pel_of(folder, signal.SIGINT))), 75)


def mpirun_dies(folder):
    def meanwhile():
        at_superstep(folder, 3)
        os.kill([pid for pid in processes(f"--run-dir={folder}") if "mpirun" in link(pid, "exe")
                 or "orterun" in link(pid, "exe")][0], signal.SIGKILL)
    pel.expect(play(folder, "--supersteps", 40, meanwhile=meanwhile), 0, "starting again from checkpoint")
    pel.check(len(starts(folder)) == 2, f"{starts(folder)}")
    check_nothing_left(folder)


def directory_in_use(folder):
    def meanwhile():
        at_superstep(folder, 3)
        config = (folder / "runs/latest/config.toml").read_text()
        second = run(folder, "resume")
        pel.expect(second, 78, "in use by process", "exit 78")
        second = play(folder, "--supersteps", 40, ranks=1, pel_options=["--resume=auto"])
        pel.expect(second, 78, "in use by process", "exit 78")
        pel.check((folder / "runs/latest/config.toml").read_text() == config, "config.toml of the first is another")
    pel.expect(play(folder, "--supersteps", 40, meanwhile=meanwhile), 0)


def children_of_a_script(folder):
    """A batch script's helper, which pel gets by exec, is none of its ranks."""
    script = f'sleep 60 & echo $! > helper; exec "{pel.app("pel")}" run -n 1 "{STAND_IN}" --supersteps 3'
    pel.expect(pel.run("sh", "-c", script, ranks=0, folder=folder), 0)
    os.kill(int((folder / "helper").read_text()), signal.SIGKILL)  # throws if it is gone


def checkpoints_deleted(folder):
    """Numbers of launches begin anew: the old outcome must not pass for that of the new launch."""
    arguments = ["--action", "fail=70", "--at-superstep", 5, "--launches", 1]
    pel.expect(play(folder, *arguments), 70)
    shutil.rmtree(folder / "runs/latest/ckpt")
    pel.expect(play(folder, *arguments, pel_options=["--resume=auto"]), 70)
    pel.check([start[0] for start in starts(folder)] == [1, 1], f"{starts(folder)}")
    shutil.rmtree(folder / "runs/latest/ckpt")
    outcome = play(folder, *arguments, pel_options=["--resume=auto", "--attempts", 0],
                   environment={"OMPI_MCA_plm": "none_such"})  # mpirun itself fails: there is no outcome
    pel.expect(outcome, 71)


def checkpoints_lost_on_the_way(folder):
    """Nobody has taken the directory over: the job starts afresh, under a number that no earlier launch had."""
    def meanwhile():
        until(lambda: status(folder)["checkpoint"] >= 0, "a checkpoint")
        shutil.rmtree(folder / "runs/latest/ckpt")
    outcome = play(folder, "--action", "kill", "--at-superstep", 6, "--launches", 1, "--every", 5, "--seconds", 0.3,
                   meanwhile=meanwhile)
    pel.expect(outcome, 0, "starting again afresh: checkpoint 4 was in", "and is gone (deleted, or its disk is not there)")
    pel.check([start[0] for start in starts(folder)] == [1, 2], f"{starts(folder)}")
    pel.check([path.name for path in (folder / "runs/latest/ckpt/lease").iterdir()] == ["0002.json"], "leases that were deleted")


CASES = {
    "a job that ends well is launched once": done,
    "a job that loses a rank is launched again": killed_once,
    "0, 1 and 75 without an outcome are launched again": no_outcome,
    "what a retry cannot help is not launched again": never_again,
    "a job that dies after its wall-clock limit is not launched again": out_of_time,
    "a job that dies after pel halt is not launched again": dies_after_halt,
    "checkpoints of a run with a name are found": named_run,
    "a run with a name is resumed": named_run_resumed,
    "USR2 before the ranks are there waits for them": where_before_the_start,
    "files of the run that cannot be written are a warning": run_that_loses_its_files,
    "a job that always dies is given up with the cause's code": gives_up,
    "a stop between two launches is the end": gives_up_in_between,
    "a rank that is stopped is noticed and the job launched again": stopped_rank,
    "a job that hangs says where, and is launched again once": hang,
    "a job that always hangs ends with 71": hang_for_ever,
    "USR1, INT and TERM become a checkpoint and 75": asked_to_stop,
    "a second INT ends the job": stopped_twice,
    "a launcher that is killed leaves no ranks": launcher_dies,
    "mpirun that is killed leaves no ranks, and the job goes on": mpirun_dies,
    "children that the launcher did not start live on": children_of_a_script,
    "an outcome of before the checkpoints were deleted is not believed": checkpoints_deleted,
    "a job whose checkpoints are deleted on the way starts afresh": checkpoints_lost_on_the_way,
    "a second launcher on the same run is refused": directory_in_use,
}

if __name__ == "__main__":
    pel.main(CASES)
