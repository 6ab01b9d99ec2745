// What a device-mapper target is called, which lower devices it needs, which parameters it takes and which pools it
// owns. One table per target feeds the scenario reader, the JSON Schema, `dmstall show` and the documentation.
//
// The same Parameter describes the keys of every other object of a scenario file, see format_tables.hpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/kernel/release/release.hpp"
#include "models/machine/omission.hpp"

namespace dmstall::models {

enum class ParameterType : std::uint8_t {
  boolean,
  integer,
  number,
  choice,
  device,
  device_list,
  segments,
  fec,
  text,       ///< any string
  text_list,  ///< strings, an array
  steps,      ///< steps of a task
  custom,     ///< has a form of its own, read and described by the code that owns the key
};

struct Parameter {
  std::string name;
  ParameterType type = ParameterType::integer;
  std::string unit;          ///< "MiB/s", "us", "KiB", … or empty
  std::string default_text;  ///< JSON text of the default; empty: no default
  bool required = false;
  double minimum = 0, maximum = 0;   ///< inclusive range of integer and number
  bool power_of_two = false;         ///< integer: only powers of two
  std::string default_from;          ///< absent: takes the value of this other parameter
  std::vector<std::string> choices;  ///< of `choice`
  std::string help;
  std::string spelling_of;    ///< the same value as this parameter, which is in KiB, counted in sectors
  bool is_role = false;       ///< names a lower device of the stack
  bool takes_files = false;   ///< a role in which a filesystem can stand
  bool takes_writes = false;  ///< a role: a write of the device goes on to it
  /// Values the format has and the models have not: texts of a choice, "*" for any value, ">1" for integers above 1.
  std::vector<std::string> unmodelled_values;
  std::string unmodelled_reason;  ///< added to "… is not modelled yet"; may be empty
};

struct PoolDescription {
  std::string name;           ///< as in "reserve" and "sharing": recheck_pool, io_client, …
  std::string holds;          ///< kernel type of an element: "struct page", "struct io + struct bio"
  std::string sized_by;       ///< "1", "reserved_bio_based_ios", …
  bool has_size = true;       ///< "reserve" may set it; a lock or a counter of an own target has no elements
  bool machine_wide = false;  ///< one for the whole machine, printed by its name alone
  bool is_client = false;     ///< a dm_io client: stands for "<name>.pool" and "<name>.bios"
  /// A kernel with the one change, or without the other, has one for all devices.
  std::optional<Change> one_with = {}, one_without = {};
  std::string one_called = {};  ///< who owns that one; empty: the module of the target
};

/// What a target says of its devices where others must know.
struct TargetTraits {
  bool verifies = false;     ///< what it reads is compared with a digest: bad data shows, and a mismatch can be forced
  bool takes_time = false;   ///< a disk: requests end there, and what is wrong with blocks is wrong there
  bool read_only = false;    ///< every write fails
  bool is_snapshot = false;  ///< commands create and remove it while others use its origin
  bool cuts = false;         ///< what a request becomes depends on the chunk, stripe, block or page where it begins
};

struct Device;

/// A value that does not fit to the others of its device.
struct Misfit {
  std::string key;   ///< the parameter
  std::string what;  ///< why the kernel refuses such a table
};

struct TargetDescription {
  std::string id;      ///< "verity"
  std::string about;   ///< one line
  std::string source;  ///< kernel file and release
  /// Memory of a device that is not among its reserves, and why it is not counted; empty: none.
  std::string not_counted = {};
  /// The parts of the models that it is made of, its own first, with what each leaves out. Stack::uses notes those in
  /// use.
  std::vector<const ModelPart*> parts;
  std::vector<Parameter> parameters = {};
  /// Of each group of roles a device has exactly one.
  std::vector<std::vector<std::string>> alternatives = {};
  /// Roles of a group name different devices.
  std::vector<std::vector<std::string>> distinct = {};
  std::vector<PoolDescription> pools = {};  ///< own pools; io_bs, bs, bio_split are common to all targets
  TargetTraits traits = {};
  /// What the constructor refuses though each value is in its range; nullptr: nothing.
  std::optional<Misfit> (*misfit)(const Device&) = nullptr;
  bool device_mapper = true;  ///< has the pools of dm core
  bool block_device = true;   ///< other devices can stand on it; false: only in a role that takes files
  bool modelled = true;       ///< false: known to the format, refused with unmodelled_reason
  std::string unmodelled_reason = {};
};

/// Pools that every device-mapper device has (dm core): io_bs, bs, bio_split.
[[nodiscard]] const std::vector<PoolDescription>& common_pools();

/// All targets, in the order in which help lists them. Source: models/targets/registry.cpp (link
/// time).
[[nodiscard]] const std::vector<TargetDescription>& target_registry();

/// nullptr when there is none of that id.
[[nodiscard]] const TargetDescription* find_target(std::string_view id);

}  // namespace dmstall::models
