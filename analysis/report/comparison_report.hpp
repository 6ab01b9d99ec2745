// Writers of a comparison, one per format. They print what is in it and run nothing.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "analysis/use/compare/comparison.hpp"

namespace dmstall::analysis {

/// For people: the rows, what their seeds spread over, reserved memory per kind of pool; the RESULT line last.
[[nodiscard]] std::string comparison_text(const Comparison& comparison, bool colour);

/// The same for a page of Markdown.
[[nodiscard]] std::string comparison_markdown(const Comparison& comparison);

/// One header line and one line per row (RFC 4180, lines end in CR LF), bytes and microseconds. Fields without a value
/// are empty.
[[nodiscard]] std::string comparison_csv(const Comparison& comparison);

/// One JSON document, "dmstall_compare": 1.
[[nodiscard]] std::string comparison_json(const Comparison& comparison);

/// The document that says why there is no table.
[[nodiscard]] std::string comparison_error_json(const std::string& error, models::ExitCode code);

/// "RESULT <scenario> COMPARED rows=… progress=… deadlock=… digest=…", without newline.
[[nodiscard]] std::string comparison_result_line(const Comparison& comparison);

/// What a shard says instead of a table: "RESULT <scenario> SHARD 2/8 rows=… run=… known=… journal=…",
/// without newline.
[[nodiscard]] std::string shard_result_line(const Comparison& comparison, const Shard& shard,
                                            const std::string& journal);

/// On what the row's verdict rests: "proved (ranks)", "exhausted, 4 requests", "witness replayed", "2 of 5 runs".
[[nodiscard]] std::string row_basis(const Comparison& comparison, const ComparisonRow& row);

/// What errors came from: "3 by bad block of d, 1 by medium error of e"; empty where there were none.
[[nodiscard]] std::string errors_by_text(const std::map<std::string, std::int64_t>& failed_by);

/// The settings of a row in a few words: "16, module"; "row 3" where nothing varies.
[[nodiscard]] std::string row_label(const ComparisonRow& row);

/// "PROGRESS", "DEADLOCK", …, or "ERROR".
[[nodiscard]] std::string row_verdict(const ComparisonRow& row);

}  // namespace dmstall::analysis
