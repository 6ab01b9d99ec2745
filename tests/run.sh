#!/usr/bin/env bash
# Builds everything with warnings as errors and runs all tests. The exit code is that of ctest.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scenarios/install-packages.sh
source scenarios/install-packages.sh

test_packages=(libgtest-dev libbenchmark-dev python3 python3-jsonschema python3-yaml patch spin libxml2-utils
  groff-base zsh fish dpkg-dev file gnuplot-nox clang-format nodejs)
install_packages "${build_packages[@]}" "${test_packages[@]}"

echo "== configure: cmake --preset dev (build-dev/)"
cmake --preset dev

echo "== build: everything, $(nproc) jobs"
cmake --build --preset dev -j"$(nproc)"

echo "== test: ctest"
exec ctest --test-dir build-dev --output-on-failure -j2
