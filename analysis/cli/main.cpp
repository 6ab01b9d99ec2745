// dmstall's command line: parses arguments and hands over to the verbs.
#include "analysis/cli/commands.hpp"
#include "analysis/cli/terminal.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <exception>

namespace {

using dmstall::models::ExitCode;

constexpr const char* examples = R"(Examples:
  dmstall run scenarios/seed/shared-pools.json
  dmstall run --seed 7 --format json scenarios/seed/*.json

Can this stack of block devices stall for want of memory, and if so, how?)";

constexpr const char* exit_codes = R"(Exit codes: 0 progress, 10 deadlock, 11 stall, 12 livelock or starvation, 20 inconclusive,
21 engines disagree, 64 usage, 65 bad scenario, 66 nothing matched, 70 internal error.)";

}  // namespace

int main(int argc, char** argv) {
  using namespace dmstall::analysis;
  CLI::App app{examples, "dmstall"};
  app.set_version_flag("--version", "dmstall 0.1.0 (models Linux 6.1)");
  app.footer(exit_codes);
  app.require_subcommand(1);

  RunCommand run;
  std::string format = "text";
  CLI::App* run_app = app.add_subcommand("run", "simulate scenario files and report progress or deadlock");
  run_app->footer("Examples:\n  dmstall run scenarios/seed/shared-pools.json\n  dmstall run --seed 3 --trace events.log scenarios/tutorial/03-stall.json");
  run_app->add_option("FILE", run.files, "scenario files")->required();
  run_app->add_option("--format", format, "text or json")->check(CLI::IsMember({"text", "json"}));
  run_app->add_option("--seed", run.seed, "seed of the schedule, the adversary and the faults (default 1)")->check(CLI::Range(0.0, 1.8e19));
  run_app->add_option("--sim-time", run.sim_seconds, "simulated seconds after which the run is inconclusive (default 600)")->check(CLI::Range(1e-9, 1e9));
  run_app->add_option("--events", run.events, "steps after which the run is inconclusive (default 200 million)")->check(CLI::PositiveNumber);
  run_app->add_option("--trace", run.trace, "write a readable event log to this file");

  std::string shown;
  CLI::App* show_app = app.add_subcommand("show", "flows and pools of a scenario, or the parameters of a target");
  show_app->add_option("FILE|TARGET", shown, "a scenario file, or disk, linear, verity, snapshot")->required();

  CLI::App* schema_app = app.add_subcommand("schema", "the JSON Schema of scenario files");

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return error.get_exit_code() == 0 ? app.exit(error) : (app.exit(error), static_cast<int>(ExitCode::usage));
  }
  try {
    ExitCode code = ExitCode::usage;
    if (run_app->parsed()) {
      run.json = format == "json";
      if (!run.trace.empty() && run.files.size() > 1) {
        write_stderr("--trace takes one scenario file\n");
        return static_cast<int>(ExitCode::usage);
      }
      code = run_command(run);
    } else if (show_app->parsed()) {
      code = show_command(shown);
    } else if (schema_app->parsed()) {
      code = schema_command();
    }
    return static_cast<int>(code);
  } catch (const UsageError& error) {
    fmt::print(stderr, "dmstall: {}\n", error.what());
    return static_cast<int>(ExitCode::usage);
  } catch (const std::exception& error) {
    fmt::print(stderr, "dmstall: internal error: {}\n", error.what());
    return static_cast<int>(ExitCode::internal_error);
  }
}
