#include "analysis/use/compare/grid.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "models/scenario/value_range.hpp"

namespace dmstall::analysis {

namespace {

/// At commas that stand outside of brackets, braces and quotes.
std::vector<std::string> split_values(std::string_view text) {
  std::vector<std::string> parts(1);
  int depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted && c == '\\' && i + 1 < text.size()) {
      parts.back() += c;
      parts.back() += text[++i];
      continue;
    }
    if (c == '"') quoted = !quoted;
    if (!quoted && (c == '[' || c == '{')) ++depth;
    if (!quoted && (c == ']' || c == '}')) --depth;
    if (c == ',' && !quoted && depth <= 0) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

models::Setting parse_setting(const std::string& text, const char* option, const char* form) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0)
    throw GridError(fmt::format("{} takes {}, not {}", option, form, models::in_quotes(text)));
  return {text.substr(0, equals), text.substr(equals + 1)};
}

}  // namespace

std::vector<std::string> parse_values(const std::string& list, const std::string& option) {
  std::vector<std::string> values;
  for (const std::string& part : split_values(list)) {
    if (part.empty()) throw GridError(fmt::format("{} {}: a value is empty", option, list));
    const auto range = models::value_range(part, most_combinations);
    if (range && !range->error.empty()) throw GridError(fmt::format("{}: {}", option, range->error));
    if (range) {
      values.insert(values.end(), range->values.begin(), range->values.end());
    } else {
      values.push_back(part);
    }
  }
  return values;
}

models::Variation parse_variation(const std::string& option) {
  const models::Setting setting = parse_setting(option, "--vary", "KEY=V1,V2,...");
  return {setting.key, parse_values(setting.value, "--vary " + setting.key)};
}

std::vector<models::Setting> parse_reference(const std::string& option) {
  std::vector<models::Setting> settings;
  for (const std::string& part : split_values(option))
    settings.push_back(parse_setting(part, "--reference", "KEY=V[,KEY=V]"));
  return settings;
}

std::vector<std::vector<models::Setting>> setting_grid(const std::vector<models::Variation>& variations) {
  std::set<std::string> keys;
  std::size_t combinations = 1;
  for (const models::Variation& variation : variations) {
    if (!keys.insert(variation.key).second)
      throw GridError(fmt::format("{} is varied twice", models::in_quotes(variation.key)));
    std::set<std::string> values;
    for (const std::string& value : variation.values) {
      if (!values.insert(value).second) {
        throw GridError(
            fmt::format("{} is to be {} twice", models::in_quotes(variation.key), models::in_quotes(value)));
      }
    }
    combinations *= variation.values.size();
    if (combinations > most_combinations)
      throw GridError(fmt::format("more than {} combinations of values", most_combinations));
  }
  std::vector<std::vector<models::Setting>> grid(1);
  for (const models::Variation& variation : variations) {
    std::vector<std::vector<models::Setting>> longer;
    for (const std::vector<models::Setting>& settings : grid) {
      for (const std::string& value : variation.values) {
        longer.push_back(settings);
        longer.back().push_back({variation.key, value});
      }
    }
    grid = std::move(longer);
  }
  return grid;
}

}  // namespace dmstall::analysis
