#include "analysis/use/check/baseline.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <map>
#include <set>
#include <utility>

#include "analysis/use/check/fingerprint.hpp"
#include "models/scenario/diagnostics.hpp"
#include "models/scenario/json_document.hpp"
#include "models/scenario/source_text.hpp"

namespace dmstall::analysis {

namespace {

using models::JsonMember;
using models::JsonValue;

using Member = std::string BaselineEntry::*;

constexpr std::array<std::pair<const char*, Member>, 6> entry_keys = {{{"file", &BaselineEntry::file},
                                                                       {"outcome", &BaselineEntry::outcome},
                                                                       {"found", &BaselineEntry::found},
                                                                       {"fingerprint", &BaselineEntry::fingerprint},
                                                                       {"reason", &BaselineEntry::reason},
                                                                       {"until", &BaselineEntry::until}}};

bool may_be_known(CheckKind kind) {
  return kind == CheckKind::unmet || kind == CheckKind::timed_out || kind == CheckKind::refused;
}

BaselineEntry read_entry(const JsonValue& value, models::Diagnostics& diagnostics) {
  BaselineEntry entry;
  if (value.kind != JsonValue::Kind::object) {
    diagnostics.error(value.where, "an entry is an object");
    return entry;
  }
  std::vector<std::string> names;
  for (const auto& [name, member] : entry_keys) names.emplace_back(name);
  for (const JsonMember& member : value.members) {
    const auto key = std::find(names.begin(), names.end(), member.key);
    if (key == names.end()) {
      diagnostics.error(member.key_where, fmt::format("unknown key {}{}", models::in_quotes(member.key),
                                                      diagnostics.did_you_mean(member.key, names)));
    } else if (member.value.kind != JsonValue::Kind::string || member.value.string.empty()) {
      diagnostics.error(member.value.where, fmt::format("\"{}\" is a text, and not an empty one", member.key));
    } else {
      entry.*entry_keys[static_cast<std::size_t>(key - names.begin())].second = member.value.string;
      if (member.key == "until" && !is_a_day(entry.until)) {
        diagnostics.error(member.value.where, "\"until\" is a day, as in \"2026-12-31\"");
      }
    }
  }
  for (const auto& [name, member] : entry_keys) {
    if (value.find(name) == nullptr) diagnostics.error(value.where, fmt::format("an entry needs \"{}\"", name));
  }
  return entry;
}

Baseline read_document(const JsonValue& document, models::Diagnostics& diagnostics) {
  Baseline baseline;
  const JsonMember* format = document.find("dmstall_baseline");
  if (format == nullptr || format->value.kind != JsonValue::Kind::integer || format->value.integer != 1) {
    diagnostics.error(format == nullptr ? document.where : format->value.where,
                      "a baseline is an object with \"dmstall_baseline\": 1");
    return baseline;
  }
  for (const JsonMember& member : document.members) {
    if (member.key != "dmstall_baseline" && member.key != "known") {
      diagnostics.error(member.key_where, fmt::format("unknown key {}{}", models::in_quotes(member.key),
                                                      diagnostics.did_you_mean(member.key, {"known"})));
    }
  }
  const JsonMember* known = document.find("known");
  if (known == nullptr || known->value.kind != JsonValue::Kind::array) {
    diagnostics.error(known == nullptr ? document.where : known->value.where, "\"known\" is a list of entries");
    return baseline;
  }
  std::map<std::string, bool> files;
  for (const JsonValue& item : known->value.items) {
    BaselineEntry entry = read_entry(item, diagnostics);
    if (!entry.file.empty() && !files.emplace(entry.file, true).second) {
      diagnostics.error(item.where, fmt::format("a second entry of {}", models::in_quotes(entry.file)));
    }
    baseline.entries.push_back(std::move(entry));
  }
  return baseline;
}

}  // namespace

bool is_a_day(const std::string& text) {
  int year = 0, end = 0;
  unsigned month = 0, day = 0;
  if (text.size() != 10 || std::sscanf(text.c_str(), "%4d-%2u-%2u%n", &year, &month, &day, &end) != 3 || end != 10) {
    return false;
  }
  const bool digits = std::all_of(text.begin(), text.end(), [](char c) { return c == '-' || (c >= '0' && c <= '9'); });
  return digits &&
         std::chrono::year_month_day(std::chrono::year(year), std::chrono::month(month), std::chrono::day(day)).ok();
}

std::string day_from_today(int days) {
  const auto today = std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
  const std::chrono::year_month_day day(today + std::chrono::days(days));
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(day.year()), static_cast<unsigned>(day.month()),
                     static_cast<unsigned>(day.day()));
}

BaselineRead read_baseline(std::string text, const std::string& name) {
  const models::SourceText source(std::move(text), name);
  models::Diagnostics diagnostics(source);
  BaselineRead result;
  if (const auto document = models::parse_json(source, diagnostics)) {
    Baseline baseline = read_document(*document, diagnostics);
    if (!diagnostics.has_errors()) result.baseline = std::move(baseline);
  }
  result.diagnostics = models::format_diagnostics(diagnostics.take());
  return result;
}

std::string write_baseline(const Baseline& baseline) {
  std::vector<BaselineEntry> entries = baseline.entries;
  std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return a.file < b.file; });
  std::vector<JsonValue> known;
  for (const BaselineEntry& entry : entries) {
    std::vector<JsonMember> members;
    for (const auto& [name, member] : entry_keys) members.push_back({name, {}, models::json_string(entry.*member)});
    known.push_back(models::json_object(std::move(members)));
  }
  std::vector<JsonMember> document;
  document.push_back({"dmstall_baseline", {}, models::json_integer(1)});
  document.push_back({"known", {}, models::json_array(std::move(known))});
  return models::write_json(models::json_object(std::move(document)));
}

void hold_against(const Baseline& baseline, const std::string& today, CheckOutcome& outcome) {
  outcome.known = Known::no;
  const auto entry = std::find_if(baseline.entries.begin(), baseline.entries.end(),
                                  [&](const BaselineEntry& each) { return each.file == outcome.file; });
  if (entry == baseline.entries.end() || !may_be_known(outcome.kind)) return;
  if (entry->outcome != to_string(outcome.kind) || entry->fingerprint != fingerprint(outcome)) return;
  // Days in this form are in the order of the alphabet.
  outcome.known = entry->until < today ? Known::expired : Known::yes;
  outcome.reason = entry->reason;
  outcome.until = entry->until;
}

void hold_against(const Baseline& baseline, const std::string& today, CheckRun& run) {
  std::set<std::string> passed;
  for (CheckOutcome& outcome : run.outcomes) {
    hold_against(baseline, today, outcome);
    if (outcome.kind == CheckKind::passed) passed.insert(outcome.file);
  }
  run.held_against_baseline = true;
  run.fixed.clear();
  for (const BaselineEntry& entry : baseline.entries) {
    if (passed.count(entry.file) > 0) run.fixed.push_back(entry.file);
  }
}

Baseline updated(const Baseline& before, const CheckRun& run, const std::string& reason, const std::string& until) {
  std::map<std::string, BaselineEntry> entries;
  for (const BaselineEntry& entry : before.entries) entries.emplace(entry.file, entry);
  for (const CheckOutcome& outcome : run.outcomes) {
    if (outcome.kind == CheckKind::passed) entries.erase(outcome.file);
    if (!may_be_known(outcome.kind)) continue;
    BaselineEntry entry{outcome.file, std::string(to_string(outcome.kind)), outcome.found, fingerprint(outcome), reason,
                        until};
    const auto there = entries.find(outcome.file);
    if (there != entries.end() && there->second.outcome == entry.outcome &&
        there->second.fingerprint == entry.fingerprint) {
      continue;
    }
    if (entry.found.empty()) entry.found = entry.outcome;
    entries[outcome.file] = std::move(entry);
  }
  Baseline after;
  for (auto& [file, entry] : entries) after.entries.push_back(std::move(entry));
  return after;
}

}  // namespace dmstall::analysis
