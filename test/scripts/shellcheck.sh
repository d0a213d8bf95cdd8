#!/usr/bin/env bash
# Checks all shell scripts of the sources, batch scripts among them: shellcheck.sh [TOP]
set -euo pipefail
top=${1:-${PEL_TEST_SOURCE:-$(dirname "${BASH_SOURCE[0]}")/../..}}
cd "$top"
if ! command -v shellcheck >/dev/null; then
  echo "skip: the program shellcheck is missing"
  exit 77
fi

folders=()
for folder in .ci scripts cluster jobs test; do
  [ ! -d "$folder" ] || folders+=("$folder")
done
# What says so in its first line, whatever it is called.
mapfile -d '' -t scripts < <(
  find "${folders[@]}" -type f -print0 | sort -z |
    xargs -0 -r awk 'FNR == 1 && /^#!.*[\/ ](ba)?sh( |$)/ { printf "%s%c", FILENAME, 0 } { nextfile }'
)
if [ ${#scripts[@]} -eq 0 ]; then
  echo "no script was found below $top"
  exit 1
fi
shellcheck --external-sources --source-path=SCRIPTDIR "${scripts[@]}"
echo "${#scripts[@]} scripts are clean"
