// No memory for a while: vm.min_free_kbytes above all there is, and no free object in the slabs of kmalloc.
//
// A slab keeps free objects that need no page. They are used up by the nodes of BPF tries, one trie and one process for
// each size: the kernel allocates a node with GFP_NOWAIT, so the last one fails. The value of a node is copied before,
// into an object of the next smaller slab; where that has none, the process sleeps until memory is back. All of it
// needs the boot option cgroup.memory=nokmem: otherwise such nodes have slabs of their own. Threads of the kernel that
// want memory with GFP_KERNEL call the OOM killer, and with nobody to kill the machine panics: readers of a device that
// answers after minutes are offered, each of which it waits for 2 s.
#pragma once

#include <fcntl.h>
#include <linux/bpf.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>
#include <vector>

namespace traces {

class Refusal {
 public:
  /// Needs memory; end() needs none.
  Refusal() {
    put(opened("/proc/self/oom_score_adj"), "-1000");
    min_free_ = opened("/proc/sys/vm/min_free_kbytes");
    usual_.resize(32);
    usual_.resize(static_cast<std::size_t>(pread(min_free_, usual_.data(), usual_.size(), 0)));
    void* const shared = mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    shared_ = new (shared) Shared;
    for (const Size& size : sizes) {
      tries_.push_back(trie(size.value_bytes));
      const pid_t process = fork();
      if (process != 0) {
        processes_.push_back(process);
        continue;
      }
      mlockall(MCL_CURRENT);
      ++shared_->ready;
      while (!shared_->begun) usleep(1000);
      add_nodes(tries_.back(), most_objects);
      for (;;) pause();
    }
    while (shared_->ready < processes_.size()) usleep(1000);
  }

  void begin() {
    mlockall(MCL_CURRENT);  // also what it shares with the processes since the forks
    put(min_free_, "4000000");
    shared_->begun = true;
    usleep(1'000'000);
  }

  void end() {
    if (pwrite(min_free_, usual_.data(), usual_.size(), 0) < 0) std::perror("min_free_kbytes");
    for (const pid_t process : processes_) kill(process, SIGKILL);
    for (const int trie : tries_) close(trie);
  }

  /// A process that reads SLOW, a block device that answers after minutes.
  static void offer_victim(const char* slow) {
    if (fork() != 0) return;
    put(opened("/proc/self/oom_score_adj"), "1000");
    alignas(4096) static std::array<char, 4096> block;
    const int file = open(slow, O_RDONLY | O_DIRECT);
    if (read(file, block.data(), block.size()) < 0) std::perror(slow);
    std::_Exit(0);
  }

 private:
  struct Size {
    int object_bytes, value_bytes;  ///< a node has 48 bytes beside its value
  };
  static constexpr int most_objects = 40'000, key_bytes = 8;
  static constexpr std::array<Size, 9> sizes{
      {{4096, 2010}, {2048, 990}, {1024, 480}, {512, 215}, {256, 150}, {192, 100}, {128, 60}, {96, 32}, {64, 8}}};

  static int opened(const char* path) {
    const int file = open(path, O_RDWR);
    if (file < 0) std::perror(path);
    return file;
  }
  static void put(int file, const char* text) {
    if (pwrite(file, text, std::strlen(text), 0) < 0) std::perror(text);
  }

  static int trie(int value_bytes) {
    bpf_attr attributes{};
    attributes.map_type = BPF_MAP_TYPE_LPM_TRIE;
    attributes.key_size = key_bytes;
    attributes.value_size = static_cast<std::uint32_t>(value_bytes);
    attributes.max_entries = most_objects;
    attributes.map_flags = BPF_F_NO_PREALLOC;
    const auto file = static_cast<int>(syscall(SYS_bpf, BPF_MAP_CREATE, &attributes, sizeof attributes));
    if (file < 0) std::perror("bpf");
    return file;
  }

  static void add_nodes(int trie, std::uint32_t number) {
    static std::array<char, 4096> value;
    struct {
      std::uint32_t prefix_bits, number;
    } key{32, 0};
    for (; key.number < number; ++key.number) {
      bpf_attr attributes{};
      attributes.map_fd = static_cast<std::uint32_t>(trie);
      attributes.key = reinterpret_cast<std::uint64_t>(&key);
      attributes.value = reinterpret_cast<std::uint64_t>(value.data());
      if (syscall(SYS_bpf, BPF_MAP_UPDATE_ELEM, &attributes, sizeof attributes) < 0) return;
    }
  }

  struct Shared {                       ///< with the processes
    std::atomic<std::size_t> ready{0};  ///< of them, with all of their memory
    std::atomic<bool> begun{false};
  };

  Shared* shared_ = nullptr;
  int min_free_ = -1;
  std::vector<char> usual_;
  std::vector<int> tries_;
  std::vector<pid_t> processes_;
};

}  // namespace traces
