use_fs_bio_set
only_the_workers_write_back
warm /mnt/host
press "fsync_preallocated:/mnt/host/file:1:$((8 << 20)):0"
