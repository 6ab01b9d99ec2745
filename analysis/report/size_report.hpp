// Writers of a sizing, one per format. They print what is in it and run nothing.
#pragma once

#include <string>

#include "analysis/use/size/sizing.hpp"

namespace dmstall::analysis {

/// For people: a row per size, the set of safe sizes, what holds above the range, shared against private; the RESULT
/// line last.
[[nodiscard]] std::string sizing_text(const Sizing& sizing, bool colour);
/// The same for a page of Markdown.
[[nodiscard]] std::string sizing_markdown(const Sizing& sizing);
/// One header line and one line per row (RFC 4180, lines end in CR LF).
[[nodiscard]] std::string sizing_csv(const Sizing& sizing);
/// One JSON document, "dmstall_size": 1.
[[nodiscard]] std::string sizing_json(const Sizing& sizing);
/// The document that says why there is no table.
[[nodiscard]] std::string sizing_error_json(const std::string& error, models::ExitCode code);

/// "RESULT <scenario> SIZED pool=G sizes=1-6 safe=1,3-6 unsafe=2 open=none from=3 digest=…", without newline; `from`:
/// the size from which on one proof covers all, or "none". Of the file's own way to share.
[[nodiscard]] std::string sizing_result_line(const Sizing& sizing);

/// "1, 3 to 6"; "none". Requires: ascending.
[[nodiscard]] std::string set_text(const std::vector<int>& sizes);

}  // namespace dmstall::analysis
