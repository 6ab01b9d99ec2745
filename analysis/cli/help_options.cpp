// Options of `dmstall help`, which prints what is made of the option table: help, man page, completions.
#include <memory>
#include <string>

#include "analysis/cli/help/manual.hpp"
#include "analysis/cli/terminal.hpp"
#include "analysis/cli/verbs.hpp"

namespace dmstall::analysis {

Verb help_verb(const CommandLine& all) {
  struct Options {
    std::string verb, shell;
    bool man = false;
  };
  const auto options = std::make_shared<Options>();
  Verb verb{
      .name = "help",
      .about = "help on a verb; the man page and shell completions",
      .examples = {"dmstall help run",
                   "dmstall help --completion bash > ~/.local/share/bash-completion/completions/dmstall"},
      .text =
          "Prints the help of a verb, or the man page or a shell's completions, all made of the options that "
          "dmstall parses.",
      .run =
          [options, &all] {
            write_stdout(options->man               ? man_page(all)
                         : options->shell == "bash" ? bash_completion(all)
                         : options->shell == "zsh"  ? zsh_completion(all)
                         : options->shell == "fish" ? fish_completion(all)
                         : options->verb.empty()    ? help_text(all)
                                                    : help_text(all.find(options->verb)));
            return models::ExitCode::progress;
          },
  };
  verb.add(
      {{.names = {"VERB"}, .about = "a verb (default: all of them, a line each)", .into = &options->verb},
       {.names = {"--man"}, .about = "the man page, dmstall.1", .into = &options->man, .excludes = {"--completion"}},
       {.names = {"--completion"},
        .value = "SHELL",
        .about = "completions for that shell",
        .into = &options->shell,
        .choices = {"bash", "zsh", "fish"}}});
  return verb;
}

}  // namespace dmstall::analysis
