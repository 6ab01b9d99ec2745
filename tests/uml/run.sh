#!/usr/bin/env bash
# The findings on a real kernel: Debian's User-Mode Linux (6.1, one CPU), memory refused by vm.min_free_kbytes alone.
# Installs user-mode-linux; the kernel runs as an ordinary process, with this machine's files as its root and disks in a
# temporary folder.
#
#   tests/uml/run.sh                   every experiment below against what is expected of it; 1 when one differs
#   tests/uml/run.sh commit R=1 T=3    one, with its whole output (guest.sh says what each takes)
#   ONLY=loop tests/uml/run.sh         those whose name begins with it
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# shellcheck source=scenarios/install-packages.sh
source scenarios/install-packages.sh
install_packages g++ user-mode-linux dmsetup cryptsetup-bin e2fsprogs mount kmod mdadm python3

work=$(mktemp -d)
trap 'rm -rf "${work}"' EXIT
for tool in pressure latency; do g++ -std=c++20 -O1 -Wall -Wextra -o "${work}/${tool}" "tests/uml/${tool}.cpp" \
  -pthread; done

# Verity on verity with the same tree: a quarter of the blocks is bad below, and so bad above.
prepare_verity() {   # FOLDER; prints the root hash
  local hash
  head -c 32M /dev/urandom > "$1/a"
  truncate -s 8M "$1/b" "$1/c"
  hash=$(veritysetup format "$1/a" "$1/b" --salt=- | awk '/Root hash/ { print $3 }')
  veritysetup format "$1/a" "$1/c" --salt=- > /dev/null
  python3 -c 'import sys
with open(sys.argv[1], "r+b") as disk:
    for block in range(0, 8192, 4): disk.seek(block * 4096); disk.write(b"bad")' "$1/a"
  echo "${hash}"
}

run() {   # EXPERIMENT NAME=VALUE...: everything it prints
  local folder values=("EXPERIMENT=$1" "${@:2}")
  folder=$(mktemp -d -p "${work}")
  truncate -s 160M "${folder}"/{a,b,c,d}
  [[ $1 == hog || $1 == uevent ]] && rm "${folder}"/{a,b,c} && values+=("ROOT_HASH=$(prepare_verity "${folder}")")
  local memory=256M
  [[ $1 == hog ]] && memory=128M
  TMPDIR=${folder} timeout -k 5 300 linux.uml "mem=${memory}" root=none rootfstype=hostfs hostfs=/ rw \
    "init=${PWD}/tests/uml/guest.sh" \
    "ubda=${folder}/a" "ubdb=${folder}/b" "ubdc=${folder}/c" "ubdd=${folder}/d" con=null con0=null,fd:1 quiet \
    "TOOLS=${work}" "${values[@]}" 2>&1 < /dev/null | tr -d '\r' || true
  rm -rf "${folder}"
}

if [[ $# -gt 0 ]]; then
  run "$@"
  exit
fi

code=0
while read -r expected experiment; do
  [[ ${experiment} == "${ONLY:-}"* ]] || continue
  # Without any memory the kernel may panic when something else needs some. That says nothing, so: again.
  for _ in 1 2 3; do
    # shellcheck disable=SC2086
    seen=$(run ${experiment} | sed -n 's/^OUTCOME //p')
    [[ -z ${seen} ]] || break
  done
  printf '%-9s %-64s %s\n' "$([[ ${seen} == "${expected//_/ }" ]] && echo ok || echo DIFFERENT)" "${experiment}" \
    "${seen:-no answer}"
  [[ ${seen} == "${expected//_/ }" ]] || code=1
done << 'LIST'
completed flush R=1 T=2
stuck_until_memory_came_back flush R=1 T=3
completed flush R=2 T=3
stuck_until_memory_came_back flush R=2 T=4
completed flush R=4 T=5
stuck_until_memory_came_back flush R=4 T=6
completed flush R=16 T=17
stuck_until_memory_came_back flush R=16 T=18
stuck_until_memory_came_back mixed R=1 PATTERN=ccc
completed mixed R=1 PATTERN=cpc
stuck_until_memory_came_back mixed R=1 PATTERN=pcp
completed mixed R=1 PATTERN=ppp
completed mixed R=1 PATTERN=cpp
completed mixed R=1 PATTERN=ppc
stuck_until_memory_came_back mixed R=1 PATTERN=pcc
stuck_until_memory_came_back mixed R=1 PATTERN=ccp
stuck_until_memory_came_back mixed R=2 PATTERN=pcpcp
stuck_until_memory_came_back mixed R=2 PATTERN=pccp
completed raid0 OP=flush MEMBERS=3
completed commit R=1 T=2
stuck_until_memory_came_back commit R=1 T=3
completed commit R=16 T=17
stuck_until_memory_came_back commit R=16 T=18
completed invalidation R=512 K=200 SECONDS_WITHOUT=60
stuck_until_memory_came_back invalidation R=512 K=320 SECONDS_WITHOUT=45
completed invalidation R=16 K=320 SECONDS_WITHOUT=45
completed extent KIB=2048
stuck_until_memory_came_back extent KIB=3072
completed extent KIB=8192 OPT=dioread_lock
completed extent_commit KIB=1024
stuck_until_memory_came_back extent_commit KIB=2048
completed extent_commit KIB=2048 OPT=dioread_lock
completed next_bio DISKS=1
stuck_until_memory_came_back next_bio DISKS=2
completed next_bio DISKS=1 KIB=1024
stuck_until_memory_came_back next_bio DISKS=1 KIB=2048
completed next_bio DISKS=1 KIB=8192 OPT=dioread_lock
completed loop_read KIB=16 K=64 BELOW=mapper/late
stuck_until_memory_came_back loop_read KIB=16 K=64 BELOW=mapper/late DEVICE=loop1
stuck_until_memory_came_back loop_read KIB=1024 K=64 DEVICE=ubda
completed loop_read KIB=1028 K=64 DEVICE=ubda
stuck_until_memory_came_back loop_read KIB=1028 K=64
completed loop_read OP=aio_read KIB=4 K=64 DEVICE=mapper/late
stuck_until_memory_came_back loop_read OP=aio_read KIB=4 K=64 BELOW=mapper/late
completed filesystems LEVELS=2
stuck_until_memory_came_back filesystems LEVELS=2 K=16
stuck_until_memory_came_back filesystems LEVELS=3
completed loop_write KIB=2048 OVER=disk
stuck_until_memory_came_back loop_write KIB=2048
completed loop_write OP=swap_out KIB=2048 OVER=disk
stuck_until_memory_came_back loop_write OP=swap_out KIB=2048
completed buffered KIB=8192
completed loop_write DIRECT=off KIB=1024 LIMIT_KIB=1200
stuck_until_memory_came_back loop_write DIRECT=off KIB=3072 LIMIT_KIB=3584
completed uevent BLOCKS=good K=4 LISTEN=1
completed uevent BLOCKS=bad K=4
stuck_until_memory_came_back uevent BLOCKS=bad K=4 LISTEN=1
LIST
exit "${code}"
