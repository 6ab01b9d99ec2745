# A leaf of the tree has 128 blocks; its seventh block, that of 768 to 895, is bad, and so is block 5.
# Cold: no hash block is in the cache of dm-bufio, and no memory can be had for one.
victims
operation read_refused refused 7 read /dev/mapper/v 512k 4k 2 1m
operation read_bad_block_refused refused 7 read /dev/mapper/v 16k 4k 4
operation read drive read /dev/mapper/v 512k 4k
operation read_bad_block drive read /dev/mapper/v 20k 4k
operation read_bad_hash_block drive read /dev/mapper/v 3200k 4k
operation read_buffered drive buffered_read /dev/mapper/v 1m 64k
operation read_rewritten drive rewritten /dev/mapper/v 1280k 256k 2
