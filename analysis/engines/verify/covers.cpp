#include "analysis/engines/verify/covers.hpp"

#include <algorithm>
#include <iterator>
#include <set>

namespace dmstall::analysis {

namespace {

using Ids = std::set<std::string>;

std::vector<std::string> without(const Ids& all, const Ids& others) {
  std::vector<std::string> left;
  std::set_difference(all.begin(), all.end(), others.begin(), others.end(), std::back_inserter(left));
  return left;
}

OtherModels difference(const std::vector<std::string>& written, const Ids& today, bool could_matter) {
  const Ids then(written.begin(), written.end());
  return {.kernel = {},
          .kernel_here = {},
          .could_matter = could_matter,
          .unnamed = without(today, then),
          .unknown = without(then, today)};
}

}  // namespace

OtherModels covers_something_else(const Certificate& certificate, const models::Machine& machine) {
  OtherModels other;
  if (certificate.kernel != machine.kernel) {
    other.kernel = certificate.kernel;
    other.kernel_here = machine.kernel;
    return other;
  }
  Ids matter, others;
  for (const models::Omission& omission : machine.omissions)
    (omission.effect == models::Effect::hides_deadlock ? matter : others).insert(omission.id);
  other = difference(certificate.could_matter, matter, true);
  return other ? other : difference(certificate.cannot_matter, others, false);
}

}  // namespace dmstall::analysis
