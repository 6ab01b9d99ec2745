// What `replay` and `verify` read: a document that a stranger may have written, and the scenario that it names.
#pragma once

#include <string>

#include "models/machine/machine.hpp"
#include "models/machine/program.hpp"
#include "models/scenario/scenario.hpp"

namespace dmstall::analysis {

/// The text of a witness or a certificate. Throws InputError: it cannot be read, or is larger than any is.
[[nodiscard]] std::string evidence_text(const std::string& path);

struct EvidenceScenario {
  std::string path;
  models::Scenario scenario;
};

/// The scenario that `document` is about: at `said` unless empty, else where it was, else beside the document. Throws
/// InputError when it is not there, is refused, does not have the SHA-256 `digest`, or is about another kernel than
/// `kernel` (Release::text) on every release; the text names the document.
[[nodiscard]] EvidenceScenario evidence_scenario(const std::string& document, const std::string& said,
                                                 const std::string& where_it_was, const std::string& digest,
                                                 const std::string& kernel);

/// Throws InputError for what the compiler of scenarios refuses.
[[nodiscard]] models::Machine compiled(const EvidenceScenario& of, const models::Program& program);
[[nodiscard]] models::Program built(const EvidenceScenario& of);

}  // namespace dmstall::analysis
