// What a certificate claims, in the machine's terms: ranks by slot, rules by event. Only its form is checked here.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "analysis/engines/prove/certificate.hpp"
#include "analysis/engines/verify/survey.hpp"

namespace dmstall::analysis::checking {

inline constexpr int unranked = -1;

/// The event is broadcast by whoever counts the counter to zero.
struct BatchRule {
  Slot event = no_slot, counter = no_slot;
  Slot guard = no_slot;  ///< no_slot: nothing stands between the count and the await
};

struct Claims {
  const Certificate* certificate = nullptr;
  std::vector<int> group_of;  ///< by slot; a lower number is a higher rank; unranked: no thing
  std::vector<BatchRule> batches;
  std::vector<std::int32_t> owed_by;  ///< by slot of an event: the class, or -1

  [[nodiscard]] bool has_cases(int group) const {
    return certificate->groups[static_cast<std::size_t>(group)].cases.has_value();
  }
  [[nodiscard]] const BatchRule* batch_of_event(Slot event) const;
  [[nodiscard]] const BatchRule* batch_of_counter(Slot counter) const;
};

/// What a name of the certificate means; names that are not unique mean nothing.
class Names {
 public:
  Names(const models::Machine& machine, const Slots& slots, const Survey& survey);
  [[nodiscard]] std::optional<Slot> slot(const std::string& thing) const;
  [[nodiscard]] std::optional<std::int32_t> request_class(const std::string& name) const;

 private:
  std::map<std::string, Slot> slots_;            ///< no_slot: several are called so
  std::map<std::string, std::int32_t> classes_;  ///< -1: several are called so
};

/// Throws Refused.
[[nodiscard]] Claims read_claims(const models::Machine& machine, const Slots& slots, const Survey& survey,
                                 const Names& names, const Certificate& certificate);

}  // namespace dmstall::analysis::checking
