#include "analysis/engines/verify/covers.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <vector>

namespace dmstall::analysis {

namespace {

using Ids = std::set<std::string>;

Ids without(const Ids& all, const Ids& others) {
  Ids left;
  std::set_difference(all.begin(), all.end(), others.begin(), others.end(), std::inserter(left, left.end()));
  return left;
}

std::string difference(const std::vector<std::string>& written, const Ids& today, const char* kind) {
  const Ids then(written.begin(), written.end());
  const Ids fresh = without(today, then), gone = without(then, today);
  std::string text;
  if (!fresh.empty())
    text += fmt::format("does not name what the models leave out today and what {}: {}", kind, fmt::join(fresh, ", "));
  if (!gone.empty()) {
    text += fmt::format("{}names as what is left out and {} what these models do not: {}", text.empty() ? "" : "; ",
                        kind, fmt::join(gone, ", "));
  }
  return text;
}

}  // namespace

std::string covers_something_else(const Certificate& certificate, const models::Machine& machine) {
  if (certificate.kernel != machine.kernel)
    return fmt::format("is about Linux {}, and this is Linux {}", certificate.kernel, machine.kernel);
  Ids matter, others;
  for (const models::Omission& omission : machine.omissions)
    (omission.effect == models::Effect::hides_deadlock ? matter : others).insert(omission.id);
  const std::string first = difference(certificate.could_matter, matter, "could matter");
  return first.empty() ? difference(certificate.cannot_matter, others, "cannot matter") : first;
}

}  // namespace dmstall::analysis
