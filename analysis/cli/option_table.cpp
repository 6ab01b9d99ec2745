#include "analysis/cli/option_table.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>

#include "analysis/cli/terminal.hpp"
#include "models/scenario/suggestion.hpp"

namespace dmstall::analysis {

bool VerbOption::called(const std::string& name) const {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string VerbOption::shown_value() const {
  constexpr std::size_t widest = 22;  // help's column of names: what they take fits on their line
  const std::string listed = fmt::format("{}", fmt::join(choices, "|"));
  const std::size_t width = fmt::format("{} {}", fmt::join(names, ", "), listed).size();
  return choices.empty() || (width > widest && !value.empty()) ? value : listed;
}

std::string VerbOption::explained() const {
  const bool listed = choices.empty() || shown_value() != value;
  return listed ? about : fmt::format("{}: {}", about, fmt::join(choices, ", "));
}

void Verb::add(std::vector<VerbOption> more) {
  std::move(more.begin(), more.end(), std::back_inserter(options));
}

const VerbOption* Verb::find(const std::string& option) const {
  const auto found =
      std::find_if(options.begin(), options.end(), [&](const VerbOption& each) { return each.called(option); });
  return found == options.end() ? nullptr : &*found;
}

std::vector<std::string> Verb::option_names() const {
  std::vector<std::string> found{"--help"};
  for (const VerbOption& option : options) {
    if (!option.positional()) found.insert(found.end(), option.names.begin(), option.names.end());
  }
  return found;
}

const Verb& CommandLine::find(const std::string& name) const {
  std::vector<std::string> names;
  for (const Verb& verb : verbs) {
    if (verb.name == name) return verb;
    names.push_back(verb.name);
  }
  const std::string near = models::nearest(name, names);
  throw UsageError(
      fmt::format("there is no verb \"{}\"; {}", name,
                  near.empty() ? fmt::format("verbs: {}", fmt::join(names, ", ")) : "did you mean " + near + "?"));
}

}  // namespace dmstall::analysis
