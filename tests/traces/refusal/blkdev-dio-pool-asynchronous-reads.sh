press aio_read:/dev/loop0:64:4096:1048576
