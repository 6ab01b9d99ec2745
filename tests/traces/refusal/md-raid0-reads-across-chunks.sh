# latency_us: d1 100000
# Every other one goes over the end of a chunk.
use_md_clones
press read:/dev/md0:24:12288:12288
