// What the command line knows about its terminal: colours, the progress line, and output that must not get lost.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <stdexcept>
#include <string>

namespace dmstall::analysis {

/// What the user asked for cannot be done: exit code 64.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A file beside the scenarios that cannot be read or is refused: exit code 65. The text is ready to print.
class InputError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// What was to be written could not be, or not all of it: exit code 70.
class OutputError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Colours are for a terminal on stdout, unless NO_COLOR is set.
[[nodiscard]] bool stdout_wants_colour();

/// Columns of the terminal on stdout; `otherwise` where it is none or does not say.
[[nodiscard]] std::size_t stdout_columns(std::size_t otherwise);

/// Writes all of it or throws OutputError (a full disk, a closed pipe). What a terminal or a runner of CI jobs would
/// obey is escaped (models/scenario/printable), colours only where stdout takes none.
void write_stdout(const std::string& text);
void write_stderr(const std::string& text);
/// The same for a document in a format of its own, whose writer has escaped what the format can escape.
void write_document(const std::string& document);
/// The system's words for an errno of a write; where it left none, that.
[[nodiscard]] std::string why_not_written(int error);
/// Whether anything was written to stdout, if only in part: then no document can follow.
[[nodiscard]] bool stdout_was_used();

/// One line on stderr that is written over; nothing at all when stderr is no terminal. Appears after a second.
class ProgressLine {
 public:
  /// `terminal`: the descriptor of what may be one; a process whose stderr is taken from it gets a copy.
  explicit ProgressLine(const std::string& label, int terminal = 2);
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;
  /// How far a simulation is.
  void show(double sim_time_s, double fraction_done, std::int64_t steps);
  /// Any news, after the label.
  void show(const std::string& news);
  /// Makes room for other output; the next show() draws it again.
  void clear();

 private:
  std::string label_;
  bool terminal_;
  std::FILE* stream_;
  bool shown_ = false;
  double started_s_;
};

/// How far a batch of jobs is, on a terminal's stderr; nothing elsewhere. Plain text, so NO_COLOR has nothing to switch
/// off.
class JobProgress {
 public:
  JobProgress();
  ~JobProgress();
  JobProgress(const JobProgress&) = delete;
  JobProgress& operator=(const JobProgress&) = delete;
  void show(std::size_t done, std::size_t jobs);

 private:
  bool terminal_;
  bool shown_ = false;
  double started_s_;
};

}  // namespace dmstall::analysis
