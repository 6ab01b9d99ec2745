// The verbs of the command line. Each takes typed options and returns the process's exit code; none parses arguments.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analysis/cli/watchdog.hpp"
#include "analysis/report/formats.hpp"
#include "analysis/use/check/run_checks.hpp"
#include "analysis/use/compare/comparison.hpp"
#include "analysis/verdict/run_scenario.hpp"
#include "models/machine/verdict.hpp"

namespace dmstall::analysis {

struct RunCommand {
  std::vector<std::string> files;
  std::string release;  ///< instead of the one that a file names; empty: that one
  const RunFormat* format = &run_formats().front();
  std::uint64_t seed = 1;
  std::optional<double> sim_seconds;
  std::optional<std::int64_t> events;
  std::optional<Engine> engine;  ///< absent: what the scenario's `expect` names, else all
  SearchFlags search;
  std::optional<std::int64_t> least_states;
  Reductions reductions;    ///< of the search
  std::size_t threads = 1;  ///< of the search
  std::optional<double>
      timeout_s;  ///< wall time of one file; absent: default_wall_s, or more where `search.seconds` asks for it
  std::int64_t process_memory_mib = default_process_memory_mib;  ///< of one file
  bool steps = false;    ///< text: the steps of the witness, or the ranks of a proof, too
  bool circles = false;  ///< look for all that the stack can get stuck on
  bool details = false;  ///< text: all that is known, behind the first screen
  std::string witness;   ///< file for the witness of the stuck set; empty: none
  std::string proof;     ///< file for the certificate of the proof; empty: none
  std::string trace;     ///< file for the event log; empty: none
  std::string dot;       ///< file for the circle as a DOT graph; empty: none
  std::string html;      ///< file for a page to look at; empty: none
  std::string perfetto;  ///< file for the lanes of the timed run; empty: none
};

/// `dmstall run`: every file, one report each; the code is the most severe of theirs.
[[nodiscard]] models::ExitCode run_command(const RunCommand& command);

struct ReplayCommand {
  ProcessBounds bounds;
  std::string witness, scenario;  ///< scenario empty: where the witness says
  bool steps = false, details = false;
};

/// `dmstall replay`: walks a witness again; the code is that of what its moves come to, 65 when something was changed.
[[nodiscard]] models::ExitCode replay_command(const ReplayCommand& command);

struct VerifyCommand {
  ProcessBounds bounds;
  std::string certificate, scenario;  ///< scenario empty: where the certificate says
};

/// `dmstall verify`: checks a certificate; 0 when it proves what it claims, 65 when a file was changed, 21 when it is
/// refused, 20 when it is too large to be checked.
[[nodiscard]] models::ExitCode verify_command(const VerifyCommand& command);

struct CheckCommand {
  struct Report {
    const CheckFormat* format = &check_formats().front();
    std::string file;
  };
  std::vector<std::string> paths;    ///< files, folders and patterns
  std::vector<std::string> filters;  ///< see passes_filters
  CheckOptions options;
  const CheckFormat* format = &check_formats().front();
  std::string output;                 ///< file for the report; empty: stdout
  std::vector<Report> reports;        ///< further ones
  std::string html;                   ///< file for a page to look at; empty: none
  bool quiet = false;                 ///< text: failures and the summary only
  std::size_t shard = 1, shards = 1;  ///< every `shards`-th of the files, from the `shard`-th, counted from 1
  std::string baseline;               ///< file of known failures; empty: none
  bool update_baseline = false;
  std::string reason, until;  ///< of failures that are added to the baseline
  std::string today;          ///< that its last days are held against
  bool promote = false;       ///< what was found becomes what is expected
};

/// `dmstall check`: runs scenarios against their expectations; the code is the most severe of theirs, see
/// exit_code(CheckRun).
[[nodiscard]] models::ExitCode check_command(const CheckCommand& command);

struct CompareCommand {
  std::vector<std::string> files;  ///< at least one
  std::vector<std::string> vary;   ///< "KEY=V1,V2,…"; empty: the file's "vary"
  std::string reference;           ///< "KEY=V[,KEY=V]"; empty: the row with the file's own values
  const TableFormat<Comparison>* format = &compare_formats().front();
  std::string output;  ///< empty: stdout
  std::string plot;    ///< file for a picture, see plot_file.hpp; empty: none
  std::string html;    ///< file for a page to look at; empty: none
  std::string resume;  ///< journal; empty: none
  Shard shard;
  std::vector<std::string> merge;  ///< journals to print a table from, without running anything
  std::vector<models::VerdictKind> fail_on;
  Engine engine = Engine::all;
  int seeds = 5;
  int parallel = 0;  ///< 0: as many as there are processors
  std::optional<double> timeout_s, sim_seconds;
  std::int64_t process_memory_mib = default_process_memory_mib;  ///< of all processes at the same time
  std::optional<std::int64_t> events;
  SearchFlags search;  ///< of a row
};

/// `dmstall compare`: scenarios under several settings, as a table; 0 when the table is complete.
[[nodiscard]] models::ExitCode compare_command(const CompareCommand& command);

struct SizeCommand {
  std::string file;
  std::string release;  ///< as in RunCommand
  std::string pool;     ///< empty: reserved_bio_based_ios
  std::string range;    ///< "1..16,32"; empty: from and to
  std::optional<int> from, to;
  const TableFormat<Sizing>* format = &size_formats().front();
  std::string output;  ///< empty: stdout
  std::string html;    ///< file for a page to look at; empty: none
  std::vector<models::VerdictKind> fail_on;
  std::optional<Engine> engine;
  int parallel = 0;    ///< 0: as many as there are processors
  SearchFlags search;  ///< of a size
  std::optional<double> timeout_s;
  std::optional<double>
      wall_s;  ///< of all sizes; absent: see default_wall_s, and none where one of the two above is given
  std::int64_t process_memory_mib = default_process_memory_mib;
};

/// `dmstall size`: the set of safe sizes of a pool; 0 when every size has a verdict.
[[nodiscard]] models::ExitCode size_command(const SizeCommand& command);

struct ExportCommand {
  ProcessBounds bounds;
  std::string file;
  std::string release;        ///< as in RunCommand
  std::string output;         ///< empty: stdout
  std::int64_t requests = 0;  ///< at most so many of each class; 0: all of the population
};

/// `dmstall export --promela`: the scenario as a model for SPIN; 65 when it cannot be expressed.
[[nodiscard]] models::ExitCode export_command(const ExportCommand& command);

struct ShowCommand {
  ProcessBounds bounds;
  std::string what;      ///< a target, a scenario file, or "releases"
  std::string release;   ///< of a scenario: as in RunCommand
  bool sharing = false;  ///< of a scenario: levels, shared pools and waits alone
  bool dot = false;      ///< of a scenario: the waits as a DOT graph
  bool bytes = false;    ///< of a scenario: reserved memory and the sizes it rests on, instead of flows
  bool json = false;     ///< with `bytes`
  std::string architecture = "amd64";
  int page_kib = 0;  ///< 0: 4
};

/// `dmstall show`: a target's parameters and pools, or the flows and pools of a scenario, in words.
[[nodiscard]] models::ExitCode show_command(const ShowCommand& command);

struct AuditCommand {
  ProcessBounds bounds;
  std::vector<std::string> files;
  std::string scenario;  ///< instead of the one that a trace names; empty: that one
  std::string release;   ///< the same
  const AuditFormat* format = &audit_formats().front();
  bool details = false;    ///< text: every event and every step
  bool functions = false;  ///< the files are scenarios: the functions that their models name
};

/// `dmstall audit`: recorded traces against their models; 0 when nothing is unexplained, else 1.
[[nodiscard]] models::ExitCode audit_command(const AuditCommand& command);

/// `dmstall schema`: the JSON Schema of scenario files.
[[nodiscard]] models::ExitCode schema_command();

}  // namespace dmstall::analysis
