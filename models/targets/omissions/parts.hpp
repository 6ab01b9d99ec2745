// What the models of the targets leave out, and the whole ledger: every part that there is.
#pragma once

#include <vector>

#include "models/machine/omission.hpp"

namespace dmstall::models {

[[nodiscard]] const ModelPart& disk_part();
[[nodiscard]] const ModelPart& filesystem_part();
[[nodiscard]] const ModelPart& linear_part();
[[nodiscard]] const ModelPart& loop_part();
[[nodiscard]] const ModelPart& snapshot_part();
[[nodiscard]] const ModelPart& snapshot_merge_part();
[[nodiscard]] const ModelPart& snapshot_origin_part();
[[nodiscard]] const ModelPart& striped_part();
[[nodiscard]] const ModelPart& verity_part();
[[nodiscard]] const ModelPart& verity_fec_part();

/// Every part of the models, by name.
[[nodiscard]] const std::vector<const ModelPart*>& all_parts();

}  // namespace dmstall::models
