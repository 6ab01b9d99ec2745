# Disks that answer after 4 s: so many clones are out that no bio can be had.
for disk in a b c; do echo "0 131072 delay /disk/${disk} 0 4000" | device "slow_${disk}"; done
dmsetup remove x
echo "0 393216 striped 3 32 /dev/mapper/slow_a 0 /dev/mapper/slow_b 0 /dev/mapper/slow_c 0" | device x
victims
operation flush_without_bios refused 6 fsync /dev/mapper/x 0 0 20
