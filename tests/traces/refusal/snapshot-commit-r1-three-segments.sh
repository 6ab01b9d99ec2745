# a slab of completed exceptions
dd if=/dev/zero of=/dev/mapper/snap bs=4k count=1 seek=4000 oflag=direct 2> /dev/null
press write:/dev/mapper/snap:1:4096:4096
