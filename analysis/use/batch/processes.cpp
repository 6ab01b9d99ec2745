#include "analysis/use/batch/processes.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>
#include <list>
#include <new>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "analysis/use/batch/signals.hpp"

namespace dmstall::analysis {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t most_error_bytes = std::size_t{1} << 20;
constexpr int reap_again_ms = 2;
constexpr int status_of_an_exception = 1, status_without_memory = 2;
constexpr int measure_again_ms = 50;

/// A descriptor that is closed with its owner.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Descriptor() { close(); }
  void close() {
    if (number_ >= 0) ::close(std::exchange(number_, -1));
  }
  [[nodiscard]] int get() const { return number_; }
  [[nodiscard]] bool open() const { return number_ >= 0; }

 private:
  int number_ = -1;
};

struct Pipe {
  Descriptor read, write;
};

bool make_pipe(Pipe& pipe) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return false;
  pipe.read = Descriptor(ends[0]);
  pipe.write = Descriptor(ends[1]);
  // The parent takes what is there and goes on to the next child; only the child may sleep on a full pipe.
  return ::fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0;
}

void write_all(int descriptor, const void* data, std::size_t size) {
  const char* at = static_cast<const char*>(data);
  while (size > 0) {
    const ssize_t n = ::write(descriptor, at, size);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) ::_exit(status_of_an_exception);
    at += n;
    size -= static_cast<std::size_t>(n);
  }
}

/// Appends what can be read now; closes at the end. Bytes above `most` are dropped, so that nobody has to wait for us.
void drain(Descriptor& from, std::string& into, std::size_t most) {
  std::array<char, 65536> buffer;
  while (from.open()) {
    const ssize_t n = ::read(from.get(), buffer.data(), buffer.size());
    if (n > 0) {
      into.append(buffer.data(), std::min(static_cast<std::size_t>(n), most - std::min(most, into.size())));
    } else if (n == 0 || (errno != EINTR && errno != EAGAIN)) {
      from.close();
    } else if (errno == EAGAIN) {
      return;
    }
  }
}

// The string travels behind its length: an exit in the middle of the job cannot look like an empty answer.
using Length = std::uint64_t;

struct Child {
  std::size_t job = 0;
  pid_t pid = -1;
  Descriptor result, errors, memory;
  std::string received;
  ProcessEnd end;
  Clock::time_point started = Clock::now();
  enum class Killed : std::uint8_t { no, for_its_time, for_its_memory };
  Killed killed = Killed::no;
};

/// Bytes in memory of the process whose /proc/…/statm is open there; 0 when it is gone.
std::int64_t resident_bytes(const Descriptor& statm) {
  std::array<char, 128> text{};
  const ssize_t n = statm.open() ? ::pread(statm.get(), text.data(), text.size() - 1, 0) : 0;
  long long size = 0, resident = 0;
  if (n <= 0 || std::sscanf(text.data(), "%lld %lld", &size, &resident) != 2) return 0;
  return resident * ::sysconf(_SC_PAGESIZE);
}

[[noreturn]] void be_the_child(std::size_t job, pid_t parent, int result, int errors,
                               const std::function<std::string(std::size_t)>& work) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(status_of_an_exception);  // it died before it was watched
  // When memory runs out, the job is to go and not the one who reports it.
  if (const int score = ::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC); score >= 0) {
    [[maybe_unused]] const ssize_t best_effort = ::write(score, "1000", 4);
    ::close(score);
  }
  if (const int nothing = ::open("/dev/null", O_RDONLY); nothing >= 0) ::dup2(nothing, STDIN_FILENO), ::close(nothing);
  ::dup2(errors, STDOUT_FILENO);  // the parent's stdout may be a document
  ::dup2(errors, STDERR_FILENO);
  try {
    const std::string answer = work(job);
    const Length length = answer.size();
    write_all(result, &length, sizeof length);
    write_all(result, answer.data(), answer.size());
    std::fflush(nullptr);
    ::_exit(0);
  } catch (const std::bad_alloc&) {
    ::_exit(status_without_memory);
  } catch (const std::exception& error) {
    std::fflush(nullptr);
    write_all(STDERR_FILENO, error.what(), std::strlen(error.what()));
  } catch (...) {
    std::fflush(nullptr);
    constexpr std::string_view unknown = "an exception of an unknown type";
    write_all(STDERR_FILENO, unknown.data(), unknown.size());
  }
  ::_exit(status_of_an_exception);
}

class Pool {
 public:
  Pool(const BatchLimits& limits, const std::function<std::string(std::size_t)>& work,
       const std::function<void(std::size_t, ProcessEnd)>& done)
      : limits_(limits), work_(work), done_(done) {}
  ~Pool() {
    for (Child& child : running_) ::kill(child.pid, SIGKILL);
    for (Child& child : running_) {
      while (::waitpid(child.pid, nullptr, 0) < 0 && errno == EINTR) {
      }
    }
  }
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  BatchEnding run(std::size_t jobs, std::size_t parallel) {
    std::size_t next = 0;
    while (next < jobs || !running_.empty()) {
      if (signals_.interrupted()) return BatchEnding::interrupted;
      if (enough_) return BatchEnding::enough;
      if (limits_.budget_s && budget_left_s() <= 0) return BatchEnding::out_of_budget;
      while (next < jobs && running_.size() < parallel) {
        if (!start(next)) {
          // Too many processes or descriptors: go on with those that could be started.
          if (running_.empty()) throw std::system_error(errno, std::generic_category(), "no process can be started");
          parallel = running_.size();
          break;
        }
        ++next;
      }
      wait();
      collect();
    }
    return BatchEnding::complete;
  }

 private:
  bool start(std::size_t job) {
    Pipe result, errors;
    if (!make_pipe(result) || !make_pipe(errors)) return false;
    std::fflush(nullptr);  // what is buffered now belongs to the parent alone
    const pid_t parent = ::getpid();
    const pid_t pid = ::fork();
    if (pid < 0) return false;
    if (pid == 0) {
      signals_.leave_to_the_parent();
      for (Child& sibling : running_) sibling.result.close(), sibling.errors.close(), sibling.memory.close();
      result.read.close();
      errors.read.close();
      be_the_child(job, parent, result.write.get(), errors.write.get(), work_);
    }
    Child& child = running_.emplace_back();
    child.job = job;
    child.pid = pid;
    child.end.timeout_s = limits_.timeout_of ? std::optional<double>(limits_.timeout_of(job)) : limits_.timeout_s;
    child.end.memory_mib = limits_.memory_mib;
    if (limits_.memory_mib)
      child.memory = Descriptor(::open(fmt::format("/proc/{}/statm", pid).c_str(), O_RDONLY | O_CLOEXEC));
    child.result = std::move(result.read);
    child.errors = std::move(errors.read);
    return true;
  }

  static bool silent(const Child& child) { return !child.result.open() && !child.errors.open(); }

  static double seconds_left(const Child& child) {
    return *child.end.timeout_s - std::chrono::duration<double>(Clock::now() - child.started).count();
  }

  double budget_left_s() const {
    return *limits_.budget_s - std::chrono::duration<double>(Clock::now() - started_).count();
  }

  /// Sleeps until somebody has something to say, a time is over, or a signal came.
  void wait() {
    polled_.clear();
    double at_most_ms = -1;
    const auto no_later_than = [&](double ms) { at_most_ms = at_most_ms < 0 ? ms : std::min(at_most_ms, ms); };
    for (const Child& child : running_) {
      if (child.result.open()) polled_.push_back({child.result.get(), POLLIN, 0});
      if (child.errors.open()) polled_.push_back({child.errors.get(), POLLIN, 0});
      if (silent(child) || child.killed != Child::Killed::no) {
        no_later_than(reap_again_ms);
        continue;
      }
      if (child.end.timeout_s) no_later_than(std::max(0.0, std::ceil(seconds_left(child) * 1000)));
      if (child.end.memory_mib) no_later_than(measure_again_ms);
    }
    if (limits_.budget_s) no_later_than(std::max(0.0, std::ceil(budget_left_s() * 1000)));
    signals_.poll(polled_, at_most_ms);
  }

  void collect() {
    for (auto it = running_.begin(); it != running_.end();) {
      Child& child = *it;
      drain(child.result, child.received, child.received.max_size());
      drain(child.errors, child.end.errors, most_error_bytes);
      keep_within_bounds(child);
      if (!(silent(child) || child.killed != Child::Killed::no) || !reap(child)) {
        ++it;
        continue;
      }
      const std::size_t job = child.job;
      ProcessEnd end = std::move(child.end);
      it = running_.erase(it);
      done_(job, std::move(end));
      enough_ = enough_ || (limits_.enough && limits_.enough());
      if (enough_) return;
    }
  }

  static void keep_within_bounds(Child& child) {
    if (child.killed != Child::Killed::no) return;
    if (child.end.timeout_s && seconds_left(child) <= 0) {
      child.killed = Child::Killed::for_its_time;
    } else if (child.end.memory_mib && resident_bytes(child.memory) > *child.end.memory_mib << 20) {
      child.killed = Child::Killed::for_its_memory;
    } else {
      return;
    }
    ::kill(child.pid, SIGKILL);
  }

  /// False while the process still exists.
  static bool reap(Child& child) {
    int status = 0;
    const pid_t reaped = ::waitpid(child.pid, &status, WNOHANG);
    if (reaped == 0 || (reaped < 0 && errno == EINTR)) return false;
    drain(child.result, child.received, child.received.max_size());
    drain(child.errors, child.end.errors, most_error_bytes);
    ProcessEnd& end = child.end;
    end.seconds = std::chrono::duration<double>(Clock::now() - child.started).count();
    Length length = 0;
    bool whole = false;
    if (child.received.size() >= sizeof length) {
      std::memcpy(&length, child.received.data(), sizeof length);
      end.output = child.received.substr(sizeof length);
      whole = end.output.size() == length;
    }
    if (WIFSIGNALED(status)) end.signal = WTERMSIG(status);
    if (WIFEXITED(status)) end.exit_status = WEXITSTATUS(status);
    const bool well = WIFEXITED(status) && end.exit_status == 0 && whole;
    if (well) {
      end.how = ProcessEnd::How::finished;
    } else if (child.killed == Child::Killed::for_its_time) {
      end.how = ProcessEnd::How::timed_out;
    } else if (child.killed == Child::Killed::for_its_memory || end.exit_status == status_without_memory) {
      end.how = ProcessEnd::How::out_of_memory;
    } else {
      end.how = ProcessEnd::How::crashed;
    }
    return true;
  }

  const BatchLimits& limits_;
  Clock::time_point started_ = Clock::now();
  bool enough_ = false;
  const std::function<std::string(std::size_t)>& work_;
  const std::function<void(std::size_t, ProcessEnd)>& done_;
  InterruptWatch signals_;
  std::list<Child> running_;
  std::vector<pollfd> polled_;
};

}  // namespace

Reason reason_of(const ProcessEnd& end) {
  constexpr double thousandths = 1000;  // a share of what was left has more digits than anybody wants
  if (end.how == ProcessEnd::How::timed_out)
    return because::WallTime{std::round(end.timeout_s.value_or(0) * thousandths) / thousandths};
  if (!end.out_of_bounds()) return no_answer_of(end);
  if (end.exit_status == status_without_memory) return because::SystemMemory{false};
  return because::ProcessMemory{end.memory_mib.value_or(0)};
}

because::NoAnswer no_answer_of(const ProcessEnd& end) {
  return {end.signal, end.exit_status, end.errors.substr(0, end.errors.find('\n'))};
}

BatchEnding run_in_processes(std::size_t jobs, const BatchLimits& limits,
                             const std::function<std::string(std::size_t)>& work,
                             const std::function<void(std::size_t, ProcessEnd)>& done) {
  return Pool(limits, work, done).run(jobs, static_cast<std::size_t>(std::max(limits.parallel, 1)));
}

BatchEnding run_in_processes(std::size_t jobs, int parallel, std::optional<double> timeout_s,
                             const std::function<std::string(std::size_t)>& work,
                             const std::function<void(std::size_t, ProcessEnd)>& done) {
  BatchLimits limits;
  limits.parallel = parallel;
  limits.timeout_s = timeout_s;
  return run_in_processes(jobs, limits, work, done);
}

int default_parallel() {
  cpu_set_t allowed;
  if (::sched_getaffinity(0, sizeof allowed, &allowed) != 0) return 1;
  return std::max(1, CPU_COUNT(&allowed));
}

}  // namespace dmstall::analysis
