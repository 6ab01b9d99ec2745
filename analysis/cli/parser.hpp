// From the words of a command line to a verb with its options filled. The one place that knows the library which does
// the parsing.
#pragma once

#include <string>
#include <vector>

#include "analysis/cli/option_table.hpp"
#include "analysis/cli/terminal.hpp"

namespace dmstall::analysis {

/// A command line that is no question to dmstall; the text says why, and what was probably meant.
class Misunderstood : public UsageError {
 public:
  Misunderstood(const std::string& why, std::string of_verb) : UsageError(why), verb(std::move(of_verb)) {}
  std::string verb;  ///< which one was given; empty: none that there is
};

/// What a command line asks for: either a verb, whose options are filled, or a text.
struct Asked {
  const Verb* verb = nullptr;
  std::string text;  ///< of --help and --version
};

/// `words`: without the program's name. Throws Misunderstood.
[[nodiscard]] Asked parse(const CommandLine& command_line, const std::vector<std::string>& words);

}  // namespace dmstall::analysis
