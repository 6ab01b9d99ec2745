use_fs_bio_set
only_the_workers_write_back
mkswap -q /dev/loop0
swapon /dev/loop0
press "swap_out:none:1:$((2 << 20)):0"
