# shellcheck shell=bash
# Sourced by record.sh and sleepers.sh: a packaged kernel, unpacked, and a machine in qemu that runs it. Sets `here` and
# `tree`; `begin` sets the rest.
here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
tree=$(realpath "${here}/../..")
# shellcheck source=scenarios/install-packages.sh
source "${tree}/scenarios/install-packages.sh"

export PYTHONDONTWRITEBYTECODE=1   # no files beside the scripts

usage() { sed -n '2,/^set/s/^# \{0,1\}//p' "$1" | grep -v '^set' >&2; exit 64; }   # SCRIPT: its first comment

# The newest packaged kernel of the release, unpacked: prints its folder.
kernel_tree() {
  local package kernels=${KERNELS:-${XDG_CACHE_HOME:-${HOME}/.cache}/dmstall/kernels}
  mkdir -p "${kernels}"
  package=$(apt-cache search --names-only "^linux-image-${1//./\\.}[.][.0-9-]*([+]deb[0-9]*)?-amd64$" |
    awk '{ print $1 }' | sort -V | tail -1)
  if [[ ! -d ${kernels}/${package:?no kernel package of $1} ]]; then
    (cd "${kernels}" && apt-get download -qq "${package}" >&2 && dpkg-deb -x "${package}"_*.deb "${package}.new" &&
      mv "${package}.new" "${package}" && rm -f "${package}"_*.deb)
  fi
  echo "${kernels}/${package}"
}

# begin PROGRAM ARGUMENTS: of a script that is called with RELEASE and NAME. Sets `release`, `kernel` (the unpacked
# package), `version`, and `tools`, a folder that goes when the script ends, with PROGRAM (a file of C++) compiled.
begin() {
  local program=$1
  shift
  [[ $# == 2 ]] || usage "$0"
  release=$1
  install_packages g++ qemu-system-x86 busybox-static dmsetup mdadm cryptsetup-bin e2fsprogs mount kmod cpio binutils \
    xz-utils zstd python3 >&2
  kernel=${KERNEL:-$(kernel_tree "${release}")}
  version=$(basename "${kernel}"/boot/vmlinuz-*)
  version=${version#vmlinuz-}
  [[ -e ${kernel}/lib/modules/${version}/modules.dep ]] || depmod -b "${kernel}" "${version}"
  tools=$(mktemp -d)
  trap 'rm -rf "${tools}"' EXIT
  g++ -std=c++20 -O1 -static -o "${tools}/$(basename "${program}" .cpp)" "${program}" -pthread
}

# each_of FOLDER NAME FUNCTION: calls FUNCTION with NAME, or for `all` with the name of every script in FOLDER
each_of() {
  local name names=("$2")
  [[ $2 != all ]] || mapfile -t names < <(cd "$1" && printf '%s\n' *.sh | sed 's/\.sh$//')
  for name in "${names[@]}"; do
    echo "== ${name} on ${version}" >&2
    "$3" "${name}"
  done
}

# fill_root FOLDER MODULES...: busybox, the tools and the modules, with what they need, in order
fill_root() {
  local root=$1 tool library module name
  shift
  mkdir -p "${root}"/{bin/real,lib,lib64,m,proc,sys,dev,run,tmp,etc}
  cp /bin/busybox "${root}/bin/"
  ln -s busybox "${root}/bin/sh"
  : > "${root}/etc/mtab"
  for tool in dmsetup mdadm losetup mkfs.ext4 mkswap swapon; do
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

# boot FOLDER MEMORY_MIB QEMU_ARGUMENTS...: FOLDER/root as the machine's files; what it says on its console
boot() {
  local work=$1 memory=$2
  shift 2
  cp "${here}/guest.sh" "${work}/root/init"
  chmod +x "${work}/root/init"
  (cd "${work}/root" && find . | cpio -o -H newc --quiet | gzip -1) > "${work}/initrd"
  nice timeout "${LIMIT:-240}" qemu-system-x86_64 -accel tcg -cpu max -m "${memory}" -smp "${CPUS:-1}" -nographic \
    -no-reboot -kernel "${kernel}"/boot/vmlinuz-* -initrd "${work}/initrd" "$@" \
    -append "console=ttyS0 panic=5 loglevel=4 tsc=reliable no_timer_check nokaslr mitigations=off ${APPEND:-}" \
    < /dev/null | stdbuf -oL tr -d '\r' |
    { grep --line-buffered -avE 'SeaBIOS|iPXE|Ctrl-B|Booting from|Probing EDD|^[[:space:]]*$' || true; }
}
