# Chunk 0 of the COW device is the header, 1 the exceptions.
drive write /dev/mapper/s 16k 4k 3 16k
# Four writers to the chunk whose copy fails, two to chunks that are copied behind it.
failing() {
  drive write /dev/mapper/o 4m 4k 2 64k &
  drive write /dev/mapper/s 1m 4k 4
  drive write /dev/mapper/s 2m 4k
  wait
}
operation failing_copy failing
operation read_invalid drive read /dev/mapper/s 16k 16k
operation write_origin drive write /dev/mapper/o 1m 16k
