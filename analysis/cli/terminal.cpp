#include "analysis/cli/terminal.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <stdexcept>

#include "analysis/cli/progress.hpp"
#include "models/scenario/printable.hpp"

namespace dmstall::analysis {

namespace {

bool used_stdout = false;  // of the process, like stdout

void write_all(std::FILE* stream, const char* name, const std::string& text) {
  if (text.empty()) return;
  const ProgressPause pause;
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

}  // namespace dmstall::analysis
