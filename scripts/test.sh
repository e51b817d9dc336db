#!/usr/bin/env bash
# Builds the tests and runs them, or with arguments only those whose names match: scripts/test.sh Scheduler 'DamageTests/'.
#
# One group after the other. Tests with real programs wait on the thread they run on, and simulations work on theirs for
# seconds: beside them the tests that run a server within their own process would find no thread in time.
# A run prints thousands of lines: what failed is said again at the end.
set -o pipefail
cd "$(dirname "$0")/.." || exit 1
swift=${SWIFT:-swift}
log=.build/tests.log
tests=.build/debug/reevePackageTests.xctest

$swift build --build-tests || exit 1
: >"$log"
failed=0

group() {
  local name=$1 started=$SECONDS status=0
  shift
  printf '=== tests: %s\n' "$name" | tee -a "$log"
  "$tests" --testing-library swift-testing "$@" 2>&1 | tee -a "$log" || status=1
  printf '=== tests: %s: %d s\n' "$name" "$((SECONDS - started))" | tee -a "$log"
  return "$status"
}

if [ $# -gt 0 ]; then
  group "$*" "${@/#/--filter=}" || failed=1
else
  group 'within a process' --skip '^EndToEndTests\.' --skip '^SimulationTests\.' || failed=1
  # Each process runs as many at once as there are cores, and these mostly wait: so there are two.
  group 'real programs, A to F' --filter '^EndToEndTests\.[A-F]' &
  half=$!
  group 'the other real programs' --filter '^EndToEndTests\.' --skip '^EndToEndTests\.[A-F]' || failed=1
  wait "$half" || failed=1
  group 'simulations' --filter '^SimulationTests\.' || failed=1
fi

if [ "$failed" -ne 0 ]; then
  printf '\nWhat failed:\n'
  # What a test has to say follows in the lines below.
  grep -E -A 4 'recorded an issue|error:|✘|Fatal error' "$log" | grep -Ev '^[◇✔]|started\.$|passed after' | tail -n 120
  exit 1
fi
grep -E '^=== tests|Test run with' "$log"
