// What is done and what is left, on a terminal's stderr; nothing at all where stderr is no terminal.
//
// A line that is written over appears after two seconds and is drawn twice a second by a timer, so it goes on while a
// job says nothing: "shared-pools.json: 1.2 M of at most 5 M states, 12 s of at most 55 s". Rows that are finished
// stand above it until the whole table is printed. One at a time in a process. Plain text, so NO_COLOR has nothing to
// switch off.
#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <string>

namespace dmstall::analysis {

class Progress {
 public:
  struct About {
    std::string label = {};             ///< what it is of; loses its beginning where there is no room
    std::optional<double> wall_s = {};  ///< what ends it; absent: nothing
    int terminal = 2;                   ///< what may be one; a process whose stderr is taken from it gets a copy
    bool own_timer = true;              ///< false: somebody else calls draw_progress()
  };
  explicit Progress(const About& about);
  ~Progress();  ///< leaves the terminal as if nothing had been there
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// What is said from now on, behind the label.
  void show(const std::string& news);
  /// "12 of 85 scenarios, about 40 s left"; the same may be said again with more `done`.
  void show(std::size_t done, std::size_t all, const std::string& of_what, const std::string& more = {});
  /// A finished row.
  void row(const std::string& text);

 private:
  [[nodiscard]] std::size_t columns() const;
  [[nodiscard]] double seconds() const;
  void draw_rows();
  void erase_rows();

  About about_;
  bool terminal_;
  std::deque<std::string> rows_;  ///< the latest that fit the terminal
  std::size_t drawn_rows_ = 0;
};

/// Draws the line if it is time for that. For handlers of signals: calls nothing but write(2) and clock_gettime(2).
void draw_progress();

/// While it lives nothing is drawn, and what was drawn is gone: for who writes to the terminal.
class ProgressPause {
 public:
  ProgressPause();
  ~ProgressPause();
  ProgressPause(const ProgressPause&) = delete;
  ProgressPause& operator=(const ProgressPause&) = delete;

 private:
  bool before_;
};

/// Of a process that was ended in the middle: its line.
void erase_line_of_other(int terminal);

/// "label: news" in at most so many columns: the label loses its beginning first, then the news its end.
[[nodiscard]] std::string fitted_line(const std::string& label, const std::string& news, std::size_t columns);

/// "1.2 M", "350 k", "999".
[[nodiscard]] std::string rough(double number);

}  // namespace dmstall::analysis
