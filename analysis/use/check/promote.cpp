#include "analysis/use/check/promote.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "analysis/digest.hpp"
#include "models/scenario/json_document.hpp"
#include "models/scenario/reader.hpp"
#include "models/scenario/source_text.hpp"

namespace dmstall::analysis {

namespace {

using models::JsonMember;
using models::JsonValue;
using models::Span;

std::string quoted(const std::string& text) {
  // As the writer of JSON does it, without its line end.
  std::string out = models::write_json(models::json_string(text));
  while (!out.empty() && out.back() == '\n') out.pop_back();
  return out;
}

std::string list_of(const std::vector<std::string>& names) {
  std::string out = "[";
  for (const std::string& name : names) out += (out.size() > 1 ? ", " : "") + quoted(name);
  return out + "]";
}

/// What is to become of one key: nothing here means that it goes.
using NewValue = std::optional<std::string>;

class Expect {
 public:
  explicit Expect(const FoundFacts& facts) : facts_(facts), deadlock_(facts.verdict == "DEADLOCK") {}

  /// `written`: the value as it stands in the file.
  NewValue value(const std::string& key, const JsonValue& value, const std::string& written) const {
    if (key == "verdict") return allows_verdict(value) ? written : quoted(facts_.verdict);
    if (!deadlock_ && about_a_stuck_set(key, value)) return std::nullopt;
    if (key == "kind") return replaced(written, quoted(facts_.kind));
    if (key == "circle") {
      return all_waited_for(value) ? written : list_of(circle());
    }
    if (key == "relieved_by_memory") {
      if (!facts_.relieved_by_memory) return std::nullopt;
      return replaced(written, *facts_.relieved_by_memory ? "true" : "false");
    }
    if (key == "stuck") return deadlock_ ? number(facts_.stuck, written) : written;
    if (key == "min_requests") return number(facts_.min_requests, written);
    if (key == "min_faults") return number(facts_.min_faults, written);
    if (key == "proof") return proof(value, written);
    if (key == "bytes_at_most") {
      const bool holds = !facts_.reserved_bytes || *facts_.reserved_bytes <= value.integer;
      return holds ? written : std::to_string(*facts_.reserved_bytes);
    }
    return written;
  }

  /// Keys that a new verdict brings along.
  std::vector<std::pair<std::string, std::string>> with_a_new_verdict() const {
    if (!deadlock_) return {};
    return {{"kind", quoted(facts_.kind)}, {"circle", list_of(circle())}};
  }

  bool allows_verdict(const JsonValue& value) const {
    if (value.kind == JsonValue::Kind::string) return value.string == facts_.verdict;
    return std::any_of(value.items.begin(), value.items.end(),
                       [&](const JsonValue& item) { return item.string == facts_.verdict; });
  }

  std::string verdict() const { return quoted(facts_.verdict); }

 private:
  /// "stuck": 0 says that nothing is.
  static bool about_a_stuck_set(const std::string& key, const JsonValue& value) {
    if (key == "stuck") return value.integer != 0;
    return key == "kind" || key == "circle" || key == "relieved_by_memory" || key == "min_requests" ||
           key == "min_faults";
  }
  static std::string replaced(const std::string& written, std::string wanted) {
    return written == wanted ? written : std::move(wanted);
  }
  static std::string number(const std::optional<std::int64_t>& found, const std::string& written) {
    return found ? replaced(written, std::to_string(*found)) : written;
  }
  const std::vector<std::string>& circle() const { return facts_.circle.empty() ? facts_.waited_for : facts_.circle; }
  bool all_waited_for(const JsonValue& value) const {
    return std::all_of(value.items.begin(), value.items.end(), [&](const JsonValue& item) {
      return std::find(facts_.waited_for.begin(), facts_.waited_for.end(), item.string) != facts_.waited_for.end();
    });
  }
  /// What PROGRESS rests on must be as strong as it says.
  NewValue proof(const JsonValue& value, const std::string& written) const {
    if (facts_.verdict != "PROGRESS") return std::nullopt;
    const auto strength = [](const std::string& of) { return of == "proved" ? 2 : of == "exhausted" ? 1 : 0; };
    return strength(facts_.proof) >= strength(value.string) ? written : quoted(facts_.proof);
  }

  const FoundFacts& facts_;
  bool deadlock_;
};

/// The object as it is written, with some values replaced, some members gone and some appended; spaces are kept.
std::string new_object(const models::SourceText& source, const JsonValue& object, const Expect& expect) {
  const auto between = [&](std::size_t begin, std::size_t end) { return std::string(source.text(Span{begin, end})); };
  std::string out;
  bool has_verdict = false, new_verdict = false;
  std::vector<std::string> kept;
  std::string separator = ", ";
  const auto begin_of = [&](std::size_t i) { return object.members[i].key_where.begin; };
  const auto end_of = [&](std::size_t i) { return object.members[i].value.where.end; };
  for (std::size_t i = 0; i < object.members.size(); ++i) {
    const JsonMember& member = object.members[i];
    if (i > 0) separator = between(end_of(i - 1), begin_of(i));
    if (member.key == "verdict") {
      has_verdict = true;
      new_verdict = !expect.allows_verdict(member.value);
    }
    const std::string written = between(member.value.where.begin, member.value.where.end);
    const auto value = expect.value(member.key, member.value, written);
    if (!value) continue;
    out += kept.empty() ? between(object.where.begin, begin_of(0)) : separator;
    out += between(begin_of(i), member.value.where.begin) + *value;
    kept.push_back(member.key);
  }
  const auto append = [&](const std::string& key, const std::string& value) {
    if (std::find(kept.begin(), kept.end(), key) != kept.end()) return;
    out += kept.empty() ? (object.members.empty() ? "{ " : between(object.where.begin, begin_of(0))) : separator;
    out += fmt::format("\"{}\": {}", key, value);
    kept.push_back(key);
  };
  if (!has_verdict) append("verdict", expect.verdict());
  if (new_verdict || !has_verdict) {
    for (const auto& [key, value] : expect.with_a_new_verdict()) append(key, value);
  }
  if (object.members.empty()) return out + " }";
  return out + between(end_of(object.members.size() - 1), object.where.end);
}

/// "expect" with what was found on that release. Where it holds for all of them, the others keep what they have.
std::string new_expectation(const models::SourceText& source, const JsonValue& value, const Expect& expect,
                            const std::string& own_release, const std::string& release) {
  if (models::expects_by_release(value)) {
    std::string out(source.text(value.where));
    const std::size_t begin = value.where.begin;
    if (const JsonMember* there = value.find(release)) {
      const Span at = there->value.where;
      return out.replace(at.begin - begin, at.end - at.begin, new_object(source, there->value, expect));
    }
    std::string added = fmt::format(",\n    \"{}\": {{ \"verdict\": {}", release, expect.verdict());
    for (const auto& [key, found] : expect.with_a_new_verdict()) added += fmt::format(", \"{}\": {}", key, found);
    return out.insert(value.members.back().value.where.end - begin, added + " }");
  }
  if (release == own_release) return new_object(source, value, expect);
  std::string out;
  for (const std::string& each : models::release_names()) {
    const std::string of = each == release ? new_object(source, value, expect) : std::string(source.text(value.where));
    out += fmt::format("{}\n    \"{}\": {}", out.empty() ? "{" : ",", each, of);
  }
  return out + "\n  }";
}

}  // namespace

std::optional<std::string> why_not_promoted(const CheckOutcome& outcome) {
  switch (outcome.kind) {
    case CheckKind::unmet:
      break;
    case CheckKind::timed_out:
      return "it was not finished in time";
    case CheckKind::refused:
      return "the file is refused";
    case CheckKind::disagreed:
      return "the engines disagree";
    case CheckKind::crashed:
      return "dmstall crashed";
    case CheckKind::passed:
    case CheckKind::not_run:
      return "there is nothing to promote";
  }
  if (outcome.facts.verdict.empty() || outcome.facts.verdict == "INCONCLUSIVE") return "INCONCLUSIVE is no answer";
  return std::nullopt;
}

Promotion promoted(const std::string& text, const CheckOutcome& outcome) {
  if (digest_of_text(text) != outcome.text_digest) return {{}, "the file was changed while it was checked"};
  const models::SourceText source(text, outcome.file);
  models::Diagnostics diagnostics(source);
  const auto document = models::parse_json(source, diagnostics);
  if (!document || document->members.empty()) return {{}, "the file cannot be read again"};
  const models::ReadResult before = models::read_scenario_text(text, outcome.file);
  if (!before.scenario) return {{}, "the file cannot be read again"};
  const std::string own_release(before.scenario->kernel.release.name());
  const Expect expect(outcome.facts);
  std::string after;
  if (const JsonMember* there = document->find("expect")) {
    after = text.substr(0, there->value.where.begin) +
            new_expectation(source, there->value, expect, own_release, outcome.release) +
            text.substr(there->value.where.end);
  } else {
    std::string object = fmt::format("{{ \"verdict\": {}", expect.verdict());
    for (const auto& [key, value] : expect.with_a_new_verdict()) object += fmt::format(", \"{}\": {}", key, value);
    const auto& members = document->members;
    const std::size_t last = members.back().value.where.end;
    const std::string separator = members.size() < 2
                                      ? std::string(", ")
                                      : std::string(source.text(Span{members[members.size() - 2].value.where.end,
                                                                     members.back().key_where.begin}));
    after = text.substr(0, last) + separator + fmt::format("\"expect\": {} }}", object) + text.substr(last);
  }
  const models::ReadResult read = models::read_scenario_text(after, outcome.file);
  if (!read.scenario) return {{}, "the result would be refused:\n" + models::format_diagnostics(read.diagnostics)};
  return {std::move(after), {}};
}

}  // namespace dmstall::analysis
