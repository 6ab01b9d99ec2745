#include "models/targets/omissions/parts.hpp"

namespace dmstall::models {

const ModelPart& filesystem_part() {
  static const ModelPart part{
      "filesystem",
      "fs/ext4, Linux 6.1",
      {
          {"filesystem.discard", "fs/ext4/mballoc.c:ext4_process_freed_data", "discards of freed blocks",
           Effect::hides_deadlock, "it is mounted with -o discard: the commit of the journal waits for them"},
      }};
  return part;
}

}  // namespace dmstall::models
