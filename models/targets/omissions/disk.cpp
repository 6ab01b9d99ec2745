#include "models/targets/omissions/parts.hpp"

namespace dmstall::models {

const ModelPart& disk_part() {
  static const ModelPart part{
      "disk",
      "block/blk-mq.c, Linux 6.1",
      {
          {"disk.tags", "block/blk-mq-tag.c:blk_mq_get_tag", "waiting for a tag", Effect::none,
           "every tag comes back when the disk is done with its request, which needs nobody"},
          {"disk.merging", "block/blk-merge.c:attempt_merge", "requests that are merged", Effect::none,
           "they end together; a request of the model is one bio"},
          {"disk.driver",
           "drivers/scsi/scsi_lib.c:scsi_alloc_sgtables, scsi_queue_rq; drivers/nvme/host/pci.c:nvme_map_data",
           "what a driver takes for a request: it has mempools (sg, nvme iod) or asks again", Effect::none,
           "the pools of sg lists and of nvme are used by the lowest level alone and return when the disk is done; a "
           "request that gets nothing is tried again"},
          {"disk.network", "drivers/block/nbd.c, drivers/scsi/iscsi_tcp.c, drivers/nvme/host/tcp.c",
           "disks behind a network, whose driver takes memory for packets", Effect::hides_deadlock,
           "a disk is reached through a network and packets cannot be allocated while memory is exhausted"},
      }};
  return part;
}

}  // namespace dmstall::models
