drive anonymous /tmp/touch 0 12m &
sleep 2
# Watermarks that memory lies below, but for a little: kswapd makes room until they are met or swap is full.
kswapd() {
  usual=$(cat /proc/sys/vm/min_free_kbytes)
  echo $(($(sed -n 's/^MemFree: *\([0-9]*\).*/\1/p' /proc/meminfo) - 16384)) > /proc/sys/vm/min_free_kbytes
  sleep 2
  echo "${usual}" > /proc/sys/vm/min_free_kbytes
}
touched() { : > /tmp/touch; while [ -e /tmp/touch ]; do sleep 0.1; done; }
for device in mapper/l loop0; do
  mkswap -q "/dev/${device}" 8192
  swapon "/dev/${device}"
  name=${device##*/}
  operation "${name}_kswapd" kswapd
  operation "${name}_swap_in" touched
  operation "${name}_task_swaps_out" drive page_out /dev/null 0 4m
  swapoff "/dev/${device}"
done
