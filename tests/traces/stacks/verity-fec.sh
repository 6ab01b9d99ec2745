# The seventh block of the tree stands below its root and its 2 blocks of the next level: it is that of the data blocks
# from 512. A codeword has blocks from everywhere in the data.
operation read drive read /dev/mapper/v 16m 16k
operation read_bad_block drive read /dev/mapper/v 20k 4k
operation read_error drive read /dev/mapper/v 36k 4k
operation read_bad_hash_block drive read /dev/mapper/v 2100k 4k
fresh
victims
operation read_bad_block_refused refused 10 read /dev/mapper/v 20k 4k
# Hash blocks of elsewhere are in memory, so that a second buffer can be had.
fresh
echo 262144 > /sys/module/dm_bufio/parameters/retain_bytes
for at in 40m 60m 80m 100m; do drive read /dev/mapper/v "${at}" 4k; done
operation read_bad_hash_block_warm_refused refused 10 read /dev/mapper/v 2152k 4k
fresh
# On 6.1 this read never ends.
operation read_bad_hash_block_refused refused 10 read /dev/mapper/v 2200k 4k
