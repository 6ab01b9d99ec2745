// The command line's verbs: each declares its options in a file of its own, with what runs when it was chosen.
#pragma once

#include "analysis/cli/option_table.hpp"

namespace dmstall::analysis {

[[nodiscard]] Verb run_verb();
[[nodiscard]] Verb check_verb();
[[nodiscard]] Verb compare_verb();
[[nodiscard]] Verb size_verb();
[[nodiscard]] Verb replay_verb();
[[nodiscard]] Verb verify_verb();
[[nodiscard]] Verb audit_verb();
[[nodiscard]] Verb export_verb();
[[nodiscard]] Verb show_verb();
[[nodiscard]] Verb schema_verb();
[[nodiscard]] Verb doctor_verb();
/// `all` is what it prints, and must outlive it.
[[nodiscard]] Verb help_verb(const CommandLine& all);

/// All of them, in the order of help, and what the program says of itself. The result stays where it is: help reads it.
[[nodiscard]] const CommandLine& command_line();

}  // namespace dmstall::analysis
