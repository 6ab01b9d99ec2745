#include "models/kernel/omissions/parts.hpp"
#include "models/targets/omissions/parts.hpp"

namespace dmstall::models {

const std::vector<const ModelPart*>& all_parts() {
  static const std::vector<const ModelPart*> parts = {
      &accounted_memory_part(),
      &administration_part(),
      &disk_part(),
      &dm_bufio_part(),
      &dm_core_part(),
      &dm_flush_part(),
      &dm_io_part(),
      &file_io_part(),
      &filesystem_part(),
      &kcopyd_part(),
      &kcopyd_split_part(),
      &linear_part(),
      &loop_part(),
      &machine_bio_sets_part(),
      &mempool_part(),
      &snapshot_part(),
      &snapshot_merge_part(),
      &snapshot_origin_part(),
      &striped_part(),
      &submission_part(),
      &verity_part(),
      &verity_fec_part(),
      &workload_part(),
      &workqueue_part(),
  };
  return parts;
}

}  // namespace dmstall::models
