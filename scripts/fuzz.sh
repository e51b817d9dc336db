#!/bin/sh
# Builds reeve-fuzz and runs targets of it: fuzz.sh SECONDS TARGET…, or --all for all of them, two at a time.
# New inputs gather in .build/fuzz/corpus; one that breaks something is left in .build/fuzz/found and said.
# REEVE_FUZZ_QUICK=1 builds without optimising, over what the tests have built: minutes instead of many, and fewer inputs a second.
# The next build of the tests begins anew with Reeve's own modules.
set -eu
cd "$(dirname "$0")/.."

seconds=$1
shift
build=.build/fuzz
if [ "${REEVE_FUZZ_QUICK:-}" = 1 ]; then
  program=.build/debug/reeve-fuzz
  how='-c debug'
else
  program=$build/release/reeve-fuzz
  how="-c release --scratch-path $build"
fi

mkdir -p "$build/corpus" "$build/found" "$build/logs"
# shellcheck disable=SC2086
REEVE_FUZZ=1 ${SWIFT:-swift} build $how --product reeve-fuzz >"$build/logs/build" 2>&1 || {
  tail -n 40 "$build/logs/build"
  exit 1
}
targets=$(REEVE_FUZZ_TARGET=list "$program" | cut -d ' ' -f 1)

if [ $# -eq 0 ]; then
  echo 'Say which: make fuzz TARGET=… SECONDS=…, with TARGET one of'
  echo "$targets" | sed 's/^/  /'
  exit 2
fi

scratch=$(mktemp -d "$([ -w /dev/shm ] && echo /dev/shm || echo "${TMPDIR:-/tmp}")/reeve-fuzz-XXXXXX")
trap 'rm -rf "$scratch"' EXIT

# One target; its log is shown when something was found.
run() {
  target=$1
  longest=$(REEVE_FUZZ_TARGET=list "$program" | sed -n "s/^$target //p")
  [ -n "$longest" ] || { echo "fuzz: there is no target $target"; return 2; }
  mkdir -p "$build/corpus/$target" "$scratch/$target"
  log=$build/logs/$target
  status=0
  REEVE_FUZZ_TARGET=$target REEVE_FUZZ_SCRATCH=$scratch/$target ASAN_OPTIONS=detect_leaks=0 SWIFT_BACKTRACE=enable=no \
    "$program" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 -max_len="$longest" -print_final_stats=1 \
    -artifact_prefix="$build/found/$target-" "$build/corpus/$target" "Tests/Fixtures/fuzz/$target" >"$log" 2>&1 </dev/null \
    || status=$?
  executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
  coverage=$(sed -n 's/.* cov: \([0-9]*\) .*/\1/p' "$log" | tail -n 1)
  if [ "$status" -eq 0 ]; then
    echo "fuzz: $target: ${executions:-0} inputs in $seconds s, ${coverage:-0} places reached, nothing found"
  else
    grep -aE 'Fatal error|does not hold|ERROR: |SUMMARY|Test unit written' "$log" || tail -n 20 "$log"
    echo "fuzz: $target: FOUND something (exit $status): the whole of it is in $log"
  fi
  return "$status"
}

if [ "$1" != --all ]; then
  status=0
  for target in "$@"; do run "$target" || status=$?; done
  exit "$status"
fi

# Two lanes, each every other target.
lane() {
  status=0
  number=0
  for target in $targets; do
    number=$((number + 1))
    [ $((number % 2)) -eq "$1" ] || continue
    run "$target" || status=1
  done
  return "$status"
}
lane 0 &
other=$!
status=0
lane 1 || status=1
wait "$other" || status=1
exit "$status"
