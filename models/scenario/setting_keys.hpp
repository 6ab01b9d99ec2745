// The keys by which a value of a scenario file can be named from outside: "reserved_bio_based_ios", "upper.hash_cache",
// "workload.in_flight". Made from the tables of the format and the names in the file, so that a misspelt key is never
// taken for a new one.
#pragma once

#include <string>
#include <vector>

#include "models/scenario/json_document.hpp"
#include "models/scenario/target_description.hpp"

namespace dmstall::models {

/// A value that a key names: where it stands, or would stand. Pointers are into the tree and the tables.
struct SettingPlace {
  std::string key;                       ///< as it is to be written
  std::string of_whom;                   ///< for messages: "kernel", "the device lower", "every verity device"
  const JsonValue* base = nullptr;       ///< an object of the file
  std::vector<std::string> path;         ///< keys from there on, at least one; objects on the way may be missing
  const Parameter* described = nullptr;  ///< by its table; nullptr: a pool's size or a value with a form of its own
  const JsonValue* defaults = nullptr;   ///< the object of "defaults" that applies when the value is absent
};

/// The places that `key` means, each once; empty when there is none or more than one meaning, and `error` says why in
/// one sentence with the candidates. Requires: `root` was read without errors, and outlives the result.
[[nodiscard]] std::vector<SettingPlace> find_setting(const JsonValue& root, const std::string& key, std::string& error);

}  // namespace dmstall::models
