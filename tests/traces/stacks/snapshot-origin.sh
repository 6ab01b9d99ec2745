operation read drive read /dev/mapper/o 64k 4k
operation first_write drive write /dev/mapper/o 64k 4k
operation second_write drive write /dev/mapper/o 68k 4k
operation concurrent_writes drive write /dev/mapper/o 1m 4k 16
operation many_chunks drive write /dev/mapper/o 2m 4k 12 32k
operation flush drive fsync /dev/mapper/o 0 0
operation zero_out drive zero_out /dev/mapper/o 10m 128k
operation read_snapshot drive read /dev/mapper/s1 64k 16k
operation write_snapshot drive write /dev/mapper/s2 12m 4k
victims
operation first_write_refused refused 7 write /dev/mapper/o 24m 4k 12 32k
remove() { drive write /dev/mapper/o 16m 4k 16 32k & dmsetup remove s2; wait; }
operation remove_snapshot remove
create() {
  drive write /dev/mapper/o 18m 4k 16 32k &
  dmsetup create s2 --table "0 131072 snapshot /disk/base /disk/cow2 P 64"
  wait
}
dd if=/dev/zero of=/disk/cow2 bs=4k count=1 conv=fsync 2> /dev/null
operation create_snapshot create
