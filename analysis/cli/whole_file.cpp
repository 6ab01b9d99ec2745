#include "analysis/cli/whole_file.hpp"

#include "analysis/cli/terminal.hpp"

#include <fmt/format.h>

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <stdexcept>

namespace dmstall::analysis {

WholeFile::WholeFile(const std::string& path) : path_(path), temporary_(fmt::format("{}.{}.tmp", path, ::getpid())) {
  // Devices and pipes are written as they are; only a regular file can be replaced.
  std::error_code ignored;
  if (std::filesystem::exists(path, ignored) && !std::filesystem::is_regular_file(path, ignored)) temporary_ = path_;
  stream_.open(temporary_);
  if (!stream_) throw UsageError(fmt::format("{} cannot be written: {}", path, std::strerror(errno)));
}

WholeFile::~WholeFile() {
  std::error_code ignored;
  if (!done_ && temporary_ != path_) std::filesystem::remove(temporary_, ignored);
}

void WholeFile::commit() {
  stream_.close();
  if (!stream_) throw std::runtime_error(fmt::format("{} could not be written completely", path_));
  if (temporary_ != path_) std::filesystem::rename(temporary_, path_);
  done_ = true;
}

}  // namespace dmstall::analysis
