#!/bin/sh
# First process of the recorded machine: modules, disks by their names, trace events, the devices of the scenario
# (build.sh, made by prepare.py), what is driven (stack.sh), and what was traced to the disk "out".
export PATH=/bin/real:/bin DM_DISABLE_UDEV=1 LD_LIBRARY_PATH=/lib
/bin/busybox --install -s /bin
mount -t proc none /proc
mount -t sysfs none /sys
mount -t devtmpfs none /dev
mount -t tmpfs none /run
mount -t tmpfs none /tmp
exec > /dev/console 2>&1 < /dev/console
mount -t tracefs none /sys/kernel/tracing
while read -r module; do insmod "/m/${module}" || echo "insmod ${module} failed"; done < /m/order
mkdir -p /disk /mnt
for disk in /sys/block/vd*; do ln -s "/dev/${disk##*/}" "/disk/$(cat "${disk}/serial")"; done

device() { dmsetup create "$@" > /dev/null && dmsetup mknodes "$1"; }   # NAME [OPTION...] < table
# Nothing in the page cache, nor in that of dm-bufio.
fresh() {
  sync
  echo 0 > /sys/module/dm_bufio/parameters/retain_bytes
  echo 3 > /proc/sys/vm/drop_caches
}
# Not busybox' own, which know less.
for tool in losetup mkswap swapon; do eval "${tool}() { /bin/real/${tool} \"\$@\"; }"; done

if [ -e /refusal.sh ]; then   # the machine of sleepers.sh
  # shellcheck source=tests/traces/refusal.sh
  . /refusal.sh
  # shellcheck source=/dev/null
  . /build.sh
  # shellcheck source=/dev/null
  . /stack.sh
  sleep 60   # the last command switches the machine off
fi

log=/tmp/log
trace=/sys/kernel/tracing
cd "${trace}" || exit 1
echo 98304 > buffer_size_kb
echo 0 > tracing_on
: > kprobe_events
event() {   # FOLDER [FILTER]: with the stack of whoever meets it
  [ -d "${trace}/events/$1" ] || return 0
  [ -n "$2" ] && echo "$2" > "${trace}/events/$1/filter"
  echo "stacktrace${2:+ if $2}" > "${trace}/events/$1/trigger"
  echo 1 > "${trace}/events/$1/enable"
}
probe() {   # NAME FUNCTION ARGUMENTS: at the function, whichever name it has
  for function in "$2_noprof" "$2"; do
    echo "p:$1 ${function} $3" >> kprobe_events 2> /dev/null && event "kprobes/$1" "$4" && return
  done
  echo "no $2 in this kernel"
}
# Of a mempool_t: min_nr at 4, alloc at 32. The second, fourth and fifth argument of a function are rsi, rcx and r8.
probe take mempool_alloc 'pool=%di:symbol alloc=+32(%di):symbol gfp=%si:x32'
probe give mempool_free 'pool=%si:symbol alloc=+32(%si):symbol'
probe bio bio_alloc_bioset 'set=%r8:symbol gfp=%cx:x32'
probe put bio_put ''
probe alloc_vmalloc __vmalloc_node_range 'gfp=%r8:x32' 'gfp & 0x400'
probe alloc_percpu pcpu_alloc 'gfp=%cx:x32' 'gfp & 0x400'
for function in mutex_lock mutex_lock_io mutex_lock_killable mutex_lock_interruptible down down_killable down_read \
  down_read_killable down_write down_write_killable wait_for_completion wait_for_completion_io \
  wait_for_completion_killable wait_for_completion_timeout wait_for_completion_io_timeout; do
  probe "lock_${function}" "${function}" ''
done
for name in kmalloc kmalloc_node kmem_cache_alloc kmem_cache_alloc_node mm_page_alloc; do
  event "kmem/${name}"
done
event sched/sched_switch 'prev_state == 2'
event workqueue/workqueue_queue_work
echo 1 > events/workqueue/workqueue_execute_start/enable
cd /

# operation NAME COMMAND...: records the command; what it leaves to other threads has SETTLE seconds
operation() {
  echo "operation $1"
  echo "OPERATION $1" >> "${log}"
  : > "${trace}/trace"
  echo 1 > "${trace}/tracing_on"
  shift
  "$@"
  sleep "${SETTLE:-0.5}"
  echo 0 > "${trace}/tracing_on"
  cat "${trace}/trace" >> "${log}"
  grep -h '^overrun: [1-9]' "${trace}"/per_cpu/*/stats && echo "events were lost"
  true
}
# COMMAND...: the flusher writes what it leaves dirty
flushed() {
  echo 10 > /proc/sys/vm/dirty_expire_centisecs
  echo 10 > /proc/sys/vm/dirty_writeback_centisecs
  "$@"
  sleep 1
  echo 3000 > /proc/sys/vm/dirty_expire_centisecs
  echo 500 > /proc/sys/vm/dirty_writeback_centisecs
}
# throttled COMMAND...: with few dirty pages allowed, so that who makes more of them waits
throttled() {
  echo 65536 > /proc/sys/vm/dirty_bytes
  "$@"
  echo 20 > /proc/sys/vm/dirty_ratio
}
# flusher DEVICE: dirty pages of a block device that the flusher finds: somebody else keeps the device open, so that the
# writer's close does not write them
flusher() {
  echo 10 > /proc/sys/vm/dirty_writeback_centisecs
  echo 10 > /proc/sys/vm/dirty_expire_centisecs
  exec 9<> "$1"
  drive buffered_write "$1" 8m 256k
  sleep 2
  exec 9>&-
  echo 500 > /proc/sys/vm/dirty_writeback_centisecs
  echo 3000 > /proc/sys/vm/dirty_expire_centisecs
}
# Before a command that drive does while there is no memory (refused).
victims() {
  echo "0 65536 delay /disk/slow 0 400000" | device slow
  drive victims /dev/mapper/slow 40
  sleep 1
}
# refused SECONDS OPERATION...: what drive does while there is no memory; some of it may never end
refused() {
  rm -f /tmp/refused
  drive refused "$@" &
  waited=0
  while [ ! -e /tmp/refused ] && [ $((waited += 1)) -lt 60 ]; do sleep 1; done
}
echo "KERNEL $(uname -r)" >> "${log}"
# shellcheck source=/dev/null
. /build.sh
# shellcheck source=/dev/null
. /stack.sh
echo "SYMBOLS" >> "${log}"
cat /proc/kallsyms >> "${log}"
echo "END" >> "${log}"
dd if="${log}" of=/disk/out bs=1M conv=fsync 2> /dev/null
poweroff -f
