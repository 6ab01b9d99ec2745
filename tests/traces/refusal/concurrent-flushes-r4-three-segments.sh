press flush:/dev/mapper/lv:24:0:0
