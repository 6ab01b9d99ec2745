// Why a verdict is what it is, in sentences.
#pragma once

#include <string>

#include "analysis/verdict/reason.hpp"
#include "analysis/verdict/run_report.hpp"

namespace dmstall::analysis {

/// "150 states with 2 requests; --states raises the bound". Requires: not empty.
[[nodiscard]] std::string to_text(const SearchBound& bound);

/// "any number of requests"; ", as many in flight as the file says" behind it; or "the number of tasks in the file".
[[nodiscard]] std::string to_text(ProofScope scope);

[[nodiscard]] std::string to_text(const Reason& reason);
/// All of them in one sentence.
[[nodiscard]] std::string to_text(const Reasons& reasons);

[[nodiscard]] std::string reason_text(const RunReport& report);
/// Empty when there is a verdict.
[[nodiscard]] std::string error_text(const RunReport& report);
/// Why the prover gave no proof, without "not proved: "; empty when it gave one, or was not asked.
[[nodiscard]] std::string why_not_proved(const RunReport& report);

/// "PROVED for any number of requests", "INCONCLUSIVE (no stuck set with up to 3 in flight)", "not run (…)".
[[nodiscard]] std::string to_text(const WithoutFaults& answer);

/// "3 requests", "1 request"
[[nodiscard]] std::string counted(std::int64_t n, const char* what);

}  // namespace dmstall::analysis
