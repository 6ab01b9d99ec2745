// Options of `dmstall help`, which prints what is made of the option table: help, man page, completions.

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "analysis/cli/help/manual.hpp"
#include "analysis/cli/terminal.hpp"
#include "analysis/cli/verbs.hpp"

namespace dmstall::analysis {

namespace {

std::string help_of(const Manual& manual, const std::string& verb) {
  return verb.empty() ? help_text(manual) : help_text(find_verb(manual, verb));
}

}  // namespace

Verb add_help(CLI::App& main) {
  struct Options {
    std::string verb, shell;
    bool man = false;
  };
  const auto options = std::make_shared<Options>();
  CLI::App* app = main.add_subcommand("help", "help on a verb; the man page and shell completions");
  document(*app,
           {{"dmstall help run", "dmstall help --completion bash > ~/.local/share/bash-completion/completions/dmstall"},
            "Prints the help of a verb, or the man page or a shell's completions, all made of the\noptions that "
            "dmstall parses.",
            ""});
  app->add_option("VERB", options->verb, "a verb (default: all of them, a line each)");
  CLI::Option* man = app->add_flag("--man", options->man, "the man page, dmstall.1");
  app->add_option("--completion", options->shell, "completions for that shell")
      ->check(CLI::IsMember({"bash", "zsh", "fish"}))
      ->excludes(man);
  return {app, [options, &main] {
            const Manual manual = manual_of(main);
            write_stdout(options->man               ? man_page(manual)
                         : options->shell == "bash" ? bash_completion(manual)
                         : options->shell == "zsh"  ? zsh_completion(manual)
                         : options->shell == "fish" ? fish_completion(manual)
                                                    : help_of(manual, options->verb));
            return models::ExitCode::progress;
          }};
}

}  // namespace dmstall::analysis
