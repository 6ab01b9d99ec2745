// dmstall's command line: parses arguments and hands over to the verbs.
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <exception>
#include <new>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/cli/help/manual.hpp"
#include "analysis/cli/terminal.hpp"
#include "analysis/cli/verbs.hpp"
#include "analysis/report/error_json.hpp"
#include "analysis/version.hpp"

namespace {

using namespace dmstall::analysis;
using dmstall::models::ExitCode;

VerbText about_the_program() {
  return {
      {"dmstall run scenarios/seed/shared-pools.json", "dmstall check --format junit --output report.xml scenarios/"},
      "Can this stack of block devices stall for want of memory, and if so, how?",
      "Exit codes: 0 progress, 10 deadlock, 11 stall, 12 livelock or starvation,\n20 inconclusive, 21 engines "
      "disagree, 64 usage, 65 bad scenario,\n"
      "66 nothing matched, 70 internal error or output lost, 130 interrupted."};
}

std::string explanation(const std::string& why, const CLI::App& app) {
  const std::vector<CLI::App*> chosen = app.get_subcommands();
  return fmt::format("dmstall: {}\n`dmstall {}--help` says what there is.\n", why,
                     chosen.empty() ? "" : chosen.front()->get_name() + " ");
}

/// Before the options are parsed: those may be what is wrong.
bool wants_json(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--") return false;
    if (argument == "--format=json") return true;
    if (argument == "--format" && i + 1 < argc && std::string_view(argv[i + 1]) == "json") return true;
  }
  return false;
}

/// With --format json stdout holds exactly one document, also on failure.
int fail(const std::string& message, ExitCode code, bool json, const std::string& text) {
  try {
    write_stderr(text);
    if (json && !stdout_was_used()) write_document(error_json(message, code));
  } catch (const std::exception&) {  // neither can be written: the code remains
  }
  return static_cast<int>(code);
}

int parse(CLI::App& app, int argc, char** argv, bool json) {
  try {
    app.parse(argc, argv);
    return -1;
  } catch (const CLI::ParseError& error) {
    std::ostringstream out, err;
    const bool asked_for = app.exit(error, out, err) == 0;  // --help, --version
    if (!asked_for) {
      const std::string why = misunderstood(manual_of(app), {argv + 1, argv + argc}, error.what());
      return fail(why, ExitCode::usage, json, explanation(why, app));
    }
    write_stdout(out.str());
    return 0;
  }
}

/// `--output ""` is a variable of a script that is not set, and not a wish.
void refuse_empty_values(const CLI::App& verb) {
  for (const CLI::Option* option : verb.get_options()) {
    for (const std::string& value : option->results()) {
      if (value.empty()) throw UsageError(fmt::format("{} is empty", option->get_name()));
    }
  }
}

int run(int argc, char** argv, bool json) {
  CLI::App app{"", "dmstall"};
  document(app, about_the_program());
  app.set_version_flag("--version", fmt::format("dmstall {} (models Linux {})", program_version(), modelled_kernels()));
  app.require_subcommand(1);

  // Help lists them in this order.
  const std::vector<Verb> verbs = {add_run(app),    add_check(app),  add_compare(app), add_size(app),   add_replay(app),
                                   add_verify(app), add_export(app), add_show(app),    add_schema(app), add_help(app)};

  if (const int ended = parse(app, argc, argv, json); ended >= 0) return ended;
  for (const Verb& verb : verbs) {
    if (!verb.app->parsed()) continue;
    refuse_empty_values(*verb.app);
    return static_cast<int>(verb.run());
  }
  return static_cast<int>(ExitCode::usage);
}

/// A standard stream that is closed would be the first file that is opened, and get what is meant for the stream. Now
/// writing to it is an error.
void keep_standard_streams() {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    // Free descriptors are given out from the lowest, so what is opened here takes the place of the closed one.
    if (::fcntl(stream, F_GETFD) < 0) [[maybe_unused]]
      const int nothing = ::open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY);
  }
}

}  // namespace

int main(int argc, char** argv) {
  keep_standard_streams();
  // A reader that goes away is an error like a full disk, with a message, and not a silent end.
  std::signal(SIGPIPE, SIG_IGN);
  const bool json = wants_json(argc, argv);
  const auto say = [](const char* what, const std::exception& error) {
    return fmt::format("dmstall: {}{}\n", what, error.what());
  };
  try {
    return run(argc, argv, json);
  } catch (const UsageError& error) {
    return fail(error.what(), ExitCode::usage, json, say("", error));
  } catch (const InputError& error) {
    return fail(error.what(), ExitCode::bad_scenario, json, error.what());
  } catch (const OutputError& error) {
    return fail(error.what(), ExitCode::internal_error, json, say("", error));
  } catch (const std::bad_alloc&) {
    const std::string why = "this process may have no more memory: the limit is the system's (ulimit -v)";
    return fail(why, ExitCode::inconclusive, json, "dmstall: INCONCLUSIVE: " + why + "\n");
  } catch (const std::exception& error) {
    return fail(fmt::format("internal error: {}", error.what()), ExitCode::internal_error, json,
                say("internal error: ", error));
  }
}
