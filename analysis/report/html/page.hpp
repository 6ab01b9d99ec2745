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

#include "analysis/use/page/run_page.hpp"
#include "analysis/verdict/run_report.hpp"

namespace dmstall::analysis {

/// What stands for a run in the page: a JSON object. `in_circle`: so many of the stuck threads are the circle. Without
/// `page`: the file was not read, or its process gave no answer.
[[nodiscard]] std::string run_page_part(const RunReport& report, std::size_t in_circle, const RunPage* page = nullptr);

/// The page of runs. Requires: `parts` are of run_page_part.
[[nodiscard]] std::string run_pages(const std::vector<std::string>& parts);

/// The page around a document. `kind`: what the scripts make of it; `json`: an object; `without_script`: the same as
/// text, for who reads without scripts.
[[nodiscard]] std::string page_of(const std::string& title, const std::string& json, const std::string& without_script);

}  // namespace dmstall::analysis
