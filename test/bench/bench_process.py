"""How benchmarks start what they measure."""
import os
import subprocess
import sys


def environment(**extra):
    extra |= {"OMPI_MCA_mpi_yield_when_idle": "1"}
    if os.getuid() == 0:
        extra |= {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}
    return os.environ | extra


def run(command, **more):
    """What it said; it must end well. `more`: of its environment."""
    done = subprocess.run([str(word) for word in command], env=environment(**more), capture_output=True, text=True,
                          timeout=900, stdin=subprocess.DEVNULL)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))} ended with {done.returncode}: {done.stderr[-2000:]}")
    return done.stdout
