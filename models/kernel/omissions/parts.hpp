// The parts of the kernel that targets are made of, each with what its model leaves out.
//
// A part is noted (Stack::uses) where its resources or steps are made, so a scenario is told of the parts that it runs
// and of no others. One file of this folder per part.
#pragma once

#include <vector>

#include "models/machine/omission.hpp"

namespace dmstall::models {

[[nodiscard]] const ModelPart& accounted_memory_part();
[[nodiscard]] const ModelPart& administration_part();
[[nodiscard]] const ModelPart& dm_bufio_part();
[[nodiscard]] const ModelPart& dm_core_part();
[[nodiscard]] const ModelPart& dm_flush_part();
[[nodiscard]] const ModelPart& dm_io_part();
[[nodiscard]] const ModelPart& file_io_part();
[[nodiscard]] const ModelPart& kcopyd_part();
[[nodiscard]] const ModelPart& kcopyd_split_part();  ///< jobs larger than a sub-job
[[nodiscard]] const ModelPart& machine_bio_sets_part();
[[nodiscard]] const ModelPart& md_core_part();
[[nodiscard]] const ModelPart& mempool_part();
[[nodiscard]] const ModelPart& submission_part();
[[nodiscard]] const ModelPart& workload_part();
[[nodiscard]] const ModelPart& workqueue_part();

/// All of them, by name.
[[nodiscard]] const std::vector<const ModelPart*>& kernel_parts();

}  // namespace dmstall::models
