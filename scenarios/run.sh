#!/usr/bin/env bash
# Builds dmstall and runs the seed scenarios. Exits 0 when each gives what it expects.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scenarios/install-packages.sh
source scenarios/install-packages.sh

install_packages "${build_packages[@]}"

echo "== configure: cmake --preset release (build/)"
cmake --preset release

echo "== build: dmstall"
cmake --build --preset release --target dmstall

echo "== run: scenarios/seed"
for scenario in scenarios/seed/*.json; do
  echo
  echo "\$ build/dmstall run ${scenario}"
  build/dmstall run "${scenario}" || true # the exit code is a verdict; whether it is the expected one is checked below
done

echo
echo "== check: scenarios/seed against what each expects"
exec build/dmstall check scenarios/seed
