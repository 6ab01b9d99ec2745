#include "analysis/report/verdict_colours.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace dmstall::analysis {

std::string with_verdict_colours(std::string text) {
  constexpr std::array<std::pair<const char*, const char*>, 7> colours = {{{"PROGRESS", "\x1b[32m"},
                                                                           {"INCONCLUSIVE", "\x1b[33m"},
                                                                           {"DEADLOCK", "\x1b[31m"},
                                                                           {"STALL", "\x1b[31m"},
                                                                           {"LIVELOCK", "\x1b[31m"},
                                                                           {"STARVATION", "\x1b[31m"},
                                                                           {"ERROR", "\x1b[31m"}}};
  for (const auto& [word, colour] : colours) {
    const std::string shown = fmt::format("  {} ", word);
    for (std::size_t at = 0; (at = text.find(shown, at)) != std::string::npos;) {
      const std::string replaced = fmt::format("  {}{}\x1b[0m ", colour, word);
      text.replace(at, shown.size(), replaced);
      at += replaced.size();
    }
  }
  return text;
}

}  // namespace dmstall::analysis
