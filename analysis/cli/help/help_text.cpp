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

std::string called(const OptionEntry& option) {
  if (option.positional) return option.names.front() + (option.many ? "..." : "");
  const std::string names = fmt::format("{}", fmt::join(option.names, ", "));
  return option.value.empty() ? names : names + " " + option.value;
}

std::string usage(const VerbEntry& verb) {
  std::string line = fmt::format("Usage: dmstall {}", verb.name);
  const bool has_options = std::any_of(verb.options.begin(), verb.options.end(),
                                       [](const OptionEntry& option) { return !option.positional; });
  if (has_options) line += " [OPTIONS]";
  for (const OptionEntry& option : verb.options) {
    if (option.positional) line += option.required ? " " + called(option) : " [" + called(option) + "]";
  }
  return line + "\n";
}

std::string examples(const VerbText& text) {
  std::string out = text.examples.empty() ? "" : "Examples:\n";
  for (const std::string& example : text.examples) out += "  " + example + "\n";
  return text.examples.empty() ? out : out + "\n";
}

std::string with_newline(const std::string& text) {
  return text.empty() ? text : text + "\n";
}

}  // namespace

std::string help_text(const VerbEntry& verb) {
  std::string out = examples(verb.text) + with_newline(verb.text.text.empty() ? verb.about : verb.text.text) + "\n" +
                    usage(verb) + "\n";
  for (const OptionEntry& option : verb.options) out += entry(called(option), option.about);
  out += entry("-h, --help", "this text");
  if (!verb.text.notes.empty()) out += "\n" + with_newline(verb.text.notes);
  return out;
}

std::string help_text(const Manual& manual) {
  std::string out = examples(manual.text) + with_newline(manual.text.text) + "\nUsage: dmstall VERB [OPTIONS] ...\n\n";
  for (const VerbEntry& verb : manual.verbs) out += entry(verb.name, verb.about);
  out += "\n" + entry("-h, --help", "this text; after a verb: its options") +
         entry("--version", "the version, and the kernels that are modelled");
  if (!manual.text.notes.empty()) out += "\n" + with_newline(manual.text.notes);
  return out;
}

}  // namespace dmstall::analysis
