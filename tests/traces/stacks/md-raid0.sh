# A chunk has 16 KiB.
operation read drive read /dev/md0 16k 4k
operation write drive write /dev/md0 16k 4k
operation across_chunks drive read /dev/md0 12k 12k
operation write_across_chunks drive write /dev/md0 12k 12k
# Cut to pieces of a chunk, each of which lies in two.
operation read_several_chunks drive read /dev/md0 1032k 64k
operation write_several_chunks drive write /dev/md0 1032k 64k
operation flush drive fsync /dev/md0 0 0
operation flushes drive fsync /dev/md0 0 0 4
operation discard_one_member drive discard /dev/md0 4m 8k
operation discard_three_members drive discard /dev/md0 5m 1m
operation zero_out drive zero_out /dev/md0 4k 1m
operation read_several_bios drive read /dev/md0 10m 2m
exec 3< /dev/md0   # the last close would write
operation flusher flushed drive buffered_write /dev/md0 14m 64k
exec 3<&-
writeback() { drive buffered_write /dev/md0 2m 64k; sync; }
operation writeback writeback
operation buffered_read drive buffered_read /dev/md0 8m 256k
asynchronous() { drive aio_read /dev/md0 1m 16k 2; drive aio_write /dev/md0 3m 64k 2; }
operation asynchronous asynchronous
victims
operation across_chunks_refused refused 6 read /dev/md0 6156k 12k 8 32k
operation flush_refused refused 6 fsync /dev/md0 0 0 8
operation discard_refused refused 6 discard /dev/md0 8m 128k 2
