// The files of this folder that are not C++, as the build found them.
#pragma once

#include <string_view>

namespace dmstall::analysis {

struct PageFiles {
  std::string_view skeleton;  ///< page.html, with places to be filled: {{title}}
  std::string_view style;     ///< page.css
  std::string_view script;    ///< all scripts in the order of CMakeLists.txt, in a function of their own
};

[[nodiscard]] PageFiles page_files();

}  // namespace dmstall::analysis
