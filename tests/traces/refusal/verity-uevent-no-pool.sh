# Somebody listens to events, as udev does.
drains="drain listen:none:1:0:0"
for block in 1 65 129 193; do dd if=/dev/mapper/v of=/dev/null bs=4k count=1 skip=${block} iflag=direct 2> /dev/null
done
press read:/dev/mapper/v:4:4096:0
