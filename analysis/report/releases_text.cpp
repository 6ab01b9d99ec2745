#include "analysis/report/releases_text.hpp"

#include <fmt/format.h>

#include "analysis/report/wrapped.hpp"
#include "models/kernel/release/release.hpp"

namespace dmstall::analysis {

namespace {

using models::KernelChange;
using models::Release;

/// "4.11", "6.8, and 6.1 by a stable update", "no release".
std::string came_with(const KernelChange& change) {
  if (change.first.empty()) return "no release";
  std::string text = fmt::format("Linux {}", change.first);
  if (!change.also_in.empty()) text += fmt::format(", and {} by a stable update", change.also_in);
  return text;
}

/// "6.1 yes, 6.12 yes".
std::string who_has(const KernelChange& change) {
  std::string text;
  for (const std::string& name : models::release_names()) {
    const bool has = Release::named(name)->has(change.id);
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", name, has ? "yes" : "no");
  }
  return text;
}

std::string paragraph(const std::string& label, std::string_view text) {
  return text.empty() ? std::string() : wrapped(std::string(text), fmt::format("    {}: ", label), "      ");
}

std::string described(const KernelChange& change) {
  return fmt::format("  {}  ({})\n", change.name, who_has(change)) + paragraph("with it", change.alters) +
         paragraph("since",
                   came_with(change) + (change.commit.empty() ? "" : fmt::format(", commit {}", change.commit))) +
         paragraph("where", change.source) + paragraph("not read", change.not_read);
}

}  // namespace

std::string releases_text() {
  std::string out =
      "releases, as \"kernel\": { \"release\": … } names them; the first one where a scenario names none\n";
  for (const models::ModelledRelease& each : models::releases()) out += fmt::format("  {}: {}\n", each.name, each.read);
  out +=
      "\nchanges: \"with\" and \"without\" of \"kernel\" take their names, and so do --vary kernel.with and "
      "kernel.without\n";
  for (const KernelChange& change : models::kernel_changes()) out += described(change);
  out += "\nread, and nothing in the models depends on it\n";
  for (const models::OtherChange& other : models::other_changes()) {
    out += fmt::format("  {}\n", other.name) + paragraph("what", other.why) +
           paragraph("since", fmt::format("Linux {}{}", other.first,
                                          other.commit.empty() ? "" : fmt::format(", commit {}", other.commit))) +
           paragraph("where", other.source) + paragraph("not read", other.not_read);
  }
  return out;
}

}  // namespace dmstall::analysis
