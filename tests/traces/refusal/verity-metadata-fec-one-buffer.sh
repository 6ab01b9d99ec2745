press read:/dev/mapper/v:1:4096:0
