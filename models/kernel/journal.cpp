#include "models/kernel/journal.hpp"

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

}  // namespace

Steps start_handle(Stack& stack, DeviceIndex filesystem, const std::string& caller) {
  return on_resource(StepKind::read_lock, transaction(stack, filesystem), "start_this_handle < " + caller);
}

Steps stop_handle(Stack& stack, DeviceIndex filesystem, const std::string& caller) {
  return on_resource(StepKind::read_unlock, transaction(stack, filesystem), "jbd2_journal_stop < " + caller);
}

Steps commit(Stack& stack, DeviceIndex filesystem, DeviceIndex below, const std::string& caller,
             const FaultSet& faults, const Steps& committed, const Steps& failed) {
  const std::string committing = "jbd2_journal_commit_transaction < kjournald2";
  const ResourceId running = transaction(stack, filesystem);
  const ResourceId thread = stack.resource(single_thread("jbd2/" + stack.device(filesystem).name));
  const ResourceId bios = fs_bio_set(stack, filesystem);
  Io record;
  record.op = IoOp::write;
  record.faults = faults;
  CallOptions options;
  options.context = CallContext::sync;
  const auto written = [&](const Steps& then) {
    return seq({give(bios, "bio_put < end_bio_bh_io_sync"), give(thread, committing), then});
  };
  return seq({take(thread, "jbd2_log_wait_commit < " + caller),
              on_resource(StepKind::write_lock, running, "jbd2_journal_wait_updates < " + committing),
              on_resource(StepKind::write_unlock, running, committing),
              take(bios, "bio_alloc < submit_bh < journal_submit_commit_record < " + committing),
              call(stack.flow(below, record), "wait_on_buffer < " + committing,
                   {branch("ok", written(committed)), branch("bad", written(committed)),
                    branch("error", written(failed))},
                   options)});
}

}  // namespace dmstall::models
