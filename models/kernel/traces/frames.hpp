// Functions in the stacks of recorded traces that say how an event was made, and not for whom.
//
// Linux 6.1.192 and 6.12.117: mm/mempool.c, block/bio.c, mm/slab_common.c, mm/slub.c, mm/page_alloc.c,
// kernel/sched/completion.c, kernel/locking, kernel/workqueue.c.
#pragma once

#include <string_view>

#include "models/machine/traced.hpp"

namespace dmstall::models {

/// Part of every event of the kind: between the event and the function that made it there are only such.
[[nodiscard]] bool is_inside(EventKind kind, std::string_view function);

/// The function alone says nothing about who called it: dispatch of work and bios, entry from user space.
[[nodiscard]] bool is_common(std::string_view function);

/// The function leaves by a jump into another one in every kernel that was recorded; see `jumps` of a trace.
[[nodiscard]] bool leaves_by_jump(std::string_view function);

/// A function as a trace may spell it, without what a compiler or a configuration adds: ".isra.0", "_noprof".
[[nodiscard]] std::string_view plain_name(std::string_view function);

}  // namespace dmstall::models
