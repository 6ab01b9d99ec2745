// Runs inside User-Mode Linux: threads that use devices and files while no allocation of the kernel succeeds, how many
// come back, and where the others sleep.
//
//   pressure SECONDS SLOW [drain SPEC]... SPEC...
//
// SPEC: OPERATION:PATH:THREADS:BYTES:STRIDE (operations.hpp; STRIDE: bytes from one thread's range to the next; a * in
// PATH is the thread's number). SLOW: a device that answers after minutes. Drains use such devices first, so many that
// no slab of the kernel has a free object any more for bios of their kind.
//
// vm.min_free_kbytes above all memory refuses every allocation that may not use the allocator's own reserves.
// Everything that needs memory happens before: threads, buffers, open files. Last line: OUTCOME completed | stuck until
// memory came back | stuck for ever. Switches the machine off.
#include <pthread.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "operations.hpp"
#include "stacks.hpp"

namespace {

using namespace uml;

constexpr std::size_t stack_bytes = 64 * 1024;
constexpr int victims = 48;  // for 2 s each
constexpr rlim_t open_files = 16'384;
constexpr unsigned us_between_threads = 500;
constexpr double seconds_with_memory = 30;

struct Worker {
  Operation operation;
  bool drains = false;
  unsigned after_us = 0;  ///< so that they begin in order
};

std::atomic<bool> go{false}, drain{false};
std::atomic<int> finished{0}, failed{0};

void put(int fd, std::string_view text) {
  if (pwrite(fd, text.data(), text.size(), 0) < 0) die("write");
}

void* work(void* argument) {
  auto& worker = *static_cast<Worker*>(argument);
  pthread_setname_np(pthread_self(), worker.drains ? "drain" : "worker");
  while (!(worker.drains ? drain : go)) usleep(10'000);
  usleep(worker.after_us);
  const long done = worker.operation.run();
  if (!worker.drains) {
    if (done < 0) ++failed;
    ++finished;
  }
  for (;;) pause();  // a thread that ends needs memory for it
}

void start(Worker& worker) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, stack_bytes);
  pthread_t thread;
  if (pthread_create(&thread, &attributes, work, &worker) != 0) die("pthread_create");
}

/// The workers of one SPEC, behind `others` of the same kind.
void add_workers(std::vector<Worker>& workers, const std::string& spec, bool drains) {
  std::istringstream fields(spec);
  std::string operation, path, threads, bytes, stride;
  for (std::string* const field : {&operation, &path, &threads, &bytes, &stride}) std::getline(fields, *field, ':');
  const auto others = static_cast<unsigned>(
      std::count_if(workers.begin(), workers.end(), [&](const Worker& w) { return w.drains == drains; }));
  for (int i = 0; i < std::atoi(threads.c_str()); ++i) {
    std::string own = path;
    if (const auto star = own.find('*'); star != std::string::npos) own.replace(star, 1, std::to_string(i));
    workers.push_back(
        {Operation(operation, own, i * std::atol(stride.c_str()), std::strtoul(bytes.c_str(), nullptr, 10)), drains});
    if (!drains) workers.back().after_us = (others + static_cast<unsigned>(i)) * us_between_threads;
  }
}

/// Kernel threads that start another one call the OOM killer, and with nobody to kill the machine panics. Whoever
/// sleeps uninterruptibly is killed and stays: the kernel waits 2 s for each before it looks for the next.
void offer_victim(const char* slow) {
  if (fork() != 0) return;
  put(opened("/proc/self/oom_score_adj", O_WRONLY), "1000");
  if (Operation("read", slow, 0, block_bytes).run() < 0) die(slow);
  std::_Exit(0);
}

/// Seconds until all have finished, at most `seconds`.
double wait_for(int threads, double seconds) {
  const auto begun = std::chrono::steady_clock::now();
  const auto waited = [&] { return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count(); };
  while (finished < threads && waited() < seconds) usleep(100'000);
  return waited();
}

/// Pages dirty, and how many the kernel allows before it makes writers wait.
void report_dirty(const char* when, int vmstat) {
  const std::string text = text_of(vmstat);
  const auto value = [&](const char* name) { return std::atol(text.c_str() + text.find(name) + std::strlen(name)); };
  std::printf("%s: %ld pages dirty, threshold %ld, background %ld\n", when, value("nr_dirty "),
              value("nr_dirty_threshold "), value("nr_dirty_background_threshold "));
}

void report(const char* when, int threads, double seconds) {
  std::printf("%s: %d of %d finished (%d with an error) after %.1f s\n", when, finished.load(), threads, failed.load(),
              seconds);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) return std::fputs("usage: pressure SECONDS SLOW [drain SPEC]... SPEC...\n", stderr), 64;
  const double seconds = std::atof(argv[1]);
  const char* const slow = argv[2];

  for (int i = 0; i < victims; ++i) offer_victim(slow);
  const rlimit many{open_files, open_files};
  if (setrlimit(RLIMIT_NOFILE, &many) != 0) die("setrlimit");
  put(opened("/proc/self/oom_score_adj", O_WRONLY), "-1000");
  const int min_free = opened("/proc/sys/vm/min_free_kbytes", O_RDWR);
  const int sysrq = opened("/proc/sysrq-trigger", O_WRONLY);
  const int vmstat = opened("/proc/vmstat", O_RDONLY);
  const std::string usual = text_of(min_free);

  std::vector<Worker> workers;
  for (int i = 3; i < argc; ++i) {
    const bool drains = std::string_view(argv[i]) == "drain";
    add_workers(workers, argv[drains ? ++i : i], drains);
  }
  sync();  // no metadata stays dirty
  for (Worker& worker : workers) worker.operation.make_dirty();
  int threads = 0;
  for (Worker& worker : workers) {
    start(worker);
    threads += worker.drains ? 0 : 1;
  }
  usleep(300'000);
  Stacks stacks;
  stacks.open_all();
  mlockall(MCL_CURRENT);
  for (Worker& worker : workers) worker.operation.unlock();

  report_dirty("before", vmstat);
  put(min_free, "4000000");
  drain = true;
  usleep(2'000'000);
  if (std::getenv("SHOW_DRAINS") != nullptr) stacks.print();
  report_dirty("memory refused", vmstat);
  go = true;
  const double until = wait_for(threads, seconds);
  const bool stuck = finished < threads;
  report("no memory", threads, until);
  if (stuck) stacks.print();
  put(min_free, usual);
  const double more = wait_for(threads, seconds_with_memory);
  report("memory is back", threads, more);
  std::printf("OUTCOME %s\n", !stuck               ? "completed"
                              : finished < threads ? "stuck for ever"
                                                   : "stuck until memory came back");
  std::fflush(stdout);
  put(sysrq, "o");  // who still waits for the slow device cannot end
  for (;;) pause();
}
