#include "analysis/cli/commands.hpp"
#include "analysis/cli/find_scenario.hpp"
#include "analysis/cli/terminal.hpp"
#include "analysis/evidence/certificate_file.hpp"
#include "analysis/report/omissions_text.hpp"
#include "analysis/run/explore_scenario.hpp"
#include "analysis/verify/covers.hpp"
#include "analysis/verify/verify.hpp"
#include "analysis/version.hpp"
#include "analysis/evidence/sha256.hpp"
#include "analysis/evidence/witness_file.hpp"
#include "models/machine/compile.hpp"
#include "models/scenario/reader.hpp"
#include "models/targets/build.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace dmstall::analysis {

namespace {

models::ExitCode refuse(const VerifyCommand& command, const std::string& why, models::ExitCode code = models::ExitCode::bad_scenario) {
  write_stderr(fmt::format("{}: {}\n", command.certificate, why));
  return code;
}

std::string verified_text(const std::string& path, const Certificate& certificate, const models::Program& program, const Verification& found) {
  const auto equations = std::count_if(certificate.groups.begin(), certificate.groups.end(), [](const RankGroup& group) { return group.cases.has_value(); });
  std::string text = fmt::format("VERIFIED  {}\n", path);
  text += fmt::format("  nobody can be stuck for ever, with {}{}\n", certificate.any_number ? "any number of requests" : "the counts of tasks in the file",
                      certificate.with_faults ? "" : ", without faults");
  for (const std::string& assumption : program.assumptions) text += fmt::format("  {}\n", assumption);
  text += limits_of_a_proof(program.omissions);
  text += omissions_of_a_report(program.omissions, models::VerdictKind::progress);
  text += fmt::format("  checked: {} ranks", certificate.groups.size());
  if (equations > 0) text += fmt::format(", {} of them by equations with {} unknowns", equations, found.columns);
  text += fmt::format("; {} positions walked\n", found.positions);
  text += fmt::format("RESULT {} VERIFIED any_number={} with_faults={} ranks={} equations={} positions={} columns={}\n", certificate.scenario,
                      certificate.any_number ? "yes" : "no", certificate.with_faults ? "yes" : "no", certificate.groups.size(), equations, found.positions,
                      found.columns);
  return text;
}

}  // namespace

models::ExitCode verify_command(const VerifyCommand& command) {
  const std::optional<std::string> text = file_text(command.certificate);
  if (!text) return refuse(command, "cannot be read");
  const CertificateRead read = read_certificate(*text);
  if (!read.file) return refuse(command, read.refusal);
  const Certificate& certificate = read.file->certificate;
  const std::string path = find_scenario(command.scenario, read.file->scenario_file, command.certificate);
  const std::optional<std::string> scenario_text = file_text(path);
  if (!scenario_text) return refuse(command, fmt::format("its scenario {} cannot be read; --scenario says where it is", path));
  if (sha256(*scenario_text) != certificate.sha256) return refuse(command, fmt::format("{} is not the scenario it is about: the SHA-256 differs", path));
  models::ReadResult scenario = models::read_scenario_file(path);
  if (!scenario.scenario) return refuse(command, models::format_diagnostics(scenario.diagnostics));
  if (scenario.scenario->name != certificate.scenario) return refuse(command, fmt::format("it is about \"{}\"", certificate.scenario));

  if (!certificate.with_faults) scenario.scenario->faults = {.given = true, .any = false, .list = {}};
  const models::Program program = models::build_program(*scenario.scenario);
  const models::Machine machine = searched_machine(*scenario.scenario, models::compile(program));
  if (const std::string other = covers_something_else(certificate, machine); !other.empty()) {
    return refuse(command, fmt::format("it {} (written by dmstall {}, read by dmstall {})", other, read.file->version,
                                       program_version()));
  }
  const Verification found = verify(machine, certificate);
  if (!found.accepted) {
    return refuse(command, fmt::format("refused: {} (written by dmstall {}, read by dmstall {})", found.refusal, read.file->version, program_version()),
                  models::ExitCode::engines_disagree);
  }
  write_stdout(verified_text(path, certificate, program, found));
  return models::ExitCode::progress;
}

}  // namespace dmstall::analysis
