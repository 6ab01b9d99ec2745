#include "analysis/cli/find_scenario.hpp"

#include <filesystem>

namespace dmstall::analysis {

std::string find_scenario(const std::string& said, const std::string& where_it_was, const std::string& document) {
  if (!said.empty()) return said;
  std::error_code ignored;
  if (std::filesystem::exists(where_it_was, ignored)) return where_it_was;
  return (std::filesystem::path(document).parent_path() / std::filesystem::path(where_it_was).filename()).string();
}

}  // namespace dmstall::analysis
