// What the recorded machine does to a file or a block device.
//
//   drive OPERATION FILE OFFSET BYTES [THREADS [STRIDE]]
//   drive refused SECONDS OPERATION FILE OFFSET BYTES [THREADS [STRIDE]]
//   drive victims SLOW NUMBER
//
// refused: no memory for so long; victims are for its OOM killer (refusal.hpp).
// Each of THREADS does the operation once, all at the same time, the i-th at OFFSET + i * STRIDE (default: BYTES).
// Offsets and sizes are bytes, or KiB and MiB with k and m. read, write: O_DIRECT, 4 KiB aligned. buffered_read,
// buffered_write: through the page cache. aio_read, aio_write: O_DIRECT with io_submit. fsync, fdatasync. punch,
// preallocate: fallocate. discard, zero_out: ioctls of block devices. rewritten: a direct read whose buffer somebody
// overwrites meanwhile. page_out: anonymous memory is swapped out by who has it. anonymous: touches as much of it
// whenever there is a FILE, removes the FILE, for ever. Errors of I/O are printed and are no failure: faults are
// driven, too.
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <linux/falloc.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "refusal.hpp"

namespace {

constexpr std::size_t alignment = 4096;

std::uint64_t bytes(const char* text) {
  char* end = nullptr;
  const std::uint64_t number = std::strtoull(text, &end, 10);
  return *end == 'k' ? number << 10U : *end == 'm' ? number << 20U : number;
}

struct Request {
  std::string operation;
  int file;
  std::uint64_t offset, size;
};

using Buffer = std::unique_ptr<char, decltype(&std::free)>;

/// All of its pages are there before the I/O begins.
Buffer buffer_of(std::uint64_t size) {
  Buffer buffer(static_cast<char*>(std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment)),
                &std::free);
  for (std::uint64_t i = 0; i < size; ++i) buffer.get()[i] = static_cast<char>(i * 37 + (i >> 12U));
  return buffer;
}

long aio(const Request& request, char* buffer, bool write) {
  aio_context_t context = 0;
  if (syscall(SYS_io_setup, 4, &context) < 0) return -1;
  iocb block{};
  block.aio_fildes = static_cast<std::uint32_t>(request.file);
  block.aio_lio_opcode = write ? IOCB_CMD_PWRITE : IOCB_CMD_PREAD;
  block.aio_buf = reinterpret_cast<std::uint64_t>(buffer);
  block.aio_nbytes = request.size;
  block.aio_offset = static_cast<std::int64_t>(request.offset);
  std::array<iocb*, 1> list{&block};
  io_event done{};
  long result = syscall(SYS_io_submit, context, 1, list.data());
  if (result == 1) result = syscall(SYS_io_getevents, context, 1, 1, &done, nullptr) == 1 ? done.res : -1;
  syscall(SYS_io_destroy, context);
  return result;
}

long perform(const Request& request, char* buffer) {
  const std::string& op = request.operation;
  const auto offset = static_cast<off_t>(request.offset), size = static_cast<off_t>(request.size);
  if (op == "read" || op == "buffered_read") return pread(request.file, buffer, request.size, offset);
  if (op == "write" || op == "buffered_write") return pwrite(request.file, buffer, request.size, offset);
  if (op == "aio_read" || op == "aio_write") return aio(request, buffer, op == "aio_write");
  if (op == "fsync") return fsync(request.file);
  if (op == "fdatasync") return fdatasync(request.file);
  if (op == "punch") return fallocate(request.file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset, size);
  if (op == "preallocate") return fallocate(request.file, 0, offset, size);
  std::array<std::uint64_t, 2> range{request.offset, request.size};
  if (op == "discard") return ioctl(request.file, BLKDISCARD, range.data());
  if (op == "zero_out") return ioctl(request.file, BLKZEROOUT, range.data());
  if (op == "page_out") return madvise(buffer, request.size, MADV_PAGEOUT);
  if (op == "rewritten") {
    std::atomic<bool> done{false};
    std::thread other([&] {
      while (!done) std::memset(buffer, 'x', request.size);
    });
    const long result = pread(request.file, buffer, request.size, offset);
    done = true;
    other.join();
    return result;
  }
  std::fprintf(stderr, "drive: no operation %s\n", op.c_str());
  std::exit(64);
}

[[noreturn]] void have_anonymous(const char* file, std::uint64_t size) {
  const Buffer buffer = buffer_of(size);
  for (char value = 0;; usleep(100'000)) {
    if (access(file, F_OK) != 0) continue;
    for (std::uint64_t i = 0; i < size; i += alignment) buffer.get()[i] = ++value;
    unlink(file);
  }
}

}  // namespace

int main(int argc, char** argv) {
  double seconds = 0;
  if (argc == 4 && std::string(argv[1]) == "victims") {
    for (int i = 0; i < std::atoi(argv[3]); ++i) traces::Refusal::offer_victim(argv[2]);
    return 0;
  }
  if (argc > 3 && std::string(argv[1]) == "refused") {
    seconds = std::strtod(argv[2], nullptr);
    argv += 2;
    argc -= 2;
  }
  if (argc < 5) {
    std::fprintf(stderr, "drive [refused SECONDS] OPERATION FILE OFFSET BYTES [THREADS [STRIDE]]\n");
    return 64;
  }
  const std::string operation = argv[1];
  if (operation == "anonymous") have_anonymous(argv[2], bytes(argv[4]));
  const bool direct =
      operation == "read" || operation == "write" || operation.rfind("aio", 0) == 0 || operation == "rewritten";
  const bool writes = operation.find("read") == std::string::npos && operation != "rewritten";
  const int file = open(argv[2], (writes ? O_RDWR | O_CREAT : O_RDONLY) | (direct ? O_DIRECT : 0), 0644);
  if (file < 0) {
    std::perror(argv[2]);
    return 1;
  }
  const std::uint64_t offset = bytes(argv[3]), size = bytes(argv[4]), threads = argc > 5 ? bytes(argv[5]) : 1;
  const std::uint64_t stride = argc > 6 ? bytes(argv[6]) : size;
  std::vector<Buffer> buffers;
  std::vector<std::thread> running;
  std::atomic<bool> go{false};
  std::atomic<std::uint64_t> ended{0};
  for (std::uint64_t i = 0; i < threads; ++i) buffers.push_back(buffer_of(size));
  const auto work = [&](std::uint64_t i) {
    while (!go) usleep(1000);
    const long result = perform({operation, file, offset + i * stride, size}, buffers[i].get());
    if (result < 0) std::printf("%s of %s: %s\n", operation.c_str(), argv[2], std::strerror(errno));
    ++ended;
  };
  if (threads == 1 && seconds == 0) {
    go = true;
    work(0);
    return close(file);
  }
  std::optional<traces::Refusal> refusal;
  if (seconds > 0) refusal.emplace();  // before there are threads: its processes would have their stacks, too
  for (std::uint64_t i = 0; i < threads; ++i) running.emplace_back(work, i);
  if (refusal) {
    refusal->begin();
    go = true;
    usleep(static_cast<unsigned>(seconds * 1e6));
    const std::uint64_t before = ended;
    refusal->end();
    for (int i = 0; i < 100 && ended < threads; ++i) usleep(100'000);
    std::printf("%lu of %lu ended without memory, %lu later\n", before, threads, ended - before);
    std::fflush(stdout);
    // Threads that sleep for good keep this process: whoever started it looks for the file.
    close(open("/tmp/refused", O_CREAT | O_WRONLY, 0644));
  }
  go = true;
  for (std::thread& thread : running) thread.join();
  return close(file);
}
