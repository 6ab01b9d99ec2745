// What is made of the option table for people and for shells.
#pragma once

#include <string>

#include "analysis/cli/option_table.hpp"

namespace dmstall::analysis {

/// `dmstall VERB --help`: the examples, what it does, usage, options, notes. At most 80 columns where words allow it.
[[nodiscard]] std::string help_text(const Verb& verb);
/// `dmstall --help`.
[[nodiscard]] std::string help_text(const CommandLine& all);

/// dmstall.1, in man(7) macros.
[[nodiscard]] std::string man_page(const CommandLine& all);
/// dmstall-scenario.5, the format of scenario files.
[[nodiscard]] std::string scenario_man_page(const CommandLine& all);

[[nodiscard]] std::string bash_completion(const CommandLine& all);
[[nodiscard]] std::string zsh_completion(const CommandLine& all);
[[nodiscard]] std::string fish_completion(const CommandLine& all);

}  // namespace dmstall::analysis
