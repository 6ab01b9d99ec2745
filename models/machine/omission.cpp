#include "models/machine/omission.hpp"

#include <algorithm>
#include <tuple>

namespace dmstall::models {

std::string_view to_string(Effect effect) {
  switch (effect) {
    case Effect::none:
      return "none";
    case Effect::hides_deadlock:
      return "hides_deadlock";
    case Effect::invents_deadlock:
      return "invents_deadlock";
  }
  return {};
}

std::string_view in_words(Effect effect) {
  switch (effect) {
    case Effect::none:
      return "changes no verdict";
    case Effect::hides_deadlock:
      return "could turn PROGRESS into DEADLOCK";
    case Effect::invents_deadlock:
      return "could turn DEADLOCK into PROGRESS";
  }
  return {};
}

std::vector<Omission> in_order(std::vector<Omission> omissions) {
  const auto weight = [](Effect effect) {
    return effect == Effect::none ? 2 : effect == Effect::hides_deadlock ? 0 : 1;
  };
  std::sort(omissions.begin(), omissions.end(), [&](const Omission& a, const Omission& b) {
    return std::tuple(weight(a.effect), std::string_view(a.id)) < std::tuple(weight(b.effect), std::string_view(b.id));
  });
  const auto same = [](const Omission& a, const Omission& b) { return a.id == b.id; };
  omissions.erase(std::unique(omissions.begin(), omissions.end(), same), omissions.end());
  return omissions;
}

std::vector<std::string> ids_of(const std::vector<Omission>& omissions, Effect effect) {
  std::vector<std::string> ids;
  for (const Omission& omission : omissions) {
    if (omission.effect == effect) ids.push_back(omission.id);
  }
  return ids;
}

}  // namespace dmstall::models
