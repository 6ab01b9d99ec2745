// Where the workers and the kernel's threads sleep. The files are opened, and read once, while there is memory.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <map>
#include <sstream>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace uml {

inline std::string text_of(int fd) {
  std::string text(4096, '\0');
  text.resize(static_cast<std::size_t>(std::max<ssize_t>(0, pread(fd, text.data(), text.size(), 0))));
  return text;
}

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

  /// Equal ones once, with their number; idle threads not.
  void print() const {
    std::map<std::string, int> known;
    for (const auto& [name, fd] : files_) {
      const std::string chain = chain_of(text_of(fd));
      if (!idle(chain)) ++known[name + ": " + chain];
    }
    for (const auto& [chain, times] : known) std::printf("%4d × %s\n", times, chain.c_str());
  }

 private:
  struct File {
    std::string name;
    int fd;
  };

  static std::string chain_of(const std::string& stack) {
    constexpr std::array<std::string_view, 6> everywhere = {"__switch_to",      "__schedule",          "schedule",
                                                            "schedule_timeout", "io_schedule_timeout", "worker_thread"};
    std::istringstream lines(stack);
    std::string chain;
    for (std::string mark, frame; lines >> mark;) {
      std::getline(lines, frame);
      frame = frame.substr(0, frame.find('+'));
      frame.erase(0, frame.find_first_not_of(' '));
      if (std::find(everywhere.begin(), everywhere.end(), frame) != everywhere.end()) continue;
      chain += chain.empty() ? frame : " < " + frame;
    }
    return chain;
  }

  /// A thread that waits for work, and the threads of the kernel that have to do with no device.
  static bool idle(const std::string& chain) {
    constexpr std::array<std::string_view, 16> waiting = {
        "kthread",
        "rescuer_thread",
        "new_thread_handler",
        "pause",
        "schedule_timeout_interruptible < add_hwgenerator",
        "jfs",
        "kauditd_thread",
        "kcompactd",
        "devtmpfs",
        "smpboot_thread_fn",
        "kswapd <",
        "oom_reaper",
        "rcu_",
        "kjournald2 <",
        "schedule_hrtimeout_range",
        "sys_pause",
    };
    return chain.empty() ||
           std::any_of(waiting.begin(), waiting.end(), [&](auto beginning) { return chain.starts_with(beginning); });
  }

  std::vector<File> files_;
};

}  // namespace uml
