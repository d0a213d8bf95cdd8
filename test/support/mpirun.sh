#!/usr/bin/env bash
# Runs a program on N local ranks the way every test does: mpirun.sh N PROGRAM [ARGUMENTS…]
# PEL_TEST_TIMEOUT: seconds until mpirun ends a hang with 110 (default 50). PEL_TEST_LOGS: where the ranks' logs are.
set -uo pipefail
ranks=$1
shift

if [ "$(id -u)" -eq 0 ]; then
  export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
fi
export OMPI_MCA_mpi_yield_when_idle=1
export PEL_TEST_RANKS=$ranks
[ -z "${PEL_TEST_LOGS:-}" ] || rm -f "$PEL_TEST_LOGS"/*.rank-*.log

mpirun --timeout "${PEL_TEST_TIMEOUT:-50}" --oversubscribe --bind-to none -n "$ranks" "$@" </dev/null
code=$?

# 0, 1, 64, 71, 77 are verdicts the ranks agreed on. Anything else: nobody was left to tell what the others had seen.
case $code in
  0 | 1 | 64 | 71 | 77) ;;
  *)
    echo "mpirun.sh: exit code $code on $ranks ranks$([ $code -eq 110 ] && echo ': a hang, ended by mpirun --timeout')"
    for log in "${PEL_TEST_LOGS:-.}"/"$(basename "$1")".rank-*.log; do
      [ -f "$log" ] && echo "--- $log" && tail -n 40 "$log"
    done
    ;;
esac
exit "$code"
