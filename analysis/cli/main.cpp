// dmstall's command line: parses arguments and hands over to the verbs.
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <csignal>
#include <exception>
#include <new>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/cli/help/manual.hpp"
#include "analysis/cli/parser.hpp"
#include "analysis/cli/terminal.hpp"
#include "analysis/cli/verbs.hpp"
#include "analysis/report/error_json.hpp"

namespace {

using namespace dmstall::analysis;
using dmstall::models::ExitCode;

std::string explanation(const Misunderstood& error) {
  return fmt::format("dmstall: {}\n`dmstall {}--help` says what there is.\n", error.what(),
                     error.verb.empty() ? "" : error.verb + " ");
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

int run(const std::vector<std::string>& words) {
  // A bare call is a question, too; but no answer that a script may take for PROGRESS.
  if (words.empty()) {
    write_stdout(help_text(command_line()));
    write_stderr("dmstall: a verb is required\n");
    return static_cast<int>(ExitCode::usage);
  }
  const Asked asked = parse(command_line(), words);
  if (asked.verb != nullptr) return static_cast<int>(asked.verb->run());
  write_stdout(asked.text);
  return static_cast<int>(ExitCode::progress);
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
    return run({argv + 1, argv + argc});
  } catch (const Misunderstood& error) {
    return fail(error.what(), ExitCode::usage, json, explanation(error));
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
