// What a thread of pressure.cpp may do to a device or a file. Whatever needs memory is done by prepare().
//
//   flush      fsync of a device
//   read       one direct read, synchronous: above 256 pages it is several bios
//   aio_read   the same with io_submit
//   write      one direct write
//   zero_out   BLKZEROOUT
//   discard    BLKDISCARD
//   fsync      of a file or a device whose pages are dirty and lie scattered in memory, so that no two of them are one
//              segment
//   fsync_preallocated   the same of a file whose blocks fallocate has reserved: unwritten extents
//   fsync_fragments      the same of a file that is there, dirty is the beginning of each 32 KiB: 24 KiB
//   fsync_inode          of a file of which nothing but the inode has changed: a commit of the journal
//   swap_out   MADV_PAGEOUT of memory of its own
#pragma once

#include <fcntl.h>
#include <linux/aio_abi.h>
#include <linux/fs.h>
#include <linux/netlink.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <numeric>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace uml {

constexpr std::size_t block_bytes = 4096;

[[noreturn]] inline void die(const char* what) {
  std::perror(what);
  std::exit(1);
}

inline int opened(const std::string& path, int flags) {
  const int fd = open(path.c_str(), flags, 0600);
  if (fd < 0) die(path.c_str());
  return fd;
}

class Operation {
 public:
  Operation(std::string_view name, const std::string& path, off_t offset, std::size_t bytes)
      : name_(name), bytes_(bytes), offset_(offset) {
    const bool through_cache = name_.starts_with("fsync") || name_ == "keep";
    if (name_ == "listen") listen_to_events();
    const int how = (name_.ends_with("read") ? O_RDONLY : O_RDWR) | (through_cache ? 0 : O_DIRECT);
    if (path != "none") fd_ = opened(path, how | (path.starts_with("/dev/") ? 0 : O_CREAT));
    if (name_.ends_with("read") || name_ == "write" || through_cache)
      buffer_ = filled(through_cache ? block_bytes : bytes_);
    if (name_ == "aio_read" && syscall(SYS_io_setup, 1, &context_) != 0) die("io_setup");
    if (name_ == "fsync_preallocated" && posix_fallocate(fd_, offset_, static_cast<off_t>(bytes_)) != 0)
      die("posix_fallocate");
    if (name_ == "swap_out") memory_ = scattered_memory();
  }

  /// After all others exist and sync().
  void make_dirty() {
    if (name_ == "fsync_inode" && fchmod(fd_, 0640) != 0) die("fchmod");
    if (name_ == "keep") lock_in_memory();
    if (name_ == "aio_read") make_requests_exist();
    if (bytes_ == 0 || !name_.starts_with("fsync")) return;
    for (const std::size_t block : blocks_in_disorder())
      if (pwrite(fd_, buffer_, block_bytes, offset_ + static_cast<off_t>(block * block_bytes)) < 0) die("pwrite");
    lock_in_memory();  // reclaim that meets a dirty page wakes the flusher
  }

  /// After mlockall, before memory is refused.
  void unlock() {
    if (memory_ != nullptr) munlock(memory_, bytes_);
    if (event_ >= 0 && (eventfd_write(event_, 1) != 0 || wait_for_event() < 0)) die("eventfd");
  }

  /// Below 0: an error.
  long run() {
    if (name_ == "read") return pread(fd_, buffer_, bytes_, offset_);
    if (name_ == "write") return pwrite(fd_, buffer_, bytes_, offset_);
    if (name_ == "aio_read") return read_asynchronously();
    if (name_ == "swap_out") return madvise(memory_, bytes_, MADV_PAGEOUT);
    if (name_ == "zero_out" || name_ == "discard") {
      unsigned long range[2] = {static_cast<unsigned long>(offset_), bytes_};
      return ioctl(fd_, name_ == "discard" ? BLKDISCARD : BLKZEROOUT, range);
    }
    if (name_ == "keep" || name_ == "listen") return 0;
    if (name_ == "flush" || name_.starts_with("fsync")) return fsync(fd_);
    return -1;
  }

 private:
  static void* filled(std::size_t bytes) {
    void* const memory = std::aligned_alloc(block_bytes, bytes);
    std::memset(memory, 'x', bytes);
    return memory;
  }

  std::vector<std::size_t> blocks_in_disorder() const {
    std::vector<std::size_t> blocks(bytes_ / block_bytes);
    std::iota(blocks.begin(), blocks.end(), 0);
    if (name_ == "fsync_fragments") std::erase_if(blocks, [](std::size_t block) { return block % 8 >= 6; });
    std::shuffle(blocks.begin(), blocks.end(), std::mt19937(5));
    return blocks;
  }

  /// From mlockall on.
  void lock_in_memory() const {
    if (mmap(nullptr, bytes_, PROT_READ, MAP_SHARED, fd_, offset_) == MAP_FAILED) die("mmap");
  }

  void* scattered_memory() const {
    void* const memory = mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) die("mmap");
    for (const std::size_t block : blocks_in_disorder())
      std::memset(static_cast<char*>(memory) + block * block_bytes, 'x', block_bytes);
    return memory;
  }

  void listen_to_events() {
    fd_ = socket(AF_NETLINK, SOCK_DGRAM, NETLINK_KOBJECT_UEVENT);
    sockaddr_nl group{};
    group.nl_family = AF_NETLINK;
    group.nl_groups = 1;
    if (bind(fd_, reinterpret_cast<const sockaddr*>(&group), sizeof group) != 0) die("bind");
  }

  bool submit(iocb control) const {
    iocb* const controls[] = {&control};
    return syscall(SYS_io_submit, context_, 1, controls) == 1;
  }

  long wait_for_event() const {
    io_event event{};
    return syscall(SYS_io_getevents, context_, 1, 1, &event, nullptr) == 1 ? static_cast<long>(event.res) : -1;
  }

  /// A kiocb has no pool. One for each worker at a time, while there is memory, and slabs keep them.
  void make_requests_exist() {
    event_ = eventfd(0, 0);
    iocb control{};
    control.aio_lio_opcode = IOCB_CMD_POLL;
    control.aio_fildes = static_cast<std::uint32_t>(event_);
    control.aio_buf = POLLIN;
    if (!submit(control)) die("io_submit");
  }

  long read_asynchronously() const {
    iocb control{};
    control.aio_lio_opcode = IOCB_CMD_PREAD;
    control.aio_fildes = static_cast<std::uint32_t>(fd_);
    control.aio_buf = reinterpret_cast<std::uint64_t>(buffer_);
    control.aio_nbytes = bytes_;
    control.aio_offset = offset_;
    return submit(control) ? wait_for_event() : -1;
  }

  std::string name_;
  std::size_t bytes_;
  off_t offset_;
  int fd_ = -1;
  int event_ = -1;
  void* buffer_ = nullptr;
  void* memory_ = nullptr;
  aio_context_t context_ = 0;
};

}  // namespace uml
