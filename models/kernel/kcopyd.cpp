#include "models/kernel/kcopyd.hpp"

#include "models/kernel/steps.hpp"
#include "models/kernel/workqueue.hpp"

namespace dmstall::models {

namespace {

constexpr int min_jobs = 8;                         // dm-kcopyd.c:MIN_JOBS
constexpr std::int64_t job_element_bytes = 3240;    // 9 x struct kcopyd_job: one master, SPLIT_COUNT 8 sub-jobs
constexpr int page_kib = 4;
constexpr const char* in_thread = "do_work (kcopyd)";

}  // namespace

Kcopyd kcopyd_client(Stack& stack, DeviceIndex device) {
  const std::string& name = stack.device(device).name;
  Resource jobs;
  jobs.kind = ResourceKind::mempool;
  jobs.capacity = min_jobs;
  jobs.soft = true;
  jobs.memory = MemoryClass::slab;
  jobs.element_bytes = job_element_bytes;
  jobs.wait_function = "mempool_alloc";
  Resource pages;
  pages.kind = ResourceKind::page_pool;
  pages.capacity = stack.scenario().kernel.kcopyd_subjob_size_kb / page_kib;
  pages.soft = true;
  pages.poll = false;   // the job stays queued until the thread runs again: other jobs' completions wake it
  pages.memory = MemoryClass::page;
  pages.element_bytes = 4096;
  pages.wait_function = "job queued in pages_jobs";
  return {stack.pool(device, "kcopyd_jobs", jobs), stack.pool(device, "kcopyd_pages", pages),
          stack.pool(device, "kcopyd_thread", single_thread("kcopyd/" + name)), dm_io_client(stack, device, "kcopyd_client")};
}

Steps take_job(const Kcopyd& client, const std::string& caller) { return take(client.jobs, caller); }

Steps enter_thread(const Kcopyd& client, const std::string& function) { return take(client.thread, function + " < " + in_thread); }

Steps leave_thread(const Kcopyd& client) { return give(client.thread, in_thread); }

Steps kcopyd_copy(const Kcopyd& client, FlowId from, FlowId to, std::int32_t chunk_pages, const Steps& copied, const Steps& failed) {
  const std::string run_io = std::string("run_io_job < process_jobs < ") + in_thread;
  const auto complete = [&](const Steps& callback) {
    return seq({enter_thread(client, "run_complete_job"), give(client.pages, "kcopyd_put_pages < run_complete_job", chunk_pages),
                give(client.jobs, "run_complete_job"), callback});
  };
  const std::vector<GiveBack> thread{{client.thread, 1}};
  const Steps write = seq({enter_thread(client, "run_io_job"),
                           dm_io_async(client.io, to, run_io, thread,
                                       {.ok = complete(copied), .bad = complete(copied), .error = complete(failed)})});
  return seq({take(client.pages, "kcopyd_get_pages < run_pages_job", chunk_pages, TakeMode::all), enter_thread(client, "run_io_job"),
              dm_io_async(client.io, from, run_io, thread, {.ok = write, .bad = write, .error = complete(failed)})});
}

Steps kcopyd_callback(const Kcopyd& client, const Steps& callback) {
  return seq({enter_thread(client, "run_complete_job"), give(client.jobs, "run_complete_job"), callback});
}

}  // namespace dmstall::models
