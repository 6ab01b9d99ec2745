// Says in one sentence what is wrong where a text stops being JSON.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/scenario/source_text.hpp"

namespace dmstall::models {

/// What the reader had seen when it stopped.
struct SyntaxContext {
  enum class After : std::uint8_t { nothing, opening, key, value } after = After::nothing;
  std::vector<Span> open;   ///< brackets not closed yet, outermost first
  std::size_t cursor = 0;   ///< end of the last thing understood
  std::size_t stopped = 0;  ///< bytes the parser had consumed
};

struct SyntaxError {
  Span at;
  std::string message;
};

[[nodiscard]] SyntaxError explain_syntax_error(const SourceText& source, const SyntaxContext& context);

}  // namespace dmstall::models
