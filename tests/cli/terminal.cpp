#include "tests/cli/terminal.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <stdexcept>

namespace dmstall::tests {

namespace {

std::size_t code_points(const std::string& text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

/// Reads what is there; false at the end.
bool read_some(int descriptor, std::string& into) {
  char bytes[4096];
  const ssize_t n = ::read(descriptor, bytes, sizeof bytes);
  if (n > 0) into.append(bytes, static_cast<std::size_t>(n));
  return n > 0 || (n < 0 && errno == EINTR);  // EIO: nobody has the terminal any more
}

}  // namespace

void Screen::note() {
  widest_ = std::max(widest_, code_points(rows_[row_]));
  if (!rows_[row_].empty() && (seen_.empty() || seen_.back() != rows_[row_])) seen_.push_back(rows_[row_]);
}

void Screen::take(const std::string& bytes) {
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const char c = bytes[i];
    if (c == '\r') {
      note();
      at_ = 0;
    } else if (c == '\n') {
      note();
      if (++row_ == rows_.size()) rows_.emplace_back();
      at_ = 0;  // the terminal makes \r\n of it
    } else if (c == '\x1b') {
      std::size_t end = i + 1;
      while (end < bytes.size() && (bytes[end] == '[' || (bytes[end] >= '0' && bytes[end] <= '9'))) ++end;
      const std::string sequence = bytes.substr(i + 1, end - i);
      const char what = sequence.empty() ? '?' : sequence.back();
      note();
      if (sequence == "[K") {
        rows_[row_].resize(std::min(rows_[row_].size(), at_));
      } else if (sequence == "[J") {
        rows_[row_].resize(std::min(rows_[row_].size(), at_));
        rows_.resize(row_ + 1);
      } else if (what == 'A') {
        const auto up = static_cast<std::size_t>(std::atoi(sequence.c_str() + 1));
        row_ -= std::min(row_, up);
        at_ = 0;
      } else {
        unknown_ += sequence + " ";
      }
      i = end;
    } else {
      std::string& row = rows_[row_];
      if (at_ < row.size()) {
        row[at_] = c;
      } else {
        row += c;
      }
      ++at_;
    }
  }
  note();
}

std::vector<std::string> Screen::lines() const {
  std::vector<std::string> left = rows_;
  while (!left.empty() && left.back().empty()) left.pop_back();
  return left;
}

bool Screen::saw(const std::string& part) const {
  return std::any_of(seen_.begin(), seen_.end(),
                     [&](const std::string& line) { return line.find(part) != std::string::npos; });
}

OnTerminal on_terminal(const std::string& command, std::size_t columns, std::size_t rows, bool stdout_too) {
  const int master = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (master < 0 || ::grantpt(master) != 0 || ::unlockpt(master) != 0)
    throw std::runtime_error("no pseudo terminal is to be had");
  winsize size{};
  size.ws_col = static_cast<unsigned short>(columns);
  size.ws_row = static_cast<unsigned short>(rows);
  int pipe_ends[2];
  if (::pipe2(pipe_ends, O_CLOEXEC) != 0) throw std::runtime_error("no pipe is to be had");
  const int slave = ::open(::ptsname(master), O_RDWR | O_NOCTTY | O_CLOEXEC);
  ::ioctl(slave, TIOCSWINSZ, &size);
  const pid_t child = ::fork();
  if (child == 0) {
    const int nothing = ::open("/dev/null", O_RDONLY);
    ::dup2(nothing, STDIN_FILENO);
    ::dup2(stdout_too ? slave : pipe_ends[1], STDOUT_FILENO);
    ::dup2(slave, STDERR_FILENO);
    ::execl("/bin/sh", "sh", "-c", command.c_str(), nullptr);
    ::_exit(127);
  }
  ::close(slave);
  ::close(pipe_ends[1]);
  OnTerminal seen;
  pollfd open[2] = {{master, POLLIN, 0}, {pipe_ends[0], POLLIN, 0}};
  while (open[0].fd >= 0 || open[1].fd >= 0) {
    if (::poll(open, 2, -1) < 0) continue;
    if (open[0].revents != 0 && !read_some(master, seen.terminal)) open[0].fd = -1;
    if (open[1].revents != 0 && !read_some(pipe_ends[0], seen.out)) open[1].fd = -1;
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  seen.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  ::close(master);
  ::close(pipe_ends[0]);
  return seen;
}

}  // namespace dmstall::tests
