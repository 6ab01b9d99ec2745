// From a scenario file to a Scenario, or to every mistake in it.
//
// Nothing is silently ignored or defaulted away: unknown keys, duplicate keys, dangling names, cycles in the stack and
// values out of range are errors; errors mean that there is no scenario, warnings may come with one. Never throws on
// bad input, whatever the bytes are.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "models/scenario/diagnostics.hpp"
#include "models/scenario/scenario.hpp"

namespace dmstall::models {

struct ReadResult {
  std::optional<Scenario> scenario;
  std::vector<Diagnostic> diagnostics;  ///< in file order; errors only when there is no scenario
};

/// Files above this size are refused unread: ten thousand devices written one by one are 2 MiB.
inline constexpr std::size_t largest_scenario_bytes = std::size_t{16} * 1024 * 1024;

/// The bytes of a file, or why they cannot be had.
struct FileText {
  std::optional<std::string> text;
  std::vector<Diagnostic> diagnostics;
};

/// For who reads one text in several ways. A file may be a pipe: it is read once. See bounded_file.hpp.
[[nodiscard]] FileText read_file_text(const std::string& path);

[[nodiscard]] ReadResult read_scenario_file(const std::string& path);

/// `name` stands for the path in messages; without "name" in the text the scenario is called like it.
[[nodiscard]] ReadResult read_scenario_text(std::string text, std::string name);

struct JsonValue;

/// "expect" has an object for each release, and is not one itself: one of its keys is a release.
[[nodiscard]] bool expects_by_release(const JsonValue& expect);

}  // namespace dmstall::models
