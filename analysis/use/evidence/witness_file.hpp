// A witness as a file: enough to walk the same way again, and to notice that somebody changed it or the scenario.
//
// JSON, "dmstall_witness": 1. `digest` is the SHA-256 of the document without it; `scenario.sha256` that of the
// scenario's bytes. The readable steps are for people: the replayer reads `moves` alone.
#pragma once

#include <string>

#include "analysis/verdict/run_report.hpp"

namespace dmstall::analysis {

struct WitnessFile {
  std::string version;  ///< of the dmstall that wrote it
  std::string kernel;   ///< release and changes switched by hand
  std::string scenario_file, scenario_sha256;
  Engine engine = Engine::explore;
  std::uint64_t seed = 1;
  models::VerdictKind verdict = models::VerdictKind::deadlock;
  models::Witness witness;
};

/// Whether the report has a witness that can be kept: a stuck set that was replayed.
[[nodiscard]] bool has_witness(const RunReport& report);

/// Requires: has_witness(report). Throws std::runtime_error when OpenSSL refuses to digest it.
[[nodiscard]] std::string write_witness(const RunReport& report, const std::string& scenario_text);

struct WitnessRead {
  std::optional<WitnessFile> file;
  std::string refusal;  ///< why not
};

[[nodiscard]] WitnessRead read_witness(const std::string& text);

}  // namespace dmstall::analysis
