#!/bin/bash
# First process of the User-Mode Linux that run.sh starts: builds the stack of one experiment (environment: EXPERIMENT, TOOLS
# and the experiment's values) and runs it. Disks ubda to ubdd are empty files; with EXPERIMENT=hog ubda to ubdc are verity's.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev 2> /dev/null
mkdir -p /dev/shm
dmesg -n 1
# Not modprobe: the machine's own /lib/modules knows nothing of this kernel.
modules=/usr/lib/uml/modules/$(uname -r)/kernel
for module in drivers/dax/dax drivers/md/dm-mod drivers/md/dm-bufio crypto/sha256_generic drivers/md/dm-verity drivers/md/dm-snapshot drivers/md/dm-delay; do
  [[ -e ${modules}/${module}.ko ]] && insmod "${modules}/${module}.ko"
done

readonly sectors=8192   # of one segment
device() { dmsetup create "$1" --noudevsync "${@:2}" && dmsetup mknodes "$1"; }   # NAME [OPTION...] < table
segments() {                                                                      # DISK... : one segment of each, in this order
  local i=0
  for disk in "$@"; do
    echo "$((i * sectors)) ${sectors} linear /dev/${disk} $((i * sectors))"
    i=$((i + 1))
  done
}
times() { for ((i = 0; i < $2; i++)); do echo "$1"; done; }
slow_device() {
  echo "0 65536 delay /dev/ubdd 0 200000" | device slow
  for ((i = 0; i < 16; i++)); do echo "$((i * 4096)) 4096 linear /dev/mapper/slow $((i * 4096))"; done | device drain
}
press() { "${TOOLS}/pressure" "$1" "$2" "${K:-1}" "${SECONDS_WITHOUT:-16}" "${3:-4096}" /dev/mapper/drain; }

reserve() { echo "${R:-16}" > /sys/module/dm_mod/parameters/reserved_bio_based_ios; }

slow_device
reserve
case ${EXPERIMENT} in
  flush)   # K flushes of a linear device of T segments
    # shellcheck disable=SC2046
    segments $(times ubda "${T}") | device many
    press flush /dev/mapper/many
    ;;
  mixed)   # PATTERN: a letter for each segment, c: on a disk with a volatile write cache, p: plain
    echo "write through" > /sys/block/ubdb/queue/write_cache
    # shellcheck disable=SC2046
    segments $(sed 's/c/ubda /g; s/p/ubdb /g' <<< "${PATTERN}") | device many
    press flush /dev/mapper/many
    ;;
  commit)   # K writes to a snapshot whose COW device has T segments
    # shellcheck disable=SC2046
    segments $(times ubdb "${T}") | device cow
    echo "0 65536 snapshot /dev/ubda /dev/mapper/cow P 8" | device snap
    dd if=/dev/zero of=/dev/mapper/snap bs=4k count=1 seek=4000 oflag=direct status=none   # a slab of completed exceptions
    press write /dev/mapper/snap
    ;;
  invalidation)   # K writes to a snapshot, whose first chunk cannot be copied; a second passes before any copy ends
    echo "0 65536 snapshot /dev/ubda /dev/ubdc P 16" | device warm
    dd if=/dev/zero of=/dev/mapper/warm bs=8k count=700 oflag=direct status=none   # slabs of completed exceptions
    dmsetup remove --noudevsync warm
    printf '%s\n' "0 16 error" "16 65520 linear /dev/ubda 16" | device bad
    echo "0 65536 delay /dev/mapper/bad 0 1000 /dev/ubda 0 0" | device origin
    echo "0 65536 snapshot /dev/mapper/origin /dev/ubdb P 16" | device snap
    press write /dev/mapper/snap 8192
    ;;
  hog)   # READERS (4) of verity on verity beside WITH: nothing, hog (takes memory), compute (takes the CPU)
    echo "0 65536 verity 1 /dev/ubda /dev/ubdb 4096 4096 8192 1 sha256 ${ROOT_HASH} - 1 ignore_corruption" | device lower --readonly
    echo "0 65536 verity 1 /dev/mapper/lower /dev/ubdc 4096 4096 8192 1 sha256 ${ROOT_HASH} -" | device upper --readonly
    "${TOOLS}/latency" read /dev/mapper/upper 8192 4000 9 > /dev/null   # the first reads of the cold stack are slow by themselves
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
