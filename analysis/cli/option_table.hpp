// What the verbs of the command line are called, take and say of themselves, as data. The parser (parser.hpp) reads a
// command line by it, and help, man page and completions print it, so none of them can drift. A further option is one
// row of its verb.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "models/machine/verdict.hpp"

namespace dmstall::analysis {

/// Takes one value of an option at a time, once the whole command line is understood; may throw UsageError.
using TakeValue = std::function<void(const std::string& value)>;

/// Where the value of an option goes; what is there already is its default. A pointer to a bool makes a flag.
using Destination =
    std::variant<bool*, int*, std::int64_t*, std::uint64_t*, double*, std::optional<int>*, std::optional<std::int64_t>*,
                 std::optional<double>*, std::string*, std::vector<std::string>*, TakeValue>;

/// Of a number, both ends included.
struct NumberRange {
  double least = 0, most = 0;
};
inline constexpr NumberRange above_zero{std::numeric_limits<double>::min(), std::numeric_limits<double>::max()};

/// How many values an option has.
enum class Takes : std::uint8_t {
  one,     ///< it may be given once
  again,   ///< one each time that it is given
  commas,  ///< the same, and a value may be several with commas between them
  words,   ///< all words that follow; of a positional: all that are left, at least one
};

struct VerbOption {
  std::vector<std::string> names;  ///< "-j", "--jobs"; of a positional its one name without a dash, "FILE"
  std::string value = {};          ///< what its value is, for help: "FILE", "SECONDS"; of a flag empty
  std::string about = {};          ///< what it does, and the default
  Destination into = {};           ///< never null
  Takes takes = Takes::one;
  std::optional<NumberRange> range = {};  ///< of a number
  std::vector<std::string> choices = {};  ///< the only values there are; empty: any
  /// What completion offers where other values are fine, too; "KEY=" is one that goes on. Empty: nothing.
  std::function<std::vector<std::string>()> words = {};
  bool path = false;                       ///< a file or a folder, or one may stand there: completion offers those
  bool required = false;                   ///< of a positional
  std::vector<std::string> needs = {};     ///< options that must be given, too
  std::vector<std::string> excludes = {};  ///< options that may not be given, too

  [[nodiscard]] bool positional() const { return names.front().front() != '-'; }
  [[nodiscard]] bool flag() const { return std::holds_alternative<bool*>(into); }
  [[nodiscard]] bool called(const std::string& name) const;
  /// "text|json" where that fits the column of names, else `value`; of a flag empty.
  [[nodiscard]] std::string shown_value() const;
  /// `about`, with the choices where `shown_value` has no place for them.
  [[nodiscard]] std::string explained() const;
};

struct Verb {
  std::string name;
  std::string about;                           ///< its line in the list of verbs
  std::vector<std::string> examples = {};      ///< whole command lines; two of them
  std::string text = {};                       ///< what it does, in a paragraph; empty: `about` says it
  std::string notes = {};                      ///< further paragraphs below the options, a line each
  std::string exit_codes = {};                 ///< "0 written, 64 usage"; empty: those of every verb
  std::vector<VerbOption> options = {};        ///< in the order of help
  std::function<models::ExitCode()> run = {};  ///< what it does, once its options are filled; may throw UsageError

  void add(std::vector<VerbOption> more);
  [[nodiscard]] const VerbOption* find(const std::string& option) const;  ///< by one of its names; null: none
  [[nodiscard]] std::vector<std::string> option_names() const;            ///< of all but positionals, --help first
};

/// All that dmstall takes.
struct CommandLine {
  std::string version;  ///< "dmstall 0.1.0 (models Linux 6.1)"
  std::vector<std::string> examples;
  std::string text, notes;
  std::vector<Verb> verbs;  ///< in the order of help

  /// The verb of that name. Throws UsageError with the nearest one when there is none.
  [[nodiscard]] const Verb& find(const std::string& name) const;
};

}  // namespace dmstall::analysis
