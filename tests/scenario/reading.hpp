// Helpers of the reader's tests.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "models/scenario/reader.hpp"

namespace dmstall::models {

/// "2:13: error: …" for each diagnostic, without the file name "x.json".
inline std::vector<std::string> messages_of(const ReadResult& result) {
  std::vector<std::string> messages;
  for (const Diagnostic& diagnostic : result.diagnostics) {
    const std::string line = format_headline(diagnostic);
    messages.push_back(line.rfind("x.json:", 0) == 0 ? line.substr(7) : line);
  }
  return messages;
}

struct BadCase {
  std::string name, text;
  std::vector<std::string> messages;
};

inline void expect_messages(const std::vector<BadCase>& cases) {
  for (const BadCase& bad : cases) {
    SCOPED_TRACE(bad.name);
    const ReadResult result = read_scenario_text(bad.text, "x.json");
    EXPECT_EQ(messages_of(result), bad.messages) << bad.text;
    bool errors = false;
    for (const Diagnostic& diagnostic : result.diagnostics) errors = errors || diagnostic.severity == Severity::error;
    EXPECT_EQ(result.scenario.has_value(), !errors);
  }
}

inline Scenario must_read(const std::string& text) {
  ReadResult result = read_scenario_text(text, "x.json");
  EXPECT_TRUE(result.scenario.has_value()) << format_diagnostics(result.diagnostics);
  return result.scenario.value_or(Scenario{});
}

}  // namespace dmstall::models
