// What is wrong with a scenario file: every mistake of it, in file order, as compilers print them.
//
//   shared.json:3:14: error: unknown key "cpu" in "kernel"; did you mean "cpus"?
//       3 |   "kernel": {"cpu": 8}
//         |              ^~~~~
//
// A Diagnostic carries its excerpt, so that it can be printed when the text is gone. Long lines are clipped to a window
// around the place; tabs are kept, so that the caret stands below what it means.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "models/scenario/source_text.hpp"

namespace dmstall::models {

enum class Severity : std::uint8_t { error, warning };

struct Diagnostic {
  Severity severity = Severity::error;
  std::string file;
  int line = 0, column = 0;  ///< 0: about the file as a whole
  std::string message;
  std::string source_line;  ///< clipped; empty when about the whole file
  std::string caret_line;
};

/// Collects the mistakes of one text. Equal messages at one place are kept once.
class Diagnostics {
 public:
  explicit Diagnostics(const SourceText& source) : source_(source) {}

  void error(Span at, std::string message) { add(Severity::error, at, std::move(message)); }
  void warning(Span at, std::string message) { add(Severity::warning, at, std::move(message)); }
  [[nodiscard]] bool has_errors() const { return errors_ > 0; }
  [[nodiscard]] int errors() const { return errors_; }

  /// `; did you mean "x"?`, or empty. Stops guessing after many comparisons: a generated file may be all wrong.
  [[nodiscard]] std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates);

  /// In file order, errors and warnings mixed.
  [[nodiscard]] std::vector<Diagnostic> take();

 private:
  struct Entry {
    Severity severity;
    Span at;
    std::string message;
  };

  void add(Severity severity, Span at, std::string message);
  [[nodiscard]] Diagnostic with_excerpt(Entry entry) const;

  const SourceText& source_;
  std::vector<Entry> entries_;
  std::set<std::pair<std::size_t, std::string>> seen_;
  int errors_ = 0;
  std::int64_t left_out_ = 0;
  Severity left_out_severity_ = Severity::warning;
  std::int64_t comparisons_left_ = 200'000;
};

/// A diagnostic about a file that has no text to point at.
[[nodiscard]] Diagnostic file_diagnostic(std::string file, std::string message);

/// `file:line:col: error: message`, without the excerpt.
[[nodiscard]] std::string format_headline(const Diagnostic& diagnostic);

/// All of them with their excerpts, one after the other, ending in a newline; empty for none.
[[nodiscard]] std::string format_diagnostics(const std::vector<Diagnostic>& diagnostics);

/// Text for a message: quoted, control characters made visible, shortened when long.
[[nodiscard]] std::string in_quotes(std::string_view text);

/// `a mempool`, `an event`
[[nodiscard]] std::string with_article(std::string_view noun);

/// `"a", "b" or "c"`
[[nodiscard]] std::string one_of(const std::vector<std::string>& names);

}  // namespace dmstall::models
