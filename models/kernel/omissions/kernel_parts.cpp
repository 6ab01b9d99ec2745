#include "models/kernel/omissions/parts.hpp"

namespace dmstall::models {

const std::vector<const ModelPart*>& kernel_parts() {
  static const std::vector<const ModelPart*> parts = {
      &accounted_memory_part(), &administration_part(), &dm_bufio_part(),
      &dm_core_part(),          &dm_flush_part(),       &dm_io_part(),
      &file_io_part(),          &kcopyd_part(),         &kcopyd_split_part(),
      &machine_bio_sets_part(), &md_core_part(),        &mempool_part(),
      &submission_part(),       &workload_part(),       &workqueue_part(),
  };
  return parts;
}

}  // namespace dmstall::models
