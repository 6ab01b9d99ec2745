// Every certificate of a kind for a small machine: all orders of ranks, shared ranks included, with all rules for
// events.
#pragma once

#include <algorithm>
#include <functional>

#include "analysis/report/refusal_text.hpp"
#include "tests/verify/certificates.hpp"

namespace dmstall::tests {

/// What may be ranked in this machine: asked of the checker itself, one name at a time.
inline std::vector<std::string> rankable(const models::Machine& machine) {
  std::vector<std::string> names;
  for (const auto& resource : machine.resources) names.push_back(resource.name);
  for (const auto& flow : machine.flows) {
    names.push_back("completion of " + flow.name);
    names.push_back("submission of " + flow.name);
  }
  std::erase_if(names, [&](const std::string& name) {
    const std::string refusal = analysis::to_text(analysis::verify(machine, ranked({{name}})).refusal);
    return refusal.find("for which nobody waits") != std::string::npos ||
           refusal.find("which is nothing") != std::string::npos;
  });
  return names;
}

/// All ways to put the things in order, equal ranks included, from `next` on.
inline void every_order(const std::vector<std::string>& things, std::size_t next, const Ranks& ranks,
                        const std::function<void(const Ranks&)>& visit) {
  if (next == things.size()) return visit(ranks);
  for (std::size_t i = 0; i <= ranks.size(); ++i) {
    Ranks more = ranks;
    more.insert(more.begin() + static_cast<std::ptrdiff_t>(i), {things[next]});
    every_order(things, next + 1, more, visit);
  }
  for (std::size_t i = 0; i < ranks.size(); ++i) {
    Ranks more = ranks;
    more[i].push_back(things[next]);
    std::sort(more[i].begin(), more[i].end());
    every_order(things, next + 1, more, visit);
  }
}

/// All rules for the machine's events, from event `next` on: none, a batch of each counter under each guard, owed by
/// each class.
inline void every_rule(const models::Machine& machine, std::size_t next, const std::vector<analysis::EventRule>& rules,
                       const std::function<void(const std::vector<analysis::EventRule>&)>& visit) {
  if (next == machine.resources.size()) return visit(rules);
  every_rule(machine, next + 1, rules, visit);
  if (machine.resources[next].kind != models::ResourceKind::event) return;
  const std::string& event = machine.resources[next].name;
  std::vector<analysis::EventRule> here;
  for (const auto& of : machine.classes) here.push_back({event, "", "", of.name});
  for (const auto& counter : machine.resources) {
    if (counter.kind != models::ResourceKind::counter) continue;
    here.push_back({event, counter.name, "", ""});
    for (const auto& guard : machine.resources) here.push_back({event, counter.name, guard.name, ""});
  }
  for (const auto& rule : here) {
    auto more = rules;
    more.push_back(rule);
    every_rule(machine, next + 1, more, visit);
  }
}

struct Tried {
  std::size_t certificates = 0, accepted = 0;
  Certificate first;  ///< accepted
};

/// Requires: few things; the number of orders grows as 1, 3, 13, 75, 541, 4683.
inline Tried try_every_order(const models::Machine& machine) {
  Tried tried;
  std::vector<std::string> things = rankable(machine);
  every_rule(machine, 0, {}, [&](const std::vector<analysis::EventRule>& rules) {
    std::vector<std::string> ranked_things = things;
    for (const auto& rule : rules) {  // a batch's counter has a rank because of the rule
      if (!rule.counter.empty() && std::find(things.begin(), things.end(), rule.counter) == things.end())
        ranked_things.push_back(rule.counter);
    }
    every_order(ranked_things, 0, {}, [&](const Ranks& ranks) {
      Certificate certificate = ranked(ranks);
      certificate.events = rules;
      for (const auto& rule : rules) certificate.any_number = certificate.any_number && rule.owed_by.empty();
      ++tried.certificates;
      if (!analysis::verify(machine, certificate).accepted) return;
      if (tried.accepted++ == 0) tried.first = certificate;
    });
  });
  return tried;
}

}  // namespace dmstall::tests
