#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <pugixml.hpp>
#include <sstream>
#include <stdexcept>

#include "analysis/report/check_report.hpp"
#include "analysis/report/xml_text.hpp"
#include "analysis/version.hpp"

namespace dmstall::analysis {

namespace {

using pugi::xml_node;

void attribute(xml_node node, const char* name, const std::string& value) {
  node.append_attribute(name).set_value(xml_text(value).c_str());
}

void attribute(xml_node node, const char* name, std::int64_t value) {
  attribute(node, name, std::to_string(value));
}

void text(xml_node node, const std::string& value) {
  node.append_child(pugi::node_pcdata).set_value(xml_text(value).c_str());
}

bool is_error(CheckKind kind) {
  return kind == CheckKind::timed_out || kind == CheckKind::refused || kind == CheckKind::disagreed ||
         kind == CheckKind::crashed;
}

std::int64_t failed_as(const CheckRun& run, bool errors) {
  return std::count_if(run.outcomes.begin(), run.outcomes.end(), [&](const CheckOutcome& outcome) {
    return failed(outcome) && is_error(outcome.kind) == errors;
  });
}

/// The counts that both a suite and the whole document carry.
void counts(xml_node node, const CheckRun& run) {
  double seconds = 0;
  for (const CheckOutcome& outcome : run.outcomes) seconds += outcome.seconds;
  attribute(node, "tests", static_cast<std::int64_t>(run.outcomes.size()));
  attribute(node, "failures", failed_as(run, false));
  attribute(node, "errors", failed_as(run, true));
  attribute(node, "time", fmt::format("{:.3f}", seconds));
}

void property(xml_node properties, const char* name, const std::string& value) {
  xml_node node = properties.append_child("property");
  attribute(node, "name", name);
  attribute(node, "value", value);
}

std::string details(const CheckOutcome& outcome) {
  std::string out;
  if (!outcome.expected.empty()) out += fmt::format("expected: {}\n", outcome.expected);
  if (outcome.diagnostics.empty() || outcome.kind != CheckKind::refused) {
    out += fmt::format("found:    {}\n", outcome.found);
  }
  out += outcome.diagnostics;
  if (!outcome.report.empty()) out += "\n" + outcome.report;
  return out;
}

void add_case(xml_node suite, const std::string& folder, const CheckOutcome& outcome, JUnitFor reader) {
  xml_node test = suite.append_child("testcase");
  // Readers tell cases apart by class and name, and a scenario's own name need not be unique.
  attribute(test, "classname", folder);
  const std::string name = std::filesystem::path(outcome.file).stem().string();
  attribute(test, "name", name.empty() ? outcome.file : name);
  if (reader == JUnitFor::all) attribute(test, "file", outcome.file);
  attribute(test, "time", fmt::format("{:.3f}", outcome.seconds));
  if (outcome.kind == CheckKind::not_run) {
    attribute(test.append_child("skipped"), "message",
              std::string("the batch ended before this scenario was finished"));
    return;
  }
  if (outcome.known == Known::yes) {
    attribute(test.append_child("skipped"), "message",
              fmt::format("known until {}: {}: {}", outcome.until, outcome.reason, outcome.found));
  } else if (outcome.kind != CheckKind::passed) {
    xml_node what = test.append_child(is_error(outcome.kind) ? "error" : "failure");
    attribute(what, "type", std::string(to_string(outcome.kind)));
    const std::string why = outcome.unmet.empty() ? outcome.found : fmt::format("{}", fmt::join(outcome.unmet, "; "));
    attribute(what, "message", why.empty() ? std::string(to_string(outcome.kind)) : why);
    text(what, details(outcome));
  }
  std::string out = outcome.result.empty() ? outcome.found : outcome.result;
  if (!outcome.unchecked.empty()) out += fmt::format("\nnot checked: {}", fmt::join(outcome.unchecked, ", "));
  text(test.append_child("system-out"), out);
  if (!outcome.stderr_text.empty()) text(test.append_child("system-err"), outcome.stderr_text);
}

}  // namespace

std::string check_junit(const CheckRun& run, JUnitFor reader) {
  std::map<std::string, CheckRun> folders;
  for (const CheckOutcome& outcome : run.outcomes) {
    const std::string folder = std::filesystem::path(outcome.file).parent_path().string();
    folders[folder.empty() ? "." : folder].outcomes.push_back(outcome);
  }
  pugi::xml_document document;
  xml_node declaration = document.append_child(pugi::node_declaration);
  attribute(declaration, "version", std::string("1.0"));
  attribute(declaration, "encoding", std::string("UTF-8"));
  xml_node suites = document.append_child("testsuites");
  attribute(suites, "name", std::string("dmstall check"));
  counts(suites, run);
  for (const auto& [folder, part] : folders) {
    xml_node suite = suites.append_child("testsuite");
    attribute(suite, "name", folder);
    counts(suite, part);
    attribute(suite, "skipped", count(part, {CheckKind::not_run}) + known_failures(part));
    xml_node properties = suite.append_child("properties");
    property(properties, "dmstall.version", program_version());
    property(properties, "dmstall.kernel", run.kernel);
    property(properties, "dmstall.seed", std::to_string(run.seed));
    for (const CheckOutcome& outcome : part.outcomes) add_case(suite, folder, outcome, reader);
  }
  std::ostringstream out;
  document.save(out, "  ", pugi::format_default, pugi::encoding_utf8);
  return out.str();
}

}  // namespace dmstall::analysis
