// Text of strangers on terminals and in the logs of CI services, so that it is read and never obeyed.
//
// Names, paths and lines of a file may hold what a terminal takes for a command (escape sequences, C1 controls), what
// turns the order of reading (bidirectional marks), or what a runner of CI jobs takes for one of its own: GitHub's
// `::stop-commands::x` at the beginning of a line and `##[error]` anywhere (actions/runner, ActionCommand), Azure's
// `##vso[…]`, TeamCity's `##teamcity[…]`. All of it is shown as an escape: \x1b, \u202e, \x3a.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace dmstall::models {

/// On one line: line ends and tabs are escaped, too.
[[nodiscard]] std::string printable(std::string_view text);

/// The same for a text of several lines; its line ends and tabs stay, and no line begins with a command. `colours`: so
/// do escape sequences that set a colour and do nothing else.
[[nodiscard]] std::string printable_lines(std::string_view text, bool colours = false);

/// What is not obeyed when it stands inside of a JSON string: the document `json` says the same as before.
[[nodiscard]] std::string printable_json(std::string_view json);

/// Whether some character is none that can be seen, or bytes are none.
[[nodiscard]] bool holds_hidden(std::string_view text);

/// What `printable` makes of the code point of `size` bytes at `at`.
[[nodiscard]] std::string printable_point(std::string_view text, std::size_t at, std::size_t size);

}  // namespace dmstall::models
