operation first_write drive write /dev/mapper/s 16k 4k
operation second_write drive write /dev/mapper/s 20k 4k
operation whole_chunk drive write /dev/mapper/s 32k 16k
operation read_exception drive read /dev/mapper/s 16k 8k
operation many_chunks drive write /dev/mapper/s 2m 4k 12 16k
operation flush drive fsync /dev/mapper/s 0 0
operation zero_out drive zero_out /dev/mapper/s 8m 64k
operation status dmsetup status s
operation write_origin drive write /dev/mapper/o 10m 4k 4 16k
victims
operation first_write_refused refused 7 write /dev/mapper/s 16m 4k 12 16k
