// What services that show findings at a line of a file want to know, drawn from outcomes once for all their formats.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "analysis/use/check/check_outcome.hpp"

namespace dmstall::analysis {

struct Alert {
  enum class Level : std::uint8_t { error, warning, note };

  std::string rule;  ///< "deadlock.circle", "stall", "refused": one of alert_rules()
  Level level = Level::error;
  std::string file;  ///< as the user's path spells it
  int line = 1, column = 1;
  std::string title;        ///< "DEADLOCK circle a -> b"
  std::string message;      ///< all there is to say in a few lines
  std::string fingerprint;  ///< see analysis/use/check/fingerprint.hpp
  std::string scenario, device;
  Known known = Known::no;
  std::string reason, until;
};

struct AlertRule {
  const char* id;
  const char* name;   ///< one word
  const char* brief;  ///< one sentence
};

/// One per verdict, DEADLOCK by kind, and one per way to have no verdict.
[[nodiscard]] const std::vector<AlertRule>& alert_rules();

/// Of a check: what did not pass, known failures as notes. An expected DEADLOCK is none.
[[nodiscard]] std::vector<Alert> check_alerts(const CheckRun& run);

/// Of runs: every verdict but PROGRESS, whatever the scenario expects, and every error.
[[nodiscard]] std::vector<Alert> run_alerts(const std::vector<CheckOutcome>& outcomes);

}  // namespace dmstall::analysis
