// Options of `dmstall help`, which prints what is made of tables: help on verbs and topics, man pages, completions.
#include <memory>
#include <string>

#include "analysis/cli/help/manual.hpp"
#include "analysis/cli/help/topics.hpp"
#include "analysis/cli/terminal.hpp"
#include "analysis/cli/verbs.hpp"

namespace dmstall::analysis {

Verb help_verb(const CommandLine& all) {
  struct Options {
    std::string topic, shell;
    bool man = false, man_scenario = false;
  };
  const auto options = std::make_shared<Options>();
  Verb verb{
      .name = "help",
      .about = "explains a verb, topic, target, key or exit code",
      .examples = {"dmstall help circle",
                   "dmstall help --completion bash > ~/.local/share/bash-completion/completions/dmstall"},
      .text =
          "Explains a verb (run), a topic (memory), a target (verity), a key of scenario files (memory.allocator, "
          "reserve), an exit code (12), a release (6.12) or a change of the kernel (loop_rescuer). `dmstall help "
          "topics` lists them.",
      .run =
          [options, &all] {
            write_stdout(options->man               ? man_page(all)
                         : options->man_scenario    ? scenario_man_page(all)
                         : options->shell == "bash" ? bash_completion(all)
                         : options->shell == "zsh"  ? zsh_completion(all)
                         : options->shell == "fish" ? fish_completion(all)
                         : options->topic.empty()   ? help_text(all)
                                                    : topic_text(all, options->topic));
            return models::ExitCode::progress;
          },
  };
  verb.add({{.names = {"TOPIC"},
             .about = "a verb or a topic (default: all verbs, a line each)",
             .into = &options->topic,
             .words = [&all] { return topic_names(all); }},
            {.names = {"--man"},
             .about = "the man page of the program, dmstall.1",
             .into = &options->man,
             .excludes = {"--completion", "--man-scenario"}},
            {.names = {"--man-scenario"},
             .about = "the man page of scenario files, dmstall-scenario.5",
             .into = &options->man_scenario,
             .excludes = {"--completion"}},
            {.names = {"--completion"},
             .value = "SHELL",
             .about = "completions for that shell",
             .into = &options->shell,
             .choices = {"bash", "zsh", "fish"}}});
  return verb;
}

}  // namespace dmstall::analysis
