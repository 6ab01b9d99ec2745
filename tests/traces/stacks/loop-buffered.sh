# The file has 24 MiB, all of them written. Plugged requests of one thread are merged into requests of several bios.
operation read drive read /dev/loop0 64k 4k
operation write drive write /dev/loop0 64k 4k
operation read_several_bios drive read /dev/loop0 1m 2m
operation write_several_bios drive write /dev/loop0 4m 2m
operation asynchronous_read drive aio_read /dev/loop0 64k 4k 4
operation asynchronous_write drive aio_write /dev/loop0 64k 4k 4
operation flush drive fsync /dev/loop0 0 0
writeback() { drive buffered_write /dev/loop0 8m 256k; sync -d /dev/loop0; }
operation buffered_write writeback
operation buffered_read drive buffered_read /dev/loop0 16m 256k
operation discard drive discard /dev/loop0 12m 1m
# The hole gets blocks again.
operation write_hole drive write /dev/loop0 12m 64k
operation zero_out drive zero_out /dev/loop0 14m 1m
unwritten() { drive write /dev/loop0 14m 64k; drive fsync /dev/loop0 0 0; }
operation write_unwritten unwritten

# Pages of the file that nobody has written back yet.
discard_dirty() { drive write /dev/loop0 10m 64k; drive discard /dev/loop0 10m 64k; }
operation discard_dirty discard_dirty
operation throttled_write throttled drive write /dev/loop0 16m 4m
operation flusher flusher /dev/loop0
# So many holes that the extents of the file do not fit into its inode, and a filesystem that has just been mounted.
at=0
while [ $((at += 128)) -lt 4096 ]; do drive discard /dev/loop0 "${at}k" 64k; done
losetup -d /dev/loop0
umount /mnt/host
mount -t ext4 -o commit=1000 /disk/disk /mnt/host
losetup --direct-io=off /dev/loop0 /mnt/host/loop0.file
operation discard_cold drive discard /dev/loop0 5m 64k
fresh
operation read_cold drive read /dev/loop0 20m 64k
victims
operation read_refused refused 7 read /dev/loop0 21m 16k 4
operation write_refused refused 7 write /dev/loop0 22m 16k 4
operation flush_refused refused 5 fsync /dev/loop0 0 0
