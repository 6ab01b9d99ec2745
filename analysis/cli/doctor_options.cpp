// Options of `dmstall doctor`.
#include <memory>

#include "analysis/cli/commands.hpp"
#include "analysis/cli/verbs.hpp"

namespace dmstall::analysis {

Verb doctor_verb() {
  const auto doctor = std::make_shared<DoctorCommand>();
  Verb verb{
      .name = "doctor",
      .about = "what is missing for which feature, and how to get it",
      .examples = {"dmstall doctor", "dmstall doctor --format json"},
      .text =
          "Looks at the machine (processors, memory and its limits, terminal), at the installation, and at the "
          "programs that features need, each with its package.",
      .exit_codes = "0 all that commands of dmstall need is there, 1 something is missing",
      .run = [doctor] { return doctor_command(*doctor); },
  };
  verb.add({{.names = {"--format"},
             .value = "FORMAT",
             .about = "report (default: text)",
             .into = [doctor](const std::string& name) { doctor->format = find_format(doctor_formats(), name); },
             .choices = names_of(doctor_formats())}});
  return verb;
}

}  // namespace dmstall::analysis
