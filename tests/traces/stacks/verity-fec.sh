operation read drive read /dev/mapper/v 512k 16k
operation read_bad_block drive read /dev/mapper/v 20k 4k
operation read_bad_hash_block drive read /dev/mapper/v 3200k 4k
operation read_error drive read /dev/mapper/v 36k 4k
fresh
victims
operation read_bad_block_refused refused 10 read /dev/mapper/v 20k 4k
# On 6.1 this read never ends.
operation read_bad_hash_block_refused refused 10 read /dev/mapper/v 3300k 4k
