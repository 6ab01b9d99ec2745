operation read drive read /dev/mapper/x 16k 4k
operation write drive write /dev/mapper/x 16k 4k
operation across_stripes drive read /dev/mapper/x 8k 64k
operation write_across_stripes drive write /dev/mapper/x 8k 64k
operation flush drive fsync /dev/mapper/x 0 0 2
operation discard drive discard /dev/mapper/x 64k 1m
operation zero_out drive zero_out /dev/mapper/x 64k 1m
writeback() { drive buffered_write /dev/mapper/x 2m 64k; sync; }
operation writeback writeback
victims
operation write_refused refused 6 write /dev/mapper/x 3m 1m 8
operation flush_refused refused 6 fsync /dev/mapper/x 0 0 8
