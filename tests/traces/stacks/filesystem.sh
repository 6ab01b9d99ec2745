# kept: all of its blocks are written. new: it has none. reserved: its blocks are allocated and not written.
drive write /mnt/host/kept 0 4m
drive preallocate /mnt/host/reserved 0 4m
fresh
operation read drive read /mnt/host/kept 64k 16k
operation buffered_read drive buffered_read /mnt/host/kept 1m 256k
operation write drive write /mnt/host/kept 64k 16k
operation write_new drive write /mnt/host/new 0 64k
operation write_reserved drive write /mnt/host/reserved 0 64k
operation asynchronous_write_reserved drive aio_write /mnt/host/reserved 1m 64k 2
operation asynchronous_read drive aio_read /mnt/host/kept 2m 16k 2
operation fsync drive fsync /mnt/host/new 0 0
operation buffered_write drive buffered_write /mnt/host/kept 2m 256k
operation fsync_kept drive fsync /mnt/host/kept 0 0
drive buffered_write /mnt/host/kept 2m 256k
operation writeback sync
scattered() { drive buffered_write /mnt/host/reserved 2m 4k 64 8k; drive fsync /mnt/host/reserved 0 0; }
operation scattered_fsync_reserved scattered
drive buffered_write /mnt/host/fresh 0 2m
operation fsync_new drive fsync /mnt/host/fresh 0 0
operation fsync_with_commit drive fsync /mnt/host/fresh 0 0
operation punch drive punch /mnt/host/kept 1m 64k
operation preallocate drive preallocate /mnt/host/more 0 1m
operation throttled_write throttled drive buffered_write /mnt/host/kept 0 4m
victims
operation read_refused refused 7 read /mnt/host/kept 3m 16k 2
operation write_reserved_refused refused 7 write /mnt/host/reserved 3m 64k 2
drive buffered_write /mnt/host/reserved 2m 4k 64 8k
operation fsync_reserved_refused refused 7 fsync /mnt/host/reserved 0 0
