// No memory for a while: vm.min_free_kbytes above all there is, and no free object in the slabs of kmalloc.
//
// A slab keeps free objects that need no page. They are used up by the nodes of BPF tries, one trie for each size: the
// kernel allocates a node with GFP_NOWAIT, so the last one fails and nobody sleeps. That needs the boot option
// cgroup.memory=nokmem: otherwise such nodes have slabs of their own. Threads of the kernel that want memory with
// GFP_KERNEL call the OOM killer, and with nobody to kill the machine panics: readers of a device that answers after
// minutes are offered, each of which it waits for.
#pragma once

#include <fcntl.h>
#include <linux/bpf.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

namespace traces {

class Refusal {
 public:
  /// Needs memory; begin() and end() need none.
  Refusal() {
    put(opened("/proc/self/oom_score_adj"), "-1000");
    min_free_ = opened("/proc/sys/vm/min_free_kbytes");
    usual_.resize(32);
    usual_.resize(static_cast<std::size_t>(pread(min_free_, usual_.data(), usual_.size(), 0)));
    for (const int size : object_bytes) tries_.push_back(trie(size - node_bytes));
    mlockall(MCL_CURRENT);
  }

  void begin() {
    put(min_free_, "4000000");
    for (const int trie : tries_) use_up(trie);
  }

  void end() {
    if (pwrite(min_free_, usual_.data(), usual_.size(), 0) < 0) std::perror("min_free_kbytes");
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
  static constexpr int most_objects = 40'000;
  static constexpr int key_bytes = 8, node_bytes = 40 + key_bytes;  ///< struct lpm_trie_node and its prefix, at most
  static constexpr std::array<int, 11> object_bytes{64, 96, 128, 192, 256, 384, 512, 1024, 2048, 3072, 4096};

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

  static void use_up(int trie) {
    static std::array<char, 4096> value;
    struct {
      std::uint32_t prefix_bits, number;
    } key{32, 0};
    for (; key.number < most_objects; ++key.number) {
      bpf_attr attributes{};
      attributes.map_fd = static_cast<std::uint32_t>(trie);
      attributes.key = reinterpret_cast<std::uint64_t>(&key);
      attributes.value = reinterpret_cast<std::uint64_t>(value.data());
      if (syscall(SYS_bpf, BPF_MAP_UPDATE_ELEM, &attributes, sizeof attributes) < 0) return;
    }
  }

  int min_free_ = -1;
  std::vector<char> usual_;
  std::vector<int> tries_;
};

}  // namespace traces
