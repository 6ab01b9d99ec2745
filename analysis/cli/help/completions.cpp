// Completions for bash, zsh and fish: verbs, then the options of the verb, their choices, words and paths.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "analysis/cli/help/manual.hpp"

namespace dmstall::analysis {

namespace {

std::vector<std::string> verb_names(const CommandLine& all) {
  std::vector<std::string> names;
  for (const Verb& verb : all.verbs) names.push_back(verb.name);
  return names;
}

/// Values to offer beside paths. None that a shell would take for something else.
std::vector<std::string> offered(const VerbOption& option) {
  std::vector<std::string> words = option.choices.empty() && option.words ? option.words() : option.choices;
  std::erase_if(words, [](const std::string& word) { return word.find_first_of("$`'\"\\ ") != std::string::npos; });
  return words;
}

/// The first positional that has words.
const VerbOption* positional_with_words(const Verb& verb) {
  const auto found = std::find_if(verb.options.begin(), verb.options.end(), [](const VerbOption& option) {
    return option.positional() && (option.words || !option.choices.empty());
  });
  return found == verb.options.end() ? nullptr : &*found;
}

/// A command of bash that prints what completes $word.
std::string bash_words(const VerbOption& option) {
  const std::vector<std::string> words = offered(option);
  const std::string paths = option.path ? " -f" : "";
  return words.empty() ? "compgen" + paths + " -- \"$word\""
                       : fmt::format("compgen{} -W '{}' -- \"$word\"", paths, fmt::join(words, " "));
}

/// "KEY=" goes on with a value.
bool goes_on(const VerbOption& option) {
  const std::vector<std::string> words = offered(option);
  return std::any_of(words.begin(), words.end(), [](const std::string& word) { return word.back() == '='; });
}

/// Inside '…' of a shell.
std::string quoted(const std::string& text, const std::string& quote) {
  std::string out;
  for (const char c : text) out += c == '\'' ? quote : std::string(1, c);
  return out;
}

/// Text of a zsh specification: brackets and colons have a meaning there.
std::string zsh_text(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '[' || c == ']' || c == ':' || c == '\\') out += '\\';
    out += c;
  }
  return quoted(out, "'\\''");
}

std::string zsh_value(const VerbOption& option) {
  if (option.flag()) return {};
  const std::string name = zsh_text(option.positional() ? option.names.front() : option.shown_value());
  const std::string words = fmt::format("{}", fmt::join(offered(option), " "));
  if (words.empty()) return fmt::format(":{}:{}", name, option.path ? "_files" : "");
  if (!option.path) return fmt::format(":{}:({})", name, words);
  return fmt::format(":{}:{{_alternative \"words:word:({})\" \"files:file:_files\"}}", name, words);
}

}  // namespace

std::string bash_completion(const CommandLine& all) {
  std::string out = fmt::format(R"(# bash completion for {}
_dmstall() {{
  local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD-1]}} verb=${{COMP_WORDS[1]}}
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    mapfile -t COMPREPLY < <(compgen -W '{} --help --version' -- "$word")
    return
  fi
  case "$verb $before" in
)",
                                all.version, fmt::join(verb_names(all), " "));
  for (const Verb& verb : all.verbs) {
    for (const VerbOption& option : verb.options) {
      if (option.positional() || option.flag()) continue;
      std::vector<std::string> patterns;
      for (const std::string& name : option.names) patterns.push_back(fmt::format("'{} {}'", verb.name, name));
      out += fmt::format("    {}) {}mapfile -t COMPREPLY < <({}); return ;;\n", fmt::join(patterns, "|"),
                         goes_on(option) ? "compopt -o nospace 2>/dev/null; " : "", bash_words(option));
    }
  }
  out += "  esac\n  case \"$verb\" in\n";
  for (const Verb& verb : all.verbs) {
    out += fmt::format(
        "    {}) if [[ $word == -* ]]; then mapfile -t COMPREPLY < <(compgen -W '{}' -- \"$word\"); return; fi ;;\n",
        verb.name, fmt::join(verb.option_names(), " "));
  }
  out += "  esac\n  case \"$verb\" in\n";
  for (const Verb& verb : all.verbs) {
    if (const VerbOption* option = positional_with_words(verb))
      out += fmt::format("    {}) mapfile -t COMPREPLY < <({}); return ;;\n", verb.name, bash_words(*option));
  }
  return out +
         "  esac\n  mapfile -t COMPREPLY < <(compgen -f -- \"$word\")\n}\ncomplete -o filenames -F _dmstall dmstall\n";
}

std::string zsh_completion(const CommandLine& all) {
  std::string out =
      fmt::format("#compdef dmstall\n# zsh completion for {}\n\n_dmstall() {{\n  local -a verbs=(\n", all.version);
  for (const Verb& verb : all.verbs) out += fmt::format("    '{}:{}'\n", verb.name, zsh_text(verb.about));
  out +=
      "  )\n  if (( CURRENT == 2 )); then\n    _describe 'verb' verbs\n    return\n  fi\n  local verb=$words[2]\n  "
      "shift words\n  (( CURRENT-- ))\n  case $verb in\n";
  for (const Verb& verb : all.verbs) {
    out += fmt::format("    {})\n      _arguments -s '--help[this text]'", verb.name);
    for (const VerbOption& option : verb.options) {
      if (option.positional()) {
        out += fmt::format(" \\\n        '{}{}'", option.takes == Takes::words ? "*" : "1", zsh_value(option));
        continue;
      }
      for (const std::string& name : option.names)
        out += fmt::format(" \\\n        '*{}[{}]{}'", name, zsh_text(option.about), zsh_value(option));
    }
    out += "\n      ;;\n";
  }
  return out + "  esac\n}\n\n_dmstall \"$@\"\n";
}

std::string fish_completion(const CommandLine& all) {
  std::string out = fmt::format("# fish completion for {}\n", all.version);
  for (const Verb& verb : all.verbs) {
    out += fmt::format("complete -c dmstall -n __fish_use_subcommand -f -a {} -d '{}'\n", verb.name,
                       quoted(verb.about, "\\'"));
    for (const VerbOption& option : verb.options) {
      const std::string words = fmt::format("{}", fmt::join(offered(option), " "));
      if (option.positional() && words.empty()) continue;
      out += fmt::format("complete -c dmstall -n '__fish_seen_subcommand_from {}'", verb.name);
      if (option.positional()) {
        out += fmt::format("{} -a '{}'\n", option.path ? "" : " -f", words);
        continue;
      }
      for (const std::string& name : option.names)
        out += name.rfind("--", 0) == 0 ? " -l " + name.substr(2) : " -s " + name.substr(1);
      if (!option.flag()) out += option.path ? " -r -F" : " -x";
      if (!words.empty()) out += fmt::format(" -a '{}'", words);
      out += fmt::format(" -d '{}'\n", quoted(option.about, "\\'"));
    }
  }
  return out;
}

}  // namespace dmstall::analysis
