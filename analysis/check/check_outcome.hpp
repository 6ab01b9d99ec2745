// What a check found out about one scenario, and about all of them.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/machine/verdict.hpp"

namespace dmstall::analysis {

enum class CheckKind : std::uint8_t {
  passed,
  unmet,      ///< what was found is not what the scenario expects
  timed_out,  ///< over the wall time it was given; counts as unmet
  refused,    ///< the reader or the compiler of the scenario found mistakes in it
  disagreed,  ///< the engines contradict each other: a bug in dmstall
  crashed,    ///< dmstall itself did not survive it
  not_run,    ///< the batch was interrupted before
};

struct CheckOutcome {
  CheckKind kind = CheckKind::not_run;
  std::string file;                    ///< as the user's path spells it
  std::string scenario;                ///< its name; empty when the file was refused
  std::string expected;                ///< "DEADLOCK circle", "PROGRESS or STALL"
  std::string found;                   ///< "DEADLOCK circle a -> b", or the first line of what went wrong
  std::vector<std::string> unmet;      ///< one line for each expectation that is not met
  std::vector<std::string> unchecked;  ///< keys of `expect` that nothing here can decide
  std::string diagnostics;             ///< the reader's errors, or warnings of a file that it accepts
  std::string result;                  ///< the RESULT line; empty when nothing ran
  std::string report;                  ///< the whole report; empty for what passed
  std::string stderr_text;             ///< of a scenario that crashed or took too long
  double seconds = 0;                  ///< wall time; differs from run to run
};

/// A whole batch, in the order of paths.
struct CheckRun {
  std::vector<CheckOutcome> outcomes;
  std::uint64_t seed = 1;
  double timeout_s = 0;
  bool interrupted = false;
  double seconds = 0;  ///< wall time
};

/// How many outcomes are of one of these kinds.
[[nodiscard]] std::int64_t count(const CheckRun& run, std::initializer_list<CheckKind> kinds);

/// Scenarios that ran or were tried and did not pass.
[[nodiscard]] std::int64_t failures(const CheckRun& run);

/// "passed", "not_as_expected", "timed_out", …: the word of machine-readable documents.
[[nodiscard]] std::string_view to_string(CheckKind kind);

/// 0 when all passed; otherwise the most severe: 70 for a crash, 21, 65 for a refused file, 130, 1. 66 for no scenario.
[[nodiscard]] models::ExitCode exit_code(const CheckRun& run);

/// For the pipe between processes: all members but `file` and `seconds`. Bytes that are not UTF-8 are replaced.
[[nodiscard]] std::string encode(const CheckOutcome& outcome);
/// Nothing when the text is not what `encode` wrote.
[[nodiscard]] std::optional<CheckOutcome> decode(const std::string& text);

}  // namespace dmstall::analysis
