#include "analysis/engines/verify/claims.hpp"

#include <fmt/format.h>

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
      throw Refused(fmt::format("{} is awaited, and nothing says who wakes those who wait", slots_.name(event)));
    }
    const bool counts = std::any_of(certificate_.groups.begin(), certificate_.groups.end(),
                                    [](const RankGroup& group) { return group.cases && uses_requests(*group.cases); });
    const bool owed =
        std::any_of(claims_.owed_by.begin(), claims_.owed_by.end(), [](std::int32_t by) { return by >= 0; });
    if (certificate_.any_number && (counts || owed))
      throw Refused("it claims any number of requests and uses how many there are");
    return std::move(claims_);
  }

 private:
  void read_ranks() {
    int rank = 0;
    for (const RankGroup& group : certificate_.groups) {
      if (group.things.empty()) throw Refused("a rank without a thing");
      if (!std::is_sorted(group.things.begin(), group.things.end()))
        throw Refused(fmt::format("the things that share the rank of {} are not sorted", group.things.front()));
      for (const std::string& thing : group.things) {
        const std::optional<Slot> slot = names_.slot(thing);
        if (!slot)
          throw Refused(fmt::format("it ranks \"{}\", which is nothing, or several things, of this machine", thing));
        if (!survey_.may_be_waited_for[static_cast<std::size_t>(*slot)] && !counts_a_batch(thing))
          throw Refused(fmt::format("it ranks {}, for which nobody waits", thing));
        if (claims_.group_of[static_cast<std::size_t>(*slot)] != unranked)
          throw Refused(fmt::format("it ranks {} twice", thing));
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
    if (!slot || !slots_.is(*slot, kind))
      throw Refused(fmt::format("its rule for an event names \"{}\", which is no {}", name, what));
    return *slot;
  }

  void read_rule(const EventRule& rule) {
    const Slot event = named(rule.event, ResourceKind::event, "event");
    const auto i = static_cast<std::size_t>(event);
    if (!survey_.awaited_event[i]) throw Refused(fmt::format("it has a rule for {}, which needs none", rule.event));
    if (claims_.owed_by[i] >= 0 || claims_.batch_of_event(event))
      throw Refused(fmt::format("it has two rules for {}", rule.event));
    if (machine_.resources[i].capacity != 0 || survey_.cleared[i])
      throw Refused(fmt::format("{} is cleared", rule.event));
    if (claims_.group_of[i] == unranked) throw Refused(fmt::format("{} is awaited and has no rank", rule.event));
    if (!rule.owed_by.empty()) {
      if (!rule.counter.empty() || !rule.guard.empty())
        throw Refused(fmt::format("the rule for {} says two things at once", rule.event));
      read_owed(rule, i);
      return;
    }
    if (survey_.signalled[i])
      throw Refused(fmt::format("{} is signalled: it cannot be the end of a batch", rule.event));
    BatchRule batch{event, named(rule.counter, ResourceKind::counter, "counter"), no_slot};
    if (claims_.batch_of_counter(batch.counter))
      throw Refused(fmt::format("two events end the batch of {}", rule.counter));
    const int of_counter = claims_.group_of[static_cast<std::size_t>(batch.counter)];
    if (of_counter == unranked) throw Refused(fmt::format("{} counts a batch and has no rank", rule.counter));
    // Who counts in it waits no higher than the counter ranks. At one rank with the event, the equations of that rank
    // count him in.
    const int of_event = claims_.group_of[i];
    if (of_counter < of_event || (of_counter == of_event && !claims_.has_cases(of_event))) {
      throw Refused(fmt::format("{} does not rank above its counter {}", rule.event, rule.counter));
    }
    if (machine_.resources[static_cast<std::size_t>(batch.counter)].capacity != 0)
      throw Refused(fmt::format("{} does not start at zero", rule.counter));
    if (!rule.guard.empty()) {
      const std::optional<Slot> guard = names_.slot(rule.guard);
      if (!guard || !slots_.is_resource(*guard) || !is_hard(slots_.resource(*guard)) ||
          slots_.resource(*guard).capacity != 1) {
        throw Refused(
            fmt::format("{} cannot guard {}: it is not a hard resource of one element", rule.guard, rule.event));
      }
      batch.guard = *guard;
    }
    claims_.batches.push_back(batch);
  }

  void read_owed(const EventRule& rule, std::size_t event) {
    const std::optional<std::int32_t> by = names_.request_class(rule.owed_by);
    if (!by) throw Refused(fmt::format("{} is owed by \"{}\", which is no task, or several", rule.event, rule.owed_by));
    const models::RequestClass& of = machine_.classes[static_cast<std::size_t>(*by)];
    if (!of.device.empty() || of.population < 1)
      throw Refused(fmt::format("{} is owed by {}, which may never start", rule.event, rule.owed_by));
    if (survey_.called_or_spawned[static_cast<std::size_t>(of.flow)])
      throw Refused(fmt::format("{} is owed by {}, which others call or spawn", rule.event, rule.owed_by));
    if (survey_.broadcast[event])
      throw Refused(fmt::format("{} is broadcast: who waits later is not woken", rule.event));
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
