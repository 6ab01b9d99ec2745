// Writers of a check's outcome, one per format.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "analysis/use/check/check_outcome.hpp"

namespace dmstall::analysis {

/// Text as scenarios end, for people and logs. Hands out pieces; whoever owns the stream writes them.
class CheckText {
 public:
  struct Style {
    bool colour = false;  ///< ANSI colours
    bool quiet = false;   ///< failures and the summary only
  };

  /// `files`: all that will be reported, for the width of the column and the percentage.
  CheckText(const std::vector<std::string>& files, Style style);

  /// The scenario's line: path, PASSED or not, what was found, share of scenarios told so far. Empty when quiet.
  [[nodiscard]] std::string line(const CheckOutcome& outcome);

  /// Failures with their reports, warnings, and the line that counts them; the only wall-clock figure is in it.
  [[nodiscard]] std::string ending(const CheckRun& run) const;

 private:
  [[nodiscard]] std::string failure(const CheckOutcome& outcome, std::uint64_t seed) const;
  [[nodiscard]] std::string paint(const char* colour, const std::string& text) const;

  Style style_;
  std::size_t all_, told_ = 0, width_ = 0;
};

/// "5 passed, 2 failed (1 not as expected, 1 refused), 1 known; 3 not run: …", without wall time.
[[nodiscard]] std::string check_counts(const CheckRun& run);

/// For a step summary of GitHub or a note of GitLab: what did not pass as a table, reports folded away.
[[nodiscard]] std::string check_markdown(const CheckRun& run);

/// One JSON document, "dmstall_check": 1.
[[nodiscard]] std::string check_json(const CheckRun& run);

/// Whose readers a JUnit document is for.
enum class JUnitFor : std::uint8_t {
  all,    ///< GitLab and Jenkins' junit step: test cases name their file
  xunit,  ///< the xunit plugin of Jenkins, whose schema (junit-10.xsd) refuses a test case with a file
};

/// One JUnit document: a test suite per folder, a test case per file; known failures and what was not run are skipped.
/// Valid XML 1.0 and UTF-8 whatever bytes paths and reports hold.
[[nodiscard]] std::string check_junit(const CheckRun& run, JUnitFor reader = JUnitFor::all);

}  // namespace dmstall::analysis
