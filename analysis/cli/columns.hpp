// How wide a terminal is.
#pragma once

#include <cstddef>
#include <optional>

namespace dmstall::analysis {

/// Columns of the terminal that the descriptor is; 80 where it does not say; nothing where it is no terminal.
[[nodiscard]] std::optional<std::size_t> columns_of(int descriptor);

}  // namespace dmstall::analysis
