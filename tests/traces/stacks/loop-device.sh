for device in loop0 loop1; do
  operation "${device}_read" drive read "/dev/${device}" 64k 4k
  operation "${device}_write" drive write "/dev/${device}" 64k 4k
  operation "${device}_read_several_bios" drive read "/dev/${device}" 1m 2m
  operation "${device}_write_several_bios" drive write "/dev/${device}" 4m 2m
  operation "${device}_flush" drive fsync "/dev/${device}" 0 0
  operation "${device}_discard" drive discard "/dev/${device}" 12m 1m
  operation "${device}_zero_out" drive zero_out "/dev/${device}" 14m 1m
done
# The pages of loop0 itself, and those of the disk below loop1.
operation loop0_flusher flusher /dev/loop0
operation loop1_throttled_write throttled drive write /dev/loop1 16m 4m
fresh
operation loop1_read_cold drive read /dev/loop1 20m 64k
