#include "analysis/verdict/engine.hpp"

#include <array>
#include <utility>

namespace dmstall::analysis {

namespace {

constexpr std::array<std::pair<Engine, std::string_view>, 4> names_of_engines = {
    {{Engine::simulate, "simulate"}, {Engine::explore, "explore"}, {Engine::prove, "prove"}, {Engine::all, "all"}}};

}  // namespace

std::string_view to_string(Engine engine) {
  for (const auto& [known, name] : names_of_engines) {
    if (known == engine) return name;
  }
  return {};
}

std::optional<Engine> engine_from(std::string_view text) {
  for (const auto& [engine, name] : names_of_engines) {
    if (name == text) return engine;
  }
  return std::nullopt;
}

std::vector<std::string> engine_names() {
  std::vector<std::string> names;
  for (const auto& [engine, name] : names_of_engines) names.emplace_back(name);
  return names;
}

}  // namespace dmstall::analysis
