use_fs_bio_set
press discard:/dev/md0:1:131072:0
