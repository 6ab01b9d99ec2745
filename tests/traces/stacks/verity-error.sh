operation read drive read /dev/mapper/v 512k 16k
operation read_bad_block drive read /dev/mapper/v 20k 4k
operation read_bad_hash_block drive read /dev/mapper/v 3200k 4k
operation read_error drive read /dev/mapper/v 36k 4k
operation read_rewritten drive rewritten /dev/mapper/v 1280k 256k 2
