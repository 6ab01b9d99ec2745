# latency_us: d1 100000
use_fs_bio_set
press flush:/dev/md0:24:0:0
