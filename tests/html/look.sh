#!/usr/bin/env bash
# Looks at pages in a headless Chromium, by hand: no console message, no request, no violation that axe-core finds, the
# witness stepped through. Pictures stay in FOLDER.
#
# Installs chromium-headless-shell (80 MB) and two npm packages where they are missing; takes about a minute.
#
#   tests/html/look.sh PROGRAM FOLDER
set -euo pipefail

program=$(realpath "${1:?usage: tests/html/look.sh PROGRAM FOLDER}")
folder=${2:?usage: tests/html/look.sh PROGRAM FOLDER}
here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
mkdir -p "$folder"
folder=$(realpath "$folder")

missing=()
command -v chromium-headless-shell >/dev/null || missing+=(chromium-headless-shell)
command -v node >/dev/null || missing+=(nodejs npm)
if [ ${#missing[@]} -gt 0 ]; then
  sudo=""
  [ "$(id -u)" -eq 0 ] || sudo=sudo
  $sudo apt-get update
  $sudo apt-get install -y --no-install-recommends "${missing[@]}"
fi

cd "$folder"
[ -d node_modules/axe-core ] || npm install --no-save --no-audit --no-fund puppeteer-core axe-core
scenarios=$here/../../scenarios
page() { # name, verb and arguments: exit codes are verdicts
  local name=$1
  shift
  "$program" "$@" --html "$folder/$name.html" >"$folder/$name.txt" || [ $? -lt 60 ]
}
page seed run "$scenarios/seed/shared-pools.json"
page phone run "$scenarios/android/phone-59.json"
page finding run "$scenarios/findings/flush-r1-three-segments.json"
page tasks run "$scenarios/tutorial/02-two-from-one-pool.json"
page stall run "$scenarios/tutorial/03-stall.json"
page starvation run "$scenarios/history/bulk-waiter-starvation-before.json"
page several run "$scenarios/history/bio-list-order-before.json" "$scenarios/history/bio-list-order-after.json"
page sizing size "$scenarios/sizing/linear-3-flush.json"
page comparison compare --seeds 1 --vary reserved_bio_based_ios=1,4,16,64 --vary sharing=device,module \
  "$scenarios/android/phone-59.json"
page check check "$scenarios/tutorial" "$scenarios/findings"
CHROMIUM=$(command -v chromium-headless-shell) node "$here/look.mjs" "$folder" "$folder"/*.html
