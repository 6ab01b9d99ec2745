#include "analysis/engines/verify/claims.hpp"

#include <algorithm>

namespace dmstall::analysis::checking {

using models::FlowId;
using models::Machine;
using models::ResourceKind;

namespace {

bool uses_requests(const Cases& cases) {
  return std::any_of(cases.multipliers.begin(), cases.multipliers.end(),
                     [](const Multiplier& row) { return row.row == RowKind::requests; }) ||
         std::any_of(cases.branches.begin(), cases.branches.end(), uses_requests);
}

class Reading {
 public:
  Reading(const Machine& machine, const Slots& slots, const Survey& survey, const Names& names,
          const Certificate& certificate)
      : machine_(machine), slots_(slots), survey_(survey), names_(names), certificate_(certificate) {
    claims_.certificate = &certificate;
    claims_.group_of.assign(static_cast<std::size_t>(slots.count()), unranked);
    claims_.owed_by.assign(static_cast<std::size_t>(slots.count()), -1);
  }

  Claims run() {
    read_ranks();
    for (const EventRule& rule : certificate_.events) read_rule(rule);
    for (std::size_t i = 0; i < machine_.resources.size(); ++i) {
      const Slot event = slots_.of(static_cast<models::ResourceId>(i));
      if (!survey_.awaited_event[i] || claims_.batch_of_event(event) || claims_.owed_by[i] >= 0) continue;
      throw Refused({Refusal::Kind::event_without_rule, {slots_.name(event)}});
    }
    const bool counts = std::any_of(certificate_.groups.begin(), certificate_.groups.end(),
                                    [](const RankGroup& group) { return group.cases && uses_requests(*group.cases); });
    const bool owed =
        std::any_of(claims_.owed_by.begin(), claims_.owed_by.end(), [](std::int32_t by) { return by >= 0; });
    if (certificate_.any_number && (counts || owed)) throw Refused({Refusal::Kind::counts_requests});
    return std::move(claims_);
  }

 private:
  void read_ranks() {
    int rank = 0;
    for (const RankGroup& group : certificate_.groups) {
      if (group.things.empty()) throw Refused({Refusal::Kind::rank_empty});
      if (!std::is_sorted(group.things.begin(), group.things.end()))
        throw Refused({Refusal::Kind::rank_unsorted, {group.things.front()}});
      for (const std::string& thing : group.things) {
        const std::optional<Slot> slot = names_.slot(thing);
        if (!slot) throw Refused({Refusal::Kind::rank_unknown, {thing}});
        if (!survey_.may_be_waited_for[static_cast<std::size_t>(*slot)] && !counts_a_batch(thing))
          throw Refused({Refusal::Kind::rank_unwaited, {thing}});
        if (claims_.group_of[static_cast<std::size_t>(*slot)] != unranked)
          throw Refused({Refusal::Kind::rank_twice, {thing}});
        claims_.group_of[static_cast<std::size_t>(*slot)] = rank;
        if (slots_.is(*slot, ResourceKind::rwsem))
          claims_.group_of[static_cast<std::size_t>(slots_.writing(*slot))] = rank;
      }
      ++rank;
    }
  }

  /// Who awaits the end of a batch waits for those who count in it.
  bool counts_a_batch(const std::string& thing) const {
    return std::any_of(certificate_.events.begin(), certificate_.events.end(),
                       [&](const EventRule& rule) { return rule.counter == thing; });
  }

  Slot named(const std::string& name, ResourceKind kind, const char* what) const {
    const std::optional<Slot> slot = names_.slot(name);
    if (!slot || !slots_.is(*slot, kind)) throw Refused({Refusal::Kind::rule_names_wrong, {name, what}});
    return *slot;
  }

  void read_rule(const EventRule& rule) {
    const Slot event = named(rule.event, ResourceKind::event, "event");
    const auto i = static_cast<std::size_t>(event);
    if (!survey_.awaited_event[i]) throw Refused({Refusal::Kind::rule_unneeded, {rule.event}});
    if (claims_.owed_by[i] >= 0 || claims_.batch_of_event(event))
      throw Refused({Refusal::Kind::rule_twice, {rule.event}});
    if (machine_.resources[i].capacity != 0 || survey_.cleared[i])
      throw Refused({Refusal::Kind::event_cleared, {rule.event}});
    if (claims_.group_of[i] == unranked) throw Refused({Refusal::Kind::event_unranked, {rule.event}});
    if (!rule.owed_by.empty()) {
      if (!rule.counter.empty() || !rule.guard.empty()) throw Refused({Refusal::Kind::rule_double, {rule.event}});
      read_owed(rule, i);
      return;
    }
    if (survey_.signalled[i]) throw Refused({Refusal::Kind::batch_event_signalled, {rule.event}});
    BatchRule batch{event, named(rule.counter, ResourceKind::counter, "counter"), no_slot};
    if (claims_.batch_of_counter(batch.counter)) throw Refused({Refusal::Kind::batch_ends_twice, {rule.counter}});
    const int of_counter = claims_.group_of[static_cast<std::size_t>(batch.counter)];
    if (of_counter == unranked) throw Refused({Refusal::Kind::batch_counter_unranked, {rule.counter}});
    // Who counts in it waits no higher than the counter ranks. At one rank with the event, the equations of that rank
    // count him in.
    const int of_event = claims_.group_of[i];
    if (of_counter < of_event || (of_counter == of_event && !claims_.has_cases(of_event))) {
      throw Refused({Refusal::Kind::batch_event_too_low, {rule.event, rule.counter}});
    }
    if (machine_.resources[static_cast<std::size_t>(batch.counter)].capacity != 0)
      throw Refused({Refusal::Kind::batch_counter_starts_high, {rule.counter}});
    if (!rule.guard.empty()) {
      const std::optional<Slot> guard = names_.slot(rule.guard);
      if (!guard || !slots_.is_resource(*guard) || !is_hard(slots_.resource(*guard)) ||
          slots_.resource(*guard).capacity != 1) {
        throw Refused({Refusal::Kind::batch_guard_weak, {rule.guard, rule.event}});
      }
      batch.guard = *guard;
    }
    claims_.batches.push_back(batch);
  }

  void read_owed(const EventRule& rule, std::size_t event) {
    const std::optional<std::int32_t> by = names_.request_class(rule.owed_by);
    if (!by) throw Refused({Refusal::Kind::owed_by_nobody, {rule.event, rule.owed_by}});
    const models::RequestClass& of = machine_.classes[static_cast<std::size_t>(*by)];
    if (!of.device.empty() || of.population < 1)
      throw Refused({Refusal::Kind::owed_by_absent, {rule.event, rule.owed_by}});
    if (survey_.called_or_spawned[static_cast<std::size_t>(of.flow)])
      throw Refused({Refusal::Kind::owed_by_called, {rule.event, rule.owed_by}});
    if (survey_.broadcast[event]) throw Refused({Refusal::Kind::owed_event_broadcast, {rule.event}});
    claims_.owed_by[event] = *by;
  }

  const Machine& machine_;
  const Slots& slots_;
  const Survey& survey_;
  const Names& names_;
  const Certificate& certificate_;
  Claims claims_;
};

}  // namespace

Claims read_claims(const Machine& machine, const Slots& slots, const Survey& survey, const Names& names,
                   const Certificate& certificate) {
  return Reading(machine, slots, survey, names, certificate).run();
}

const BatchRule* Claims::batch_of_event(Slot event) const {
  const auto found =
      std::find_if(batches.begin(), batches.end(), [event](const BatchRule& rule) { return rule.event == event; });
  return found == batches.end() ? nullptr : &*found;
}

const BatchRule* Claims::batch_of_counter(Slot counter) const {
  const auto found = std::find_if(batches.begin(), batches.end(),
                                  [counter](const BatchRule& rule) { return rule.counter == counter; });
  return found == batches.end() ? nullptr : &*found;
}

Names::Names(const Machine& machine, const Slots& slots, const Survey& survey) {
  const auto add = [this](Slot slot, const std::string& name) {
    const auto [known, fresh] = slots_.emplace(name, slot);
    if (!fresh) known->second = no_slot;
  };
  for (std::size_t i = 0; i < machine.resources.size(); ++i) add(static_cast<Slot>(i), machine.resources[i].name);
  for (std::size_t flow = 0; flow < machine.flows.size(); ++flow) {
    if (!survey.called_or_spawned[flow]) continue;
    for (const Slot slot : {slots.completion(static_cast<FlowId>(flow)), slots.submission(static_cast<FlowId>(flow))}) {
      if (survey.may_be_waited_for[static_cast<std::size_t>(slot)]) add(slot, slots.name(slot));
    }
  }
  for (std::size_t i = 0; i < machine.classes.size(); ++i) {
    const auto [known, fresh] = classes_.emplace(machine.classes[i].name, static_cast<std::int32_t>(i));
    if (!fresh) known->second = -1;
  }
}

std::optional<Slot> Names::slot(const std::string& thing) const {
  const auto found = slots_.find(thing);
  if (found == slots_.end() || found->second == no_slot) return std::nullopt;
  return found->second;
}

std::optional<std::int32_t> Names::request_class(const std::string& name) const {
  const auto found = classes_.find(name);
  if (found == classes_.end() || found->second < 0) return std::nullopt;
  return found->second;
}

}  // namespace dmstall::analysis::checking
