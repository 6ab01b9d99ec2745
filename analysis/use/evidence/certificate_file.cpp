#include "analysis/use/evidence/certificate_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <new>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "analysis/json.hpp"
#include "analysis/use/evidence/document.hpp"
#include "analysis/version.hpp"

namespace dmstall::analysis {

namespace {

constexpr int deepest_case = 1'000;

constexpr std::array<std::pair<RowKind, std::string_view>, 5> row_names = {{{RowKind::somebody, "somebody"},
                                                                            {RowKind::waits, "waits"},
                                                                            {RowKind::supply, "supply"},
                                                                            {RowKind::bound, "bound"},
                                                                            {RowKind::requests, "requests"}}};

Json to_json(const Target& target) {
  Json json{{"thing", target.thing}, {"need", target.need}};
  if (target.writing) json["writing"] = true;
  return json;
}

Json to_json(const Multiplier& multiplier) {
  const auto name = std::find_if(row_names.begin(), row_names.end(),
                                 [&](const auto& known) { return known.first == multiplier.row; });
  Json json{{"row", std::string(name->second)}};
  if (multiplier.row == RowKind::waits || multiplier.row == RowKind::supply) json["of"] = to_json(multiplier.target);
  if (multiplier.row == RowKind::bound) json["resource"] = multiplier.target.thing;
  if (multiplier.row == RowKind::requests) json["class"] = multiplier.of_class;
  json["times"] = multiplier.times;
  return json;
}

Json to_json(const Cases& cases) {
  if (cases.split) {
    return Json{{"split", to_json(*cases.split)},
                {"waited_for", to_json(cases.branches.at(0))},
                {"not_waited_for", to_json(cases.branches.at(1))}};
  }
  Json rows = Json::array();
  for (const Multiplier& multiplier : cases.multipliers) rows.push_back(to_json(multiplier));
  return Json{{"multipliers", std::move(rows)}};
}

/// An object's members, each asked for by name; what nobody asked for is refused.
class Members {
 public:
  Members(const Json& json, std::initializer_list<std::string_view> allowed) : json_(json) {
    if (!json.is_object()) throw std::runtime_error("something else than an object where an object belongs");
    for (auto member = json.begin(); member != json.end(); ++member) {
      if (std::find(allowed.begin(), allowed.end(), member.key()) == allowed.end())
        throw std::runtime_error(fmt::format("no key \"{}\" belongs there", member.key()));
    }
  }
  [[nodiscard]] bool has(const char* key) const { return json_.contains(key); }
  [[nodiscard]] const Json& any(const char* key) const { return demand(key, has(key)); }
  [[nodiscard]] std::string text(const char* key) const {
    return demand(key, has(key) && json_[key].is_string()).get<std::string>();
  }
  [[nodiscard]] bool flag(const char* key) const {
    return demand(key, has(key) && json_[key].is_boolean()).get<bool>();
  }
  [[nodiscard]] std::int64_t positive(const char* key) const {
    const bool fits = has(key) && json_[key].is_number_integer() && json_[key] >= 1 && json_[key] <= 1'000'000'000'000;
    return demand(key, fits).get<std::int64_t>();
  }
  [[nodiscard]] const Json& list(const char* key) const { return demand(key, has(key) && json_[key].is_array()); }

 private:
  [[nodiscard]] const Json& demand(const char* key, bool fits) const {
    if (!fits) throw std::runtime_error(fmt::format("\"{}\" is missing or not what belongs there", key));
    return json_[key];
  }
  const Json& json_;
};

Target target_from(const Json& json) {
  const Members members(json, {"thing", "need", "writing"});
  return {members.text("thing"), members.positive("need"), members.has("writing") && members.flag("writing")};
}

Multiplier multiplier_from(const Json& json) {
  const Members members(json, {"row", "of", "resource", "class", "times"});
  const std::string name = members.text("row");
  const auto kind =
      std::find_if(row_names.begin(), row_names.end(), [&](const auto& known) { return known.second == name; });
  if (kind == row_names.end()) throw std::runtime_error(fmt::format("no row is called \"{}\"", name));
  Multiplier multiplier;
  multiplier.row = kind->first;
  multiplier.times = members.text("times");
  const bool about_target = multiplier.row == RowKind::waits || multiplier.row == RowKind::supply;
  if (members.has("of") != about_target || members.has("resource") != (multiplier.row == RowKind::bound) ||
      members.has("class") != (multiplier.row == RowKind::requests)) {
    throw std::runtime_error(fmt::format("a row \"{}\" is about something else", name));
  }
  if (about_target) multiplier.target = target_from(members.any("of"));
  if (multiplier.row == RowKind::bound) multiplier.target.thing = members.text("resource");
  if (multiplier.row == RowKind::requests) multiplier.of_class = members.text("class");
  return multiplier;
}

Cases cases_from(const Json& json, int depth) {
  if (depth > deepest_case) throw std::runtime_error("its cases are nested too deep");
  const Members members(json, {"split", "waited_for", "not_waited_for", "multipliers"});
  if (members.has("split") == members.has("multipliers"))
    throw std::runtime_error("a case is a split or a list of multipliers");
  Cases cases;
  if (members.has("split")) {
    cases.split = target_from(members.any("split"));
    cases.branches.push_back(cases_from(members.any("waited_for"), depth + 1));
    cases.branches.push_back(cases_from(members.any("not_waited_for"), depth + 1));
  } else {
    if (members.has("waited_for") || members.has("not_waited_for"))
      throw std::runtime_error("a case without a split has no branches");
    for (const Json& row : members.list("multipliers")) cases.multipliers.push_back(multiplier_from(row));
  }
  return cases;
}

std::vector<std::string> texts_from(const Json& list) {
  std::vector<std::string> texts;
  for (const Json& text : list) {
    if (!text.is_string()) throw std::runtime_error("something else than a name where a name belongs");
    texts.push_back(text.get<std::string>());
  }
  return texts;
}

CertificateFile certificate_from(const Json& document) {
  const Members members(document, {"dmstall_certificate", "dmstall", "models", "scenario", "with_faults", "any_number",
                                   "covers", "alike", "ranks", "events", "digest"});
  CertificateFile file;
  Certificate& certificate = file.certificate;
  file.version = members.text("dmstall");
  certificate.kernel = members.text("models");
  const Members scenario(members.any("scenario"), {"file", "name", "sha256"});
  file.scenario_file = scenario.text("file");
  certificate.scenario = scenario.text("name");
  certificate.sha256 = scenario.text("sha256");
  certificate.with_faults = members.flag("with_faults");
  certificate.any_number = members.flag("any_number");
  const Members covers(members.any("covers"), {"left_out_could_matter", "left_out_cannot_matter"});
  certificate.could_matter = texts_from(covers.list("left_out_could_matter"));
  certificate.cannot_matter = texts_from(covers.list("left_out_cannot_matter"));
  if (members.has("alike")) {
    for (const Json& kind : members.list("alike")) {
      if (!kind.is_array()) throw std::runtime_error("something else than a list where stacks belong");
      AlikeNames& stacks = certificate.alike.emplace_back();
      for (const Json& json : kind) {
        const Members stack(json, {"devices", "workload"});
        stacks.push_back({texts_from(stack.list("devices")), texts_from(stack.list("workload"))});
      }
    }
  }
  for (const Json& rank : members.list("ranks")) {
    const Members group(rank, {"rank", "things", "cases"});
    if (group.positive("rank") != static_cast<std::int64_t>(certificate.groups.size()) + 1)
      throw std::runtime_error("its ranks do not count 1, 2, 3, …");
    RankGroup read;
    read.things = texts_from(group.list("things"));
    if (group.has("cases")) read.cases = cases_from(group.any("cases"), 1);
    certificate.groups.push_back(std::move(read));
  }
  for (const Json& json : members.list("events")) {
    const Members rule(json, {"event", "batch_of", "guard", "owed_by"});
    if (rule.has("owed_by") == rule.has("batch_of") || rule.has("guard") > rule.has("batch_of"))
      throw std::runtime_error("an event ends a batch or is owed by a class");
    certificate.events.push_back({rule.text("event"), rule.has("batch_of") ? rule.text("batch_of") : "",
                                  rule.has("guard") ? rule.text("guard") : "",
                                  rule.has("owed_by") ? rule.text("owed_by") : ""});
  }
  return file;
}

}  // namespace

std::string write_certificate(const Certificate& certificate, const std::string& scenario_file) {
  Json document{{"dmstall_certificate", 1}, {"dmstall", program_version()}, {"models", certificate.kernel}};
  document["scenario"] =
      Json{{"file", path_in_document(scenario_file)}, {"name", certificate.scenario}, {"sha256", certificate.sha256}};
  document["with_faults"] = certificate.with_faults;
  document["any_number"] = certificate.any_number;
  document["covers"] =
      Json{{"left_out_could_matter", certificate.could_matter}, {"left_out_cannot_matter", certificate.cannot_matter}};
  for (const AlikeNames& kind : certificate.alike) {
    Json stacks = Json::array();
    for (const StackNames& stack : kind)
      stacks.push_back(Json{{"devices", stack.devices}, {"workload", stack.workload}});
    document["alike"].push_back(std::move(stacks));
  }
  Json ranks = Json::array(), events = Json::array();
  for (const RankGroup& group : certificate.groups) {
    Json rank{{"rank", ranks.size() + 1}, {"things", group.things}};
    if (group.cases) rank["cases"] = to_json(*group.cases);
    ranks.push_back(std::move(rank));
  }
  for (const EventRule& rule : certificate.events) {
    Json event{{"event", rule.event}};
    if (rule.owed_by.empty()) event["batch_of"] = rule.counter;
    if (!rule.guard.empty()) event["guard"] = rule.guard;
    if (!rule.owed_by.empty()) event["owed_by"] = rule.owed_by;
    events.push_back(std::move(event));
  }
  document["ranks"] = std::move(ranks);
  document["events"] = std::move(events);
  document["digest"] = digest_of(document);
  return one_line_each(document, {"ranks", "events"});
}

CertificateRead read_certificate(const std::string& text) {
  CertificateRead result;
  result.refusal = read_sealed(text, "dmstall_certificate", "certificate",
                               [&](const Json& document) { result.file = certificate_from(document); });
  return result;
}

}  // namespace dmstall::analysis
