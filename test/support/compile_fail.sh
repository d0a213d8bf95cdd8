#!/usr/bin/env bash
# Holds a source file that must not compile to the sentence it promises: compile_fail.sh COMPILER ARGUMENTS PRECOMPILED FILE SENTENCE
# PRECOMPILED is searched first: what it holds of the headers that FILE includes is not read again.
# With -DPEL_BAD the file must not compile and its first error, within 16 lines, must contain the sentence.
# Without it the file must compile: so that it fails for the reason given and no other.
set -uo pipefail
compiler=$1 arguments=$2 precompiled=$3 file=$4 sentence=$5
compile=("$compiler" "-I$precompiled" "@$arguments" -fsyntax-only -fdiagnostics-color=never)

if ! output=$(LC_ALL=C "${compile[@]}" "$file" 2>&1); then
  echo "without -DPEL_BAD the file must compile, but:"
  head -n 40 <<<"$output"
  exit 1
fi
if output=$(LC_ALL=C "${compile[@]}" -DPEL_BAD "$file" 2>&1); then
  echo "with -DPEL_BAD the file must not compile, but it does"
  exit 1
fi
first=$(grep -n -m 1 -E '(^|: )(fatal )?error: ' <<<"$output")
if [ -z "$first" ] || [ "${first%%:*}" -gt 16 ] || ! grep -qF -- "$sentence" <<<"$first"; then
  echo "the first error, within 16 lines, must be: $sentence"
  echo "the compiler said:"
  head -n 40 <<<"$output"
  exit 1
fi
echo "line ${first%%:*}: ${first#*:}"
