#!/usr/bin/env python3
"""compile_memory.py COMPILER @ARGUMENTS MB SOURCE…: what each program takes the compiler at its peak; exit 1 above MB.

What a compiler allocates is the same in each run of it, so a limit can be close. It is that of one compiler: another
version is a skip."""
import os
import pathlib
import subprocess
import sys
import tempfile

COMPILER, ARGUMENTS, LIMIT, *SOURCES = sys.argv[1:]
VERSION = "12"


def peak(source, folder):
    """MB at the peak of the largest process of a compilation with -O2; None if it failed."""
    command = [COMPILER, ARGUMENTS, "-O2", "-w", "-c", source, "-o", str(pathlib.Path(folder) / "program.o")]
    _, status, used = os.wait4(subprocess.Popen(command).pid, 0)
    return used.ru_maxrss * 1024 / 1e6 if status == 0 else None


version = subprocess.run([COMPILER, "-dumpversion"], capture_output=True, text=True).stdout.strip().split(".")[0]
words = subprocess.run([COMPILER, "--version"], capture_output=True, text=True).stdout
if version != VERSION or "Free Software Foundation" not in words:
    print(f"skip: the limit is that of GCC {VERSION}")
    sys.exit(77)
failed = False
with tempfile.TemporaryDirectory() as folder:
    for source in SOURCES:
        found = peak(source, folder)
        print(f"{pathlib.Path(source).name}: " + (f"{found:.0f} MB, at most {LIMIT}" if found else "does not compile"))
        failed |= found is None or found > float(LIMIT)
sys.exit(failed)
