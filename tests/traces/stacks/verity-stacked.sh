operation read drive read /dev/mapper/s 512k 4k
operation read_bad_block drive read /dev/mapper/s 20k 4k
operation first_write drive write /dev/mapper/s 512k 4k
operation first_write_bad_block drive write /dev/mapper/s 16k 4k
writeback() { drive buffered_write /dev/mapper/s 1m 64k; sync; }
operation writeback writeback
