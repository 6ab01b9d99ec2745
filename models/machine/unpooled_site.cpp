#include "models/machine/unpooled_site.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string_view>
#include <unordered_set>

namespace dmstall::models {

namespace {

constexpr std::size_t most_names = 4;

}  // namespace

std::vector<FoldedSite> fold_sites(const std::vector<UnpooledSite>& sites) {
  std::vector<FoldedSite> folded;
  std::vector<std::unordered_set<std::string_view>> known_devices;  // of each folded site
  for (const UnpooledSite& site : sites) {
    const auto same = std::find_if(folded.begin(), folded.end(), [&](const FoldedSite& known) {
      return known.site.what == site.what && known.site.function == site.function && known.site.gfp == site.gfp;
    });
    if (same == folded.end()) {
      folded.push_back({site, {site.device}});
      known_devices.push_back({site.device});
    } else if (known_devices[static_cast<std::size_t>(same - folded.begin())].insert(site.device).second) {
      same->devices.push_back(site.device);
    }
  }
  return folded;
}

std::string describe_site(const FoldedSite& site) {
  const auto shown = static_cast<std::ptrdiff_t>(std::min(site.devices.size(), most_names));
  std::string on = fmt::format("{}", fmt::join(site.devices.begin(), site.devices.begin() + shown, ", "));
  if (site.devices.size() > most_names) on += fmt::format(" and {} more", site.devices.size() - most_names);
  return fmt::format("{}, {} of {}: {}", site.site.gfp, site.site.what, on, site.site.function);
}

}  // namespace dmstall::models
