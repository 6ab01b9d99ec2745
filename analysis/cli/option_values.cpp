#include "analysis/cli/option_values.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <system_error>
#include <type_traits>

#include "analysis/cli/terminal.hpp"
#include "models/scenario/suggestion.hpp"

namespace dmstall::analysis {

namespace {

[[noreturn]] void refuse(const VerbOption& option, const std::string& value, const std::string& must_be) {
  throw UsageError(fmt::format("{} is {}, must be {}", option.names.back(), value, must_be));
}

template <typename Number>
std::optional<Number> number_in(const std::string& text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

/// Nobody means a bound that only a computer calls one.
std::string to_text(const NumberRange& range) {
  constexpr double no_bound = 1e100;
  if (range.most < no_bound) return fmt::format("{:.15g} to {:.15g}", range.least, range.most);
  return range.least == above_zero.least ? "a number above 0" : fmt::format("at least {:.15g}", range.least);
}

template <typename Number>
Number number_of(const VerbOption& option, const std::string& text) {
  const std::optional<double> size = number_in<double>(text);
  if (option.range && (!size || !(*size >= option.range->least) || *size > option.range->most))
    refuse(option, text, to_text(*option.range));
  if constexpr (std::is_floating_point_v<Number>) {
    if (!size || !std::isfinite(*size)) refuse(option, text, "a number");
    return *size;
  } else {
    if (size && std::floor(*size) != *size) refuse(option, text, "a whole number");
    const std::optional<Number> whole = number_in<Number>(text);
    if (!whole) refuse(option, text, fmt::format("a whole number that fits {} bits", sizeof(Number) * 8));
    return *whole;
  }
}

void put(const VerbOption&, const std::string& text, std::string& into) {
  into = text;
}
void put(const VerbOption&, const std::string& text, std::vector<std::string>& into) {
  into.push_back(text);
}
void put(const VerbOption& option, const std::string& text, bool& into) {
  if (text != "true" && text != "false") throw UsageError(option.names.back() + " takes no value");
  into = text == "true";
}
template <typename Number>
requires std::is_arithmetic_v<Number>
void put(const VerbOption& option, const std::string& text, Number& into) {
  into = number_of<Number>(option, text);
}
template <typename Number>
void put(const VerbOption& option, const std::string& text, std::optional<Number>& into) {
  into = number_of<Number>(option, text);
}

void check_choice(const VerbOption& option, const std::string& value) {
  const std::vector<std::string>& choices = option.choices;
  if (choices.empty() || std::find(choices.begin(), choices.end(), value) != choices.end()) return;
  const std::string near = models::nearest(value, choices);
  refuse(option, value,
         fmt::format("one of {}{}", fmt::join(choices, ", "), near.empty() ? "" : "; did you mean " + near + "?"));
}

}  // namespace

void store(const VerbOption& option, const std::vector<std::string>& values) {
  if (values.size() > 1 && option.takes == Takes::one && !option.flag())
    throw UsageError(fmt::format("{} is given {} times, and has one value", option.names.back(), values.size()));
  for (const std::string& value : values) {
    // `--output ""` is a variable of a script that is not set, and not a wish.
    if (value.empty()) throw UsageError(option.names.back() + " is empty");
    check_choice(option, value);
    std::visit(
        [&](const auto& into) {
          if constexpr (std::is_same_v<std::decay_t<decltype(into)>, TakeValue>) {
            into(value);
          } else {
            put(option, value, *into);
          }
        },
        option.into);
  }
}

}  // namespace dmstall::analysis
