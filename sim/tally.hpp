// The numbers of a run: per class of requests and per resource.
#pragma once

#include <string>
#include <vector>

#include "models/machine/world.hpp"
#include "sim/histogram.hpp"
#include "sim/simulate.hpp"

namespace dmstall::sim {

class Tally {
 public:
  explicit Tally(const models::Machine& machine);

  void started(std::int32_t request_class, Nanoseconds now);
  /// `faults`: index of the combination of faults that hit it.
  void finished(std::int32_t request_class, models::Status status, std::int32_t faults, Nanoseconds started,
                Nanoseconds now);
  /// The resource was taken; `free` is what is left.
  void took(models::ResourceId resource, models::AlternativeKind how, std::int32_t free);
  void waits(models::ResourceId resource) { ++of(resource).waits; }
  void polls(models::ResourceId resource) { ++of(resource).polls, ++polls_; }
  void waited(models::ResourceId resource, Nanoseconds since, Nanoseconds now);

  /// An I/O that entered its device at `since` is over. Flows that are no device's entry count for nothing.
  void served(models::FlowId flow, Nanoseconds since, Nanoseconds now);

  [[nodiscard]] std::int64_t polls() const { return polls_; }
  /// Fills in classes, overall, resources and polls.
  void fill(Result& result) const;

 private:
  struct ClassNumbers {
    ClassMetrics metrics;
    Histogram latency;
    Nanoseconds first = -1, last = 0;
  };
  static double mib_per_s(const ClassNumbers& numbers);
  [[nodiscard]] ClassMetrics overall() const;
  ResourceMetrics& of(models::ResourceId resource) { return resources_[static_cast<std::size_t>(resource)]; }

  const models::Machine* machine_;
  std::vector<ClassNumbers> classes_;
  std::vector<ResourceMetrics> resources_;
  std::vector<std::int32_t> device_of_flow_;  ///< index into services_, -1: no entry of a device
  std::vector<std::string> service_names_;
  std::vector<Histogram> services_;
  std::int64_t polls_ = 0;
};

}  // namespace dmstall::sim
