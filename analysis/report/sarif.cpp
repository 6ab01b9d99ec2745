#include <algorithm>
#include <filesystem>
#include <string_view>

#include "analysis/json.hpp"
#include "analysis/report/alert_formats.hpp"
#include "analysis/version.hpp"
#include "models/scenario/printable.hpp"

namespace dmstall::analysis {

namespace {

const char* level_of(Alert::Level level) {
  switch (level) {
    case Alert::Level::error:
      return "error";
    case Alert::Level::warning:
      return "warning";
    case Alert::Level::note:
      return "note";
  }
  return "none";
}

/// RFC 3986: what may stand in a path stays, every other byte is escaped.
std::string escaped(const std::string& path) {
  constexpr std::string_view plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/!$&'()*+,;=@";
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (const char c : path) {
    if (plain.find(c) != std::string_view::npos) {
      out += c;
    } else {
      const unsigned byte = static_cast<unsigned char>(c);
      out += {'%', digits[byte / 16], digits[byte % 16]};
    }
  }
  return out;
}

std::string uri_of(const std::string& file) {
  namespace fs = std::filesystem;
  std::error_code error;
  const fs::path path(file);
  if (path.is_relative()) return escaped(path.lexically_normal().generic_string());
  const fs::path below = path.lexically_normal().lexically_relative(fs::current_path(error));
  const bool is_below = !error && !below.empty() && *below.begin() != "..";
  return is_below ? escaped(below.generic_string()) : "file://" + escaped(path.lexically_normal().generic_string());
}

Json rules() {
  Json rules = Json::array();
  for (const AlertRule& rule : alert_rules()) {
    rules.push_back({{"id", rule.id},
                     {"name", rule.name},
                     {"shortDescription", {{"text", rule.brief}}},
                     {"defaultConfiguration", {{"level", "error"}}}});
  }
  return rules;
}

Json location_of(const Alert& alert) {
  Json location{{"physicalLocation",
                 {{"artifactLocation", {{"uri", uri_of(alert.file)}}},
                  {"region", {{"startLine", alert.line}, {"startColumn", alert.column}}}}}};
  if (!alert.device.empty())
    location["logicalLocations"] = Json::array({{{"name", alert.device}, {"kind", "resource"}}});
  return location;
}

Json result_of(const Alert& alert, const AlertSource& source) {
  const auto& all = alert_rules();
  const auto rule = std::find_if(all.begin(), all.end(), [&](const AlertRule& each) { return each.id == alert.rule; });
  Json result{{"ruleId", alert.rule}};
  if (rule != all.end()) result["ruleIndex"] = rule - all.begin();
  result["level"] = level_of(alert.level);
  result["message"] = {{"text", alert.message}};
  result["locations"] = Json::array({location_of(alert)});
  result["partialFingerprints"] = {{"dmstallCircle/v1", alert.fingerprint}};
  if (source.baseline) result["baselineState"] = alert.known == Known::no ? "new" : "unchanged";
  if (alert.known == Known::yes) {
    result["suppressions"] =
        Json::array({{{"kind", "external"}, {"status", "accepted"}, {"justification", alert.reason}}});
  }
  if (!alert.scenario.empty()) result["properties"] = {{"scenario", alert.scenario}};
  return result;
}

}  // namespace

std::string sarif(const std::vector<Alert>& alerts, const AlertSource& source) {
  Json results = Json::array();
  for (const Alert& alert : alerts) results.push_back(result_of(alert, source));
  const Json run{
      {"tool", {{"driver", {{"name", "dmstall"}, {"semanticVersion", program_version()}, {"rules", rules()}}}}},
      {"columnKind", "unicodeCodePoints"},
      {"invocations",
       Json::array({{{"executionSuccessful", source.complete}, {"exitCode", static_cast<int>(source.code)}}})},
      {"results", results},
  };
  const Json document{
      {"$schema", "https://json.schemastore.org/sarif-2.1.0.json"}, {"version", "2.1.0"}, {"runs", Json::array({run})}};
  return models::printable_json(document.dump(2, ' ', false, Json::error_handler_t::replace)) + "\n";
}

}  // namespace dmstall::analysis
