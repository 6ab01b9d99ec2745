#include "models/kernel/kcopyd.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "models/kernel/omissions/parts.hpp"
#include "models/kernel/page.hpp"
#include "models/kernel/sizes.hpp"
#include "models/kernel/steps.hpp"
#include "models/kernel/workqueue.hpp"

namespace dmstall::models {

namespace {

constexpr int min_jobs = 8;  // dm-kcopyd.c:MIN_JOBS
constexpr int page_kib = compiled::page / 1024;
constexpr const char* in_thread = "do_work (kcopyd)";

}  // namespace

/// DIV_ROUND_UP(sub_job_size, PAGE_SIZE): what one sub-job needs at most.
static std::int32_t reserved_pages(const Stack& stack) {
  return (stack.scenario().kernel.kcopyd_subjob_size_kb + page_kib - 1) / page_kib;
}

Kcopyd kcopyd_client(Stack& stack, DeviceIndex device) {
  stack.uses(kcopyd_part());
  const std::string& name = stack.device(device).name;
  Resource jobs;
  jobs.kind = ResourceKind::mempool;
  jobs.capacity = min_jobs;
  jobs.soft = true;
  jobs.memory = MemoryClass::slab;
  jobs.reserves = {{part(structure("kcopyd jobs")), part(structure("mempool slots")),
                    part(structure("struct dm_kcopyd_client"), 1, false)}};
  jobs.wait_function = "mempool_alloc";
  Resource pages;
  pages.kind = ResourceKind::page_pool;
  pages.capacity = reserved_pages(stack);
  pages.soft = true;
  pages.poll = false;  // the job stays queued until the thread runs again: other jobs' completions wake it
  pages.memory = MemoryClass::page;
  pages.reserves = {{part(structure("pages")), part(structure("struct page_list"))}};
  pages.wait_function = "job queued in pages_jobs";
  return {stack.pool(device, "kcopyd_jobs", jobs), stack.pool(device, "kcopyd_pages", pages),
          stack.pool(device, "kcopyd_thread", single_thread("kcopyd/" + name)),
          dm_io_client(stack, device, "kcopyd_client")};
}

void add_reserves(DeviceReserves& reserves, const Kcopyd& client) {
  reserves.pools.insert(reserves.pools.end(), {client.jobs, client.pages, client.thread});
  add_reserves(reserves, client.io);
  ++reserves.rescuers;
}

Steps take_job(const Kcopyd& client, const std::string& caller) {
  return take(client.jobs, caller);
}

Steps enter_thread(const Kcopyd& client, const std::string& function) {
  return take(client.thread, function + " < " + in_thread);
}

Steps leave_thread(const Kcopyd& client) {
  return give(client.thread, in_thread);
}

/// Another device stands on both, too: two snapshots with one COW device, each with a client of its own.
static bool others_copy_between(const Stack& stack, DeviceIndex device, DeviceIndex from, DeviceIndex to) {
  const auto devices = static_cast<DeviceIndex>(stack.scenario().devices.size());
  for (DeviceIndex other = 0; other < devices; ++other) {
    const auto& below = stack.lower(other);
    const auto stands_on = [&](DeviceIndex lower) {
      return std::find(below.begin(), below.end(), lower) != below.end();
    };
    if (other != device && stands_on(from) && stands_on(to)) return true;
  }
  return false;
}

static constexpr FlowRole kcopyd_sub_job{"pages, read, write: what one job does at once"};

/// One sub-job: pages, read, write, pages back. In no thread before and after.
static FlowId sub_job(Stack& stack, DeviceIndex device, const Kcopyd& client, const CopyJob& job, const Io& part_read,
                      const Io& part_write) {
  const FlowId to = stack.flow(job.to, part_write), from = stack.flow(job.from, part_read);
  const auto pages = static_cast<std::int32_t>(pages_of(part_read.bytes));
  const FlowKey key{.role = &kcopyd_sub_job, .device = device, .lower = from, .then = to, .number = pages};
  const auto label = [&] {
    const bool says_whose = others_copy_between(stack, device, job.from, job.to);
    return fmt::format("sub-job of {} pages: {}, then {}{}{}", pages, stack.label(from), stack.label(to),
                       says_whose ? " by " : "", says_whose ? stack.device(device).name : "");
  };
  return stack.flow(key, label, [&] {
    const std::string run_io = std::string("run_io_job < process_jobs < ") + in_thread;
    const auto complete = [&](Status status) {
      return seq({enter_thread(client, "run_complete_job"),
                  give(client.pages, "kcopyd_put_pages < run_complete_job", pages), leave_thread(client),
                  finish(status)});
    };
    const std::vector<GiveBack> thread{{client.thread, 1}};
    const Steps write =
        seq({enter_thread(client, "run_io_job"),
             dm_io_async(client.io, to, run_io, thread,
                         {.ok = complete(Status::ok), .bad = complete(Status::ok), .error = complete(Status::error)})});
    return seq(
        {in_queue(take(client.pages, "kcopyd_get_pages < run_pages_job", pages, TakeMode::all)),
         enter_thread(client, "run_io_job"),
         dm_io_async(client.io, from, run_io, thread, {.ok = write, .bad = write, .error = complete(Status::error)})});
  });
}

Steps kcopyd_copy(Stack& stack, DeviceIndex device, const Kcopyd& client, const CopyJob& job, const Steps& copied,
                  const Steps& failed) {
  const std::int32_t most = reserved_pages(stack);
  const auto complete = [&](const Steps& callback) {
    return seq({enter_thread(client, "run_complete_job"), give(client.jobs, "run_complete_job"), callback});
  };
  // A job above sub_job_size is copied in pieces that each fit the reserve.
  if (job.bytes > static_cast<std::int64_t>(most) * page_bytes) stack.uses(kcopyd_split_part());
  Steps pieces;
  for (std::int64_t done = 0; done < job.bytes;) {
    const std::int64_t bytes = std::min(job.bytes - done, static_cast<std::int64_t>(most) * page_bytes);
    Io read = job.read, write = job.write;
    read.bytes = write.bytes = bytes;
    CallOptions options;
    options.address.add = done;
    pieces = seq({pieces, call(sub_job(stack, device, client, job, read, write), "split_job < dm_kcopyd_copy",
                               {branch("error", complete(failed))}, options)});
    done += bytes;
  }
  return seq({pieces, complete(copied)});
}

Steps kcopyd_callback(const Kcopyd& client, const Steps& callback) {
  return seq({enter_thread(client, "run_complete_job"), give(client.jobs, "run_complete_job"), callback});
}

}  // namespace dmstall::models
