#include "analysis/report/expectation_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string_view>

#include "analysis/report/reason_text.hpp"

namespace dmstall::analysis {

namespace {

std::vector<std::string_view> names_of(const std::vector<models::VerdictKind>& verdicts) {
  std::vector<std::string_view> names;
  for (const models::VerdictKind verdict : verdicts) names.push_back(to_string(verdict));
  return names;
}

struct OfExpectation {
  std::string operator()(const unmet::TooManyBytes& of) const {
    return fmt::format("expected at most {} B in reserve, found {} B", of.limit, of.found);
  }
  std::string operator()(const unmet::OtherVerdict& of) const {
    return fmt::format("expected {}, found {}", fmt::join(names_of(of.wanted), " or "), to_string(of.found));
  }
  std::string operator()(const unmet::OtherBasis& of) const {
    return fmt::format("expected PROGRESS to be {}, but {}", of.wanted == "run" ? "seen in a run" : of.wanted,
                       to_text(of.found));
  }
  std::string operator()(const unmet::NoSuchResource& of) const {
    return fmt::format("expected {} in the circle, but no resource is called that", of.name);
  }
  std::string operator()(const unmet::NobodyStuck& of) const {
    return fmt::format("the other expectations are about a stuck set, but the verdict is {}", to_string(of.found));
  }
  std::string operator()(const unmet::OtherKind& of) const {
    return fmt::format("expected kind {}, found {}", to_string(of.wanted), to_string(of.found));
  }
  std::string operator()(const unmet::NotWaitedFor& of) const {
    return fmt::format("expected somebody stuck to wait for {}; waited for: {}", of.resource,
                       fmt::join(of.waited_for, ", "));
  }
  std::string operator()(const unmet::OtherRelief& of) const {
    return fmt::format("expected relieved by memory: {}, found: {}", of.wanted ? "yes" : "no", of.found ? "yes" : "no");
  }
  std::string operator()(const unmet::OtherNumber& of) const {
    using Of = unmet::OtherNumber::Of;
    if (of.of == Of::stuck) return fmt::format("expected {} stuck requests, found {}", of.wanted, of.found);
    return fmt::format("expected {} {}, found {}", of.of == Of::min_requests ? "min_requests" : "min_faults", of.wanted,
                       of.found);
  }
};

}  // namespace

std::string to_text(const Unmet& unmet) {
  return std::visit(OfExpectation{}, unmet);
}

std::vector<std::string> unmet_lines(const RunReport& report) {
  std::vector<std::string> lines;
  for (const Unmet& each : unmet_expectations(report)) lines.push_back(to_text(each));
  return lines;
}

std::string expected_text(const RunReport& report) {
  if (!report.expect) return "PROGRESS (no \"expect\" in the file)";
  const models::Expectation& expect = *report.expect;
  if (!speaks_of_a_verdict(expect)) return "PROGRESS (\"expect\" names no verdict)";
  std::string text =
      expect.verdict.empty() ? "a stuck set" : fmt::format("{}", fmt::join(names_of(expect.verdict), " or "));
  if (expect.kind) text += fmt::format(" {}", to_string(*expect.kind));
  if (!expect.circle.empty()) text += fmt::format(" {}", fmt::join(expect.circle, ", "));
  return text;
}

}  // namespace dmstall::analysis
