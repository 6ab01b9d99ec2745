operation read drive read /dev/loop2 64k 16k
operation write drive write /dev/loop2 64k 16k
operation read_several_bios drive read /dev/loop2 1m 2m
operation write_several_bios drive write /dev/loop2 4m 2m
operation asynchronous_read drive aio_read /dev/loop2 64k 4k 4
operation flush drive fsync /dev/loop2 0 0
operation discard drive discard /dev/loop2 7m 1m
# The hole gets blocks again.
operation write_hole drive write /dev/loop2 7m 64k
operation zero_out drive zero_out /dev/loop2 8m 512k
unwritten() { drive write /dev/loop2 8m 64k; drive fsync /dev/loop2 0 0; }
operation write_unwritten unwritten
exec 3< /dev/loop2   # the last close would write
operation flusher flushed drive buffered_write /dev/loop2 9m 64k
exec 3<&-
victims
operation read_refused refused 7 read /dev/loop2 2m 16k 4
