# The image stays in the page cache; writers wait above 3.5 MiB of dirty pages.
use_fs_bio_set
only_the_workers_write_back
echo $((3584 << 10)) > /proc/sys/vm/dirty_bytes
echo $((3225 << 10)) > /proc/sys/vm/dirty_background_bytes
warm /mnt/image
drains="${drains} drain keep:/mnt/host/loop0.file:1:$((24 << 20)):0"
press "fsync_preallocated:/mnt/image/file:1:$((3 << 20)):0"
