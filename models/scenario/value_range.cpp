#include "models/scenario/value_range.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cstdint>

namespace dmstall::models {

namespace {

/// A whole number that is all of the text.
std::optional<std::int64_t> whole(std::string_view text) {
  constexpr std::size_t most_digits = 7;
  std::int64_t number = 0;
  if (text.empty() || text.size() > most_digits || text.find_first_not_of("0123456789") != std::string_view::npos)
    return std::nullopt;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

}  // namespace

std::optional<ValueRange> value_range(std::string_view text, std::size_t most) {
  const std::size_t dots = text.find("..");
  if (dots == std::string_view::npos) return std::nullopt;
  const std::string_view rest = text.substr(dots + 2);
  const std::size_t colon = rest.find(':');
  const auto from = whole(text.substr(0, dots)), to = whole(rest.substr(0, colon));
  const auto step = colon == std::string_view::npos ? std::optional<std::int64_t>(1) : whole(rest.substr(colon + 1));
  if (!from || !to || !step) return std::nullopt;
  ValueRange range;
  if (*from > *to) range.error = fmt::format("the range {} goes down", text);
  if (*step == 0) range.error = fmt::format("the range {} has a step of 0", text);
  if (!range.error.empty()) return range;
  if (static_cast<std::uint64_t>((*to - *from) / *step) >= most) {
    range.error = fmt::format("the range {} has more than {} values", text, most);
    return range;
  }
  for (std::int64_t value = *from; value <= *to; value += *step) range.values.push_back(fmt::format("{}", value));
  return range;
}

}  // namespace dmstall::models
