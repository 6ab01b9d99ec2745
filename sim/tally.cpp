#include "sim/tally.hpp"

#include <algorithm>
#include <unordered_map>

namespace dmstall::sim {

Tally::Tally(const models::Machine& machine) : machine_(&machine), classes_(machine.classes.size()) {
  for (std::size_t i = 0; i < classes_.size(); ++i) {
    ClassMetrics& metrics = classes_[i].metrics;
    metrics.name = machine.classes[i].name;
    metrics.device = machine.classes[i].device;
    metrics.total = machine.classes[i].total;
  }
  for (std::size_t i = 0; i < machine.resources.size(); ++i) {
    const models::Resource& resource = machine.resources[i];
    ResourceMetrics metrics;
    metrics.resource = static_cast<models::ResourceId>(i);
    metrics.name = resource.name;
    metrics.capacity = metrics.lowest_free = resource.capacity;
    resources_.push_back(metrics);
  }
  std::unordered_map<std::string, std::int32_t> known;
  for (const models::Flow& flow : machine.flows) {
    std::int32_t device = -1;
    if (flow.serves_io) {
      const auto [found, fresh] = known.emplace(flow.device, static_cast<std::int32_t>(service_names_.size()));
      if (fresh) service_names_.push_back(flow.device);
      device = found->second;
    }
    device_of_flow_.push_back(device);
  }
  services_.resize(service_names_.size());
}

void Tally::started(std::int32_t request_class, Nanoseconds now) {
  ClassNumbers& numbers = classes_[static_cast<std::size_t>(request_class)];
  if (numbers.first < 0) numbers.first = now;
  ++numbers.metrics.started;
}

void Tally::finished(std::int32_t request_class, models::Status status, std::int32_t faults, Nanoseconds started,
                     Nanoseconds now) {
  ClassNumbers& numbers = classes_[static_cast<std::size_t>(request_class)];
  ++numbers.metrics.finished;
  numbers.last = now;
  if (status == models::Status::error) {
    ++numbers.metrics.failed;
    const auto plan = static_cast<std::size_t>(request_class);
    const bool hit = plan < machine_->fault_plans.size() && faults > 0 &&
                     static_cast<std::size_t>(faults) < machine_->fault_plans[plan].combinations.size();
    const std::string label =
        hit ? machine_->fault_plans[plan].combinations[static_cast<std::size_t>(faults)].label : "no fault of the file";
    ++numbers.metrics.failed_by[label];
    return;
  }
  numbers.metrics.bytes += machine_->classes[static_cast<std::size_t>(request_class)].bytes;
  numbers.latency.add(now - started);
}

void Tally::took(models::ResourceId resource, models::AlternativeKind how, std::int32_t free) {
  ResourceMetrics& metrics = of(resource);
  ++metrics.takes;
  metrics.lowest_free = std::min(metrics.lowest_free, free);
  if (!machine_->resources[static_cast<std::size_t>(resource)].soft) return;
  if (how == models::AlternativeKind::reserve) {
    ++metrics.from_reserve;
  } else {
    ++metrics.from_allocator;
  }
}

void Tally::waited(models::ResourceId resource, Nanoseconds since, Nanoseconds now) {
  ResourceMetrics& metrics = of(resource);
  metrics.longest_wait_s = std::max(metrics.longest_wait_s, to_seconds(now - since));
}

void Tally::served(models::FlowId flow, Nanoseconds since, Nanoseconds now) {
  const std::int32_t device = device_of_flow_[static_cast<std::size_t>(flow)];
  if (device >= 0) services_[static_cast<std::size_t>(device)].add(now - since);
}

double Tally::mib_per_s(const ClassNumbers& numbers) {
  const double seconds = to_seconds(numbers.last - numbers.first);
  if (numbers.first < 0 || seconds <= 0) return 0;
  return static_cast<double>(numbers.metrics.bytes) / (1024.0 * 1024.0) / seconds;
}

ClassMetrics Tally::overall() const {
  ClassNumbers all;
  for (std::size_t i = 0; i < classes_.size(); ++i) {
    const ClassNumbers& numbers = classes_[i];
    if (machine_->classes[i].daemon) continue;
    all.metrics.started += numbers.metrics.started;
    all.metrics.finished += numbers.metrics.finished;
    all.metrics.failed += numbers.metrics.failed;
    for (const auto& [label, count] : numbers.metrics.failed_by) all.metrics.failed_by[label] += count;
    all.metrics.total += numbers.metrics.total;
    all.metrics.bytes += numbers.metrics.bytes;
    all.latency.add(numbers.latency);
    if (numbers.first < 0) continue;
    all.first = all.first < 0 ? numbers.first : std::min(all.first, numbers.first);
    all.last = std::max(all.last, numbers.last);
  }
  all.metrics.mib_per_s = mib_per_s(all);
  all.metrics.latency = all.latency.summary();
  return all.metrics;
}

void Tally::fill(Result& result) const {
  result.polls = polls_;
  result.classes.clear();
  for (const ClassNumbers& numbers : classes_) {
    result.classes.push_back(numbers.metrics);
    ClassMetrics& metrics = result.classes.back();
    metrics.latency = numbers.latency.summary();
    metrics.mib_per_s = mib_per_s(numbers);
  }
  result.overall = overall();
  result.services.clear();
  for (std::size_t i = 0; i < services_.size(); ++i) {
    if (services_[i].count() > 0) result.services.push_back({service_names_[i], services_[i].summary()});
  }
  result.resources.clear();
  for (const ResourceMetrics& metrics : resources_) {
    if (metrics.takes > 0 || metrics.waits > 0) result.resources.push_back(metrics);
  }
}

}  // namespace dmstall::sim
