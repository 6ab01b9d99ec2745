press read:/dev/loop1:64:16384:262144
