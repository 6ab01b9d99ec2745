#!/usr/bin/env bash
# What a running kernel does on a stack: boots Debian's packaged kernel of a release in qemu, builds the devices of
# stacks/STACK.json, drives what stacks/STACK.sh says, and writes RELEASE/STACK-OPERATION.trace for each operation.
# Installs what it needs; the kernel package is downloaded and unpacked, not installed. No KVM; root only to install.
#
#   tests/traces/record.sh 6.12 verity-ignore
#   tests/traces/record.sh 6.1 all                 every stack
#   tests/traces/record.sh 6.12 my/stack.json      a scenario of your own, driven by my/stack.sh; traces in this folder
#
# KERNEL: a kernel of your own, with symbols for kprobes: a folder with boot/vmlinuz-VERSION and lib/modules/VERSION
# that can be written to; RELEASE says which models it is held against. KERNELS: folder that keeps unpacked kernels
# (default: ~/.cache/dmstall/kernels). OUT: folder for traces. KEEP: folder that keeps the unfiltered log of the
# machine. LIMIT: seconds for the machine (default: 240).
set -euo pipefail

# shellcheck source=tests/traces/machine.sh
source "$(dirname "$(realpath "${BASH_SOURCE[0]}")")/machine.sh"
begin "${here}/drive.cpp" "$@"

record() {   # STACK, or a scenario's file
  local stack=$1 scenario=tests/traces/stacks/$1.json file=${here}/stacks/$1.json out=${OUT:-${here}}/${release}
  local work disks
  if [[ $1 == *.json ]]; then
    stack=$(basename "$1" .json) scenario=$1 file=$1 out=${OUT:-.}
    [[ -e ${file} && -e ${file%.json}.sh ]] || { echo "$0: no ${file}, or no ${file%.json}.sh beside it" >&2; exit 66; }
  fi
  work=$(mktemp -d -p "${tools}")
  python3 "${here}/prepare.py" "${file}" "${work}"
  # shellcheck disable=SC2046
  fill_root "${work}/root" virtio_pci virtio_blk $(cat "${work}/modules") dm-delay \
    $(sed -n 's/^# modules: //p' "${file%.json}.sh")
  cp "${tools}/drive" "${work}/root/bin/"
  cp "${work}/build.sh" "${work}/root/build.sh"
  mkdir "${work}/root/stacks"
  cp "${here}"/stacks/*.sh "${file%.json}.sh" "${work}/root/stacks/"   # one may be driven as another
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
  python3 "${here}/events.py" "${work}/log" "${release}" "${scenario}" "${out}" "${kernel}"
  rm -rf "${work}"
}

each_of "${here}/stacks" "$2" record
