// The engines by name: as a flag asks for one, a scenario expects one, and a report says which one answered.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dmstall::analysis {

/// Which engines answer.
enum class Engine : std::uint8_t {
  simulate,  ///< one run in time
  explore,   ///< every schedule, within bounds
  prove,     ///< no schedule at all, for any number of requests
  all,       ///< a proof, else a search, and a timed run beside either: one verdict
};

[[nodiscard]] std::string_view to_string(Engine engine);
/// Nothing when no engine is called that.
[[nodiscard]] std::optional<Engine> engine_from(std::string_view text);
/// In the order of `Engine`.
[[nodiscard]] std::vector<std::string> engine_names();

}  // namespace dmstall::analysis
