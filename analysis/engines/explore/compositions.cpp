#include "analysis/engines/explore/compositions.hpp"

#include <algorithm>
#include <iterator>

#include "models/machine/graph.hpp"

namespace dmstall::analysis {

namespace {

using models::at;

class Enumeration {
 public:
  Enumeration(const models::Machine& machine, const std::vector<SiblingGroup>& groups, const std::vector<bool>& among,
              const std::function<bool(const Composition&)>& visit)
      : machine_(machine), visit_(visit), now_(machine.classes.size(), 0) {
    const auto wanted = [&](std::int32_t c) { return among.empty() || among[at(c)]; };
    // Any sibling stands for all.
    std::copy_if(groups.begin(), groups.end(), std::back_inserter(groups_), [&](const SiblingGroup& group) {
      return std::any_of(group.classes.begin(), group.classes.end(), wanted);
    });
    std::vector<bool> in_group(machine.classes.size(), false);
    for (const SiblingGroup& group : groups) {
      for (const std::int32_t member : group.classes) in_group[at(member)] = true;
    }
    for (std::size_t c = 0; c < machine.classes.size(); ++c) {
      if (machine.classes[c].daemon) {
        now_[c] = machine.classes[c].population;
      } else if (!in_group[c] && wanted(static_cast<std::int32_t>(c))) {
        alone_.push_back(static_cast<std::int32_t>(c));
      }
    }
  }

  bool run(std::int64_t n) { return choose_group(0, n); }

 private:
  bool choose_group(std::size_t group, std::int64_t left) {
    if (group == groups_.size()) return choose_alone(0, left);
    const auto members = static_cast<std::int64_t>(groups_[group].classes.size());
    const std::int64_t population = machine_.classes[at(groups_[group].classes.front())].population;
    // Few on each sibling first.
    for (std::int64_t here = std::min(left, members * population); here >= 0; --here) {
      for (std::int64_t most = here == 0 ? 0 : (here + members - 1) / members; most <= std::min(here, population);
           ++most) {
        if (!share_out(group, 0, here, most, left - here, true)) return false;
      }
    }
    return true;
  }

  /// Counts of siblings in descending order, each at most `most`; the first is exactly `most`.
  bool share_out(std::size_t group, std::size_t member, std::int64_t here, std::int64_t most, std::int64_t elsewhere,
                 bool first) {
    const std::vector<std::int32_t>& classes = groups_[group].classes;
    if (here == 0) {
      for (std::size_t i = member; i < classes.size(); ++i) now_[at(classes[i])] = 0;
      return choose_group(group + 1, elsewhere);
    }
    if (member == classes.size() || here > most * static_cast<std::int64_t>(classes.size() - member)) return true;
    for (std::int64_t count = std::min(here, most); count >= 1; --count) {
      if (first && count != most) break;
      now_[at(classes[member])] = count;
      if (!share_out(group, member + 1, here - count, count, elsewhere, false)) return false;
    }
    return true;
  }

  bool choose_alone(std::size_t index, std::int64_t left) {
    if (index == alone_.size()) return left > 0 || visit_(now_);
    std::int64_t& count = now_[at(alone_[index])];
    for (std::int64_t n = std::min(left, machine_.classes[at(alone_[index])].population); n >= 0; --n) {
      count = n;
      if (!choose_alone(index + 1, left - n)) return false;
    }
    return true;
  }

  const models::Machine& machine_;
  std::vector<SiblingGroup> groups_;
  const std::function<bool(const Composition&)>& visit_;
  Composition now_;
  std::vector<std::int32_t> alone_;
};

}  // namespace

bool for_each_composition(const models::Machine& machine, const std::vector<SiblingGroup>& groups,
                          const std::vector<bool>& among, std::int64_t n,
                          const std::function<bool(const Composition&)>& visit) {
  return Enumeration(machine, groups, among, visit).run(n);
}

Composition whole_population(const models::Machine& machine) {
  Composition result;
  for (const models::RequestClass& of : machine.classes) result.push_back(of.population);
  return result;
}

std::int64_t requests_in(const models::Machine& machine, const Composition& composition) {
  std::int64_t sum = 0;
  for (std::size_t c = 0; c < composition.size(); ++c) {
    if (!machine.classes[c].daemon) sum += composition[c];
  }
  return sum;
}

}  // namespace dmstall::analysis
