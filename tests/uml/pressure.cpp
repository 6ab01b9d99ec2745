// Runs inside User-Mode Linux: threads that read, write or flush a device while no allocation of the kernel succeeds, how
// many come back, and where the others sleep.
//
//   pressure flush|read|write DEVICE THREADS SECONDS STRIDE SLOW
//
// STRIDE: bytes from one thread's block to the next. SLOW: a device of many segments that answers after minutes. So many
// others flush it first that no slab of the kernel has a free object any more for clones of its kind.
//
// vm.min_free_kbytes above all memory refuses every allocation that may not use the allocator's own reserves. Everything that
// needs memory happens before: threads, buffers, open files. Last line: OUTCOME completed | stuck until memory came back |
// stuck for ever. Switches the machine off.
#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <map>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace {

constexpr std::size_t block_bytes = 4096;
constexpr std::size_t stack_bytes = 64 * 1024;
constexpr std::size_t drainers = 96;   // each holds some of 15 clones; a slab page has at most 32 of them
constexpr int victims = 48;                // for 2 s each
constexpr rlim_t open_files = 16'384;
constexpr unsigned us_between_threads = 500;
constexpr double seconds_with_memory = 30;

struct Worker {
  std::string_view operation;
  int fd = -1;
  off_t offset = 0;
  void* buffer = nullptr;
  bool drains = false;
  unsigned after_us = 0;   ///< so that they begin in order
};

std::atomic<bool> go{false}, drain{false};
std::atomic<int> finished{0}, failed{0};

[[noreturn]] void die(const char* what) {
  std::perror(what);
  std::exit(1);
}

int opened(const std::string& path, int flags) {
  const int fd = open(path.c_str(), flags);
  if (fd < 0) die(path.c_str());
  return fd;
}

void put(int fd, std::string_view text) {
  if (pwrite(fd, text.data(), text.size(), 0) < 0) die("write");
}

std::string text_of(int fd) {
  std::string text(4096, '\0');
  text.resize(static_cast<std::size_t>(std::max<ssize_t>(0, pread(fd, text.data(), text.size(), 0))));
  return text;
}

void* work(void* argument) {
  const auto& worker = *static_cast<const Worker*>(argument);
  pthread_setname_np(pthread_self(), worker.drains ? "drain" : "worker");
  while (!(worker.drains ? drain : go)) usleep(10'000);
  usleep(worker.after_us);
  ssize_t done = 0;
  if (worker.operation == "flush") {
    done = fsync(worker.fd);
  } else if (worker.operation == "read") {
    done = pread(worker.fd, worker.buffer, block_bytes, worker.offset);
  } else {
    done = pwrite(worker.fd, worker.buffer, block_bytes, worker.offset);
  }
  if (!worker.drains) {
    if (done < 0) ++failed;
    ++finished;
  }
  for (;;) pause();   // a thread that ends needs memory for it
}

void start(Worker& worker) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, stack_bytes);
  pthread_t thread;
  if (pthread_create(&thread, &attributes, work, &worker) != 0) die("pthread_create");
}

Worker on(const char* device, std::string_view operation, off_t offset) {
  Worker worker{operation, opened(device, (operation == "read" ? O_RDONLY : O_RDWR) | O_DIRECT), offset, std::aligned_alloc(block_bytes, block_bytes)};
  std::memset(worker.buffer, 'x', block_bytes);
  return worker;
}

/// Where the workers and the kernel's threads sleep. The files are opened, and read once, while there is memory.
class Stacks {
 public:
  void open_all() {
    for (const auto& process : std::filesystem::directory_iterator("/proc")) {
      if (process.path().filename().string().find_first_not_of("0123456789") != std::string::npos) continue;
      std::error_code gone;
      for (const auto& task : std::filesystem::directory_iterator(process.path() / "task", gone)) {
        const int named = open((task.path() / "comm").c_str(), O_RDONLY);
        if (named < 0) continue;
        const std::string text = text_of(named), name = text.substr(0, text.find('\n'));
        close(named);
        const int command = open((task.path() / "cmdline").c_str(), O_RDONLY);
        const bool of_kernel = command < 0 || text_of(command).empty();
        if (command >= 0) close(command);
        const bool of_interest = name == "worker" || of_kernel;
        const int stack = of_interest ? open((task.path() / "stack").c_str(), O_RDONLY) : -1;
        if (stack >= 0 && !text_of(stack).empty()) files_.push_back({name.substr(0, name.find('/')), stack});
      }
    }
  }

  /// Equal ones once, with their number.
  void print() const {
    std::map<std::string, int> known;
    for (const auto& [name, fd] : files_) {
      std::istringstream lines(text_of(fd));
      std::string chain;
      for (std::string mark, frame; lines >> mark;) {
        std::getline(lines, frame);
        frame = frame.substr(0, frame.find('+'));
        frame.erase(0, frame.find_first_not_of(' '));
        constexpr std::array<std::string_view, 6> everywhere = {"__switch_to", "__schedule", "schedule", "schedule_timeout", "io_schedule_timeout", "worker_thread"};
        if (std::find(everywhere.begin(), everywhere.end(), frame) != everywhere.end()) continue;
        chain += chain.empty() ? frame : " < " + frame;
      }
      const bool idle = chain.empty() || chain.starts_with("kthread") || chain.starts_with("rescuer_thread") || chain.starts_with("new_thread_handler") || chain.starts_with("pause");
      if (!idle) ++known[name + ": " + chain];
    }
    for (const auto& [chain, times] : known) std::printf("%4d × %s\n", times, chain.c_str());
  }

 private:
  struct File {
    std::string name;
    int fd;
  };
  std::vector<File> files_;
};

/// Kernel threads that start another one call the OOM killer, and with nobody to kill the machine panics. Whoever sleeps
/// uninterruptibly is killed and stays: the kernel waits 2 s for each before it looks for the next.
void offer_victim(const char* device) {
  if (fork() != 0) return;
  put(opened("/proc/self/oom_score_adj", O_WRONLY), "1000");
  const Worker sleeper = on(device, "read", 0);
  if (pread(sleeper.fd, sleeper.buffer, block_bytes, 0) < 0) die(device);
  std::_Exit(0);
}

/// Seconds until all have finished, at most `seconds`.
double wait_for(int threads, double seconds) {
  const auto begun = std::chrono::steady_clock::now();
  const auto waited = [&] { return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count(); };
  while (finished < threads && waited() < seconds) usleep(100'000);
  return waited();
}

void report(const char* when, int threads, double seconds) {
  std::printf("%s: %d of %d finished (%d with an error) after %.1f s\n", when, finished.load(), threads, failed.load(), seconds);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 7) return std::fputs("usage: pressure flush|read|write DEVICE THREADS SECONDS STRIDE SLOW\n", stderr), 64;
  const char* const device = argv[2];
  const int threads = std::atoi(argv[3]);
  const double seconds = std::atof(argv[4]);
  const off_t stride = std::atol(argv[5]);
  const char* const slow = argv[6];

  for (int i = 0; i < victims; ++i) offer_victim(slow);
  const rlimit many{open_files, open_files};
  if (setrlimit(RLIMIT_NOFILE, &many) != 0) die("setrlimit");
  put(opened("/proc/self/oom_score_adj", O_WRONLY), "-1000");
  const int min_free = opened("/proc/sys/vm/min_free_kbytes", O_RDWR);
  const int sysrq = opened("/proc/sysrq-trigger", O_WRONLY);
  const std::string usual = text_of(min_free);

  std::vector<Worker> workers;
  for (int i = 0; i < threads; ++i) {
    workers.push_back(on(device, argv[1], i * stride));
    workers.back().after_us = static_cast<unsigned>(i) * us_between_threads;
  }
  for (std::size_t i = 0; i < drainers; ++i) {
    workers.push_back(on(slow, "flush", 0));
    workers.back().drains = true;
  }
  for (Worker& worker : workers) start(worker);
  usleep(300'000);
  Stacks stacks;
  stacks.open_all();
  mlockall(MCL_CURRENT);

  put(min_free, "4000000");
  drain = true;
  usleep(2'000'000);
  go = true;
  const double until = wait_for(threads, seconds);
  const bool stuck = finished < threads;
  report("no memory", threads, until);
  if (stuck) stacks.print();
  put(min_free, usual);
  const double more = wait_for(threads, seconds_with_memory);
  report("memory is back", threads, more);
  std::printf("OUTCOME %s\n", !stuck ? "completed" : finished < threads ? "stuck for ever" : "stuck until memory came back");
  std::fflush(stdout);
  put(sysrq, "o");   // who still waits for the slow device cannot end
  for (;;) pause();
}
