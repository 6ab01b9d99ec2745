#include "models/targets/origin_write.hpp"

#include <fmt/format.h>

#include "models/kernel/dm_core.hpp"
#include "models/kernel/steps.hpp"
#include "models/targets/snapshot_exceptions.hpp"
#include "models/targets/snapshot_origin.hpp"

namespace dmstall::models {

namespace {

constexpr FlowRole exception_of_write{"an exception that no bio waits for"};

constexpr const char* start_counts = "down < account_start_copy < start_copy < __origin_write < do_origin";
constexpr const char* again = "do_origin < retry_origin_bios < pending_complete";

/// Where the bio of a pass is queued, whether its pass starts that exception, and whether it started others.
struct Queued {
  int on = -1;
  bool starts = false, copies = false;
};

class OriginWrite {
 public:
  OriginWrite(Stack& stack, DeviceIndex index, DeviceIndex below, const Io& io, bool limit)
      : stack_(stack), index_(index), io_(io), below_(below), lock_(origins_lock(stack)) {
    for (const DeviceIndex snapshot : snapshots_of(stack, below_)) {
      snapshots_.push_back(snapshot_exceptions(stack, snapshot));
      snapshots_.back().throttled = limit || snapshots_.back().counted_by_start;
    }
  }

  Steps steps() const {
    Steps throttle;
    // Over its threshold wait_for_in_progress drops _origins_lock and sleeps.
    for (const SnapshotExceptions& s : snapshots_)
      if (!s.counted_by_start)
        throttle = seq({throttle, place_in_progress(s, "wait_for_in_progress < do_origin < origin_map")});
    return seq({throttle, down_read(lock_, "do_origin < origin_map"), pass(0, {})});
  }

  /// No bio: every exception is started in its place.
  Steps extent(std::int64_t bytes) const {
    const std::string caller = "__origin_write < origin_write_extent < snapshot_merge_next_chunks";
    const auto look = [&](const SnapshotExceptions& s) {
      return seq({down_read(s.lock, caller), up_read(s.lock, caller)});
    };
    Steps started, waited, again_looked;
    for (const SnapshotExceptions& s : snapshots_) {
      for (std::int64_t done = 0; done < bytes; done += s.chunk_bytes) {
        started = seq({started, lookup(s.exceptions,
                                       {branch("already copied to " + s.name(), look(s)),
                                        branch("first write to the chunk for " + s.name(),
                                               seq({s.counted_by_start ? place_in_progress(s, start_counts) : Steps{},
                                                    submit_bio_block(start(s), caller)})),
                                        branch("being copied to " + s.name(), look(s))},
                                       "dm_lookup_exception < " + caller)});
      }
      waited =
          seq({waited,
               lookup(s.exceptions,
                      {branch("copied to " + s.name() + " by now", {}),
                       branch("still copied to " + s.name(), on_resource(StepKind::await_zero, s.unfinished,
                                                                         "wait_event < snapshot_merge_next_chunks"))},
                      "dm_lookup_exception < " + caller)});
      again_looked = seq({again_looked, look(s)});
    }
    const std::string extent = "origin_write_extent < snapshot_merge_next_chunks";
    return seq({down_read(lock_, extent), started, up_read(lock_, extent),
                await_children({}, "wait_event < snapshot_merge_next_chunks"), waited, down_read(lock_, extent),
                again_looked, up_read(lock_, extent)});
  }

 private:
  [[nodiscard]] const SnapshotExceptions& at(int place) const { return snapshots_[static_cast<std::size_t>(place)]; }
  [[nodiscard]] int count() const { return static_cast<int>(snapshots_.size()); }

  /// The bio is over when the copies that its write started are: until then it is queued on one of them. After a choice
  /// that says "copied by now" of a copy under way it goes down earlier than in the kernel, but it does not end
  /// earlier.
  [[nodiscard]] std::vector<Branch> ends(bool copies) const {
    const auto end = [&](Status status) {
      return seq(
          {copies ? await_children({}, "bio_list_add < __origin_write") : Steps{}, end_io(stack_, index_, status)});
    };
    return {branch("ok", end(Status::ok)), branch("bad", end(Status::bad)), branch("error", end(Status::error))};
  }

  /// __origin_write from the k-th snapshot on.
  [[nodiscard]] Steps pass(int k, const Queued& queued) const {
    if (k == count()) return end_of_pass(queued);
    const SnapshotExceptions& s = at(k);
    const std::string caller = "__origin_write < do_origin";
    const Steps unlock = up_read(s.lock, caller);
    const auto next = [&](const Queued& then) { return pass(k + 1, then); };
    const Steps uncounted = not_in_progress(s, "__origin_write");
    const Steps skip = seq({uncounted, unlock, next(queued)});
    const bool first = queued.on < 0;
    const Steps wait = seq({uncounted, unlock, next(first ? Queued{k, false, false} : queued)});
    // The exception that the bio waits for is started last, the others in their place; the bio's own thread allocates
    // for all of them.
    const Steps make = first
                           ? seq({new_exception(s, caller), unlock, next({k, true, false})})
                           : seq({unlock, submit_bio_block(start(s), caller), next({queued.on, queued.starts, true})});
    const Steps counted = s.counted_by_start ? place_in_progress(s, start_counts) : Steps{};
    return seq(
        {counted, down_read(s.lock, caller), s.may_be_invalid ? if_valid(s, {}, skip) : Steps{},
         lookup(s.exceptions,
                {branch("already copied to " + s.name(), skip),
                 branch("first write to the chunk for " + s.name(), make), branch("being copied to " + s.name(), wait)},
                "dm_lookup_exception < " + caller)});
  }

  [[nodiscard]] Steps end_of_pass(const Queued& queued) const {
    if (queued.on < 0) {
      return seq({up_read(lock_, "do_origin < origin_map"),
                  call(stack_.flow(below_, io_), "__map_bio < dm_submit_bio", ends(false))});
    }
    const SnapshotExceptions& s = at(queued.on);
    if (!queued.starts) {
      return seq({up_read(lock_, "do_origin < origin_map"), detach("origin_map"),
                  wait_for_exception(s, "__origin_write", "retry_origin_bios"),
                  retry(queued.on, false, queued.copies)});
    }
    const Steps on = retry(queued.on, true, queued.copies);
    return seq({take_job(s.kcopyd, "dm_kcopyd_copy < start_copy < __origin_write < do_origin"),
                up_read(lock_, "do_origin < origin_map"), detach("origin_map"),
                copied_exception(s, io_.faults, {.completed = on, .failed = on})});
  }

  /// An exception that no bio waits for yet: allocated and started in the thread of the write.
  [[nodiscard]] Steps start(const SnapshotExceptions& s) const {
    const AskedIo asked = stack_.asked(index_, io_);
    const auto label = [&] { return fmt::format("{}: exception of {}", stack_.describe(asked), s.name()); };
    const FlowKey key{.role = &exception_of_write, .device = s.index, .asked = {asked}};
    const FlowId copy = stack_.flow(key, label, [&] {
      const std::string caller = "__origin_write < do_origin";
      const Steps end = seq({free_copy(s), leave_thread(s.kcopyd), finish(Status::ok)});
      return seq({down_read(s.lock, caller), new_exception(s, caller), up_read(s.lock, caller),
                  take_job(s.kcopyd, "dm_kcopyd_copy < start_copy < " + caller), detach("dm_kcopyd_copy < start_copy"),
                  copied_exception(s, io_.faults, {.completed = end, .failed = end})});
    });
    std::vector<GiveBack> with;
    if (s.throttled) with.push_back({s.throttle, 1});
    return spawn(copy, "alloc_pending_exception < __origin_write", true, with);
  }

  /// retry_origin_bios in the kcopyd thread of the snapshot at `place`; `own`: it is the bio's own pending exception
  /// that completes.
  [[nodiscard]] Steps retry(int place, bool own, bool copies) const {
    Steps locks = down_read(lock_, again);
    for (const SnapshotExceptions& s : snapshots_) {
      locks = seq({locks, down_read(s.lock, std::string("__origin_write < ") + again),
                   up_read(s.lock, std::string("__origin_write < ") + again)});
    }
    return seq({locks, up_read(lock_, again), after_retry(place, own, copies, place + 1)});
  }

  [[nodiscard]] Steps after_retry(int place, bool own, bool copies, int next) const {
    const SnapshotExceptions& done = at(place);
    std::vector<GiveBack> with_the_thread = {{done.kcopyd.thread, 1}};
    if (own) {
      const std::vector<GiveBack> copy = held_by_copy(done);
      with_the_thread.insert(with_the_thread.begin(), copy.begin(), copy.end());
    }
    if (next == count()) {
      CallOptions options;
      options.context = CallContext::async;
      options.after_detach = with_the_thread;
      return call(stack_.flow(below_, io_), "submit_bio_noacct < retry_origin_bios < pending_complete", ends(copies),
                  options);
    }
    const SnapshotExceptions& s = at(next);
    const Steps freed = own ? free_copy(done) : Steps{};
    const Steps wait =
        seq({freed, leave_thread(done.kcopyd), wait_for_exception(s, "__origin_write < do_origin", "retry_origin_bios"),
             retry(next, false, copies)});
    const Steps further = after_retry(place, own, copies, next + 1);
    // Of a snapshot later in the list the exception is pending or complete.
    const Steps asked =
        lookup(s.exceptions,
               {branch("copied to " + s.name() + " by now", further), branch("still copied to " + s.name(), wait)},
               "dm_lookup_exception < __origin_write");
    return s.may_be_invalid ? if_valid(s, asked, further) : asked;
  }

  Stack& stack_;
  DeviceIndex index_;
  const Io& io_;
  DeviceIndex below_;
  ResourceId lock_;
  std::vector<SnapshotExceptions> snapshots_;
};

}  // namespace

Steps origin_write(Stack& stack, DeviceIndex device, DeviceIndex below, const Io& io, bool limit) {
  stack.uses(snapshot_origin_part());
  return OriginWrite(stack, device, below, io, limit).steps();
}

Steps origin_write_extent(Stack& stack, DeviceIndex merging, DeviceIndex below, std::int64_t bytes,
                          const FaultSet& faults) {
  Io merged;
  merged.op = IoOp::write;
  merged.bytes = bytes;
  merged.faults = faults;
  return OriginWrite(stack, merging, below, merged, false).extent(bytes);
}

}  // namespace dmstall::models
