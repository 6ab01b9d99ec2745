#!/usr/bin/env bash
# Where a running kernel sleeps in a finding: boots Debian's packaged kernel of a release in qemu, builds the devices of
# scenarios/findings/FINDING.json, refuses all memory (vm.min_free_kbytes above all there is), drives what
# refusal/FINDING.sh says and writes RELEASE/FINDING.sleepers: whether it is stuck, and the stacks of those who sleep.
# Installs what it needs, as record.sh does, which has to have run on that release before.
#
#   tests/traces/sleepers.sh 6.12 zero-out-two-disks
#   tests/traces/sleepers.sh 6.1 all
#
# KERNELS, OUT, LIMIT: as of record.sh. SHOW: with everything that the machine says.
set -euo pipefail

# shellcheck source=tests/traces/machine.sh
source "$(dirname "$(realpath "${BASH_SOURCE[0]}")")/machine.sh"
begin "${tree}/tests/uml/pressure.cpp" "$@"

sleepers() {   # FINDING
  local finding=$1 work disks scenario=scenarios/findings/$1.json
  work=$(mktemp -d -p "${tools}")
  LATENCY=$(sed -n 's/^# latency_us: //p' "${here}/refusal/${finding}.sh") \
    python3 "${here}/prepare.py" "${tree}/${scenario}" "${work}"
  # shellcheck disable=SC2046
  fill_root "${work}/root" virtio_pci virtio_blk $(cat "${work}/modules") dm-delay dm-mirror
  cp "${tools}/pressure" "${work}/root/bin/"
  cp "${work}/build.sh" "${work}/root/build.sh"
  cp "${here}/refusal.sh" "${work}/root/refusal.sh"
  cp "${here}/refusal/${finding}.sh" "${work}/root/stack.sh"
  truncate -s 128M "${work}/slow.img"
  mapfile -t disks < "${work}/qemu.args"
  boot "${work}" 256 "${disks[@]}" -blockdev "driver=file,filename=${work}/slow.img,node-name=slow" \
    -device virtio-blk-pci,drive=slow,serial=slow > "${work}/said"
  [[ -z ${SHOW:-} ]] || cat "${work}/said" >&2
  mkdir -p "${OUT:-${here}}/${release}"
  python3 "${here}/sleepers.py" "${release}" "${version}" "${scenario}" "${kernel}" < "${work}/said" \
    > "${tools}/sleepers"
  cp "${tools}/sleepers" "${OUT:-${here}}/${release}/${finding}.sleepers"
  grep '^# outcome' "${tools}/sleepers" >&2
  rm -rf "${work}"
}

each_of "${here}/refusal" "$2" sleepers
