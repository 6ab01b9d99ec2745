#include "analysis/engines/verify/verify.hpp"

#include <new>

#include "analysis/engines/verify/balance.hpp"

namespace dmstall::analysis {

namespace {

using namespace checking;
using models::ResourceKind;

constexpr std::size_t most_positions = 50'000'000;
constexpr std::size_t most_columns = 1'000'000;

class Verifying {
 public:
  Verifying(const models::Machine& machine, const Certificate& certificate)
      : machine_(machine),
        slots_(machine),
        survey_(survey(machine, slots_)),
        names_(machine, slots_, survey_),
        claims_(read_claims(machine, slots_, survey_, names_, certificate)) {}

  void run(Budget& budget, Verification& found) {
    for (const RankGroup& group : claims_.certificate->groups) {
      spoken_.push_back(group.cases ? spoken_of(machine_, slots_, names_, *group.cases) : Spoken{});
    }
    Roots roots;
    Walk(machine_, slots_, survey_, claims_, {everything(), unranked, {}}, roots, budget).check_everything();
    for (std::size_t group = 0; group < spoken_.size(); ++group) {
      const auto& cases = claims_.certificate->groups[group].cases;
      if (!cases) continue;
      Walk walk(machine_, slots_, survey_, claims_, of_group(static_cast<int>(group)), roots, budget);
      const std::set<Column> columns = walk.collect();
      found.columns += columns.size();
      if (found.columns > most_columns) throw TooLarge({Refusal::Kind::too_many_columns});
      check_cases(machine_, slots_, names_, claims_, static_cast<int>(group), columns, *cases);
    }
  }

 private:
  /// All that has a rank, that rows speak about, that guards a batch; and what must not be given by who does not hold
  /// it.
  std::vector<bool> everything() const {
    std::vector<bool> followed(static_cast<std::size_t>(slots_.count()));
    for (std::size_t slot = 0; slot < followed.size(); ++slot) {
      const auto is = [&](ResourceKind kind) { return slots_.is(static_cast<Slot>(slot), kind); };
      followed[slot] = claims_.group_of[slot] != unranked || is(ResourceKind::mutex) || is(ResourceKind::rwsem) ||
                       is(ResourceKind::counter) || is(ResourceKind::order);
      // The second slot of what is no rwsem stands for nothing.
      if (slots_.is_writing(static_cast<Slot>(slot)) && !is(ResourceKind::rwsem)) followed[slot] = false;
    }
    for (const Spoken& spoken : spoken_) {
      for (const Slot slot : spoken.bound) followed[static_cast<std::size_t>(slot)] = true;
    }
    for (const BatchRule& batch : claims_.batches) {
      if (batch.guard != no_slot) followed[static_cast<std::size_t>(batch.guard)] = true;
    }
    return followed;
  }

  Walk::Plan of_group(int group) const {
    Walk::Plan plan{std::vector<bool>(static_cast<std::size_t>(slots_.count())), group,
                    std::vector<bool>(machine_.classes.size())};
    for (std::size_t slot = 0; slot < plan.followed.size(); ++slot)
      plan.followed[slot] = claims_.group_of[slot] == group;
    for (const Slot slot : spoken_[static_cast<std::size_t>(group)].bound)
      plan.followed[static_cast<std::size_t>(slot)] = true;
    for (const std::int32_t of : spoken_[static_cast<std::size_t>(group)].classes)
      plan.classes_apart[static_cast<std::size_t>(of)] = true;
    return plan;
  }

  const models::Machine& machine_;
  const Slots slots_;
  const Survey survey_;
  const Names names_;
  const Claims claims_;
  std::vector<Spoken> spoken_;  ///< by rank group
};

}  // namespace

Verification verify(const models::Machine& machine, const Certificate& certificate) {
  Verification found;
  Budget budget(most_positions);
  try {
    Verifying(machine, certificate).run(budget, found);
    found.accepted = true;
  } catch (const TooLarge& refused) {
    found.gave_up = true;
    found.refusal = refused.why;
  } catch (const Refused& refused) {
    found.refusal = refused.why;
  } catch (const std::bad_alloc&) {
    found.gave_up = true;
    found.refusal = {Refusal::Kind::out_of_memory};
  }
  found.positions = budget.used();
  return found;
}

}  // namespace dmstall::analysis
