#include "analysis/cli/progress.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <ctime>

#include "analysis/cli/columns.hpp"
#include "models/scenario/printable.hpp"

namespace dmstall::analysis {

namespace {

constexpr double quiet_for_s = 2, redrawn_after_s = 0.5;
constexpr std::size_t most_bytes = 1024, digits_of_seconds = 7;
constexpr char erased[] = "\r\x1b[K";

/// Written down before a handler reads it: there are two, and `current_line` says which one counts.
struct Line {
  std::array<char, most_bytes> bytes{};
  std::size_t size = 0;
};
std::array<Line, 2> line_buffers;
std::atomic<int> current_line{-1};  // -1: nothing to draw
std::atomic<bool> is_drawn{false}, is_paused{false};
std::atomic<int> terminal_now{-1};
Line behind;  // " s of at most 55 s"
timespec began_at{}, drawn_at{};

double between(const timespec& from, const timespec& to) {
  constexpr double ns_per_s = 1e9;
  return static_cast<double>(to.tv_sec - from.tv_sec) + static_cast<double>(to.tv_nsec - from.tv_nsec) / ns_per_s;
}

timespec time_now() {
  timespec time{};
  ::clock_gettime(CLOCK_MONOTONIC, &time);
  return time;
}

void write_terminal(const char* bytes, std::size_t size) {
  const int terminal = terminal_now.load();
  if (terminal >= 0) [[maybe_unused]]
    const ssize_t best_effort = ::write(terminal, bytes, size);
}

void put(Line& line, const std::string& text) {
  line.size = std::min(text.size(), line.bytes.size());
  std::memcpy(line.bytes.data(), text.data(), line.size);
}

void erase_line() {
  if (is_drawn.exchange(false)) write_terminal(erased, sizeof erased - 1);
}

void set_timer(bool on) {
  constexpr long every_us = 500'000;
  itimerval timer{};
  if (on) timer.it_interval.tv_usec = timer.it_value.tv_usec = every_us;
  ::setitimer(ITIMER_REAL, &timer, nullptr);
}

void on_timer(int) {
  const int error_before = errno;
  draw_progress();
  errno = error_before;
}

bool begins_code_point(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
}

std::size_t columns_of_text(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), begins_code_point));
}

std::string first_columns(const std::string& text, std::size_t columns) {
  std::size_t at = 0;
  for (std::size_t seen = 0; at < text.size(); ++at) {
    if (begins_code_point(text[at]) && seen++ == columns) break;
  }
  return text.substr(0, at);
}

std::string last_columns(const std::string& text, std::size_t columns) {
  std::size_t at = text.size();
  for (std::size_t seen = 0; at > 0 && seen < columns; --at) seen += begins_code_point(text[at - 1]) ? 1U : 0U;
  return text.substr(at);
}

/// Without its beginning where there is no room for it.
std::string shortened(const std::string& label, std::size_t room) {
  if (columns_of_text(label) <= room) return label;
  return room > 3 ? "..." + last_columns(label, room - 3) : "";
}

std::size_t rows_of(int descriptor) {
  constexpr std::size_t usual = 24;
  winsize size{};
  return ::ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 ? size.ws_row : usual;
}

}  // namespace

std::string fitted_line(const std::string& label, const std::string& news, std::size_t columns) {
  constexpr std::size_t least_of_label = 12;
  const std::size_t for_news = columns_of_text(news), for_label = columns_of_text(label);
  if (label.empty() || for_news + 2 + least_of_label > columns) {
    if (for_news > columns || label.empty() || for_label + 2 + for_news > columns) return first_columns(news, columns);
  }
  const std::size_t room = columns - for_news - 2;
  return shortened(label, room) + ": " + news;
}

std::string rough(double number) {
  constexpr double kilo = 1e3, mega = 1e6, giga = 1e9;
  if (number >= giga) return fmt::format("{:.1f} G", number / giga);
  if (number >= mega) return fmt::format("{:.1f} M", number / mega);
  if (number >= 10 * kilo) return fmt::format("{:.0f} k", number / kilo);
  return fmt::format("{:.0f}", number);
}

void draw_progress() {
  const int which = current_line.load();
  if (which < 0 || is_paused.load()) return;
  const timespec time = time_now();
  const double seconds = between(began_at, time);
  if (seconds < quiet_for_s || between(drawn_at, time) < redrawn_after_s * 0.9) return;
  drawn_at = time;
  // Nothing of the C++ library may be called here.
  const Line& line = line_buffers[static_cast<std::size_t>(which)];
  char bytes[2 * most_bytes + digits_of_seconds + sizeof erased + 2];
  std::size_t size = 0;
  for (const char* c = erased; *c != '\0'; ++c) bytes[size++] = *c;
  std::memcpy(bytes + size, line.bytes.data(), line.size);
  size += line.size;
  if (line.size > 0) bytes[size++] = ',', bytes[size++] = ' ';
  char digits[digits_of_seconds + 1];
  std::size_t count = 0;
  for (auto left = static_cast<unsigned long>(seconds); count == 0 || (left > 0 && count < digits_of_seconds);
       left /= 10)
    digits[count++] = static_cast<char>('0' + left % 10);
  while (count > 0) bytes[size++] = digits[--count];
  std::memcpy(bytes + size, behind.bytes.data(), behind.size);
  size += behind.size;
  is_drawn.store(true);
  write_terminal(bytes, size);
}

void erase_line_of_other(int terminal) {
  if (::isatty(terminal) != 0) [[maybe_unused]]
    const ssize_t best_effort = ::write(terminal, erased, sizeof erased - 1);
}

ProgressPause::ProgressPause() : before_(is_paused.exchange(true)) {
  erase_line();
}

ProgressPause::~ProgressPause() {
  is_paused.store(before_);
}

Progress::Progress(const About& about) : about_(about), terminal_(::isatty(about.terminal) != 0) {
  if (!terminal_) return;
  about_.label = models::printable(about.label);
  put(behind, about.wall_s ? fmt::format(" s of at most {:.0f} s", *about.wall_s) : " s");
  began_at = time_now();
  drawn_at = {};
  terminal_now.store(about.terminal);
  show("");
  if (!about.own_timer) return;
  struct sigaction action {};
  action.sa_handler = on_timer;
  action.sa_flags = SA_RESTART;
  ::sigaction(SIGALRM, &action, nullptr);
  set_timer(true);
}

Progress::~Progress() {
  if (!terminal_) return;
  if (about_.own_timer) {
    set_timer(false);
    ::signal(SIGALRM, SIG_DFL);
  }
  current_line.store(-1);
  erase_line();
  erase_rows();
  terminal_now.store(-1);
}

std::size_t Progress::columns() const {
  // The last column stays free: some terminals go on to the next line.
  return columns_of(about_.terminal).value_or(80) - 1;
}

double Progress::seconds() const {
  return between(began_at, time_now());
}

void Progress::show(const std::string& news) {
  if (!terminal_) return;
  const std::size_t for_time = 2 + digits_of_seconds + behind.size, all = columns();
  const std::string said = models::printable(news);
  const int next = current_line.load() == 0 ? 1 : 0;
  const std::size_t room = all <= for_time ? 0 : all - for_time;
  put(line_buffers[static_cast<std::size_t>(next)],
      said.empty() ? shortened(about_.label, room) : fitted_line(about_.label, said, room));
  current_line.store(next);
}

void Progress::show(std::size_t done, std::size_t all, const std::string& of_what, const std::string& more) {
  if (!terminal_) return;
  std::string news = fmt::format("{} of {} {}", done, all, of_what);
  if (!more.empty()) news += ", " + more;
  if (done > 0 && done < all) {
    const double left = seconds() / static_cast<double>(done) * static_cast<double>(all - done);
    if (left >= 1) news += fmt::format(", about {:.0f} s left", left);
  }
  show(news);
}

void Progress::row(const std::string& text) {
  if (!terminal_) return;
  // As many as the terminal shows: what scrolled away could not be taken back.
  const std::size_t most = std::max<std::size_t>(rows_of(about_.terminal), 6) - 4;
  rows_.push_back(first_columns(models::printable(text), columns()));
  if (rows_.size() > most) rows_.pop_front();
  if (seconds() < quiet_for_s) return;
  const ProgressPause pause;
  erase_rows();
  draw_rows();
}

void Progress::draw_rows() {
  std::string text;
  for (const std::string& row : rows_) text += row + "\n";
  write_terminal(text.data(), text.size());
  drawn_rows_ = rows_.size();
}

void Progress::erase_rows() {
  if (drawn_rows_ == 0) return;
  const std::string up = fmt::format("\x1b[{}A\r\x1b[J", drawn_rows_);
  write_terminal(up.data(), up.size());
  drawn_rows_ = 0;
}

}  // namespace dmstall::analysis
