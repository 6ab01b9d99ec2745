#include "analysis/engines/explore/digest.hpp"

#include "analysis/digest.hpp"
#include "models/machine/graph.hpp"

namespace dmstall::analysis {

namespace {

template <typename... Numbers>
void add(Digest& digest, Numbers... numbers) {
  (digest.add(static_cast<std::uint64_t>(numbers)), ...);
}

void add_question(Digest& digest, const models::Machine& machine) {
  for (const models::Resource& of : machine.resources)
    add(digest, of.kind, of.capacity, of.soft, of.poll, of.retained, of.allocator, of.rescuer);
  for (const models::Node& of : machine.nodes) {
    add(digest, of.kind, of.resource, of.n, of.keep, of.next, of.other, of.reserve_next, of.entry, of.context,
        of.status);
    for (const models::NodeId to : of.by_status) add(digest, to);
    for (const models::Choice& choice : choices_of(machine, of)) {
      add(digest, choice.next, choice.faults);
    }
    for (const models::GiveBack& give : gives_of(machine, of)) {
      add(digest, give.resource, give.n);
    }
  }
  for (std::size_t c = 0; c < machine.classes.size(); ++c) {
    const models::RequestClass& of = machine.classes[c];
    add(digest, machine.class_entry[c], of.population, of.daemon, of.counts_progress, of.in_thread);
  }
}

}  // namespace

std::uint64_t digest_of(const models::Machine& machine, const Exploration& found) {
  Digest digest;
  add_question(digest, machine);
  digest.add(to_string(found.verdict));
  if (found.error) digest.add(*found.error);
  add(digest, found.population, found.requests, found.faults, found.failures, found.steps);
  return digest.value();
}

}  // namespace dmstall::analysis
