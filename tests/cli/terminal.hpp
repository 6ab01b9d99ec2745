// A terminal for programs under test: a pseudo terminal, and what its screen showed.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace dmstall::tests {

/// What a terminal of some width shows when these bytes come: carriage returns, new lines, and the sequences that erase
/// a line, erase what is below and go up. Other sequences are none of these programs'.
class Screen {
 public:
  explicit Screen(std::size_t columns) : columns_(columns) {}
  void take(const std::string& bytes);

  /// Lines as they stand now, without empty ones at the end.
  [[nodiscard]] std::vector<std::string> lines() const;
  /// Every text that ever stood in a line when the cursor left it or the bytes ended.
  [[nodiscard]] const std::vector<std::string>& seen() const { return seen_; }
  [[nodiscard]] bool saw(const std::string& part) const;
  /// The most code points that stood in one line; more than `columns` would have gone on in the next one.
  [[nodiscard]] std::size_t widest() const { return widest_; }
  /// Sequences that were not understood.
  [[nodiscard]] const std::string& unknown() const { return unknown_; }

 private:
  void note();

  std::size_t columns_, row_ = 0, widest_ = 0;
  std::vector<std::string> rows_{""};
  std::size_t at_ = 0;  ///< bytes before the cursor in its row
  std::vector<std::string> seen_;
  std::string unknown_;
};

struct OnTerminal {
  int code = -1;
  std::string out;       ///< what went to stdout, when that is no terminal
  std::string terminal;  ///< what the terminal got
};

/// Runs a shell command with stderr, and if asked stdout, on a terminal of that size.
[[nodiscard]] OnTerminal on_terminal(const std::string& command, std::size_t columns, std::size_t rows,
                                     bool stdout_too = false);

}  // namespace dmstall::tests
