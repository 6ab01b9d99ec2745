fill() { dd if=/dev/zero of="/dev/mapper/$1" bs=8k seek="$2" count="$3" oflag=direct 2> /dev/null; }
fill s1 0 504
operation area_full drive write /dev/mapper/s1 8m 4k 16 8k
fill s1 2000 236
operation overflow drive write /dev/mapper/s1 24m 4k 16 8k
operation write_full drive write /dev/mapper/s1 26m 4k
operation read_full drive read /dev/mapper/s1 8m 4k
fill s2 0 504
operation area_full_of_origin drive write /dev/mapper/o 28m 4k 16 8k
fill s2 2000 236
operation overflow_of_origin drive write /dev/mapper/o 30m 4k 16 8k
operation write_origin drive write /dev/mapper/o 32m 4k
