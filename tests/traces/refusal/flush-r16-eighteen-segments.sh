press flush:/dev/mapper/lv:1:0:0
