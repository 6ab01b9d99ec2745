#include "analysis/cli/parser.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iterator>

#include "analysis/cli/help/manual.hpp"
#include "analysis/cli/option_values.hpp"
#include "models/scenario/suggestion.hpp"

namespace dmstall::analysis {

namespace {

/// A verb as the library knows it; options in the order of the table.
struct DeclaredVerb {
  const Verb* verb;
  CLI::App* app;
  std::vector<CLI::Option*> options;

  [[nodiscard]] CLI::Option* named(const std::string& name) const {
    for (std::size_t i = 0; i < options.size(); ++i) {
      if (verb->options[i].called(name)) return options[i];
    }
    throw std::logic_error(verb->name + " has no option " + name);
  }
};

CLI::Option* declare(CLI::App& app, const VerbOption& option) {
  const std::string names = fmt::format("{}", fmt::join(option.names, ","));
  if (option.flag()) return app.add_flag(names)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  CLI::Option* declared = app.add_option(names)->required(option.required);
  if (option.positional() && option.takes == Takes::one) return declared;
  declared->expected(1, CLI::detail::expected_max_vector_size)->allow_extra_args(option.takes == Takes::words);
  if (option.takes == Takes::commas) declared->delimiter(',');
  return declared;
}

DeclaredVerb declare(CLI::App& program, const Verb& verb) {
  DeclaredVerb declared{&verb, program.add_subcommand(verb.name), {}};
  for (const VerbOption& option : verb.options) declared.options.push_back(declare(*declared.app, option));
  for (std::size_t i = 0; i < declared.options.size(); ++i) {
    for (const std::string& other : verb.options[i].needs) declared.options[i]->needs(declared.named(other));
    for (const std::string& other : verb.options[i].excludes) declared.options[i]->excludes(declared.named(other));
  }
  return declared;
}

bool begins_with_dash(const std::string& word) {
  return word.size() > 1 && word.front() == '-';
}

/// The first word that is no option: the verb that was meant.
auto verb_in(const std::vector<std::string>& words) {
  return std::find_if_not(words.begin(), words.end(), begins_with_dash);
}

std::string suggestion(const std::string& word, const std::vector<std::string>& known) {
  const std::string near = models::nearest(word, known);
  return near.empty() ? "" : fmt::format("; did you mean {}?", near);
}

/// The first long option among the words that is none of the known ones; empty: there is none.
std::string unknown_option(const std::vector<std::string>& words, const std::vector<std::string>& known) {
  for (const std::string& word : words) {
    if (word == "--") break;
    const std::string name = word.substr(0, word.find('='));
    if (name.rfind("--", 0) == 0 && std::find(known.begin(), known.end(), name) == known.end()) return name;
  }
  return {};
}

/// "--format needs text|json", "--output needs FILE".
std::string needs_a_value(const Verb& verb, const CLI::ArgumentMismatch& error) {
  const std::string message = error.what();
  const VerbOption* option = verb.find(message.substr(0, message.find(':')));
  if (option == nullptr) return message;
  if (option->choices.empty()) return fmt::format("{} needs {}", option->names.back(), option->value);
  return fmt::format("{} needs one of {}", option->names.back(), fmt::join(option->choices, ", "));
}

/// Why the words are no command line, in the words of all other messages.
std::string misunderstood(const CommandLine& command_line, const std::vector<std::string>& words,
                          const CLI::ParseError& error) {
  const auto word = verb_in(words);
  if (word == words.end()) {
    const std::vector<std::string> known{"--help", "--version"};
    const std::string name = unknown_option(words, known);
    return name.empty() ? "a verb is required"
                        : fmt::format("a verb is required before {}{}", name, suggestion(name, known));
  }
  try {
    const Verb& verb = command_line.find(*word);
    const std::vector<std::string> known = verb.option_names();
    if (const std::string name = unknown_option({std::next(word), words.end()}, known); !name.empty())
      return fmt::format("{} has no option {}{}", verb.name, name, suggestion(name, known));
    if (const auto* mismatch = dynamic_cast<const CLI::ArgumentMismatch*>(&error))
      return needs_a_value(verb, *mismatch);
  } catch (const UsageError& no_verb) {
    return no_verb.what();
  }
  return error.what();
}

}  // namespace

Asked parse(const CommandLine& command_line, const std::vector<std::string>& words) {
  CLI::App app{"", "dmstall"};
  app.set_version_flag("--version", command_line.version);
  app.require_subcommand(1);
  std::vector<DeclaredVerb> verbs;
  for (const Verb& verb : command_line.verbs) verbs.push_back(declare(app, verb));
  const auto chosen = [&]() -> const DeclaredVerb* {
    const auto found = std::find_if(verbs.begin(), verbs.end(), [](const auto& each) { return each.app->parsed(); });
    return found == verbs.end() ? nullptr : &*found;
  };
  const auto name_of_chosen = [&] { return chosen() == nullptr ? std::string() : chosen()->verb->name; };
  try {
    app.parse(std::vector<std::string>(words.rbegin(), words.rend()));  // the library wants the last one first
  } catch (const CLI::CallForHelp&) {
    return {nullptr, chosen() == nullptr ? help_text(command_line) : help_text(*chosen()->verb)};
  } catch (const CLI::CallForVersion&) {
    return {nullptr, command_line.version + "\n"};
  } catch (const CLI::ParseError& error) {
    throw Misunderstood(misunderstood(command_line, words, error), name_of_chosen());
  }
  const DeclaredVerb& verb = *chosen();
  try {
    for (std::size_t i = 0; i < verb.options.size(); ++i) {
      if (verb.options[i]->count() > 0) store(verb.verb->options[i], verb.options[i]->results());
    }
  } catch (const UsageError& error) {
    throw Misunderstood(error.what(), verb.verb->name);
  }
  return {verb.verb, {}};
}

}  // namespace dmstall::analysis
