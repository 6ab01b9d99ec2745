#include "models/kernel/release/release.hpp"

#include <algorithm>
#include <charconv>

namespace dmstall::models {

namespace {

/// "6.12" as {6, 12}.
std::vector<int> numbers(std::string_view version) {
  std::vector<int> parts;
  const char* at = version.data();
  const char* const end = at + version.size();
  while (at < end) {
    int part = 0;
    at = std::from_chars(at, end, part).ptr + 1;  // one past the dot
    parts.push_back(part);
  }
  return parts;
}

std::string joined(const std::vector<Change>& changes) {
  std::string text;
  for (const Change change : changes) text += (text.empty() ? "" : ", ") + std::string(describe(change).name);
  return text;
}

}  // namespace

const std::vector<ModelledRelease>& releases() {
  static const std::vector<ModelledRelease> all{
      {"6.1", "Linux 6.1.192, Debian's linux-source-6.1"},
      {"6.12", "Linux 6.12.117, Debian's linux-source-6.12"},
  };
  static_assert(ByRelease::releases == 2, "one column for each release");
  return all;
}

std::vector<std::string> release_names() {
  std::vector<std::string> names;
  for (const ModelledRelease& each : releases()) names.emplace_back(each.name);
  return names;
}

const KernelChange& describe(Change change) {
  return kernel_changes()[static_cast<std::size_t>(change)];
}

std::optional<Change> change_named(std::string_view name) {
  for (const KernelChange& each : kernel_changes()) {
    if (each.name == name) return each.id;
  }
  return std::nullopt;
}

std::vector<std::string> change_names() {
  std::vector<std::string> names;
  for (const KernelChange& each : kernel_changes()) names.emplace_back(each.name);
  return names;
}

std::bitset<change_count> Release::changes_of(std::string_view release) {
  std::bitset<change_count> has;
  for (const KernelChange& each : kernel_changes()) {
    const bool merged = !each.first.empty() && numbers(each.first) <= numbers(release);
    has[static_cast<std::size_t>(each.id)] = merged || each.also_in == release;
  }
  return has;
}

Release::Release(std::size_t index) : index_(index), has_(changes_of(releases()[index].name)) {}

Release::Release() : Release(std::size_t{0}) {}

std::optional<Release> Release::named(std::string_view name) {
  for (std::size_t i = 0; i < releases().size(); ++i) {
    if (releases()[i].name == name) return Release(i);
  }
  return std::nullopt;
}

Release Release::with(Change change) const {
  Release other = *this;
  other.has_[static_cast<std::size_t>(change)] = true;
  return other;
}

Release Release::without(Change change) const {
  Release other = *this;
  other.has_[static_cast<std::size_t>(change)] = false;
  return other;
}

std::vector<Change> Release::switched_on() const {
  std::vector<Change> on;
  const std::bitset<change_count> more = has_ & ~changes_of(name());
  for (const KernelChange& each : kernel_changes()) {
    if (more[static_cast<std::size_t>(each.id)]) on.push_back(each.id);
  }
  return on;
}

std::vector<Change> Release::switched_off() const {
  std::vector<Change> off;
  const std::bitset<change_count> fewer = changes_of(name()) & ~has_;
  for (const KernelChange& each : kernel_changes()) {
    if (fewer[static_cast<std::size_t>(each.id)]) off.push_back(each.id);
  }
  return off;
}

std::string Release::word() const {
  std::string word(name());
  for (const Change change : switched_on()) word += "+" + std::string(describe(change).name);
  for (const Change change : switched_off()) word += "-" + std::string(describe(change).name);
  return word;
}

std::string Release::text() const {
  std::string text(name());
  const std::string on = joined(switched_on()), off = joined(switched_off());
  if (!on.empty()) text += " with " + on;
  if (!off.empty()) text += (on.empty() ? " without " : ", without ") + off;
  return text;
}

}  // namespace dmstall::models
