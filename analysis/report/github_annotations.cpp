#include <fmt/format.h>

#include "analysis/report/alert_formats.hpp"
#include "models/scenario/printable.hpp"

namespace dmstall::analysis {

namespace {

/// As the runner of GitHub Actions reads commands back (actions/runner, ActionCommand): % first, then line ends; in
/// properties also what separates them.
std::string escaped(const std::string& text, bool property) {
  std::string out;
  for (const char c : models::printable_lines(text)) {
    switch (c) {
      case '%':
        out += "%25";
        break;
      case '\r':
        out += "%0D";
        break;
      case '\n':
        out += "%0A";
        break;
      case ':':
        out += property ? "%3A" : ":";
        break;
      case ',':
        out += property ? "%2C" : ",";
        break;
      default:
        out += c;
    }
  }
  return out;
}

const char* command_of(Alert::Level level) {
  switch (level) {
    case Alert::Level::error:
      return "error";
    case Alert::Level::warning:
      return "warning";
    case Alert::Level::note:
      return "notice";
  }
  return "notice";
}

}  // namespace

std::string github_annotations(const std::vector<Alert>& alerts, const std::string& summary) {
  std::string out;
  for (const Alert& alert : alerts) {
    out += fmt::format("::{} file={},line={},col={},title={}::{}\n", command_of(alert.level), escaped(alert.file, true),
                       alert.line, alert.column,
                       escaped(alert.scenario.empty() ? alert.title : alert.scenario + ": " + alert.title, true),
                       escaped(alert.message, false));
  }
  return out + fmt::format("::notice title=dmstall::{}\n", escaped(summary, false));
}

}  // namespace dmstall::analysis
