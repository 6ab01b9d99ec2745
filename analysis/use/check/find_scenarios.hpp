// From the paths of a command line to the scenario files they stand for.
#pragma once

#include <string>
#include <vector>

namespace dmstall::analysis {

struct FoundScenarios {
  std::vector<std::string> files;    ///< sorted, each file once, as the user's path spells it
  std::vector<std::string> missing;  ///< paths and patterns that stand for nothing, with the reason
};

/// A path is a file (whatever its name), a folder (every *.json below it but *.schema.json; links to folders are not
/// followed) or a pattern, which is a path that does not exist and has one of `*?[`. In a pattern `*` and `?` stay
/// inside a name and skip hidden ones, `**` is any number of folders, and a folder that matches is searched like a
/// named one.
[[nodiscard]] FoundScenarios find_scenarios(const std::vector<std::string>& paths);

/// Whether a path passes `--filter`s. A filter is a part of the path or, with one of `*?[`, a pattern for the whole
/// path or for what follows a slash; here `*` reaches over slashes. With `!` in front it excludes. A path passes when
/// no filter excludes it and, if there are filters that include, one of them does.
[[nodiscard]] bool passes_filters(const std::string& path, const std::vector<std::string>& filters);

}  // namespace dmstall::analysis
