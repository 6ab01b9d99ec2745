// The option table: what every verb is called, takes and says of itself, read from the command-line parser that also
// parses. Help, man page and shell completions are made of it, so none of them can drift from what is accepted.
#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace dmstall::analysis {

/// What a verb adds to its options: shown by `--help` and in the man page.
struct VerbText {
  std::vector<std::string> examples;  ///< whole command lines; two of them
  std::string text;   ///< what the verb does, a few lines; empty: its one line in the list of verbs says it
  std::string notes;  ///< below the options: exit codes, keys
};

/// Attaches the text to the verb and makes its `--help` the one of help_text.
void document(CLI::App& verb, VerbText text);

struct OptionEntry {
  std::vector<std::string> names;  ///< "-j", "--jobs"; of a positional its one name, "FILE"
  std::string value;               ///< "N", "FILE", "text|json"; empty: a flag
  std::string about;
  std::vector<std::string> choices;  ///< the only values it takes, where they can be listed
  bool positional = false, required = false;
  bool many = false;        ///< a positional that may be repeated
  bool takes_path = false;  ///< a file or folder, for completion
};

struct VerbEntry {
  std::string name, about;
  VerbText text;
  std::vector<OptionEntry> options;  ///< positionals first, then in the order of declaration; without --help
};

struct Manual {
  std::string version;  ///< "dmstall 0.1.0 (models Linux 6.1)"
  VerbText text;
  std::vector<VerbEntry> verbs;
};

[[nodiscard]] VerbEntry verb_entry(const CLI::App& verb);
[[nodiscard]] Manual manual_of(const CLI::App& program);

/// `dmstall VERB --help`: the examples, what it does, usage, options, notes. At most 80 columns where words allow it.
[[nodiscard]] std::string help_text(const VerbEntry& verb);
/// `dmstall --help`.
[[nodiscard]] std::string help_text(const Manual& manual);

/// dmstall.1, in man(7) macros.
[[nodiscard]] std::string man_page(const Manual& manual);

[[nodiscard]] std::string bash_completion(const Manual& manual);
[[nodiscard]] std::string zsh_completion(const Manual& manual);
[[nodiscard]] std::string fish_completion(const Manual& manual);

/// Why a command line (without the program's name) was not understood: the parser's message, or that there is no such
/// verb, and the verb or option that was probably meant, where one is near.
[[nodiscard]] std::string misunderstood(const Manual& manual, const std::vector<std::string>& arguments,
                                        const std::string& message);

/// The verb of that name. Throws UsageError with the nearest one when there is none.
[[nodiscard]] const VerbEntry& find_verb(const Manual& manual, const std::string& name);

}  // namespace dmstall::analysis
