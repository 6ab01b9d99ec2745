#include "models/kernel/traces/outside.hpp"

namespace dmstall::models {

const std::vector<OutsideReason>& outside_reasons() {
  static const std::vector<OutsideReason> reasons = {
      {"exc_page_fault", "memory of the recording program itself"},
      {"asm_exc_page_fault", "memory of the recording program itself"},
      {"__x64_sys_execve", "a program of the recording starts"},
      {"__x64_sys_exit_group", "a program of the recording ends"},
      {"__x64_sys_mmap", "memory of the recording program itself"},
      {"__x64_sys_brk", "memory of the recording program itself"},
      {"__x64_sys_clone", "a program of the recording starts"},
      {"__x64_sys_openat", "a file of the recording is opened"},
      {"__x64_sys_close", "a file of the recording is closed"},
  };
  return reasons;
}

}  // namespace dmstall::models
