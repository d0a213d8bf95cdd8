#!/usr/bin/python3
"""Whatever becomes of the files of an epoch, nobody gets other values: the damage is found, or does no harm.

Usage: corruption.py [--long]
"""

import os
import pathlib
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "recovery"))
import tides_job as tides
from tides_job import pel

PROBE = pel.BIN.parent / "test" / "bin" / "epoch_probe"
LARGE = ("--partitions", 2, "--cells", 2_500_000)  # slices of several blocks
# Epochs of all makes: (arguments, options of checkpoints, the superstep after which the job is killed).
MAKES = {
    "plain": (tides.JOB, (), 6),
    "with links to older parts": (tides.LINKED, (), 6),
    "compressed": (tides.LINKED, ("--checkpoint-compress", "zstd"), 6),
    "of large slices": (LARGE, (), 2),
}
SMALL_FILES = ["plain", "with links to older parts", "compressed"]


def probe(*words, stdin="", seconds=600):
    pel.check(PROBE.exists(), f"{PROBE} is missing: cmake --build --preset release --target epoch_probe")
    return subprocess.run([PROBE, *map(str, words)], input=stdin, capture_output=True, text=True, timeout=seconds, check=False)


def read(directories):
    """[{superstep: digest or "damaged: …"}] of directories of checkpoints."""
    done = probe("read", stdin="".join(f"{path}\n" for path in directories))
    pel.check(done.returncode == 0, f"the reader ended with {done.returncode}: {done.stderr}")
    found = [{}]
    for line in done.stdout.splitlines():
        if line:
            superstep, value = line.split(" ", 1)
            found[-1][int(superstep)] = value
        else:
            found.append({})
    found.pop()
    pel.check(len(found) == len(directories), f"{len(found)} answers of {len(directories)}")
    return found


def make(folder, name):
    """A directory with the newest two epochs of a killed job."""
    job, options, superstep = MAKES[name]
    where = folder / name.replace(" ", "-")
    where.mkdir()
    tides.kill(where, f"point=superstep,rank=1,superstep={superstep + 1}", *tides.SYNC, *options, ranks=2, job=job)
    tides.expect_newest(where, [superstep - 1, superstep])
    return where, superstep


def flipped_bits(folder):
    count = {"of large slices": pel.sized(10_000, 100, 10)}

    def gives_no_other_values(name):
        where, superstep = make(folder, name)
        done = probe("flip", tides.epoch(where, superstep), count.get(name, pel.sized(10_000, 500, 100)), 1)
        pel.check(done.returncode == 0, f"an epoch {name}: exit code {done.returncode}: {done.stdout[-2000:]}{done.stderr}")
        missed = [path.name for path in tides.epoch(where, superstep).iterdir() if f"{path.name}: 0 " in done.stdout]
        pel.check(not missed, f"an epoch {name}: no bit of {missed} was flipped: {done.stdout}")
        print(f"  an epoch {name}: {done.stdout.strip().splitlines()[-1]}")

    pel.at_once(gives_no_other_values, pel.sized(list(MAKES), list(MAKES), list(MAKES)[:3]))


def cut(length):
    return lambda path: os.truncate(path, length(path.stat().st_size))


def zeroed_end(path):
    content = path.read_bytes()
    path.write_bytes(content[:len(content) // 2] + bytes(len(content) - len(content) // 2))


DAMAGES = {
    "cut to nothing": cut(lambda size: 0), "cut to a byte": cut(lambda size: 1), "cut in the header": cut(lambda size: 40),
    "cut in the middle": cut(lambda size: size // 2), "short of a byte": cut(lambda size: size - 1),
    "longer by a byte": cut(lambda size: size + 1), "deleted": pathlib.Path.unlink, "half of it zeros": zeroed_end,
}


def break_links(epoch):
    """Each file by itself: else the damage would be in all epochs that share it."""
    for path in list(epoch.iterdir()):
        content = path.read_bytes()
        path.unlink()
        path.write_bytes(content)


def copy_of(where, name):
    copied = where.parent / f"{where.name}.{name.replace(' ', '-')}"
    shutil.copytree(where / "ckpt", copied / "ckpt")
    for epoch in (copied / "ckpt").glob("epoch-*"):
        break_links(epoch)
    return copied


def each_file_damaged(folder):
    """(a copy, what was done to it) for each file of the newest epoch and each damage."""
    for name in pel.sized(SMALL_FILES, SMALL_FILES, SMALL_FILES[:1]):
        where, superstep = make(folder, name)
        for file in sorted(path.name for path in tides.epoch(where, superstep).iterdir()):
            for damage, spoil in DAMAGES.items():
                copied = copy_of(where, f"{file} {damage}")
                spoil(tides.epoch(copied, superstep) / file)
                yield where, copied, superstep, f"an epoch {name}, {file} {damage}"


def damaged_files(folder):
    cases = list(each_file_damaged(folder))
    sources = sorted({case[0] for case in cases})
    right = dict(zip(sources, read([where / "ckpt" for where in sources])))
    for (where, copied, superstep, what), found in zip(cases, read([copied / "ckpt" for _, copied, *_ in cases])):
        expected = right[where]
        pel.check(found[superstep - 1] == expected[superstep - 1], f"{what}: the epoch before it reads {found}")
        unharmed = found[superstep] == expected[superstep]
        pel.check(unharmed or found[superstep].startswith("damaged: "), f"{what}: other values: {found}")
        pel.check(not unharmed or "index.h5" in what, f"{what}: not found")


def replaced_parts(folder):
    where, superstep = make(folder, "plain")
    right = read([where / "ckpt"])[0]
    other = folder / "other"
    other.mkdir()
    tides.kill(other, f"point=superstep,rank=1,superstep={superstep + 1}", *tides.SYNC, "--seed", 2, ranks=2)
    files = ["part-00000.h5", "part-00001.h5", "MANIFEST.json"]

    def swapped(epoch, first, second):
        (epoch / first).rename(epoch / "x")
        (epoch / second).rename(epoch / first)
        (epoch / "x").rename(epoch / second)

    def of_its_size(source):
        def replace(epoch, file):
            content, size = (source(epoch) / file).read_bytes(), (epoch / file).stat().st_size
            (epoch / file).write_bytes(content[:size].ljust(size, b"\0") if file != "MANIFEST.json" else content)
        return replace

    replacements = {"swapped": lambda epoch, _: swapped(epoch, *files[:2])}
    for file in files:
        replacements[f"{file} of the epoch before"] = of_its_size(lambda epoch: tides.epoch(where, superstep - 1))
        replacements[f"{file} of another job"] = of_its_size(lambda epoch: tides.epoch(other, superstep))
    copies = {}
    for what, replace in replacements.items():
        copies[what] = copy_of(where, what)
        replace(tides.epoch(copies[what], superstep), what.split(" ")[0])
    for (what, copied), found in zip(copies.items(), read([path / "ckpt" for path in copies.values()])):
        pel.check(found[superstep].startswith("damaged: "), f"{what}: not found: {found}")
        pel.check(found[superstep - 1] == right[superstep - 1], f"{what}: the epoch before it reads {found}")


def each_epoch_is_whole_by_itself(folder):
    """What it shares with another it has, too: it can be copied, and the other be deleted."""
    where, superstep = make(folder, "with links to older parts")
    right = read([where / "ckpt"])[0]
    files = [path for path in tides.epoch(where, superstep).iterdir() if path.stat().st_nlink > 1]
    pel.check(files, f"no file of {tides.epoch(where, superstep)} is shared: nothing was saved")
    for kept in (superstep - 1, superstep):
        alone = folder / str(kept)
        shutil.copytree(tides.epoch(where, kept), tides.epoch(alone, kept))
        pel.check(read([alone / "ckpt"])[0] == {kept: right[kept]}, f"epoch {kept} alone reads otherwise")
        tides.check_resumes(alone, *tides.EVERY, ranks=3, job=tides.LINKED, expected=kept)


def flip_in_a_shared_file(folder):
    """All epochs that share it are damaged: the job says so, and starts afresh."""
    where, superstep = make(folder, "with links to older parts")
    shared = max((path for path in tides.epoch(where, superstep).iterdir() if path.stat().st_nlink > 1),
                 key=lambda path: path.stat().st_size)
    flip_in_the_payload(shared)
    outcome = tides.run(where, "--resume=auto", *tides.EVERY, "--summary", "run.json", job=tides.LINKED)
    tides.check_right(outcome, where, tides.LINKED)
    pel.check("warning:" in outcome.err, f"damage, and no word: {outcome}")


def flip_in_the_payload(path):
    """In the middle of the last third, where the bytes of fields lie."""
    content = bytearray(path.read_bytes())
    content[len(content) * 5 // 6] ^= 1
    path.write_bytes(content)


def jobs_pass_over(folder):
    """The job warns, keeps the damaged epoch by another name, and goes on from the one before."""
    where, superstep = make(folder, "plain")
    damages = {"part-00000.h5": DAMAGES["cut in the middle"], "part-00001.h5": flip_in_the_payload,
               "MANIFEST.json": DAMAGES["short of a byte"]}

    def is_passed_over(file):
        copied = copy_of(where, f"job {file}")
        damages[file](tides.epoch(copied, superstep) / file)
        outcome = tides.check_resumes(copied, "--checkpoint-every", "off", ranks=3, expected=superstep - 1)
        pel.check("warning:" in outcome.err and file in outcome.err, f"{file}: no warning that names it: {outcome}")
        kept = sorted(path.name for path in (copied / "ckpt").iterdir() if path.name != "lease")
        pel.check(len(kept) == 2 and kept[0].startswith(f"bad-{superstep:09}-"), f"{file}: {kept} are kept: {outcome}")

    def is_skipped(what):
        copied = copy_of(where, f"job {what}")
        file = tides.epoch(copied, superstep) / "part-00001.h5"
        file.unlink()
        if what == "directory":
            file.mkdir()
        outcome = tides.check_resumes(copied, *tides.EVERY, ranks=1, expected=superstep - 1)
        pel.check("warning:" in outcome.err, f"a part is gone, and no word: {outcome}")

    def nothing_is_left(_):
        copied = copy_of(where, "job nothing left")
        for epoch in (superstep, superstep - 1):
            flip_in_the_payload(tides.epoch(copied, epoch) / "part-00001.h5")
        pel.expect_one_error(tides.run(copied, "--resume", each=True), 65, "no usable checkpoint")
        outcome = tides.check_resumes(copied, *tides.EVERY, ranks=2, expected=-1)
        pel.check("starting at superstep 0" in outcome.err, f"starts afresh and does not say so: {outcome}")

    tides.right()
    whole = [*((is_passed_over, file) for file in damages), (is_skipped, "deleted"), (is_skipped, "directory"),
             (nothing_is_left, "")]
    pel.at_once(lambda case: case[0](case[1]), pel.sized(whole, whole, whole[1:2]))


if __name__ == "__main__":
    pel.main({
        "no flipped bit gives other values": flipped_bits,
        "a file that is cut, lost or spoilt is found": damaged_files,
        "a part of elsewhere is found": replaced_parts,
        "each epoch is whole by itself": each_epoch_is_whole_by_itself,
        "damage to what two epochs share is found in both": flip_in_a_shared_file,
        "a job passes over a damaged epoch": jobs_pass_over,
    })
