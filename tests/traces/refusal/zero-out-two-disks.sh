use_fs_bio_set
press "zero_out:/disk/a:1:$((64 << 20)):0" "zero_out:/disk/b:1:$((64 << 20)):0"
