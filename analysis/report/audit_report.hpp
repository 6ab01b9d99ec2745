// An audit of recorded traces, as text and as JSON.
#pragma once

#include <string>

#include "analysis/use/audit/audit.hpp"

namespace dmstall::analysis {

/// What is unexplained, the steps that no trace showed, and a last line with the counts. `details`: every event with
/// what explains it, too.
[[nodiscard]] std::string audit_text(const Audit& audit, bool details);

/// The same as one document; every event is in it.
[[nodiscard]] std::string audit_json(const Audit& audit);

/// "audited 120 events: 100 by steps, 12 by omissions, 0 unexplained, 8 outside the I/O path".
[[nodiscard]] std::string audit_line(const AuditCounts& counts);

}  // namespace dmstall::analysis
