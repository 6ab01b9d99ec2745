#include "models/kernel/dirty_pages.hpp"

#include <fmt/format.h>

#include "models/kernel/steps.hpp"
#include "models/kernel/writeback.hpp"

namespace dmstall::models {

namespace {

constexpr FlowRole dirty_page{"the flusher's write of one dirty page"};

/// The flusher writes the page: it is held while it submits, not until the bio is complete.
FlowId written_back(Stack& stack, const File& file, const Io& io) {
  const DeviceIndex owner = file.filesystem >= 0 ? file.filesystem : file.below;
  Io page = io;
  page.access = FileAccess::writeback;
  const FlowId writes = file.filesystem >= 0 ? stack.flow(owner, page) : file_flow(stack, file, page);
  const auto label = [&] { return fmt::format("dirty page of {}: {}", stack.device(owner).name, stack.label(writes)); };
  return stack.flow({.role = &dirty_page, .device = owner, .lower = writes}, label, [&] {
    const std::string function = "do_writepages < wb_workfn";
    const ResourceId thread = flusher_thread(stack, owner);
    CallOptions options;
    options.context = CallContext::async;
    options.after_detach = {{thread, 1}};
    // An error is the next fsync's: the writer does not see it.
    const auto ends = [](const char* status) { return branch(status, finish(Status::ok)); };
    return seq({take(thread, function),
                call(writes, "submit_bio < " + function, {ends("ok"), ends("bad"), ends("error")}, options)});
  });
}

}  // namespace

Steps page_dirtied(Stack& stack, const File& file, const Io& io, const std::string& caller) {
  const std::string function = "balance_dirty_pages < " + caller;
  const DeviceIndex owner = file.filesystem >= 0 ? file.filesystem : file.below;
  const bool counted = stack.scenario().memory.allocator == AllocatorMode::accounted;
  const FlowId written = written_back(stack, file, io);
  CallOptions waits;
  waits.context = CallContext::sync;
  Branch below = branch("below the dirty limits", counted ? spend(SpendKind::dirty_bytes, io.bytes, function, owner)
                                                          : spawn(written, "wb_workfn"));
  Branch above = branch("above the dirty limits", call(written, "io_schedule_timeout < " + function, {}, waits));
  above.weight = 0;
  Step limits;
  limits.kind = StepKind::choose;
  limits.function = function;
  limits.branches = {std::move(below), std::move(above)};
  return {limits};
}

}  // namespace dmstall::models
