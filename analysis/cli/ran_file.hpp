// What a process that ran one file hands to the one that prints: everything in the words of the report writers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "analysis/use/check/check_outcome.hpp"
#include "models/machine/verdict.hpp"

namespace dmstall::analysis {

struct RanFile {
  models::ExitCode code = models::ExitCode::internal_error;
  bool is_error = false;       ///< no report, but why there is none
  bool trace_lost = false;     ///< the event log could not be written
  std::string warnings;        ///< for stderr
  std::string text;            ///< in the format for people
  std::string json;            ///< see run_json_part
  std::string page;            ///< see run_page_part
  std::string witness, proof;  ///< documents to keep; empty: none
  std::string dot;             ///< of the circle; empty: there is none, or none was asked for
  CheckOutcome outcome;        ///< for services
};

[[nodiscard]] std::string to_bytes(const RanFile& ran);
/// Nothing when the bytes are not what to_bytes wrote.
[[nodiscard]] std::optional<RanFile> ran_file_from(const std::string& bytes);

}  // namespace dmstall::analysis
