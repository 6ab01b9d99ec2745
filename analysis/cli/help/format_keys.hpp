// Every key of a scenario file, object by object, in words: read from the tables that the reader and the schema use.
#pragma once

#include <string>
#include <vector>

namespace dmstall::analysis {

struct FormatKey {
  std::string path;    ///< "memory.allocator", "verity.hash_cache", "steps.take"; of the top level "memory"
  std::string help;    ///< what it means
  std::string value;   ///< what it takes: "one of any, cold, warm"
  std::string preset;  ///< the default as JSON; empty: none
  bool required = false;
  std::vector<std::string> refused = {};  ///< values of the format that the models do not have

  /// "allocator"
  [[nodiscard]] std::string name() const;
};

/// An object of the format: where it stands, and its keys.
struct FormatObject {
  std::string path;   ///< "memory", "memory.hog", "verity", "steps"; of the top level empty
  std::string about;  ///< where it stands in the file
  std::vector<FormatKey> keys;
};

/// The top level first; then objects, targets, resources and steps.
[[nodiscard]] const std::vector<FormatObject>& format_objects();

/// Null: no object is called that.
[[nodiscard]] const FormatObject* find_object(const std::string& path);
/// Those of that path, or of that last name: "reserve" finds devices.reserve.
[[nodiscard]] std::vector<const FormatKey*> find_keys(const std::string& name);

/// Names that complete what a user types: of targets, of pools as TARGET.POOL, of settings as --vary takes them.
[[nodiscard]] std::vector<std::string> target_words();
[[nodiscard]] std::vector<std::string> pool_words();
[[nodiscard]] std::vector<std::string> setting_words();

}  // namespace dmstall::analysis
