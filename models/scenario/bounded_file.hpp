// The bytes of a file that a stranger may have made: no more of them than are wanted, and no waiting without end.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

namespace dmstall::models {

struct BoundedText {
  std::optional<std::string> text;
  std::string refusal;     ///< without text: why, as "it is a directory"
  bool too_large = false;  ///< there is more than was allowed
};

/// What stands for standard input in the place of a path.
inline constexpr const char* standard_input = "-";

/// Reads regular files and pipes (a shell's <(command) is one); a pipe through which nothing comes for half a minute is
/// refused, as are directories, devices and sockets. `-` is standard input, whatever that is.
[[nodiscard]] BoundedText read_bounded(const std::string& path, std::size_t most_bytes);

}  // namespace dmstall::models
