// Help as a terminal shows it.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string_view>

#include "analysis/cli/help/manual.hpp"

namespace dmstall::analysis {

namespace {

constexpr std::size_t columns = 80;
constexpr std::size_t left = 26;  // what an option is called; what it does begins here

std::vector<std::string> wrapped(const std::string& text, std::size_t width) {
  std::vector<std::string> lines;
  std::string line;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    const std::string word = text.substr(at, end - at);
    if (!line.empty() && line.size() + 1 + word.size() > width) {
      lines.push_back(line);
      line.clear();
    }
    line += (line.empty() ? "" : " ") + word;
    at = end + 1;
  }
  if (!line.empty()) lines.push_back(line);
  return lines;
}

/// "  NAME      about", the about wrapped and, where the name is long, on lines of its own.
std::string entry(const std::string& name, const std::string& about) {
  std::string out = "  " + name;
  bool first = true;
  for (const std::string& line : wrapped(about, columns - left)) {
    if (first && out.size() + 2 > left)
      out += "\n" + std::string(left, ' ');
    else if (first)
      out += std::string(left - out.size(), ' ');
    else
      out += "\n" + std::string(left, ' ');
    out += line;
    first = false;
  }
  return out + "\n";
}

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

/// Each line of the text is a paragraph.
std::string paragraphs(const std::string& text) {
  std::string out;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    for (const std::string& line : wrapped(text.substr(at, end - at), columns)) out += line + "\n";
    at = end + 1;
  }
  return out;
}

}  // namespace

std::string help_text(const Verb& verb) {
  std::string out =
      examples_of(verb.examples) + paragraphs(verb.text.empty() ? verb.about : verb.text) + "\n" + usage(verb) + "\n";
  for (const VerbOption& option : verb.options) out += entry(called(option), option.explained());
  out += entry("-h, --help", "this text");
  std::string notes = paragraphs(verb.notes);
  if (!verb.exit_codes.empty()) notes += paragraphs("Exit codes: " + verb.exit_codes + ".");
  return notes.empty() ? out : out + "\n" + notes;
}

std::string help_text(const CommandLine& all) {
  std::string out = examples_of(all.examples) + paragraphs(all.text) + "\nUsage: dmstall VERB [OPTIONS] ...\n\n";
  for (const Verb& verb : all.verbs) out += entry(verb.name, verb.about);
  return out + "\n" + entry("-h, --help", "this text; after a verb: its options") +
         entry("--version", "the version, and the kernels that are modelled") + "\n" + paragraphs(all.notes);
}

}  // namespace dmstall::analysis
