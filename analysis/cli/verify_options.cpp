// Options of `dmstall verify`.
#include <memory>

#include "analysis/cli/commands.hpp"
#include "analysis/cli/shared_options.hpp"
#include "analysis/cli/verbs.hpp"

namespace dmstall::analysis {

Verb verify_verb() {
  const auto verify = std::make_shared<VerifyCommand>();
  Verb verb{
      .name = "verify",
      .about = "check a proof: that its certificate shows that nobody can be stuck for ever",
      .examples = {"dmstall verify p.json", "dmstall verify --scenario copy-of/per-device-pools.json p.json"},
      .text =
          "Checks a certificate that `dmstall run --proof p.json` wrote, with code of its own: that it shows that "
          "nobody can be stuck for ever.",
      .exit_codes =
          "0 it proves what it claims, 65 it or its scenario was changed, 21 nobody changed it and it proves "
          "nothing, 20 above a bound of time or memory",
      .run = [verify] { return verify_command(*verify); },
  };
  verb.add({{.names = {"CERTIFICATE"},
             .about = "a certificate of a proof",
             .into = &verify->certificate,
             .path = true,
             .required = true},
            {.names = {"--scenario"},
             .value = "FILE",
             .about = "where the scenario is now (default: where it was, or beside the certificate)",
             .into = &verify->scenario,
             .path = true}});
  verb.add(process_options(verify->bounds));
  return verb;
}

}  // namespace dmstall::analysis
