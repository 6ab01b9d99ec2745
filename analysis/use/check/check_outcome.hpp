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
  not_run,    ///< the batch ended before: see CheckRun::ending
};

/// What a baseline says about a failure.
enum class Known : std::uint8_t {
  no,
  yes,      ///< the same failure is listed: it is told and does not count
  expired,  ///< it is listed, and its last day is over: it counts again
};

/// What was found, in the words of `expect`. Empty where there is no verdict.
struct FoundFacts {
  std::string verdict, kind;                    ///< "DEADLOCK", "circle"
  std::vector<std::string> circle, waited_for;  ///< names of resources
  std::string proof;                            ///< of PROGRESS: "proved", "exhausted" or "run"
  std::optional<bool> relieved_by_memory;       ///< of a DEADLOCK, as the next ones
  std::optional<std::int64_t> stuck, min_requests, min_faults;
  std::optional<std::int64_t> reserved_bytes;
};

struct CheckOutcome {
  CheckKind kind = CheckKind::not_run;
  std::string file;      ///< as the user's path spells it
  std::string scenario;  ///< its name; empty when the file was refused
  std::string expected;  ///< "DEADLOCK circle", "PROGRESS or STALL"
  std::string found;     ///< "DEADLOCK circle a -> b", or the first line of what went wrong
  FoundFacts facts;
  std::string closes;                  ///< the device or task whose wait closes the circle; empty: unknown
  std::size_t in_circle = 0;           ///< threads of the circle; not through the pipe
  int line = 1, column = 1;            ///< where that one stands in the file, or the first mistake of a refused file
  std::string release;                 ///< that it was checked on; empty: it was refused
  std::string text_digest;             ///< of the text of the file that was checked
  std::vector<std::string> unmet;      ///< one line for each expectation that is not met
  std::vector<std::string> unchecked;  ///< keys of `expect` that nothing here can decide
  std::string diagnostics;             ///< the reader's errors, or warnings of a file that it accepts
  std::string result;                  ///< the RESULT line; empty when nothing ran
  std::string report;                  ///< the whole report; empty for what passed
  std::string page;                    ///< what stands for it in a page to look at; empty: none was asked for
  std::string stderr_text;             ///< of a scenario that crashed or took too long
  double seconds = 0;                  ///< wall time; differs from run to run
  Known known = Known::no;             ///< only where the run is held against a baseline
  std::string reason, until;           ///< of the baseline's entry
  bool promoted = false;               ///< passed, because what was found was written into the file
};

/// Why a batch ended.
enum class CheckEnding : std::uint8_t {
  complete,
  interrupted,    ///< SIGINT, SIGTERM
  failed_fast,    ///< the first failure was enough
  out_of_budget,  ///< the time for all of them is over
};

/// A whole batch, in the order of paths.
struct CheckRun {
  std::vector<CheckOutcome> outcomes;
  std::uint64_t seed = 1;
  std::string kernel;  ///< which release: "6.12", or "of each file"
  double timeout_s = 0;
  std::optional<double> budget_s;
  CheckEnding ending = CheckEnding::complete;
  double seconds = 0;  ///< wall time
  bool held_against_baseline = false;
  std::vector<std::string> fixed;  ///< files of the baseline that pass now
  std::string error;               ///< why nothing was checked; empty when something was
};

/// How many outcomes are of one of these kinds.
[[nodiscard]] std::int64_t count(const CheckRun& run, std::initializer_list<CheckKind> kinds);

/// Ran or was tried, and did not pass; known or not.
[[nodiscard]] bool did_not_pass(const CheckOutcome& outcome);
/// Did not pass, and no baseline says that this is known.
[[nodiscard]] bool failed(const CheckOutcome& outcome);

[[nodiscard]] std::int64_t failures(const CheckRun& run);        ///< how many failed
[[nodiscard]] std::int64_t known_failures(const CheckRun& run);  ///< how many did not pass and are known

/// "passed", "not_as_expected", "timed_out", …: the word of machine-readable documents.
[[nodiscard]] std::string_view to_string(CheckKind kind);
/// "complete", "interrupted", "fail_fast", "budget".
[[nodiscard]] std::string_view to_string(CheckEnding ending);

/// 0 when all passed or is known; otherwise the most severe: 70 for a crash, 21, 65 for a refused file, 20 when the
/// budget was too small, 130, 1. 66 for no scenario.
[[nodiscard]] models::ExitCode exit_code(const CheckRun& run);

/// For the pipe between processes: all members but `file`, `seconds` and what a baseline says. Bytes that are not UTF-8
/// are replaced.
[[nodiscard]] std::string encode(const CheckOutcome& outcome);
/// Nothing when the text is not what `encode` wrote.
[[nodiscard]] std::optional<CheckOutcome> decode(const std::string& text);

}  // namespace dmstall::analysis
