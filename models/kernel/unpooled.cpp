#include "models/kernel/unpooled.hpp"

#include <fmt/format.h>

#include "models/kernel/steps.hpp"

namespace dmstall::models {

namespace {

const char* name_of(Gfp gfp) {
  switch (gfp) {
    case Gfp::kernel:
      return "GFP_KERNEL";
    case Gfp::nofs:
      return "GFP_NOFS";
    case Gfp::noio:
      break;
  }
  return "GFP_NOIO";
}

}  // namespace

bool unpooled_may_fail(const Stack& stack) {
  return stack.scenario().memory.unpooled == Outcome::fails;
}

Allocation allocation(Stack& stack, const AllocationSite& site, std::int32_t n) {
  const std::string& device = stack.device(site.device).name;
  stack.note_unpooled_site({device, site.what, site.function, name_of(site.gfp)});
  if (!unpooled_may_fail(stack)) return {};
  Resource memory;
  memory.name = fmt::format("{}.{} (no pool)", device, site.what);
  memory.kind = ResourceKind::mempool;
  memory.soft = true;
  memory.memory = MemoryClass::unpooled;
  memory.calls_oom_killer = site.gfp == Gfp::kernel;
  memory.handed_over = site.stays;
  memory.reserves = {{{site.what, site.bytes}}};
  memory.owner = device;
  memory.wait_function = "__alloc_pages_slowpath";
  const ResourceId id = stack.resource(memory);
  const std::string function = site.caller.empty() ? site.function : site.function + " < " + site.caller;
  return {take(id, function, n), give(id, function, n)};
}

}  // namespace dmstall::models
