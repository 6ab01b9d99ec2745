// The command line's verbs: each declares its options in a file of its own and hands back what runs when it was chosen.
#pragma once

#include <functional>
#include <string>

#include "models/machine/verdict.hpp"

namespace CLI {
class App;
}

namespace dmstall::analysis {

struct Verb {
  CLI::App* app = nullptr;                ///< the subcommand; owned by the main one
  std::function<models::ExitCode()> run;  ///< called after parsing, when the subcommand was given; may throw UsageError
};

/// --release: the kernel that scenarios run on, instead of the one that they name.
void add_release(CLI::App& app, std::string& release);

// Each adds its subcommand to `main`, which must outlive the result.
[[nodiscard]] Verb add_run(CLI::App& main);
[[nodiscard]] Verb add_check(CLI::App& main);
[[nodiscard]] Verb add_compare(CLI::App& main);
[[nodiscard]] Verb add_size(CLI::App& main);
[[nodiscard]] Verb add_replay(CLI::App& main);
[[nodiscard]] Verb add_verify(CLI::App& main);
[[nodiscard]] Verb add_export(CLI::App& main);
[[nodiscard]] Verb add_show(CLI::App& main);
[[nodiscard]] Verb add_schema(CLI::App& main);
[[nodiscard]] Verb add_help(CLI::App& main);

}  // namespace dmstall::analysis
