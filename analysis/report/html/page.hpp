// A page to look at: one file with all that it needs, for a browser without a network.
//
// The page is a skeleton, a style sheet and scripts that stand in this folder as files and are built into the program
// (page_files.hpp). What a page is about is one JSON document in it; the scripts draw it with elements and text nodes
// alone, so that nothing of a file is ever read as markup. A policy in the page allows its own script and style by
// their hashes, and nothing else: no address is ever asked.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analysis/use/check/check_outcome.hpp"
#include "analysis/use/compare/comparison.hpp"
#include "analysis/use/page/run_page.hpp"
#include "analysis/use/size/sizing.hpp"
#include "analysis/verdict/run_report.hpp"

namespace dmstall::analysis {

/// What stands for a run in the page: a JSON object. `in_circle`: so many of the stuck threads are the circle. Without
/// `page`: the file was not read, or its process gave no answer.
[[nodiscard]] std::string run_page_part(const RunReport& report, std::size_t in_circle, const RunPage* page = nullptr);

/// The same for one of many, in a few thousand bytes: verdict, circle and stack.
[[nodiscard]] std::string short_page_part(const RunReport& report, std::size_t in_circle, const RunPage& page);

/// The page of runs. Requires: `parts` are of run_page_part.
[[nodiscard]] std::string run_pages(const std::vector<std::string>& parts);

/// A chart of sizes with what each costs, and the smallest that is safe.
[[nodiscard]] std::string sizing_page(const Sizing& sizing);

/// A chart of the rows with memory, speed and verdict; the tables of the text below it.
[[nodiscard]] std::string comparison_page(const Comparison& comparison);

/// All scenarios as a table to be filtered, each with a section; pictures (CheckOutcome::page) as far as the page stays
/// small, those of failures first.
[[nodiscard]] std::string check_page(const CheckRun& run);

/// The page around a document. `json`: an object whose "kind" says what the scripts make of it; `without_script`: the
/// same as text, for who reads without scripts.
[[nodiscard]] std::string page_of(const std::string& title, const std::string& json, const std::string& without_script);

}  // namespace dmstall::analysis
