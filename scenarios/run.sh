#!/usr/bin/env bash
# Builds dmstall and runs the seed scenarios. Exits 0 when each ended with the exit code of its expected verdict.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scenarios/install-packages.sh
source scenarios/install-packages.sh

# The exit code that stands for the verdict which a scenario expects.
expected_exit_code() {
  local verdict
  verdict="$(sed -nE 's/.*"verdict": *"([A-Z]+)".*/\1/p' "$1")"
  case "${verdict}" in
    PROGRESS) echo 0 ;;
    DEADLOCK) echo 10 ;;
    STALL) echo 11 ;;
    LIVELOCK | STARVATION) echo 12 ;;
    INCONCLUSIVE) echo 20 ;;
    *)
      echo "$1: expected verdict '${verdict}' is not one verdict" >&2
      return 1
      ;;
  esac
}

install_packages "${build_packages[@]}"

echo "== configure: cmake --preset release (build/)"
cmake --preset release

echo "== build: dmstall"
cmake --build --preset release --target dmstall

echo "== run: scenarios/seed"
failures=0
summary=()
for scenario in scenarios/seed/*.json; do
  expected="$(expected_exit_code "${scenario}")"
  echo
  echo "\$ build/dmstall run ${scenario}"
  code=0
  build/dmstall run "${scenario}" || code=$?
  if ((code == expected)); then
    summary+=("as expected  exit ${code}  ${scenario}")
  else
    summary+=("UNEXPECTED   exit ${code} instead of ${expected}  ${scenario}")
    failures=$((failures + 1))
  fi
done

echo
echo "== summary: ${#summary[@]} scenarios, ${failures} unexpected"
printf '   %s\n' "${summary[@]}"
((failures == 0))
