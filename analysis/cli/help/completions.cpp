// Completions for bash, zsh and fish: verbs, then the options of the verb, their choices, and paths.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "analysis/cli/help/manual.hpp"

namespace dmstall::analysis {

namespace {

std::vector<std::string> verb_names(const CommandLine& all) {
  std::vector<std::string> names;
  for (const Verb& verb : all.verbs) names.push_back(verb.name);
  return names;
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
  if (!option.choices.empty())
    return fmt::format(":{}:({})", zsh_text(option.shown_value()), fmt::join(option.choices, " "));
  if (option.path)
    return fmt::format(":{}:_files", zsh_text(option.positional() ? option.names.front() : option.value));
  return option.flag() ? "" : fmt::format(":{}:", zsh_text(option.positional() ? option.names.front() : option.value));
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
      const std::string words = option.path
                                    ? "compgen -f -- \"$word\""
                                    : fmt::format("compgen -W '{}' -- \"$word\"", fmt::join(option.choices, " "));
      out += fmt::format("    {}) mapfile -t COMPREPLY < <({}); return ;;\n", fmt::join(patterns, "|"), words);
    }
  }
  out += "  esac\n  case \"$verb\" in\n";
  for (const Verb& verb : all.verbs) {
    out += fmt::format(
        "    {}) if [[ $word == -* ]]; then mapfile -t COMPREPLY < <(compgen -W '{}' -- \"$word\"); return; fi ;;\n",
        verb.name, fmt::join(verb.option_names(), " "));
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
      if (option.positional()) continue;
      out += fmt::format("complete -c dmstall -n '__fish_seen_subcommand_from {}'", verb.name);
      for (const std::string& name : option.names)
        out += name.rfind("--", 0) == 0 ? " -l " + name.substr(2) : " -s " + name.substr(1);
      if (option.path)
        out += " -r -F";
      else if (!option.choices.empty())
        out += fmt::format(" -x -a '{}'", fmt::join(option.choices, " "));
      else if (!option.flag())
        out += " -x";
      out += fmt::format(" -d '{}'\n", quoted(option.about, "\\'"));
    }
  }
  return out;
}

}  // namespace dmstall::analysis
