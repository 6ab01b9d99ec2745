operation read_origin drive read /dev/mapper/s 64k 4k
operation first_write drive write /dev/mapper/s 16k 4k
operation second_write drive write /dev/mapper/s 20k 4k
operation whole_chunk drive write /dev/mapper/s 32k 16k
operation read_exception drive read /dev/mapper/s 16k 8k
operation concurrent_writes drive write /dev/mapper/s 1m 4k 16
operation many_chunks drive write /dev/mapper/s 2m 4k 12 16k
operation flush drive fsync /dev/mapper/s 0 0
operation zero_out drive zero_out /dev/mapper/s 8m 64k
operation status dmsetup status s
writeback() { drive buffered_write /dev/mapper/s 10m 64k; sync; }
operation writeback writeback
reading() { drive read /dev/mapper/s 12m 256k 4 & drive write /dev/mapper/s 12m 4k 8 64k; wait; }
operation read_beside_write reading
victims
operation first_write_refused refused 7 write /dev/mapper/s 16m 4k 12 16k
operation read_exception_refused refused 5 read /dev/mapper/s 16k 16k 8
operation invalidated drive write /dev/mapper/s 4m 4k
operation write_invalid drive write /dev/mapper/s 6m 4k
