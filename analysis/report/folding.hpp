// Devices that are alike, shown once: which device of a scenario stands for which others.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <unordered_map>

#include "models/scenario/scenario.hpp"

namespace dmstall::analysis {

/// Stacks beside each other that differ in names and in how many requests they get are one kind: the first of a kind
/// stands for all of it. Nothing is folded where stacks cannot be told to be alike (models/scenario/alike).
class DeviceFolding {
 public:
  DeviceFolding() = default;  ///< folds nothing
  explicit DeviceFolding(const models::Scenario& scenario);

  /// Two stacks of each kind, so that what they share is seen to be shared; nothing: as the scenario is.
  [[nodiscard]] const std::optional<models::Scenario>& few() const { return few_; }

  /// The text with the names of those that are folded away replaced by the names of those that stand for them.
  [[nodiscard]] std::string of(const std::string& text) const;

  /// "verity0 ×59", or the name itself.
  [[nodiscard]] std::string counted(const std::string& device) const;

  /// Which devices stand for which, one line for each kind of device; empty where nothing is folded.
  [[nodiscard]] std::string legend() const;

 private:
  struct Kind {
    std::size_t count = 0;
    std::string last;
  };

  std::optional<models::Scenario> few_;
  std::unordered_map<std::string, std::string> first_;  ///< devices and workload items that are not shown
  std::unordered_map<std::string, Kind> kinds_;         ///< by the device that stands for it
  std::vector<std::string> shown_;                      ///< keys of `kinds_`, in the order of the file
};

}  // namespace dmstall::analysis
