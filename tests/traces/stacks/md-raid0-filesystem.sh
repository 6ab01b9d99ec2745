# A chunk has 16 KiB.
drive write /mnt/host/kept 0 4m
fresh
operation read drive read /mnt/host/kept 64k 16k
operation buffered_read drive buffered_read /mnt/host/kept 1m 256k
operation write drive write /mnt/host/kept 72k 16k
operation write_new drive write /mnt/host/new 0 64k
operation fsync drive fsync /mnt/host/new 0 0
drive buffered_write /mnt/host/fresh 0 2m
operation fsync_new drive fsync /mnt/host/fresh 0 0
drive buffered_write /mnt/host/kept 2m 256k
operation writeback sync
operation flusher flushed drive buffered_write /mnt/host/kept 3m 256k
