use_fs_bio_set
only_the_workers_write_back
dd if=/dev/zero of=/mnt/inner/file bs=64k count=8 oflag=direct conv=fsync 2> /dev/null
press read:/mnt/inner/file:1:4096:65536
