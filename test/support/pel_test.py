"""What tests of whole apps share: launches under mpirun.sh with timeouts, a scratch folder a case, data sets, verdicts.

A test is a Python file that gives main() its cases, {sentence: function(folder)}. check() and expect() fail a case,
skip() passes it over; ctest sees 0, 1, or 77 if nothing but skips was left.
"""

import concurrent.futures
import contextlib
import ctypes
import dataclasses
import json
import os
import pathlib
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import traceback

SOURCE = pathlib.Path(os.environ.get("PEL_TEST_SOURCE", pathlib.Path(__file__).resolve().parents[2]))
BIN = pathlib.Path(os.environ.get("PEL_TEST_BIN", SOURCE / "build" / "release" / "bin"))
MPIRUN = os.environ.get("PEL_TEST_MPIRUN", str(SOURCE / "test" / "support" / "mpirun.sh"))
SCRATCH = pathlib.Path(os.environ.get("PEL_TEST_TMP", BIN.parent / "tmp"))
DATA = pathlib.Path(os.environ.get("PEL_DATA", SOURCE.parent / "shared" / "data"))

AT_ONCE = 3            # launches, which mostly wait; mpirun alone takes 0.4 s
HANG = 110
LONG = "--long" in sys.argv                       # everything
SMALL = os.environ.get("PEL_TEST_SMALL") == "1"   # under sanitizers: enough to see each path once
SECONDS = 250 if SMALL else 100                   # until mpirun ends a hang with 110; machines are busy
# Runs a program and leaves its exit code in a file of the rank's: so mpirun has no reason to end the other ranks.
KEEP_CODE = '"$@"; echo $? > "$PEL_TEST_CODES/$OMPI_COMM_WORLD_RANK"'


class Failure(Exception):
    """What a test expected did not happen."""


class Skip(Exception):
    """A test cannot be run here; the text says why."""


def check(holds, what):
    if not holds:
        raise Failure(what)


def skip(reason):
    raise Skip(reason)


def app(name):
    path = BIN / name
    check(os.access(path, os.X_OK), f"{path} is missing: cmake --build --preset release --target {name}")
    return str(path)


def data(name):
    """The folder of a data set, or a skip."""
    folder = DATA / name
    if not folder.is_dir():
        skip(f"there is no {folder}; PEL_DATA names the folder of the data sets")
    return folder


def bytes_of(path):
    """What a file holds, which may be packed."""
    if path.suffix != ".zst":
        return path.read_bytes()
    if shutil.which("zstd") is None:
        skip("the program zstd is missing")
    return subprocess.run(["zstd", "-dcq", path], check=True, stdout=subprocess.PIPE, timeout=60).stdout


def text_of(path):
    return bytes_of(path).decode()


@dataclasses.dataclass
class Outcome:
    """How a launch ended. `codes`: the exit code of each rank, where that was asked for."""
    command: str
    code: int
    codes: list
    out: str
    err: str

    def __str__(self):
        tail = "\n".join((self.out + self.err).splitlines()[-25:])
        return f"{self.command}\nexit code {self.code}, of the ranks {self.codes}, and the last lines were:\n{tail}"


def environment_for(fault, extra):
    kept = {name: value for name, value in os.environ.items() if name not in ("PEL_FAULT", "PEL_THREADS")}
    kept.update(PEL_TEST_TIMEOUT=str(SECONDS), OMPI_MCA_odls_base_sigkill_timeout="0")
    if fault:
        kept["PEL_FAULT"] = fault
    return {**kept, **{name: str(value) for name, value in extra.items()}}


def end_group(process):
    """SIGTERM first: mpirun then ends its ranks, stopped ones too."""
    for signal_number in (signal.SIGTERM, signal.SIGKILL):
        if process.poll() is not None:
            return
        os.killpg(process.pid, signal_number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(10)


def launch(command, environment, folder, meanwhile=None):
    """Runs a command in a process group of its own, which does not outlive this call."""
    process = subprocess.Popen(command, env=environment, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True, errors="replace", start_new_session=True)
    try:
        if meanwhile is not None:
            meanwhile()
        out, err = process.communicate(timeout=SECONDS + 20)
    except subprocess.TimeoutExpired:
        raise Failure(f"no end after {SECONDS + 20} s: {shlex.join(command)}") from None
    finally:
        end_group(process)
    return process.returncode, out, err


def run(program, *arguments, ranks=1, folder=".", fault="", environment=None, each=False, meanwhile=None):
    """Runs a program on `ranks` ranks, 0: without mpirun. `each`: every rank ends by itself, and has its own exit code."""
    command = [program, *map(str, arguments)]
    extra = dict(environment or {})
    with tempfile.TemporaryDirectory(prefix="codes.", dir=SCRATCH) as codes:
        whole = [*(["sh", "-c", KEEP_CODE, "sh"] if each else []), *command]
        if ranks > 0:
            whole = [MPIRUN, str(ranks), *whole]
        extra["PEL_TEST_CODES"] = codes
        code, out, err = launch(whole, environment_for(fault, extra), folder, meanwhile)
        of_rank = [read_code(pathlib.Path(codes) / str(rank)) for rank in range(ranks)] if each else []
    shown = f"{'PEL_FAULT=' + fault + ' ' if fault else ''}{ranks} ranks: {shlex.join(command)}"
    return Outcome(shown, code, of_rank, out, err)


def read_code(path):
    return int(path.read_text()) if path.exists() else None


def expect(outcome, code, *phrases):
    """All ranks, or mpirun where these were not asked, must have ended with `code`; stderr must have all the phrases."""
    if outcome.codes:
        check(outcome.codes == [code] * len(outcome.codes) and outcome.code == 0, f"not {code} on all ranks: {outcome}")
    else:
        check(outcome.code == code, f"expected exit code {code}: {outcome}")
    for phrase in phrases:
        check(phrase in outcome.err, f"stderr does not say {phrase!r}: {outcome}")
    return outcome


def expect_one_error(outcome, code, *phrases):
    """As expect(), and the failure must be told exactly once."""
    expect(outcome, code, *phrases)
    told = [line for line in outcome.err.splitlines() if line.startswith("error:")]
    check(len(told) == 1, f"told {len(told)} times instead of once: {outcome}")
    return outcome


def summary(path):
    return json.loads(pathlib.Path(path).read_text())


def digest(path):
    return summary(path)["digest"]


def at_once(function, items):
    """function(item) of all items, several at a time; the results in the order of items."""
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(function, items))


def sized(whole, short, small):
    """How much of a matrix to run: all of it with --long, by default what is representative, a handful when SMALL."""
    return small if SMALL else whole if LONG else short


def small_disk(folder, size):
    """Mounts a file system of that size on the folder, seen by this test and its children alone; or a skip."""
    new_namespace = 0x00020000  # CLONE_NEWNS
    if os.geteuid() != 0:
        skip("mounting a small file system needs root")
    if ctypes.CDLL(None, use_errno=True).unshare(new_namespace) != 0:
        skip(f"no mount namespace of its own: {os.strerror(ctypes.get_errno())}")
    subprocess.run(["mount", "--make-rprivate", "/"], check=True, timeout=10)
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], capture_output=True, text=True,
                          timeout=10, check=False)
    if done.returncode != 0:
        skip(f"mount: {done.stderr.strip()}")


def fill(folder):
    """Leaves no room on the disk of the folder."""
    with contextlib.suppress(OSError), open(folder / "filling", "ab", buffering=0) as file:
        while file.write(b"x" * 4096) > 0:
            pass


def unmount(folder):
    subprocess.run(["umount", "--lazy", folder], check=False, timeout=10)


def leftovers(folder):
    """Temporary files of outputs."""
    return sorted(path.name for path in pathlib.Path(folder).rglob("*.partial"))


def run_case(sentence, case):
    """"ok", "skipped" or "failed"; a failed case's folder is kept."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix=pathlib.Path(sys.argv[0]).stem + ".", dir=SCRATCH))
    verdict = "failed"
    try:
        case(folder)
        verdict = "ok"
    except Skip as reason:
        print(f"skip: {sentence}: {reason}")
        verdict = "skipped"
    except Failure as reason:
        print(f"FAILED: {sentence}: {reason}\nkept: {folder}")
    except Exception:
        print(f"FAILED: {sentence}:\n{traceback.format_exc()}kept: {folder}")
    if verdict != "failed":
        shutil.rmtree(folder, ignore_errors=True)
    if verdict == "ok":
        print(f"ok: {sentence}")
    sys.stdout.flush()
    return verdict


def main(cases):
    """Runs all cases and exits with the verdict. With PEL_TEST_CASE set: those with that text in their sentence."""
    SCRATCH.mkdir(parents=True, exist_ok=True)
    wanted = os.environ.get("PEL_TEST_CASE", "")
    verdicts = [run_case(sentence, case) for sentence, case in cases.items() if wanted in sentence]
    if "failed" in verdicts or not verdicts:
        sys.exit(1)
    sys.exit(0 if "ok" in verdicts else 77)
