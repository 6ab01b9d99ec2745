#include "analysis/cli/evidence_input.hpp"

#include <fmt/format.h>

#include <cstddef>
#include <utility>

#include "analysis/cli/find_scenario.hpp"
#include "analysis/cli/terminal.hpp"
#include "analysis/use/evidence/sha256.hpp"
#include "models/machine/compile.hpp"
#include "models/scenario/bounded_file.hpp"
#include "models/scenario/reader.hpp"
#include "models/scenario/settings.hpp"
#include "models/targets/build.hpp"

namespace dmstall::analysis {

namespace {

/// A witness of four million moves, the most that a run records, has a third of it.
constexpr std::size_t largest_evidence_bytes = std::size_t{128} << 20U;

[[noreturn]] void refuse(const std::string& document, const std::string& why) {
  throw InputError(fmt::format("{}: {}\n", document, why));
}

template <typename Make>
auto made(const EvidenceScenario& of, const Make& make) {
  try {
    return make();
  } catch (const models::CompileError& error) {
    throw InputError(error.line > 0
                         ? fmt::format("{}:{}:{}: error: {}\n", of.path, error.line, error.column, error.what())
                         : fmt::format("{}: error: {}\n", of.path, error.what()));
  }
}

}  // namespace

std::string evidence_text(const std::string& path) {
  models::BoundedText file = models::read_bounded(path, largest_evidence_bytes);
  if (!file.text) refuse(path, "cannot be read: " + file.refusal);
  return std::move(*file.text);
}

EvidenceScenario evidence_scenario(const std::string& document, const std::string& said,
                                   const std::string& where_it_was, const std::string& digest,
                                   const std::string& kernel) {
  if (said.empty() && where_it_was == models::standard_input)
    refuse(document, "its scenario came through standard input; --scenario says where it is");
  EvidenceScenario found;
  found.path = find_scenario(said, where_it_was, document);
  // One reading: what is checked is what is used.
  models::BoundedText file = models::read_bounded(found.path, models::largest_scenario_bytes);
  if (!file.text)
    refuse(document,
           fmt::format("its scenario {} cannot be read: {}; --scenario says where it is", found.path, file.refusal));
  if (sha256(*file.text) != digest)
    refuse(document, fmt::format("{} is not the scenario that it is about: the SHA-256 differs", found.path));
  models::ReadResult read = models::read_scenario_text(*file.text, found.path);
  if (!read.scenario) refuse(document, models::format_diagnostics(read.diagnostics));
  // Somebody may have run it on another release than the file names.
  for (const std::string& release : models::release_names()) {
    if (read.scenario->kernel.release.text() == kernel) break;
    models::ReadResult other = models::read_scenario_on(*file.text, found.path, release);
    if (other.scenario && other.scenario->kernel.release.text() == kernel) read = std::move(other);
  }
  if (const std::string of = read.scenario->kernel.release.text(); of != kernel)
    refuse(document, fmt::format("it is about another kernel, and its scenario is about Linux {}", of));
  found.scenario = std::move(*read.scenario);
  return found;
}

models::Program built(const EvidenceScenario& of) {
  return made(of, [&] { return models::build_program(of.scenario); });
}

models::Machine compiled(const EvidenceScenario& of, const models::Program& program) {
  return made(of, [&] { return models::compile(program); });
}

}  // namespace dmstall::analysis
