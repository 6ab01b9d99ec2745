#include "analysis/engines/prove/prove.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <set>

#include "analysis/engines/prove/equations.hpp"
#include "models/machine/graph.hpp"

namespace dmstall::analysis {

namespace {

using models::at;

void note_candidate(const models::Machine& machine, const Refutation& refutation, Proof& proof) {
  proof.candidate.assign(machine.classes.size(), 0);
  std::vector<double> amounts(machine.classes.size(), 0);
  std::set<std::string> waits;
  for (const auto& [column, amount] : refutation.solution) {
    waits.insert(column->target.thing);
    if (column->from_class >= 0) amounts[at(column->from_class)] += amount;
  }
  for (std::size_t c = 0; c < amounts.size(); ++c)
    proof.candidate[c] = static_cast<std::int64_t>(std::ceil(amounts[c] - 1e-9));
  proof.candidate_waits.assign(waits.begin(), waits.end());
}

bool uses_counts(const Cases& cases) {
  return std::any_of(cases.multipliers.begin(), cases.multipliers.end(),
                     [](const Multiplier& row) { return row.row == RowKind::requests; }) ||
         std::any_of(cases.branches.begin(), cases.branches.end(), uses_counts);
}

/// Waits go round in the group, and equations do not help: `open` says why.
Objection circle_among(const Things& things, const std::vector<ThingId>& group, Objection open) {
  constexpr std::size_t most = 4;
  for (std::size_t i = 0; i < std::min(most, group.size()); ++i) open.names.push_back(things.name(group[i]));
  open.more = static_cast<std::int64_t>(group.size() - open.names.size());
  return open;
}

void run(const models::Machine& machine, const ProveOptions& options, Deadline& deadline, Proof& proof) {
  const auto tell = [&](const char* step, std::size_t done = 0, std::size_t all = 0) {
    if (options.progress) options.progress(step, done, all);
  };
  tell("what the flows hold and wait for");
  Things things(machine);
  if ((proof.objection = things.objection())) return;
  Summaries summaries(things, deadline);
  proof.objection = summaries.walk();
  proof.positions = summaries.positions();
  if (proof.objection) return;
  things.keep_waited(summaries.waited_for());
  tell("who waits for whom");
  Waits waits(things, summaries, deadline);
  if ((proof.objection = waits.build())) return;

  Certificate& certificate = proof.certificate;
  certificate.scenario = machine.name;
  certificate.kernel = machine.kernel;
  for (const models::Omission& omission : machine.omissions) {
    const bool could = omission.effect == models::Effect::hides_deadlock;
    (could ? certificate.could_matter : certificate.cannot_matter).push_back(omission.id);
  }
  certificate.events = waits.event_rules();
  std::sort(certificate.events.begin(), certificate.events.end(),
            [](const EventRule& a, const EventRule& b) { return a.event < b.event; });
  for (const EventRule& rule : certificate.events)
    certificate.any_number = certificate.any_number && rule.owed_by.empty();
  const std::vector<Waits::Group> groups = waits.groups();
  for (const Waits::Group& group : groups) {
    tell("ranks and equations of groups", certificate.groups.size(), groups.size());
    RankGroup ranked;
    for (const ThingId thing : group.things) ranked.things.push_back(things.name(thing));
    std::sort(ranked.things.begin(), ranked.things.end());
    if (!group.strict) {
      proof.rung = 2;
      if (!options.equations) {
        proof.objection = circle_among(things, group.things, {.kind = Objection::Kind::circle});
        return;
      }
      const auto columns = columns_of(things, summaries, waits, group.things, options.contexts, deadline);
      if (!columns) {
        proof.objection =
            circle_among(things, group.things,
                         {.kind = Objection::Kind::circle_ways, .figure = static_cast<std::int64_t>(options.contexts)});
        return;
      }
      proof.columns += columns->size();
      Refutation refutation = refute(things, *columns, {options.cases, std::max(deadline.seconds_left(), 0.0)});
      proof.cases += refutation.leaves;
      if (!refutation.cases) {
        proof.objection = circle_among(things, group.things, refutation.open);
        note_candidate(machine, refutation, proof);
        return;
      }
      certificate.any_number = certificate.any_number && !uses_counts(*refutation.cases);
      ranked.cases = std::move(refutation.cases);
    }
    certificate.groups.push_back(std::move(ranked));
  }
  proof.proved = true;
  if (groups.size() <= options.words) proof.ranks = in_words(things, summaries, waits, groups);
}

}  // namespace

Proof prove(const models::Machine& machine, const ProveOptions& options) {
  const auto begun = std::chrono::steady_clock::now();
  Proof proof;
  Deadline deadline(options.seconds);
  try {
    run(machine, options, deadline, proof);
  } catch (const OutOfTime&) {
    proof.proved = false;
    proof.out_of_time = true;
    proof.objection = {.kind = Objection::Kind::out_of_time, .seconds = options.seconds};
  }
  proof.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  return proof;
}

}  // namespace dmstall::analysis
