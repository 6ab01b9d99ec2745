#!/bin/bash
# First process of the User-Mode Linux that run.sh starts: builds the stack of one experiment (environment: EXPERIMENT,
# TOOLS and the experiment's values) and runs it. Disks ubda to ubdd are empty files; hog and uevent have verity's data
# and hashes.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev 2> /dev/null
mkdir -p /dev/shm
dmesg -n 1
# Not modprobe: the machine's own /lib/modules knows nothing of this kernel.
modules=/usr/lib/uml/modules/$(uname -r)/kernel
for module in drivers/dax/dax drivers/md/dm-mod drivers/md/dm-bufio crypto/sha256_generic drivers/md/dm-verity \
  drivers/md/dm-snapshot drivers/md/dm-delay \
  drivers/md/dm-log drivers/md/dm-region-hash drivers/md/dm-mirror drivers/block/loop drivers/md/md-mod \
  drivers/md/raid0; do
  [[ -e ${modules}/${module}.ko ]] && insmod "${modules}/${module}.ko"
done

readonly sectors=8192   # of one segment
device() { dmsetup create "$1" --noudevsync "${@:2}" && dmsetup mknodes "$1"; }   # NAME [OPTION...] < table
# DISK... : one segment of each, in this order
segments() {
  local i=0
  for disk in "$@"; do
    echo "$((i * sectors)) ${sectors} linear /dev/${disk} $((i * sectors))"
    i=$((i + 1))
  done
}
times() { for ((i = 0; i < $2; i++)); do echo "$1"; done; }
# Two devices that answer after minutes. One flush of "drain" takes 15 clones. One write to "mirror" takes 8 bios of the
# size that fs_bio_set has, too, from a set of its own, whose thread sleeps when no slab has any; "slower" has elements
# for all.
slow_devices() {
  reserve 16
  echo "0 65536 delay /dev/ubdd 0 200000" | device slow
  for ((i = 0; i < 16; i++)); do echo "$((i * 4096)) 4096 linear /dev/mapper/slow $((i * 4096))"; done | device drain
  reserve 1024
  echo "0 65536 delay /dev/ubdd 65536 200000" | device slower
  reserve 32
  echo "0 65536 mirror core 2 1024 nosync 8$(times ' /dev/mapper/slower 0' 8 | tr -d '\n')" | device mirror
}
press() {   # SPEC...: pressure.cpp says what
  "${TOOLS}/pressure" "${SECONDS_WITHOUT:-12}" /dev/mapper/drain drain "flush:/dev/mapper/drain:96:0:0" \
    "${drains[@]}" "$@"
}
drains=()
# so that it finds no free object in a slab
use_fs_bio_set() { drains=(drain "write:/dev/mapper/mirror:40:4096:4096"); }
filesystem() {   # DEVICE FOLDER [MOUNT OPTIONS]
  mkfs.ext4 -q -F -b 4096 -E nodiscard,lazy_itable_init=0,lazy_journal_init=0 "$1"
  mkdir -p "$2" && mount -t ext4 -o "commit=1000,${3:-defaults}" "$1" "$2"   # no commit but that of an fsync
  # The first writeback makes the slabs of what has no pool.
  fallocate -l 4M "$2/warm" && dd if=/dev/urandom of="$2/warm" bs=4k count=1024 conv=notrunc,fsync status=none
}
only_the_workers_write_back() {   # no flusher beside them
  echo 1000000000 > /proc/sys/vm/dirty_bytes
  echo 500000000 > /proc/sys/vm/dirty_background_bytes
  echo 0 > /proc/sys/vm/dirty_writeback_centisecs
}

reserve() { echo "$1" > /sys/module/dm_mod/parameters/reserved_bio_based_ios; }

mount -t tmpfs none /mnt
slow_devices
reserve "${R:-16}"
case ${EXPERIMENT} in
  flush)   # K flushes of a linear device of T segments
    # shellcheck disable=SC2046
    segments $(times ubda "${T}") | device many
    press "flush:/dev/mapper/many:${K:-1}:0:0"
    ;;
  raid0)   # K times OP (flush, read) on an md array of MEMBERS, chunks of 16 KiB; reads of BYTES, one behind the other
    members=()
    for ((i = 0; i < ${MEMBERS:-2}; i++)); do
      echo "0 65536 delay /dev/ubd$(cut -c$((i + 1)) <<< abc) 0 $((60 + 40 * i))" | device "member${i}"
      members+=("/dev/mapper/member${i}")
    done
    mdadm --build /dev/md0 --force --level=0 --chunk=16 --raid-devices=${#members[@]} "${members[@]}" > /dev/null 2>&1
    press "${OP:-read}:/dev/md0:${K:-1}:${BYTES:-0}:${BYTES:-0}"
    ;;
  mixed)   # PATTERN: a letter for each segment, c: on a disk with a volatile write cache, p: plain
    echo "write through" > /sys/block/ubdb/queue/write_cache
    # shellcheck disable=SC2046
    segments $(sed 's/c/ubda /g; s/p/ubdb /g' <<< "${PATTERN}") | device many
    press "flush:/dev/mapper/many:${K:-1}:0:0"
    ;;
  commit)   # K writes to a snapshot whose COW device has T segments
    # shellcheck disable=SC2046
    segments $(times ubdb "${T}") | device cow
    echo "0 65536 snapshot /dev/ubda /dev/mapper/cow P 8" | device snap
    # a slab of completed exceptions
    dd if=/dev/zero of=/dev/mapper/snap bs=4k count=1 seek=4000 oflag=direct status=none
    press "write:/dev/mapper/snap:${K:-1}:4096:4096"
    ;;
  invalidation)   # K writes to a snapshot, whose first chunk cannot be copied; a second passes before any copy ends
    echo "0 65536 snapshot /dev/ubda /dev/ubdc P 16" | device warm
    dd if=/dev/zero of=/dev/mapper/warm bs=8k count=700 oflag=direct status=none   # slabs of completed exceptions
    dmsetup remove --noudevsync warm
    printf '%s\n' "0 16 error" "16 65520 linear /dev/ubda 16" | device bad
    echo "0 65536 delay /dev/mapper/bad 0 1000 /dev/ubda 0 0" | device origin
    echo "0 65536 snapshot /dev/mapper/origin /dev/ubdb P 16" | device snap
    press "write:/dev/mapper/snap:${K:-1}:4096:8192"
    ;;
  # fsync of KIB scattered dirty KiB of each of K files of an ext4 mounted with OPT, 256 pages a bio; OP as in
  # operations.hpp
  extent)
    use_fs_bio_set
    only_the_workers_write_back
    filesystem /dev/ubda /mnt/fs "${OPT:-defaults}"
    press "${OP:-fsync_preallocated}:/mnt/fs/file*:${K:-1}:$((KIB << 10)):0"
    ;;
  # the same of one file; while its data are on the way (the disk takes 300 ms) another inode is committed
  extent_commit)
    use_fs_bio_set
    only_the_workers_write_back
    echo "0 131072 delay /dev/ubda 0 0 /dev/ubda 0 300" | device late
    filesystem /dev/mapper/late /mnt/fs "${OPT:-defaults}"
    press "fsync_preallocated:/mnt/fs/file:1:$((KIB << 10)):0" "fsync_inode:/mnt/fs/other:1:0:0"
    ;;
  next_bio)   # zero_out of 64 MiB of each of DISKS disks beside an fsync of KIB KiB, if any, of an ext4 on another one
    use_fs_bio_set
    only_the_workers_write_back
    for disk in ubda ubdb; do
      ((DISKS-- > 0)) && specs+=("zero_out:/dev/${disk}:1:$((64 << 20)):0")
    done
    if [[ -n ${KIB:-} ]]; then
      filesystem /dev/ubdc /mnt/fs "${OPT:-defaults}"
      specs+=("fsync_preallocated:/mnt/fs/file:1:$((KIB << 10)):0")
    fi
    press "${specs[@]}"
    ;;
  # K direct reads of a file in LEVELS filesystems: each in a file of the one below it, through a loop device
  filesystems)
    use_fs_bio_set
    only_the_workers_write_back
    below=/dev/ubda
    for ((i = 1; i <= LEVELS; i++)); do
      filesystem "${below}" "/mnt/${i}"
      dd if=/dev/zero "of=/mnt/${i}/file" bs=1M count=$((100 - 30 * i)) oflag=direct conv=fsync status=none
      losetup --direct-io=on "/dev/loop${i}" "/mnt/${i}/file"
      below=/dev/loop${i}
    done
    press "read:/mnt/${LEVELS}/file:${K:-1}:4096:65536"
    ;;
  # K reads (OP read or aio_read) of KIB KiB of DEVICE: loop1 over loop0 over BELOW: ubda, or late, which takes 300 ms
  loop_read)
    echo "0 131072 delay /dev/ubda 0 300" | device late
    losetup --direct-io=on /dev/loop0 "/dev/${BELOW:-ubda}"
    losetup --direct-io=on /dev/loop1 /dev/loop0
    press "${OP:-read}:/dev/${DEVICE:-loop0}:${K:-1}:$((KIB << 10)):$((1 << 20))"
    ;;
  # OP fsync or swap_out of KIB KiB through a loop device OVER a disk or the file of an ext4; DIRECT on, or off: through
  loop_write)
                # the page cache, where writers wait above LIMIT_KIB of dirty pages
    use_fs_bio_set
    only_the_workers_write_back
    if [[ -n ${LIMIT_KIB:-} ]]; then   # writers wait above this much that is dirty
      echo $((LIMIT_KIB << 10)) > /proc/sys/vm/dirty_bytes
      echo $((LIMIT_KIB * 900)) > /proc/sys/vm/dirty_background_bytes
    fi
    backing=/dev/ubdb
    if [[ ${OVER:-file} == file ]]; then
      filesystem /dev/ubda /mnt/host dioread_lock
      backing=/mnt/host/image
      dd if=/dev/zero of=${backing} bs=1M count=64 oflag=direct conv=fsync status=none   # every block is written
    fi
    losetup "--direct-io=${DIRECT:-on}" /dev/loop0 ${backing}
    if [[ ${OP:-fsync} == swap_out ]]; then
      mkswap -q /dev/loop0 && swapon /dev/loop0
      press "swap_out:none:${K:-1}:$((KIB << 10)):0"
    else
      filesystem /dev/loop0 /mnt/image dioread_lock
      # the image stays in the page cache
      [[ ${DIRECT:-on} == off ]] && drains+=(drain "keep:${backing}:1:$((64 << 20)):0")
      press "fsync_preallocated:/mnt/image/file*:${K:-1}:$((KIB << 10)):0"
    fi
    ;;
  buffered)   # fsync of KIB scattered dirty KiB of a disk's own page cache
    use_fs_bio_set
    only_the_workers_write_back
    press "fsync:/dev/ubda:${K:-1}:$((KIB << 10)):$((KIB << 10))"
    ;;
  # K reads of a verity device, all of bad or good BLOCKS; with LISTEN somebody listens to events, as udev does
  uevent)
    echo "0 65536 verity 1 /dev/ubda /dev/ubdb 4096 4096 8192 1 sha256 ${ROOT_HASH} - 1 ignore_corruption" | device \
      verity --readonly
    # Hash blocks come into dm-bufio, and every other path is warm: good blocks only.
    for ((i = 1; i < 8192; i += 64)); do dd if=/dev/mapper/verity of=/dev/null bs=4k count=1 skip=${i} iflag=direct \
      status=none; done
    [[ ${BLOCKS:-bad} == bad ]] && skew=0 || skew=4096
    echo "0 65528 linear /dev/mapper/verity $((skew / 512))" | device blocks --readonly
    echo > /sys/kernel/uevent_helper   # other kernels of Debian have none
    [[ -n ${LISTEN:-} ]] && drains+=(drain "listen:none:1:0:0")
    press "read:/dev/mapper/blocks:${K:-1}:4096:16384"
    ;;
  hog)   # READERS (4) of verity on verity beside WITH: nothing, hog (takes memory), compute (takes the CPU)
    echo "0 65536 verity 1 /dev/ubda /dev/ubdb 4096 4096 8192 1 sha256 ${ROOT_HASH} - 1 ignore_corruption" | device \
      lower --readonly
    echo "0 65536 verity 1 /dev/mapper/lower /dev/ubdc 4096 4096 8192 1 sha256 ${ROOT_HASH} -" | device upper --readonly
    # the first reads of the cold stack are slow by themselves
    "${TOOLS}/latency" read /dev/mapper/upper 8192 4000 9 > /dev/null
    case ${WITH} in
      hog) (while :; do "${TOOLS}/latency" hog; sleep 1; done) & ;;
      compute) "${TOOLS}/latency" compute & ;;
    esac
    readers=()
    for ((i = 1; i <= ${READERS:-4}; i++)); do
      "${TOOLS}/latency" read /dev/mapper/upper 8192 20000 "${i}" &
      readers+=($!)
    done
    "${TOOLS}/latency" sleep 6000 &
    wait "${readers[@]}" $!
    echo "killed $(dmesg | grep -c 'Killed process') times"
    echo "OUTCOME completed"
    echo o > /proc/sysrq-trigger
    ;;
esac
sleep 10
