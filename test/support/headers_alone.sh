#!/usr/bin/env bash
# Compiles each header of a folder alone, included twice: headers_alone.sh COMPILER ARGUMENTS FOLDER
set -uo pipefail
compiler=$1 arguments=$2 folder=$3

count=0 failed=0
for header in "$folder"/*.hpp; do
  [ -f "$header" ] || continue
  count=$((count + 1))
  printf '#include "%s"\n#include "%s"\n' "$header" "$header" |
    "$compiler" "@$arguments" -fsyntax-only -Wall -x c++ - || { echo "not alone: $header"; failed=$((failed + 1)); }
done
echo "$count headers, $failed do not compile alone"
[ "$count" -gt 0 ] && [ "$failed" -eq 0 ]
