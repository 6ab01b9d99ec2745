#include "models/kernel/journal.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "models/kernel/machine_bio_sets.hpp"
#include "models/kernel/steps.hpp"
#include "models/kernel/workqueue.hpp"

namespace dmstall::models {

namespace {

ResourceId transaction(Stack& stack, DeviceIndex filesystem) {
  Resource lock;
  lock.name = stack.device(filesystem).name + ".journal";
  lock.kind = ResourceKind::rwsem;
  lock.owner = stack.device(filesystem).name;
  lock.wait_function = "wait_transaction_locked";
  return stack.resource(lock);
}

constexpr double commit_interval_s = 5;  // include/linux/jbd2.h:JBD2_DEFAULT_MAX_COMMIT_AGE

std::string shadow_name(const Stack& stack, DeviceIndex filesystem) {
  return stack.device(filesystem).name + ".journal_buffers";
}

std::string thread_name(const Stack& stack, DeviceIndex filesystem) {
  return "jbd2/" + stack.device(filesystem).name;
}

/// Held for writing while the log is written.
ResourceId shadow(Stack& stack, DeviceIndex filesystem) {
  Resource lock;
  lock.name = shadow_name(stack, filesystem);
  lock.kind = ResourceKind::rwsem;
  lock.owner = stack.device(filesystem).name;
  lock.wait_function = "bit_wait_io";
  return stack.resource(lock);
}

bool has_resource(Stack& stack, const std::string& name) {
  const auto& all = stack.program().resources;
  return std::any_of(all.begin(), all.end(), [&](const Resource& resource) { return resource.name == name; });
}

constexpr FlowRole timed_commit{"kjournald2's commit when its interval is over"};

void add_timed_commit(Stack& stack, DeviceIndex filesystem, DeviceIndex below) {
  const std::string& name = stack.device(filesystem).name;
  RequestClass requests;
  requests.name = "commit-" + name;
  requests.device = name;
  requests.flow = stack.flow(
      {.role = &timed_commit, .device = filesystem}, [&] { return "commit of " + name; },
      [&] {
        const Steps done = finish(Status::ok);
        return commit(stack, filesystem, below, "commit_timeout", {}, done, finish(Status::error));
      });
  requests.in_thread = false;
  requests.counts_progress = false;
  requests.start_s = commit_interval_s;
  requests.in_flight = 1;
  requests.span_bytes = 1;
  stack.program().classes.push_back(requests);
  stack.program().fault_plans.emplace_back();
}

}  // namespace

Steps change_metadata(Stack& stack, DeviceIndex filesystem, const std::string& caller) {
  const ResourceId written = shadow(stack, filesystem);
  const std::string function = "do_get_write_access < jbd2_journal_get_write_access < " + caller;
  return seq(
      {on_resource(StepKind::read_lock, written, function), on_resource(StepKind::read_unlock, written, function)});
}

Steps start_handle(Stack& stack, DeviceIndex filesystem, const std::string& caller) {
  return seq({on_resource(StepKind::read_lock, transaction(stack, filesystem), "start_this_handle < " + caller),
              change_metadata(stack, filesystem, caller)});
}

Steps stop_handle(Stack& stack, DeviceIndex filesystem, const std::string& caller) {
  return on_resource(StepKind::read_unlock, transaction(stack, filesystem), "jbd2_journal_stop < " + caller);
}

Steps commit(Stack& stack, DeviceIndex filesystem, DeviceIndex below, const std::string& caller, const FaultSet& faults,
             const Steps& committed, const Steps& failed) {
  const std::string committing = "jbd2_journal_commit_transaction < kjournald2";
  const ResourceId running = transaction(stack, filesystem);
  const ResourceId thread = stack.resource(single_thread(thread_name(stack, filesystem)));
  const ResourceId in_shadow = shadow(stack, filesystem);
  const ResourceId bios = fs_bio_set(stack, filesystem);
  Io record;
  record.op = IoOp::write;
  record.faults = faults;
  CallOptions options;
  options.context = CallContext::sync;
  const auto written = [&](const Steps& then) {
    return seq({give(bios, "bio_put < end_bio_bh_io_sync"), on_resource(StepKind::write_unlock, in_shadow, committing),
                give(thread, committing), then});
  };
  return seq(
      {take(thread, "jbd2_log_wait_commit < " + caller),
       on_resource(StepKind::write_lock, running, "jbd2_journal_wait_updates < " + committing),
       on_resource(StepKind::write_unlock, running, committing),
       on_resource(StepKind::write_lock, in_shadow, "jbd2_journal_write_metadata_buffer < " + committing),
       // Of a block of the log: buffers are in shadow until all of these are written. The record comes after them.
       take(bios, "bio_alloc < submit_bh < " + committing),
       call(stack.flow(below, record), "wait_on_buffer < " + committing,
            {branch("ok", written(committed)), branch("bad", written(committed)), branch("error", written(failed))},
            options)});
}

void add_timed_commits(Stack& stack) {
  for (std::size_t i = 0; i < stack.scenario().devices.size(); ++i) {
    const auto filesystem = static_cast<DeviceIndex>(i);
    const auto files = target_files(stack, filesystem);
    if (!files) continue;
    const bool changed = has_resource(stack, shadow_name(stack, filesystem));
    const bool committed = has_resource(stack, thread_name(stack, filesystem));
    if (changed && !committed) add_timed_commit(stack, filesystem, files->below);
  }
}

}  // namespace dmstall::models
