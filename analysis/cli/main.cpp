// dmstall's command line: parses arguments and hands over to the verbs.
#include "analysis/cli/terminal.hpp"
#include "analysis/cli/verbs.hpp"
#include "analysis/version.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <exception>
#include <vector>

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
  app.set_version_flag("--version", fmt::format("dmstall {} (models Linux {})", program_version(), modelled_kernel()));
  app.footer(exit_codes);
  app.require_subcommand(1);

  // Help lists them in this order.
  const std::vector<Verb> verbs = {add_run(app),    add_check(app), add_compare(app), add_replay(app), add_verify(app),
                                   add_export(app), add_show(app),  add_schema(app)};

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return error.get_exit_code() == 0 ? app.exit(error) : (app.exit(error), static_cast<int>(ExitCode::usage));
  }
  try {
    for (const Verb& verb : verbs) {
      if (verb.app->parsed()) return static_cast<int>(verb.run());
    }
    return static_cast<int>(ExitCode::usage);
  } catch (const UsageError& error) {
    fmt::print(stderr, "dmstall: {}\n", error.what());
    return static_cast<int>(ExitCode::usage);
  } catch (const std::exception& error) {
    fmt::print(stderr, "dmstall: internal error: {}\n", error.what());
    return static_cast<int>(ExitCode::internal_error);
  }
}
