#include <fmt/format.h>

#include <algorithm>

#include "analysis/cli/commands.hpp"
#include "analysis/cli/evidence_input.hpp"
#include "analysis/cli/terminal.hpp"
#include "analysis/engines/verify/covers.hpp"
#include "analysis/engines/verify/verify.hpp"
#include "analysis/report/omissions_text.hpp"
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

std::string verified_text(const std::string& path, const Certificate& certificate, const models::Program& program,
                          const Verification& found) {
  const auto equations = std::count_if(certificate.groups.begin(), certificate.groups.end(),
                                       [](const RankGroup& group) { return group.cases.has_value(); });
  std::string text = fmt::format("VERIFIED  {}\n", path);
  text += fmt::format("  nobody can be stuck for ever, with {}{}\n",
                      certificate.any_number ? "any number of requests" : "the counts of tasks in the file",
                      certificate.with_faults ? "" : ", without faults");
  for (const std::string& assumption : program.assumptions) text += fmt::format("  {}\n", assumption);
  text += limits_of_a_proof(program.omissions);
  text += omissions_of_a_report(program.omissions, models::VerdictKind::progress);
  text += fmt::format("  checked: {} ranks", certificate.groups.size());
  if (equations > 0) text += fmt::format(", {} of them by equations with {} unknowns", equations, found.columns);
  text += fmt::format("; {} positions walked\n", found.positions);
  text +=
      fmt::format("RESULT {} VERIFIED any_number={} with_faults={} ranks={} equations={} positions={} columns={}\n",
                  certificate.scenario, certificate.any_number ? "yes" : "no", certificate.with_faults ? "yes" : "no",
                  certificate.groups.size(), equations, found.positions, found.columns);
  return text;
}

}  // namespace

models::ExitCode verify_command(const VerifyCommand& command) {
  const Watchdog watchdog(command.bounds, command.certificate);
  const CertificateRead read = read_certificate(evidence_text(command.certificate));
  if (!read.file) return refuse(command, read.refusal);
  const Certificate& certificate = read.file->certificate;
  EvidenceScenario of =
      evidence_scenario(command.certificate, command.scenario, read.file->scenario_file, certificate.sha256);
  if (of.scenario.name != certificate.scenario)
    return refuse(command, fmt::format("it is about \"{}\"", certificate.scenario));

  if (!certificate.with_faults) of.scenario.faults = {.given = true, .any = false, .list = {}};
  const models::Program program = built(of);
  const models::Machine machine = searched_machine(of.scenario, compiled(of, program));
  if (const std::string other = covers_something_else(certificate, machine); !other.empty()) {
    return refuse(command, fmt::format("it {} (written by dmstall {}, read by dmstall {})", other, read.file->version,
                                       program_version()));
  }
  const Verification found = verify(machine, certificate);
  if (found.gave_up) return refuse(command, "not checked: " + found.refusal, models::ExitCode::inconclusive);
  if (!found.accepted) {
    return refuse(command,
                  fmt::format("refused: {} (written by dmstall {}, read by dmstall {})", found.refusal,
                              read.file->version, program_version()),
                  models::ExitCode::engines_disagree);
  }
  write_stdout(verified_text(of.path, certificate, program, found));
  return models::ExitCode::progress;
}

}  // namespace dmstall::analysis
