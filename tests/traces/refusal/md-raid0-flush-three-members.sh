use_fs_bio_set
press flush:/dev/md0:1:0:0
