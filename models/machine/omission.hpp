// What a model leaves out of the kernel code that it stands for, as data.
//
// A verdict is about a model. Whoever reads it must see what the model does not have, and whether that could make the
// verdict another one. So each part of the models (dm-bufio, kcopyd, verity, …) owns a list of entries; a comment that
// something is not there does not count.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dmstall::models {

/// What an omission can do to a verdict.
enum class Effect : std::uint8_t {
  none,              ///< no verdict is another one
  hides_deadlock,    ///< PROGRESS, where a kernel can be stuck
  invents_deadlock,  ///< DEADLOCK, where a kernel goes on
};

struct Scenario;

/// An effect that only some scenarios can see.
struct OnlyWhere {
  bool (*matters)(const Scenario&) = nullptr;  ///< nullptr: in every scenario
  const char* otherwise = "";                  ///< why no verdict depends on it in the others
  bool operator==(const OnlyWhere&) const = default;
};

struct Omission {
  std::string id;        ///< "dm-bufio.shrinker": the part, a dot, the thing; unique
  std::string function;  ///< "drivers/md/dm-bufio.c:shrink_work": kernel file and functions
  std::string what;      ///< what the model does not have, in a sentence without its full stop
  Effect effect = Effect::none;
  std::string reason;  ///< none: why no verdict depends on it; otherwise: when one does
  OnlyWhere only_where = {};

  [[nodiscard]] std::string_view part() const { return std::string_view(id).substr(0, id.find('.')); }
  bool operator==(const Omission&) const = default;
};

/// A part of the models: one mechanism of the kernel, where it was read, and what the model of it leaves out.
struct ModelPart {
  std::string name;    ///< "dm-bufio"
  std::string source;  ///< kernel files and release
  std::vector<Omission> omissions;
};

[[nodiscard]] std::string_view to_string(Effect effect);  ///< "none", "hides_deadlock", "invents_deadlock"
/// In words: "changes no verdict", "could turn PROGRESS into DEADLOCK", …
[[nodiscard]] std::string_view in_words(Effect effect);

/// Those that could matter first, then by id; each once.
[[nodiscard]] std::vector<Omission> in_order(std::vector<Omission> omissions);

/// Ids of those with the effect, in order.
[[nodiscard]] std::vector<std::string> ids_of(const std::vector<Omission>& omissions, Effect effect);

}  // namespace dmstall::models
