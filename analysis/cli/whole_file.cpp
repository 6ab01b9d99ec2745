#include "analysis/cli/whole_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <optional>

#include "analysis/cli/stat_of.hpp"
#include "analysis/cli/terminal.hpp"

namespace dmstall::analysis {

namespace {

namespace fs = std::filesystem;

constexpr int most_links = 40;  ///< as the kernel follows (fs/namei.c: MAXSYMLINKS)
constexpr int most_attempts = 1000;

[[noreturn]] void cannot_write(const std::string& path, const std::string& why) {
  throw UsageError(fmt::format("{} cannot be written: {}", path, why));
}

bool is_an_output(const struct stat& file) {
  for (const int descriptor : {STDOUT_FILENO, STDERR_FILENO}) {
    struct stat open {};
    if (::fstat(descriptor, &open) == 0 && open.st_dev == file.st_dev && open.st_ino == file.st_ino) return true;
  }
  return false;
}

/// Where symbolic links lead, also when nothing is there yet.
std::string behind_links(const std::string& path) {
  fs::path at = path;
  std::error_code error;
  for (int links = 0; fs::is_symlink(fs::symlink_status(at, error)); ++links) {
    if (links == most_links) cannot_write(path, std::strerror(ELOOP));
    const fs::path to = fs::read_symlink(at, error);
    if (error) cannot_write(path, error.message());
    at = to.is_absolute() ? to : at.parent_path() / to;
  }
  return at.string();
}

std::string folder_of(const std::string& place) {
  const std::string folder = fs::path(place).parent_path().string();
  return folder.empty() ? "." : folder;
}

/// A file system that knows no fsync for this is no reason to fail.
bool reaches_the_disk(int descriptor) {
  return ::fsync(descriptor) == 0 || errno == EINVAL || errno == EROFS;
}

}  // namespace

WholeFile::WholeFile(const std::string& path) : path_(path) {
  const std::optional<struct stat> there = stat_of(path);
  if (there && S_ISDIR(there->st_mode)) cannot_write(path, "it is a folder");
  if (there && (!S_ISREG(there->st_mode) || is_an_output(*there))) {
    stream_.open(path, std::ios::app);
    if (!stream_) cannot_write(path, std::strerror(errno));
    return;
  }
  place_ = behind_links(path);
  if (there && ::access(place_.c_str(), W_OK) != 0) cannot_write(path, std::strerror(errno));
  open_beside();
  if (there) {
    // In this order: a new owner clears set-user-id bits. Who may not give files away owns the new one.
    [[maybe_unused]] const int best_effort = ::fchown(descriptor_, there->st_uid, there->st_gid);
    ::fchmod(descriptor_, there->st_mode & 07777U);
  }
}

void WholeFile::open_beside() {
  const std::string folder = folder_of(place_);
  const std::optional<struct stat> there = stat_of(folder);
  if (!there) cannot_write(path_, fmt::format("the folder {}: {}", folder, std::strerror(errno)));
  if (!S_ISDIR(there->st_mode)) cannot_write(path_, fmt::format("{} is no folder", folder));
  for (int attempt = 0; attempt < most_attempts && descriptor_ < 0; ++attempt) {
    temporary_ = (fs::path(folder) / fmt::format(".dmstall-{}-{}.tmp", ::getpid(), attempt)).string();
    descriptor_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (descriptor_ < 0 && errno != EEXIST) break;
  }
  if (descriptor_ < 0) {
    temporary_.clear();
    cannot_write(path_, fmt::format("no file can be made in the folder {}: {}", folder, std::strerror(errno)));
  }
  stream_.open(temporary_);
  if (!stream_) {
    const std::string why = std::strerror(errno);
    abandon();
    cannot_write(path_, why);
  }
}

WholeFile::~WholeFile() {
  abandon();
  if (descriptor_ >= 0) ::close(descriptor_);
}

void WholeFile::abandon() noexcept {
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void WholeFile::commit() {
  const auto fail = [&] {
    // What failed long ago left no reason behind; if it is a full disk, another block fails like it.
    const std::string block(4096, '\n');
    if (errno == 0 && descriptor_ >= 0) [[maybe_unused]]
      const ssize_t n = ::write(descriptor_, block.data(), block.size());
    throw OutputError(fmt::format("{} could not be written completely: {}", path_, why_not_written(errno)));
  };
  errno = 0;
  stream_.close();
  if (!stream_) fail();
  if (temporary_.empty()) return;
  if (!reaches_the_disk(descriptor_)) fail();
  if (::rename(temporary_.c_str(), place_.c_str()) != 0) fail();
  temporary_.clear();
  // The name, too: without this a power cut may bring back the old file, whole.
  if (const int folder = ::open(folder_of(place_).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); folder >= 0) {
    (void)reaches_the_disk(folder);
    ::close(folder);
  }
}

void write_whole_file(const std::string& path, const std::string& text) {
  WholeFile file(path);
  file.stream() << text;
  file.commit();
}

}  // namespace dmstall::analysis
