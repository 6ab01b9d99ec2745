// Help as a terminal shows it.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "analysis/cli/help/layout.hpp"
#include "analysis/cli/help/manual.hpp"

namespace dmstall::analysis {

namespace {

std::string called(const VerbOption& option) {
  if (option.positional()) return option.names.front() + (option.takes == Takes::words ? "..." : "");
  const std::string names = fmt::format("{}", fmt::join(option.names, ", "));
  return option.flag() ? names : names + " " + option.shown_value();
}

std::string usage(const Verb& verb) {
  std::string line = fmt::format("Usage: dmstall {}", verb.name);
  const bool has_options = std::any_of(verb.options.begin(), verb.options.end(),
                                       [](const VerbOption& option) { return !option.positional(); });
  if (has_options) line += " [OPTIONS]";
  for (const VerbOption& option : verb.options) {
    if (option.positional()) line += option.required ? " " + called(option) : " [" + called(option) + "]";
  }
  return line + "\n";
}

std::string examples_of(const std::vector<std::string>& examples) {
  if (examples.empty()) return {};
  std::string out = "Examples:\n";
  for (const std::string& example : examples) out += "  " + example + "\n";
  return out + "\n";
}

}  // namespace

std::string help_text(const Verb& verb) {
  std::string out = examples_of(verb.examples) + to_paragraphs(verb.text.empty() ? verb.about : verb.text) + "\n" +
                    usage(verb) + "\n";
  for (const VerbOption& option : verb.options) out += column_entry(called(option), option.explained());
  out += column_entry("-h, --help", "this text");
  std::string notes = to_paragraphs(verb.notes);
  if (!verb.exit_codes.empty()) notes += to_paragraphs("Exit codes: " + verb.exit_codes + ".");
  return notes.empty() ? out : out + "\n" + notes;
}

std::string help_text(const CommandLine& all) {
  std::string out = examples_of(all.examples) + to_paragraphs(all.text) + "\nUsage: dmstall VERB [OPTIONS] ...\n\n";
  for (const Verb& verb : all.verbs) out += column_entry(verb.name, verb.about);
  return out + "\n" + column_entry("-h, --help", "this text; after a verb: its options") +
         column_entry("--version", "the version, and the kernels that are modelled") + "\n" + to_paragraphs(all.notes);
}

}  // namespace dmstall::analysis
