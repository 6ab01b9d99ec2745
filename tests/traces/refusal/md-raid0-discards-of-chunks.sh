use_fs_bio_set
press discard:/dev/md0:24:65536:65536
