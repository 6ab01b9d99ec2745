// Settings: values written over those of a scenario file, as `--vary reserved_bio_based_ios=1` does.
//
// A setting replaces the value in the text of the file, and the edited text is read like any other. So the checks of a
// setting are those of the reader, and a message shows the line as it would have to stand in the file.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/scenario/reader.hpp"

namespace dmstall::models {

struct Setting {
  std::string key;    ///< see setting_keys.hpp
  std::string value;  ///< JSON where it is JSON and the key takes it, else a string: 16, true, module,
                      ///< {"verity.io_client": "module"}
};

struct EditedText {
  std::optional<std::string> text;
  std::string error;  ///< no text: a key that names nothing or more than one thing, or a value that is not UTF-8
};

/// The text with all settings written into it, the first one first. Requires: `text` is read without errors.
[[nodiscard]] EditedText apply_settings(const std::string& text, const std::string& name,
                                        const std::vector<Setting>& settings);

struct SettingsResult {
  ReadResult read;
  std::string key_error;  ///< not empty: a key that cannot be set (a mistake of whoever wrote it, not of the file);
                          ///< nothing was read
};

/// Reads the text with the settings written over it. Errors say that a value came from a setting, in the words
/// `said_by` ("--vary"). Requires: `text` is read without errors.
[[nodiscard]] SettingsResult read_scenario_text(const std::string& text, const std::string& name,
                                                const std::vector<Setting>& settings, std::string_view said_by);

/// The text as a scenario of that release; empty: of the one that it names. Errors that come from the release say so in
/// the words "--release 6.12".
[[nodiscard]] ReadResult read_scenario_on(const std::string& text, const std::string& name, const std::string& release);

/// The same of a file, with the limits of read_scenario_file.
[[nodiscard]] ReadResult read_scenario_file_on(const std::string& path, const std::string& release);

/// Whether the file, with its defaults, has this value already. Requires: `text` is read without errors.
[[nodiscard]] bool is_own_value(const std::string& text, const std::string& name, const Setting& setting);

}  // namespace dmstall::models
