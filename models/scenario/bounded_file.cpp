#include "models/scenario/bounded_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace dmstall::models {

namespace {

constexpr int most_silent_seconds = 30;

BoundedText refused(std::string why) {
  return {std::nullopt, std::move(why), false};
}

/// Why nothing is read from there; empty: it is.
std::string objection_to(const struct stat& file) {
  if (S_ISDIR(file.st_mode)) return "it is a directory";
  if (S_ISCHR(file.st_mode) || S_ISBLK(file.st_mode)) return "it is a device";
  if (S_ISSOCK(file.st_mode)) return "it is a socket";
  return {};
}

/// False when nothing came in time. Only a pipe makes wait.
bool wait_for_more(int descriptor) {
  pollfd watched{descriptor, POLLIN, 0};
  int ready = 0;
  do ready = ::poll(&watched, 1, most_silent_seconds * 1000);
  while (ready < 0 && errno == EINTR);
  return ready != 0;
}

BoundedText read_all(int descriptor, std::size_t most_bytes) {
  std::string text;
  std::string block(std::size_t{1} << 16U, '\0');
  for (;;) {
    if (!wait_for_more(descriptor)) return refused(fmt::format("nothing came out of it for {} s", most_silent_seconds));
    const ssize_t n = ::read(descriptor, block.data(), block.size());
    if (n < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (n < 0) return refused(std::strerror(errno));
    if (n == 0) return {std::move(text), {}, false};
    if (text.size() + static_cast<std::size_t>(n) > most_bytes)
      return {std::nullopt, fmt::format("it is larger than {} MiB", most_bytes >> 20U), true};
    text.append(block, 0, static_cast<std::size_t>(n));
  }
}

}  // namespace

BoundedText read_bounded(const std::string& path, std::size_t most_bytes) {
  if (path == standard_input) return read_all(STDIN_FILENO, most_bytes);
  // Looked at before it is opened: opening a device may do something.
  struct stat file {};
  if (::stat(path.c_str(), &file) != 0) return refused(std::strerror(errno));
  if (std::string why = objection_to(file); !why.empty()) return refused(std::move(why));
  // Whoever opens a pipe waits for its other end, unless told not to.
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (descriptor < 0) return refused(std::strerror(errno));
  BoundedText result;
  if (::fstat(descriptor, &file) != 0) {
    result = refused(std::strerror(errno));
  } else if (std::string why = objection_to(file); !why.empty()) {
    result = refused(std::move(why));
  } else {
    result = read_all(descriptor, most_bytes);
  }
  ::close(descriptor);
  return result;
}

}  // namespace dmstall::models
