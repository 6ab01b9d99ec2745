// Functions in the stacks of recorded traces that say how an event was made, and not for whom.
//
// Linux 6.1.192 and 6.12.117: mm/mempool.c, block/bio.c, mm/slab_common.c, mm/slub.c, mm/page_alloc.c,
// kernel/sched/completion.c, kernel/locking, kernel/workqueue.c.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "models/machine/traced.hpp"

namespace dmstall::models {

/// Part of every event of the kind: between the event and the function that made it there are only such.
[[nodiscard]] bool is_inside(EventKind kind, std::string_view function);

/// The function alone says nothing about who called it: dispatch of work and bios, entry from user space.
[[nodiscard]] bool is_common(std::string_view function);

/// The function leaves by a jump into another one in every kernel that was recorded; see `jumps` of a trace.
[[nodiscard]] bool leaves_by_jump(std::string_view function);

/// A bio_set that is a variable of the kernel: traces know it by its name.
[[nodiscard]] bool is_machine_set(std::string_view pool);

/// Part of how a bio ends, called for any.
[[nodiscard]] bool is_completion(std::string_view function);

/// How a stack may show a function that a step names: as the one that it is part of in this kernel, or that does the
/// same on this release. `may_lack`: or not at all.
struct ShownAs {
  std::vector<std::string_view> functions;
  bool may_lack = false;
};
[[nodiscard]] const ShownAs& shown_as(std::string_view function);

/// How a lock is asked for.
enum class LockMode : std::uint8_t { none, mutex, read, write };
[[nodiscard]] LockMode lock_mode(std::string_view function);

/// A function as a trace may spell it, without what a compiler or a configuration adds: ".isra.0", "_noprof".
[[nodiscard]] std::string_view plain_name(std::string_view function);

}  // namespace dmstall::models
