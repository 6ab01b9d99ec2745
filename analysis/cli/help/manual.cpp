#include "analysis/cli/help/manual.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <cmath>
#include <memory>
#include <regex>
#include <system_error>

#include "analysis/cli/terminal.hpp"
#include "analysis/version.hpp"
#include "models/scenario/suggestion.hpp"

namespace dmstall::analysis {

namespace {

/// Carries a verb's text and prints its help.
class VerbHelp : public CLI::FormatterBase {
 public:
  explicit VerbHelp(VerbText text) : text_(std::move(text)) {}
  std::string make_help(const CLI::App* app, std::string, CLI::AppFormatMode) const override {
    return app->get_parent() == nullptr ? help_text(manual_of(*app)) : help_text(verb_entry(*app));
  }
  [[nodiscard]] const VerbText& text() const { return text_; }

 private:
  VerbText text_;
};

VerbText text_of(const CLI::App& app) {
  const auto help = std::dynamic_pointer_cast<VerbHelp>(app.get_formatter());
  return help ? help->text() : VerbText{};
}

/// "TEXT:{text,json}" → text, json; a validator that lists nothing gives nothing.
std::vector<std::string> choices_in(const std::string& type) {
  const std::size_t open = type.find(":{"), close = type.find('}', open);
  if (open == std::string::npos || close == std::string::npos) return {};
  std::vector<std::string> choices;
  for (std::string each : CLI::detail::split(type.substr(open + 2, close - open - 2), ',')) {
    choices.push_back(each.substr(0, each.find("->")));  // a map lists "name->value"
  }
  return choices;
}

std::string value_name(const CLI::Option& option, const std::vector<std::string>& choices) {
  if (option.get_type_size() == 0) return "";  // a flag
  constexpr std::size_t widest = 32;
  const std::string listed = fmt::format("{}", CLI::detail::join(choices, "|"));
  const std::string type = option.get_type_name();
  const std::string base = type.substr(0, type.find(':'));
  if (!choices.empty() && listed.size() <= widest) return listed;
  return base == "INT" || base == "UINT" || base == "FLOAT" ? "N" : base == "TEXT" ? "NAME" : base;
}

OptionEntry option_entry(const CLI::Option& option) {
  OptionEntry entry;
  entry.choices = choices_in(option.get_type_name());
  entry.value = value_name(option, entry.choices);
  entry.about = option.get_description();
  entry.positional = option.get_positional();
  entry.required = option.get_required();
  entry.many = option.get_expected_max() >= CLI::detail::expected_max_vector_size;
  if (entry.positional) {
    entry.names = {option.get_name(true, false)};
    entry.takes_path = true;  // every positional is a file, or may be one
  } else {
    for (const std::string& name : option.get_snames()) entry.names.push_back("-" + name);
    for (const std::string& name : option.get_lnames()) entry.names.push_back("--" + name);
    entry.takes_path = entry.value == "FILE";
  }
  return entry;
}

bool begins_with_dash(const std::string& word) {
  return word.size() > 1 && word.front() == '-';
}

}  // namespace

void document(CLI::App& verb, VerbText text) {
  verb.formatter(std::make_shared<VerbHelp>(std::move(text)));
}

VerbEntry verb_entry(const CLI::App& verb) {
  VerbEntry entry;
  entry.name = verb.get_name();
  entry.about = verb.get_description();
  entry.text = text_of(verb);
  for (const CLI::Option* option : verb.get_options()) {
    if (option != verb.get_help_ptr() && !option->get_group().empty()) entry.options.push_back(option_entry(*option));
  }
  std::stable_partition(entry.options.begin(), entry.options.end(),
                        [](const OptionEntry& option) { return option.positional; });
  return entry;
}

Manual manual_of(const CLI::App& program) {
  Manual manual;
  manual.version = fmt::format("dmstall {} (models Linux {})", program_version(), modelled_kernels());
  manual.text = text_of(program);
  for (const CLI::App* verb : program.get_subcommands({})) manual.verbs.push_back(verb_entry(*verb));
  return manual;
}

const VerbEntry& find_verb(const Manual& manual, const std::string& name) {
  std::vector<std::string> names;
  for (const VerbEntry& verb : manual.verbs) {
    if (verb.name == name) return verb;
    names.push_back(verb.name);
  }
  const std::string near = models::nearest(name, names);
  throw UsageError(fmt::format(
      "there is no verb \"{}\"; {}", name,
      near.empty() ? fmt::format("verbs: {}", CLI::detail::join(names, ", ")) : fmt::format("did you mean {}?", near)));
}

namespace {

/// A bound of a range as people write it; nothing for what only a computer calls a bound.
std::string plain(const std::string& bound) {
  constexpr double no_bound = 1e15;
  double number = 0;
  const auto [end, error] = std::from_chars(bound.data(), bound.data() + bound.size(), number);
  if (error != std::errc() || end != bound.data() + bound.size() || std::abs(number) > no_bound) return {};
  return fmt::format("{:.15g}", number);
}

/// The library's messages about values, in the words of the others.
std::string in_plain_words(const std::string& message) {
  static const std::regex range("(.+): Value (.*) not in range (\\S+) to (\\S+)"),
      number("Could not convert: (\\S+) = (.*)"), missing("(.+): [0-9]+ required (\\S+) missing"),
      choice("(.+): (.*) not in \\{(.*)\\}");
  constexpr std::size_t longest = 2000;  // a match takes stack by the character
  std::smatch parts;
  if (message.size() > longest) return message.substr(0, longest);
  if (std::regex_match(message, parts, range)) {
    const std::string from = plain(parts[3]), to = plain(parts[4]);
    if (!to.empty()) return fmt::format("{} is {}, must be {} to {}", parts.str(1), parts.str(2), from, to);
    return fmt::format("{} is {}, must be {}", parts.str(1), parts.str(2),
                       from == "0" ? "a number above 0" : "at least " + from);
  }
  if (std::regex_match(message, parts, number))
    return fmt::format("{} is {}, must be a whole number that fits 64 bits", parts.str(1), parts.str(2));
  if (std::regex_match(message, parts, missing)) return fmt::format("{} needs a {}", parts.str(1), parts.str(2));
  if (std::regex_match(message, parts, choice))
    return fmt::format("{} is {}, must be one of {}", parts.str(1), parts.str(2),
                       std::regex_replace(parts.str(3), std::regex(","), ", "));
  if (message == "A subcommand is required") return "a verb is required";
  return message;
}

}  // namespace

std::string misunderstood(const Manual& manual, const std::vector<std::string>& arguments, const std::string& message) {
  const auto word = std::find_if_not(arguments.begin(), arguments.end(), begins_with_dash);
  if (word == arguments.end()) return in_plain_words(message);
  std::vector<std::string> options{"--help"};
  try {
    for (const OptionEntry& option : find_verb(manual, *word).options) {
      if (!option.positional) options.insert(options.end(), option.names.begin(), option.names.end());
    }
  } catch (const UsageError& no_verb) {
    return no_verb.what();
  }
  for (auto argument = std::next(word); argument != arguments.end() && *argument != "--"; ++argument) {
    const std::string name = argument->substr(0, argument->find('='));
    if (name.rfind("--", 0) != 0 || std::find(options.begin(), options.end(), name) != options.end()) continue;
    const std::string near = models::nearest(name, options);
    return fmt::format("{} has no option {}{}", *word, name,
                       near.empty() ? "" : fmt::format("; did you mean {}?", near));
  }
  return in_plain_words(message);
}

}  // namespace dmstall::analysis
