# A segment has 8 MiB.
operation read drive read /dev/mapper/l 16k 4k
operation write drive write /dev/mapper/l 16k 4k
operation across_segments drive read /dev/mapper/l 8128k 128k
operation write_across_segments drive write /dev/mapper/l 8128k 128k
operation flush drive fsync /dev/mapper/l 0 0
flushes() { drive buffered_write /dev/mapper/l 1m 64k; drive fsync /dev/mapper/l 0 0 4; }
operation buffered_write_fsync flushes
operation discard drive discard /dev/mapper/l 4k 12m
operation zero_out drive zero_out /dev/mapper/l 4k 12m
buffered() { drive buffered_read /dev/mapper/l 20m 256k; }
operation buffered_read buffered
asynchronous() { drive aio_read /dev/mapper/l 1m 16k 2; drive aio_write /dev/mapper/l 7m 2m; }
operation asynchronous asynchronous
# What nobody asks for: the flusher finds the pages.
writeback() { drive buffered_write /dev/mapper/l 2m 64k; sync; }
operation writeback writeback
victims
operation write_refused refused 6 write /dev/mapper/l 3m 1m 8
operation flush_refused refused 6 fsync /dev/mapper/l 0 0 8
