# latency_us: disk 10000
use_fs_bio_set
only_the_workers_write_back
dd if=/dev/zero of=/mnt/image/file bs=1M count=4 oflag=direct conv=fsync 2> /dev/null
press read:/mnt/image/file:16:4096:65536
