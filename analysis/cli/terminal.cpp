#include "analysis/cli/terminal.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <stdexcept>

#include "models/scenario/printable.hpp"

namespace dmstall::analysis {

namespace {

double wall_clock_s() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

bool used_stdout = false;  // of the process, like stdout

void write_all(std::FILE* stream, const char* name, const std::string& text) {
  if (text.empty()) return;
  errno = 0;
  if (std::fwrite(text.data(), 1, text.size(), stream) != text.size() || std::fflush(stream) != 0) {
    throw OutputError(fmt::format("{} could not be written completely: {}", name, why_not_written(errno)));
  }
}

}  // namespace

bool stdout_wants_colour() {
  const char* no_colour = std::getenv("NO_COLOR");
  return isatty(STDOUT_FILENO) != 0 && (no_colour == nullptr || *no_colour == '\0');
}

std::size_t stdout_columns(std::size_t otherwise) {
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return otherwise;
  return size.ws_col;
}

void write_stdout(const std::string& text) {
  write_document(models::printable_lines(text, stdout_wants_colour()));
}

void write_stderr(const std::string& text) {
  write_all(stderr, "stderr", models::printable_lines(text));
}

void write_document(const std::string& document) {
  used_stdout = used_stdout || !document.empty();
  write_all(stdout, "stdout", document);
}

bool stdout_was_used() {
  return used_stdout;
}

std::string why_not_written(int error) {
  return error != 0 ? std::strerror(error) : "the system gives no reason (a full disk?)";
}

ProgressLine::ProgressLine(const std::string& label, int terminal)
    : label_(models::printable(label)),
      terminal_(isatty(terminal) != 0),
      stream_(terminal == STDERR_FILENO ? stderr : ::fdopen(terminal, "w")),
      started_s_(wall_clock_s()) {
  if (stream_ == nullptr) terminal_ = false;
}

ProgressLine::~ProgressLine() {
  clear();
}

void ProgressLine::clear() {
  if (!shown_) return;
  std::fputs("\r\x1b[K", stream_);
  std::fflush(stream_);
  shown_ = false;
}

void ProgressLine::show(double sim_time_s, double fraction_done, std::int64_t steps) {
  if (!terminal_) return;
  show(fmt::format("{:.0f} % of the requests, {:.3f} s simulated, {:.1f} M steps", fraction_done * 100, sim_time_s,
                   static_cast<double>(steps) / 1e6));
}

void ProgressLine::show(const std::string& news) {
  constexpr double quiet_for_s = 1;
  if (!terminal_ || wall_clock_s() - started_s_ < quiet_for_s) return;
  std::fputs(fmt::format("\r\x1b[K{}: {}", label_, news).c_str(), stream_);
  std::fflush(stream_);
  shown_ = true;
}

JobProgress::JobProgress() : terminal_(isatty(STDERR_FILENO) != 0), started_s_(wall_clock_s()) {}

JobProgress::~JobProgress() {
  if (shown_) std::fputs("\r\x1b[K", stderr);
}

void JobProgress::show(std::size_t done, std::size_t jobs) {
  constexpr std::size_t width = 30;
  if (!terminal_ || jobs == 0) return;
  const std::size_t full = done * width / jobs;
  const std::string line = fmt::format("\r\x1b[K[{}{}] {}/{} runs, {:.0f} s", std::string(full, '#'),
                                       std::string(width - full, '.'), done, jobs, wall_clock_s() - started_s_);
  std::fputs(line.c_str(), stderr);
  std::fflush(stderr);
  shown_ = true;
}

}  // namespace dmstall::analysis
