// Alerts as services read them.
#pragma once

#include <string>
#include <vector>

#include "analysis/report/alerts.hpp"

namespace dmstall::analysis {

/// How the program that found the alerts ended.
struct AlertSource {
  models::ExitCode code = models::ExitCode::progress;
  bool complete = true;   ///< everything that was asked for was run
  bool baseline = false;  ///< alerts are held against a baseline: each is new or known
};

/// One document of SARIF 2.1.0. Paths below the current folder are relative to it; columns count code points.
[[nodiscard]] std::string sarif(const std::vector<Alert>& alerts, const AlertSource& source);

/// One workflow command of GitHub Actions per line ("::error file=…,line=…::…"), and at the end `summary` as a notice.
/// No byte of a file or a report can end a command or begin another.
[[nodiscard]] std::string github_annotations(const std::vector<Alert>& alerts, const std::string& summary);

}  // namespace dmstall::analysis
