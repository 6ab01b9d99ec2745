#!/usr/bin/env bash
# What a running kernel does on a stack: boots Debian's packaged kernel of a release in qemu, builds the devices of
# stacks/STACK.json, drives what stacks/STACK.sh says, and writes RELEASE/STACK-OPERATION.trace for each operation.
# Installs what it needs; the kernel package is downloaded and unpacked, not installed. No KVM; root only to install.
#
#   tests/traces/record.sh 6.12 verity-ignore
#   tests/traces/record.sh 6.1 all                 every stack
#
# KERNELS: folder that keeps unpacked kernels (default: ~/.cache/dmstall/kernels). OUT: folder instead of the tree.
# KEEP: folder that keeps the unfiltered log of the machine. LIMIT: seconds for the machine.
set -euo pipefail

# shellcheck source=tests/traces/machine.sh
source "$(dirname "$(realpath "${BASH_SOURCE[0]}")")/machine.sh"
begin "${here}/drive.cpp" "$@"

record() {   # STACK
  local stack=$1 work disks
  work=$(mktemp -d -p "${tools}")
  python3 "${here}/prepare.py" "${here}/stacks/${stack}.json" "${work}"
  # shellcheck disable=SC2046
  fill_root "${work}/root" virtio_pci virtio_blk $(cat "${work}/modules") dm-delay \
    $(sed -n 's/^# modules: //p' "${here}/stacks/${stack}.sh")
  cp "${tools}/drive" "${work}/root/bin/"
  cp "${work}/build.sh" "${work}/root/build.sh"
  mkdir "${work}/root/stacks"
  cp "${here}"/stacks/*.sh "${work}/root/stacks/"   # one may be driven as another
  echo ". /stacks/${stack}.sh" > "${work}/root/stack.sh"
  truncate -s 512M "${work}/log"   # nothing but holes until the machine ends
  mapfile -t disks < "${work}/qemu.args"
  truncate -s 64M "${work}/slow.img"
  disks+=(-blockdev "driver=file,filename=${work}/slow.img,node-name=slow"
    -device "virtio-blk-pci,drive=slow,serial=slow"
    -blockdev "driver=file,filename=${work}/log,node-name=out" -device "virtio-blk-pci,drive=out,serial=out")
  # nokmem: the slabs of accounted allocations are those of all (refusal.hpp)
  APPEND=cgroup.memory=nokmem boot "${work}" 768 "${disks[@]}" >&2
  [[ -z ${KEEP:-} ]] || cp "${work}/log" "${KEEP}/${stack}-${release}.log"
  python3 "${here}/events.py" "${work}/log" "${release}" "${stack}" "${OUT:-${here}}/${release}" "${kernel}"
  rm -rf "${work}"
}

each_of "${here}/stacks" "$2" record
