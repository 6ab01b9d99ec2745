#include "models/targets/omissions/parts.hpp"

namespace dmstall::models {

const ModelPart& linear_part() {
  static const ModelPart part{"linear",
                              "drivers/md/dm-linear.c, Linux 6.1",
                              {
                                  {"linear.zoned", "drivers/md/dm-linear.c:linear_report_zones", "zoned devices",
                                   Effect::none, "the disks of a scenario are not zoned"},
                              }};
  return part;
}

}  // namespace dmstall::models
