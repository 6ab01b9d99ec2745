#include "analysis/verdict/engine.hpp"

#include <array>
#include <utility>

namespace dmstall::analysis {

namespace {

constexpr std::array<std::pair<Engine, std::string_view>, 4> engine_names = {
    {{Engine::simulate, "simulate"}, {Engine::explore, "explore"}, {Engine::prove, "prove"}, {Engine::all, "all"}}};

}  // namespace

std::string_view to_string(Engine engine) {
  for (const auto& [known, name] : engine_names) {
    if (known == engine) return name;
  }
  return {};
}

std::optional<Engine> engine_from(std::string_view text) {
  for (const auto& [engine, name] : engine_names) {
    if (name == text) return engine;
  }
  return std::nullopt;
}

}  // namespace dmstall::analysis
