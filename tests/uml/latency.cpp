// Runs inside User-Mode Linux: how late the slowest of many reads is, and what may make it so.
//
//   latency read DEVICE BLOCKS COUNT SEED   reads COUNT blocks of 4 KiB at random, past the page cache
//   latency sleep COUNT                     sleeps 1 ms COUNT times: what the CPU alone costs
//   latency hog                             takes memory until the OOM killer comes
//   latency compute                         takes the CPU and no memory
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string_view>

namespace {

constexpr std::size_t block_bytes = 4096;
constexpr std::size_t hog_bytes = std::size_t{1} << 20;
constexpr double late_s = 0.04;

template <typename Once>
int measure(const char* what, int count, const Once& once) {
  mlockall(MCL_CURRENT);
  double longest = 0;
  int late = 0, failed = 0;
  for (int i = 0; i < count; ++i) {
    const auto begun = std::chrono::steady_clock::now();
    if (!once()) ++failed;
    const double took = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
    longest = std::max(longest, took);
    if (took > late_s) ++late;
  }
  std::printf("%s: longest %.3f s, %d of %d above 40 ms, %d with an error\n", what, longest, late, count, failed);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view mode = argc > 1 ? argv[1] : "";
  if (mode == "read" && argc == 6) {
    const int fd = open(argv[2], O_RDONLY | O_DIRECT);
    if (fd < 0) return std::perror(argv[2]), 1;
    void* const buffer = std::aligned_alloc(block_bytes, block_bytes);
    std::mt19937 random(static_cast<std::uint32_t>(std::atoi(argv[5])));
    std::uniform_int_distribution<off_t> block(0, std::atol(argv[3]) - 1);
    return measure("read", std::atoi(argv[4]), [&] {
      return pread(fd, buffer, block_bytes, block(random) * static_cast<off_t>(block_bytes)) == block_bytes;
    });
  }
  if (mode == "sleep" && argc == 3) return measure("sleep", std::atoi(argv[2]), [] { return usleep(1000) == 0; });
  if (mode == "hog" || mode == "compute") {
    if (const int score = open("/proc/self/oom_score_adj", O_WRONLY); score >= 0 && write(score, "1000", 4) < 0)
      return std::perror("oom_score_adj"), 1;
    for (std::atomic<std::size_t> rounds{0};; ++rounds) {
      if (mode == "compute") continue;
      void* const memory = mmap(nullptr, hog_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
      if (memory == MAP_FAILED) continue;
      for (std::size_t at = 0; at < hog_bytes; at += block_bytes) static_cast<volatile char*>(memory)[at] = 1;
    }
  }
  return std::fputs("usage: latency read DEVICE BLOCKS COUNT SEED | sleep COUNT | hog | compute\n", stderr), 64;
}
