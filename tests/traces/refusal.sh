# shellcheck shell=sh
# In the machine of sleepers.sh: devices that answer after minutes, so that the slabs of bios can be emptied, and the
# command that refuses memory (tests/uml/pressure.cpp, and tests/uml/guest.sh for the reasons of what is here).
reserve() { echo "$1" > /sys/module/dm_mod/parameters/reserved_bio_based_ios; }
repeated() { i=0; while [ $((i += 1)) -le "$2" ]; do printf '%s' "$1"; done; }

reserve 16
# One flush of "drain" takes 15 clones, on 6.12 too, where a flush goes once to each device below.
echo "0 65536 delay /disk/slow 0 200000" | device slow
i=0
while [ "${i}" -lt 16 ]; do
  echo "0 4096 delay /disk/slow $((i * 4096)) 200000" | device "slow${i}"
  i=$((i + 1))
done
i=0
while [ "${i}" -lt 16 ]; do
  echo "$((i * 4096)) 4096 linear /dev/mapper/slow${i} 0"
  i=$((i + 1))
done | device drain
reserve 1024
echo "0 65536 delay /disk/slow 65536 200000" | device slower
reserve 32
echo "0 65536 mirror core 2 1024 nosync 8$(repeated ' /dev/mapper/slower 0' 8)" | device mirror
reserve 16

drains=
# so that the bios of fs_bio_set find no free object in a slab
use_fs_bio_set() { drains="drain write:/dev/mapper/mirror:40:4096:4096"; }
# so that clones of bios for members of an array find none; its members get slow when it is there
use_md_clones() {
  for i in 16 17; do echo "0 4096 delay /disk/slow $((i * 4096)) 0" | device "slow${i}"; done
  mdadm --build /dev/md9 --level=0 --chunk=16 --raid-devices=2 /dev/mapper/slow16 /dev/mapper/slow17
  dd if=/dev/md9 of=/dev/null bs=4k count=1 2> /dev/null   # the first one who opens it looks for partitions
  for i in 16 17; do
    echo "0 4096 delay /disk/slow $((i * 4096)) 200000" | dmsetup load "slow${i}" && dmsetup resume "slow${i}"
  done
  use_fs_bio_set
  drains="${drains} drain read:/dev/md9:40:4096:4096"
}
# no flusher beside the workers
only_the_workers_write_back() {
  echo 1000000000 > /proc/sys/vm/dirty_bytes
  echo 500000000 > /proc/sys/vm/dirty_background_bytes
  echo 0 > /proc/sys/vm/dirty_writeback_centisecs
}
press() {   # SPEC...: pressure.cpp says what
  # shellcheck disable=SC2086
  pressure "${SECONDS_WITHOUT:-15}" /dev/mapper/drain drain flush:/dev/mapper/drain:96:0:0 ${drains} "$@"
}
# The first writeback makes the slabs of what has no pool.
warm() {   # FOLDER
  fallocate -l 4194304 "$1/warm"
  dd if=/dev/urandom of="$1/warm" bs=4k count=1024 conv=notrunc,fsync 2> /dev/null
}
