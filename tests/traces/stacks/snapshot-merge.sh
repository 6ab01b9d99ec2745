# Three chunks more that do not lie side by side.
for at in 1m 2m 3m; do drive write /dev/mapper/m "${at}" 16k; done
# The merge begins with the new table; it takes chunks that lie side by side at once. Requests of the slow disk take
# 20 ms, so writers meet chunks that are being merged.
merge() { merge_m; drive write /dev/mapper/m 0 4k 16 48k; drive read /dev/mapper/m 0 16k 8; }
SETTLE=2 operation merge merge
operation read drive read /dev/mapper/m 64k 4k
operation write drive write /dev/mapper/m 64k 4k
operation flush drive fsync /dev/mapper/m 0 0
