// Where the scenario lies that a witness or a certificate is about.
#pragma once

#include <string>

namespace dmstall::analysis {

/// `said` unless empty; else where it was, if there is something; else beside the document.
[[nodiscard]] std::string find_scenario(const std::string& said, const std::string& where_it_was,
                                        const std::string& document);

}  // namespace dmstall::analysis
