# latency_us: disk 100000
# Another inode is committed while the data are on the way.
use_fs_bio_set
only_the_workers_write_back
warm /mnt/host
press "fsync_preallocated:/mnt/host/file:1:$((2 << 20)):0" fsync_inode:/mnt/host/other:1:0:0
