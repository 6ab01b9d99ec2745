// What a device-mapper target is called, which lower devices it needs, which parameters it takes and which pools it
// owns. One table per target feeds the scenario reader, the JSON Schema, `dmstall show` and the documentation.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dmstall::models {

enum class ParameterType : std::uint8_t {
  boolean, integer, number, choice, device, device_list, segments, fec
};

struct Parameter {
  std::string name;
  ParameterType type = ParameterType::integer;
  std::string unit;               ///< "MiB/s", "us", "KiB", … or empty
  std::string default_text;       ///< JSON text of the default; empty: no default
  bool required = false;
  double minimum = 0, maximum = 0;  ///< inclusive range of integer and number
  std::vector<std::string> choices; ///< of `choice`
  std::string help;
  bool is_role = false;           ///< names a lower device of the stack
  /// Empty when every value is modelled; otherwise a value that is not, with the reason given to the user.
  std::string unmodelled_value, unmodelled_reason;
};

struct PoolDescription {
  std::string name;        ///< as in "reserve" and "sharing": recheck_pool, io_client, …
  std::string holds;       ///< kernel type of an element: "struct page", "struct io + struct bio"
  std::string sized_by;    ///< "1", "reserved_bio_based_ios", …
  bool shareable = true;
};

struct TargetDescription {
  std::string id;          ///< "verity"
  std::string about;       ///< one line
  std::string source;      ///< kernel file and release
  std::string leaves_out;  ///< what the model omits, printed with every verdict
  std::vector<Parameter> parameters;
  std::vector<PoolDescription> pools;   ///< own pools; io_bs, bs, bio_split are common to all targets
  bool modelled = true;    ///< false: known to the format, refused with unmodelled_reason
  std::string unmodelled_reason;
};

/// Pools that every device-mapper device has (dm core): io_bs, bs, bio_split.
[[nodiscard]] const std::vector<PoolDescription>& common_pools();

/// All targets, in the order in which help lists them. Source: models/targets/registry.cpp.
[[nodiscard]] const std::vector<TargetDescription>& target_registry();

/// nullptr when there is none of that id.
[[nodiscard]] const TargetDescription* find_target(std::string_view id);

}  // namespace dmstall::models
