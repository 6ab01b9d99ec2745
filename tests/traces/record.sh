#!/usr/bin/env bash
# What a running kernel does on a stack: boots Debian's packaged kernel of a release in qemu, builds the devices of
# stacks/STACK.json, drives what stacks/STACK.sh says, and writes RELEASE/STACK-OPERATION.trace for each operation.
# Installs what it needs; the kernel package is downloaded and unpacked, not installed. No KVM; root only to install.
#
#   tests/traces/record.sh 6.12 verity-ignore
#   tests/traces/record.sh 6.1 all                 every stack
#
# KERNELS: folder that keeps unpacked kernels (default: ~/.cache/dmstall/kernels). OUT: folder instead of the tree.
# KEEP: folder that keeps the unfiltered log of the machine.
set -euo pipefail

here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
tree=$(realpath "${here}/../..")
# shellcheck source=scenarios/install-packages.sh
source "${tree}/scenarios/install-packages.sh"
[[ $# == 2 ]] || { sed -n '2,/^set/s/^# \{0,1\}//p' "$0" | grep -v '^set' >&2; exit 64; }
release=$1
install_packages g++ qemu-system-x86 busybox-static dmsetup cryptsetup-bin e2fsprogs mount kmod cpio binutils \
  xz-utils zstd python3 >&2
kernels=${KERNELS:-${XDG_CACHE_HOME:-${HOME}/.cache}/dmstall/kernels}

# The newest packaged kernel of the release, unpacked: prints its folder.
kernel_tree() {
  local package
  mkdir -p "${kernels}"
  package=$(apt-cache search --names-only "^linux-image-${release//./\\.}[.][.0-9-]*([+]deb[0-9]*)?-amd64$" |
    awk '{ print $1 }' | sort -V | tail -1)
  if [[ ! -d ${kernels}/${package:?no kernel package of ${release}} ]]; then
    (cd "${kernels}" && apt-get download -qq "${package}" >&2 && dpkg-deb -x "${package}"_*.deb "${package}.new" &&
      mv "${package}.new" "${package}" && rm -f "${package}"_*.deb)
  fi
  echo "${kernels}/${package}"
}

kernel=$(kernel_tree)
version=$(basename "${kernel}"/boot/vmlinuz-*)
version=${version#vmlinuz-}
[[ -e ${kernel}/lib/modules/${version}/modules.dep ]] || depmod -b "${kernel}" "${version}"

tools=$(mktemp -d)
trap 'rm -rf "${tools}"' EXIT
g++ -std=c++20 -O1 -static -o "${tools}/drive" "${here}/drive.cpp" -pthread

# initramfs FOLDER MODULES...: busybox, the tools and the modules, with what they need, in order
initramfs() {
  local root=$1 tool library module name
  shift
  mkdir -p "${root}"/{bin/real,lib,lib64,m,proc,sys,dev,run,tmp,etc}
  cp /bin/busybox "${tools}/drive" "${root}/bin/"
  ln -s busybox "${root}/bin/sh"
  : > "${root}/etc/mtab"
  for tool in dmsetup losetup mkfs.ext4 blkdiscard fallocate; do
    cp -L "$(PATH=${PATH}:/sbin:/usr/sbin command -v "${tool}")" "${root}/bin/real/"
    for library in $(ldd "${root}/bin/real/${tool}" | grep -o '/[^ ]*'); do
      case ${library} in
        */ld-linux*) cp -L "${library}" "${root}/lib64/" ;;
        *) cp -L "${library}" "${root}/lib/" ;;
      esac
    done
  done
  for module in "$@"; do
    modprobe -d "${kernel}" -S "${version}" --show-depends "${module}" 2> /dev/null || true
  done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }' | while read -r module; do
    name=$(basename "${module}" | sed 's/\.ko.*/.ko/')
    case ${module} in
      *.xz) xz -dc "${module}" ;;
      *.zst) zstd -dc "${module}" ;;
      *) cat "${module}" ;;
    esac > "${root}/m/${name}"
    echo "${name}" >> "${root}/m/order"
  done
}

record() {   # STACK
  local stack=$1 work
  work=$(mktemp -d)
  trap 'rm -rf "${work}"' RETURN
  python3 "${here}/prepare.py" "${here}/stacks/${stack}.json" "${work}"
  # shellcheck disable=SC2046
  initramfs "${work}/root" virtio_pci virtio_blk $(cat "${work}/modules") \
    $(sed -n 's/^# modules: //p' "${here}/stacks/${stack}.sh")
  cp "${work}/build.sh" "${work}/root/build.sh"
  cp "${here}/stacks/${stack}.sh" "${work}/root/stack.sh"
  cp "${here}/guest.sh" "${work}/root/init"
  chmod +x "${work}/root/init"
  (cd "${work}/root" && find . | cpio -o -H newc --quiet | gzip -1) > "${work}/initrd"
  mapfile -t disks < "${work}/qemu.args"
  truncate -s 512M "${work}/log"   # nothing but holes until the machine ends
  nice timeout "${LIMIT:-240}" qemu-system-x86_64 -accel tcg -cpu max -m 768 -smp "${CPUS:-1}" -nographic -no-reboot \
    -kernel "${kernel}"/boot/vmlinuz-* -initrd "${work}/initrd" "${disks[@]}" \
    -blockdev "driver=file,filename=${work}/log,node-name=out" -device virtio-blk-pci,drive=out,serial=out \
    -append "console=ttyS0 panic=5 loglevel=4 tsc=reliable no_timer_check nokaslr mitigations=off" < /dev/null |
    tr -d '\r' | grep -avE 'SeaBIOS|iPXE|Ctrl-B|Booting from|Probing EDD|^[[:space:]]*$' >&2
  [[ -z ${KEEP:-} ]] || cp "${work}/log" "${KEEP}/${stack}-${release}.log"
  python3 "${here}/events.py" "${work}/log" "${release}" "${stack}" "${OUT:-${here}}/${release}" \
    "${kernel}"
}

stacks=("$2")
[[ $2 != all ]] || mapfile -t stacks < <(cd "${here}/stacks" && printf '%s\n' *.sh | sed 's/\.sh$//')
for stack in "${stacks[@]}"; do
  echo "== ${stack} on ${version}" >&2
  record "${stack}"
done
