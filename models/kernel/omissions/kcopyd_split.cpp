#include "models/kernel/omissions/parts.hpp"

namespace dmstall::models {

const ModelPart& kcopyd_split_part() {
  static const ModelPart part{
      "kcopyd-split",
      "drivers/md/dm-kcopyd.c, Linux 6.1 and 6.12",
      {
          {"kcopyd-split.beside-each-other", "drivers/md/dm-kcopyd.c:split_job, segment_complete",
           "the eight sub-jobs of one large job beside each other: here one after the other", Effect::hides_deadlock,
           "a pool below is exhausted by the sub-jobs of fewer copies than the scenario has in flight"},
      }};
  return part;
}

}  // namespace dmstall::models
