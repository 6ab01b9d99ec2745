#include "tests/exhaustive/spin.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

namespace dmstall::tests {

namespace {

namespace fs = std::filesystem;

/// A folder of its own, gone with its end.
class Folder {
 public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "dmstall-spin-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path_ = name;
  }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  [[nodiscard]] std::string read(const std::string& name) const {
    std::ifstream stream(path_ / name);
    std::ostringstream text;
    text << stream.rdbuf();
    return text.str();
  }
  void write(const std::string& name, const std::string& text) const { std::ofstream(path_ / name) << text; }
  /// Exit code; output goes to `log`.
  int run(const std::string& command, const std::string& log, double* seconds = nullptr) const {
    const auto begun = std::chrono::steady_clock::now();
    const int status =
        std::system(("cd " + path_.string() + " && " + command + " >" + log + " 2>&1 </dev/null").c_str());
    if (seconds != nullptr) *seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

 private:
  fs::path path_;
};

std::size_t number_before(const std::string& text, const std::string& words) {
  const auto at = text.find(words);
  if (at == std::string::npos) return 0;
  const auto line = text.rfind('\n', at) + 1;
  return std::strtoull(text.c_str() + line, nullptr, 10);
}

std::size_t number_after(const std::string& text, const std::string& words) {
  const auto at = text.find(words);
  return at == std::string::npos ? 0 : std::strtoull(text.c_str() + at + words.size(), nullptr, 10);
}

/// Why the verifier's output is no answer; empty: it is one.
std::string no_answer(int code, const std::string& log) {
  if (log.find("errors:") == std::string::npos) return "pan ended with " + std::to_string(code) + ": " + log;
  for (const char* text : {"max search depth too small", "out of memory", "Search not completed", "Interrupted"}) {
    if (log.find(text) != std::string::npos) return std::string("pan: ") + text;
  }
  return "";
}

}  // namespace

std::string spin_is_missing() {
  for (const char* program : {"spin", "gcc", "timeout"}) {
    if (std::system((std::string("command -v ") + program + " >/dev/null 2>&1").c_str()) != 0)
      return std::string(program) + " is not installed";
  }
  return "";
}

SpinAnswer run_spin(const std::string& model, const SpinOptions& options) {
  SpinAnswer answer;
  const Folder folder;
  folder.write("model.pml", model);
  if (folder.run(std::string("spin -a ") + (options.step_for_step ? "-o1 -o2 -o3 " : "") + "model.pml", "spin.log",
                 &answer.spin_s) != 0 ||
      folder.read("spin.log").find("rror") != std::string::npos) {
    answer.problem = "spin: " + folder.read("spin.log");
    return answer;
  }
  const std::string compile = std::string("gcc ") + options.optimise + " -w -DSAFETY -DVECTORSZ=65536 " +
                              (options.step_for_step ? "-DNOREDUCE " : "") + "-o pan pan.c";
  if (folder.run(compile, "gcc.log", &answer.gcc_s) != 0) {
    answer.problem = "gcc: " + folder.read("gcc.log");
    return answer;
  }
  // -c0: on after the first error, so that all states are counted.
  const std::string run = "timeout " + std::to_string(options.seconds) + " ./pan -c0 -m" +
                          std::to_string(options.depth) + " -w" + std::to_string(options.table_bits);
  int code = folder.run(run + " -A", "states.log", &answer.pan_s);
  for (int again = 1; again < options.runs; ++again) {
    double seconds = 0;
    code = folder.run(run + " -A", "states.log", &seconds);
    answer.pan_s = std::min(answer.pan_s, seconds);
  }
  const std::string states = folder.read("states.log");
  answer.problem = no_answer(code, states);
  answer.dead = number_after(states, "errors: ") > 0;
  answer.states = number_before(states, " states, stored");
  if (!options.assertions || !answer.problem.empty()) return answer;
  const int second = folder.run(run + " -E", "assertions.log");
  const std::string assertions = folder.read("assertions.log");
  answer.problem = no_answer(second, assertions);
  answer.assertion = number_after(assertions, "errors: ") > 0;
  return answer;
}

void in_parallel(std::size_t n, const std::function<void(std::size_t)>& each) {
  std::atomic<std::size_t> next{0};
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < std::max(1U, std::thread::hardware_concurrency()); ++i) {
    threads.emplace_back([&] {
      for (std::size_t k = next++; k < n; k = next++) each(k);
    });
  }
  for (auto& thread : threads) thread.join();
}

}  // namespace dmstall::tests
