// A place on the I/O path that allocates with no pool behind it, as reports name it.
#pragma once

#include <string>
#include <vector>

namespace dmstall::models {

struct UnpooledSite {
  std::string device;    ///< whose code allocates: a device of the scenario
  std::string what;      ///< "completed_exception", as in the name of its resource
  std::string function;  ///< kernel functions, innermost first
  std::string gfp;       ///< flags that the allocator sees: "GFP_NOIO", "GFP_KERNEL"
};

/// The same place on one device or on several alike ones.
struct FoldedSite {
  UnpooledSite site;                 ///< of the first device
  std::vector<std::string> devices;  ///< in the order of the scenario's paths, each once
};

/// Sites that differ in nothing but the device, together; in the order of their first ones.
[[nodiscard]] std::vector<FoldedSite> fold_sites(const std::vector<UnpooledSite>& sites);

/// One line, at most four devices by name: "GFP_KERNEL, uevent of lower, upper: kzalloc < kobject_uevent_env".
[[nodiscard]] std::string describe_site(const FoldedSite& site);

}  // namespace dmstall::models
