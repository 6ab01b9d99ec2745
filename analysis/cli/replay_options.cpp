// Options of `dmstall replay`.
#include <memory>

#include "analysis/cli/commands.hpp"
#include "analysis/cli/shared_options.hpp"
#include "analysis/cli/verbs.hpp"

namespace dmstall::analysis {

Verb replay_verb() {
  const auto replay = std::make_shared<ReplayCommand>();
  Verb verb{
      .name = "replay",
      .about = "walk the steps of a witness again and report the stuck set they end in",
      .examples = {"dmstall replay w.json", "dmstall replay --scenario copy-of/shared-pools.json --steps w.json"},
      .text =
          "Walks the steps of a witness that `dmstall run --witness w.json` wrote again, and reports the stuck set "
          "they end in.",
      .exit_codes =
          "that of the run which wrote the witness; 65 when the witness or its scenario was changed, 20 "
          "above a bound of time or memory",
      .run = [replay] { return replay_command(*replay); },
  };
  verb.add({{.names = {"WITNESS"},
             .about = "a file that `dmstall run --witness` wrote",
             .into = &replay->witness,
             .path = true,
             .required = true},
            {.names = {"--scenario"},
             .value = "FILE",
             .about = "where the scenario is now (default: where it was, or beside the witness)",
             .into = &replay->scenario,
             .path = true},
            {.names = {"--steps"}, .about = "print every step", .into = &replay->steps},
            {.names = {"--details"}, .about = "all that is known of who is stuck", .into = &replay->details}});
  verb.add(process_options(replay->bounds));
  return verb;
}

}  // namespace dmstall::analysis
