#include <fmt/format.h>

#include <utility>

#include "analysis/cli/commands.hpp"
#include "analysis/cli/evidence_input.hpp"
#include "analysis/cli/terminal.hpp"
#include "analysis/engines/verify/alike.hpp"
#include "analysis/engines/verify/covers.hpp"
#include "analysis/engines/verify/verify.hpp"
#include "analysis/report/refusal_text.hpp"
#include "analysis/report/verified_text.hpp"
#include "analysis/use/evidence/certificate_file.hpp"
#include "analysis/verdict/explore_scenario.hpp"
#include "analysis/version.hpp"

namespace dmstall::analysis {

namespace {

models::ExitCode refuse(const VerifyCommand& command, const std::string& why,
                        models::ExitCode code = models::ExitCode::bad_scenario) {
  write_stderr(fmt::format("{}: {}\n", command.certificate, why));
  return code;
}

}  // namespace

models::ExitCode verify_command(const VerifyCommand& command) {
  const Watchdog watchdog(command.bounds, command.certificate);
  const CertificateRead read = read_certificate(evidence_text(command.certificate));
  if (!read.file) return refuse(command, read.refusal);
  const Certificate& certificate = read.file->certificate;
  EvidenceScenario of = evidence_scenario(command.certificate, command.scenario, read.file->scenario_file,
                                          certificate.sha256, certificate.kernel);
  if (of.scenario.name != certificate.scenario)
    return refuse(command, fmt::format("it is about \"{}\"", certificate.scenario));

  if (!certificate.with_faults) of.scenario.faults = {.given = true, .any = false, .list = {}};
  if (!certificate.alike.empty()) {
    FewStacks few = check_alike(of.scenario, certificate);
    if (few.refusal) return refuse(command, "refused: " + to_text(few.refusal), models::ExitCode::engines_disagree);
    of.scenario = std::move(few.scenario);
  }
  const models::Program program = built(of);
  const models::Machine machine = searched_machine(of.scenario, compiled(of, program));
  if (const OtherModels other = covers_something_else(certificate, machine)) {
    return refuse(command, fmt::format("it {} (written by dmstall {}, read by dmstall {})", to_text(other),
                                       read.file->version, program_version()));
  }
  const Verification found = verify(machine, certificate);
  if (found.gave_up) return refuse(command, "not checked: " + to_text(found.refusal), models::ExitCode::inconclusive);
  if (!found.accepted) {
    return refuse(command,
                  fmt::format("refused: {} (written by dmstall {}, read by dmstall {})", to_text(found.refusal),
                              read.file->version, program_version()),
                  models::ExitCode::engines_disagree);
  }
  write_stdout(verified_text(of.path, certificate, program, found));
  return models::ExitCode::progress;
}

}  // namespace dmstall::analysis
