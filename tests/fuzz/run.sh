#!/usr/bin/env bash
# Fuzzes the scenario reader with libFuzzer under AddressSanitizer and UndefinedBehaviorSanitizer.
#   tests/fuzz/run.sh [SECONDS]
# Starts from the scenarios of the tree and the malformed fixtures. Needs clang and its runtime (Debian: clang
# libclang-rt-14-dev).
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
seconds=${1:-60}

command -v clang++ >/dev/null || { echo "clang++ is missing (Debian: clang libclang-rt-14-dev)" >&2; exit 1; }

build=build-fuzz
mkdir -p "${build}/corpus"
cmake -S . -B "${build}" -G Ninja -DCMAKE_CXX_COMPILER=clang++ -DCMAKE_BUILD_TYPE=RelWithDebInfo -DDMSTALL_TESTS=OFF \
  -DDMSTALL_FUZZ=ON -DDMSTALL_WERROR=OFF
cmake --build "${build}" --target read_scenario_fuzzer
cp tests/fixtures/malformed/*.json scenarios/*/*.json "${build}/corpus/" 2>/dev/null || true
exec "${build}/tests/fuzz/read_scenario_fuzzer" -max_total_time="${seconds}" -timeout=5 -rss_limit_mb=2048 \
  -max_len=65536 -print_final_stats=1 \
  -artifact_prefix="${build}/" "${build}/corpus"
