#include "models/kernel/stack.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "models/kernel/delivered.hpp"
#include "models/kernel/dm_core.hpp"
#include "models/kernel/memory_rules.hpp"
#include "models/kernel/omissions/parts.hpp"
#include "models/kernel/page.hpp"
#include "models/kernel/sizes.hpp"
#include "models/kernel/steps.hpp"
#include "models/scenario/named_devices.hpp"
#include "models/scenario/own_target.hpp"

namespace dmstall::models {

namespace {

/// Above it flows that read blocks of different trees and do the same are one flow, which names none of them: in a
/// chain of n verity devices there are else n cubed flows.
constexpr std::size_t most_named_passages = 300;

constexpr FlowRole served_io{"a request of the device, from its submission to its end"};

/// Devices named by the roles of the target's table, each once, in table order.
std::vector<DeviceIndex> lower_devices(const Scenario& scenario, const Device& device,
                                       const std::unordered_map<std::string, DeviceIndex>& index) {
  std::vector<DeviceIndex> result;
  const auto add = [&](const std::string& name) {
    const auto found = index.find(name);
    if (found == index.end()) return;
    if (std::find(result.begin(), result.end(), found->second) == result.end()) result.push_back(found->second);
  };
  const TargetDescription* target = target_of(scenario, device.target);
  if (target == nullptr) return result;
  for (const Parameter& parameter : target->parameters) {
    const auto value = device.parameters.find(parameter.name);
    if (!parameter.is_role || value == device.parameters.end()) continue;
    for (const std::string& each : named_devices(value->second)) add(each);
  }
  return result;
}

}  // namespace

Stack::Stack(const Scenario& scenario)
    : scenario_(&scenario), reserved_ios_(effective_reserved_ios(scenario.kernel.reserved_bio_based_ios)) {
  for (std::size_t i = 0; i < scenario.devices.size(); ++i)
    device_index_.emplace(scenario.devices[i].name, static_cast<DeviceIndex>(i));
  for (const Device& device : scenario.devices) {
    lower_.push_back(lower_devices(scenario, device, device_index_));
    const auto timed = target_timing(device);
    timed_.push_back(timed ? static_cast<std::int32_t>(program_.timed_devices.size()) : -1);
    if (timed) program_.timed_devices.push_back(*timed);
    may_be_faulty_.push_back(timed || std::any_of(scenario.faults.list.begin(), scenario.faults.list.end(),
                                                  [&](const Fault& of) { return of.device == device.name; }));
  }
  for (const auto& [pool, rule] : scenario.sharing.rules) {
    if (rule.scope == SharingRule::Scope::group) group_members_[&rule].insert(rule.devices.begin(), rule.devices.end());
  }
  layout_.release = scenario.kernel.release;
  layout_.cpus = scenario.kernel.cpus;
  names_owners_ = metadata_passages() <= most_named_passages;
  program_.name = scenario.name;
  program_.kernel = scenario.kernel.release.text();
  program_.cpus = scenario.kernel.cpus;
}

std::size_t Stack::metadata_passages() const {
  std::size_t passages = 0;
  for (DeviceIndex top = 0; top < static_cast<DeviceIndex>(lower_.size()); ++top) {
    const std::vector<Region> all = target_regions(*this, top, IoOp::read);
    if (std::none_of(all.begin(), all.end(), [](const Region& of) { return of.area == FaultArea::hash; })) continue;
    std::set<DeviceIndex> below;
    std::vector<DeviceIndex> open{top};
    while (!open.empty()) {
      const DeviceIndex at = open.back();
      open.pop_back();
      for (const DeviceIndex next : lower_[static_cast<std::size_t>(at)]) {
        if (below.insert(next).second) open.push_back(next);
      }
    }
    passages += below.size() - std::min(below.size(), lower_[static_cast<std::size_t>(top)].size());
    if (passages > most_named_passages) break;
  }
  return passages;
}

DeviceIndex Stack::index_of(std::string_view name) const {
  return device_index_.at(std::string(name));
}

const TargetTraits& Stack::traits(DeviceIndex index) const {
  static const TargetTraits none;
  const TargetDescription* target = target_of(*scenario_, device(index).target);
  return target == nullptr ? none : target->traits;
}

std::int32_t Stack::timed_device(DeviceIndex device) const {
  return timed_[static_cast<std::size_t>(device)];
}

FlowId Stack::open_flow(FlowKey key, std::string label) {
  if (!labels_.insert(label).second) throw std::logic_error("two flows are called \"" + label + "\"");
  const auto id = static_cast<FlowId>(program_.flows.size());
  Flow& flow = program_.flows.emplace_back();
  flow.name = std::move(label);
  if (key.device >= 0) flow.device = device(key.device).name;
  flows_.emplace(std::move(key), id);
  return id;
}

FunctionId Stack::function_id(const std::string& function) {
  return functions_.emplace(function, static_cast<FunctionId>(functions_.size())).first->second;
}

void Stack::close_flow(FlowId id, Steps steps) {
  Flow& flow = program_.flows[static_cast<std::size_t>(id)];
  flow.steps = std::move(steps);
  flow.built = true;
  note_ends(program_, id);
}

AskedIo Stack::asked(DeviceIndex index, Io io) const {
  io.faults = relevant(index, io);
  // A flush that writes nothing first, or one page, is a flush.
  if (io.op == IoOp::flush && io.bytes == page_bytes) io.bytes = 0;
  if (!io.reread) io.seen = Status::ok;
  return {index, std::move(io)};
}

std::string Stack::describe(const AskedIo& asked) const {
  static constexpr const char* verbs[] = {"read", "write", "flush", "discard", "write zeroes"};
  const Io& io = asked.io;
  std::string name = fmt::format("{} {}", verbs[static_cast<int>(io.op)], device(asked.device).name);
  if (io.bytes != page_bytes && (io.op != IoOp::flush || io.bytes > 0))
    name += fmt::format(" {} KiB", static_cast<double>(io.bytes) / 1024);
  std::vector<std::string> traits;
  if (io.hash_of >= 0) traits.push_back("hash block of " + device(io.hash_of).name);
  if (io.parity_of >= 0) traits.push_back("parity of " + device(io.parity_of).name);
  if (io.access == FileAccess::buffered) traits.emplace_back("buffered");
  if (io.access == FileAccess::writeback) traits.emplace_back("writeback");
  if (io.access == FileAccess::reclaim) traits.emplace_back("reclaim");
  if (io.bio_bytes > 0) traits.push_back(fmt::format("bios of {} KiB", static_cast<double>(io.bio_bytes) / 1024));
  if (io.reread)
    traits.emplace_back(io.seen == Status::bad     ? "re-read of bad data"
                        : io.seen == Status::error ? "re-read after an error"
                                                   : "re-read");
  if (io.rewritten) traits.emplace_back("buffer rewritten");
  if (io.nowait) traits.emplace_back("must not wait");
  for (const std::int32_t fault : io.faults) traits.push_back(program_.faults[static_cast<std::size_t>(fault)].label);
  if (traits.empty()) return name;
  std::string joined;
  for (const std::string& trait : traits) joined += (joined.empty() ? "" : ", ") + trait;
  return fmt::format("{} ({})", name, joined);
}

FlowId Stack::flow(DeviceIndex index, Io io) {
  io.faults = relevant(index, io);
  // Whose hash block is read makes a difference only where it can be bad.
  const bool owner_matters = std::any_of(io.faults.begin(), io.faults.end(), [&](std::int32_t fault) {
    return faults_[static_cast<std::size_t>(fault)].metadata_of == io.hash_of;
  });
  if (!names_owners_ && !owner_matters) io.hash_of = -1;
  // A re-read differs only where late corruption can show or a mismatch is forced.
  const bool matters = std::any_of(io.faults.begin(), io.faults.end(), [&](std::int32_t fault) {
    const FaultKind kind = faults_[static_cast<std::size_t>(fault)].kind;
    return kind == FaultKind::late_corruption || kind == FaultKind::hash_mismatch;
  });
  // Late corruption is on the disk: what the first read delivered matters to a page cache only.
  const bool pages = io.reread && reads_through_pages(index);
  if (!matters && !pages) io.reread = false;
  if (!pages) io.seen = Status::ok;
  const AskedIo asked = this->asked(index, io);
  const auto label = [&] { return describe(asked); };
  const FlowId entry = flow({.role = &served_io, .device = index, .asked = {asked}}, label, [&] {
    // submit_bio_noacct completes a flush of a queue without write cache in the submitter; it never reaches the device.
    if (io.op == IoOp::flush && !has_write_cache(index))
      return seq({detach("bio_endio < submit_bio_noacct"), finish(Status::ok)});
    if (io.nowait && !takes_nowait(index)) return seq({detach("bio_endio < submit_bio_noacct"), finish(Status::error)});
    return target_steps(*this, index, io);
  });
  program_.flows[static_cast<std::size_t>(entry)].serves_io = true;
  return entry;
}

const std::vector<Region>& Stack::regions(DeviceIndex device, IoOp op) const {
  const auto key = std::make_pair(device, op);
  if (const auto known = regions_.find(key); known != regions_.end()) return known->second;
  std::vector<Region> all = target_regions(*this, device, op);
  // A flush of a queue without write cache is complete before it reaches the device.
  std::erase_if(all, [&](const Region& of) { return of.op == IoOp::flush && !has_write_cache(of.device); });
  return regions_.emplace(key, std::move(all)).first->second;
}

const std::vector<OnTheWay>& Stack::reached(DeviceIndex device, IoOp op) const {
  const auto key = std::make_pair(device, op);
  if (const auto known = reached_.find(key); known != reached_.end()) return known->second;
  const OnTheWay first{device, op, FaultArea::data, -1};
  std::vector<OnTheWay> open{first}, found;
  std::set<OnTheWay> seen{first};
  while (!open.empty()) {
    const OnTheWay at = open.back();
    open.pop_back();
    if (may_be_faulty_[static_cast<std::size_t>(at.device)]) found.push_back(at);
    for (const Region& region : regions(at.device, at.op)) {
      const OnTheWay next = next_on_the_way(at, region);
      if (seen.insert(next).second) open.push_back(next);
    }
  }
  return reached_.emplace(key, std::move(found)).first->second;
}

bool Stack::lies_in(std::int32_t id, DeviceIndex device, IoOp op, FaultArea area, DeviceIndex owner) const {
  const KnownFault& fault = faults_[static_cast<std::size_t>(id)];
  if (fault.device != device) return false;
  // What is written is never found bad, and a flush of a disk is about no block.
  if (op == IoOp::flush || (op != IoOp::read && fault.kind != FaultKind::io_error)) return false;
  return fault.metadata_of >= 0 ? fault.metadata_of == owner && fault.area == area : owner < 0;
}

bool Stack::can_meet(std::int32_t id, DeviceIndex device, const Io& io) const {
  const auto& all = reached(device, io.op);
  return std::any_of(all.begin(), all.end(), [&](const OnTheWay& at) {
    if (at.owner >= 0 || (io.hash_of < 0 && io.parity_of < 0)) return lies_in(id, at.device, at.op, at.area, at.owner);
    const bool of_tree = io.hash_of >= 0;
    return lies_in(id, at.device, at.op, of_tree ? FaultArea::hash : FaultArea::fec,
                   of_tree ? io.hash_of : io.parity_of);
  });
}

FaultSet Stack::relevant(DeviceIndex index, const Io& io) const {
  FaultSet result;
  std::copy_if(io.faults.begin(), io.faults.end(), std::back_inserter(result),
               [&](std::int32_t id) { return can_meet(id, index, io); });
  return result;
}

ResourceId Stack::resource(Resource made) {
  return add_resource(std::move(made), {});
}

ResourceId Stack::add_resource(Resource made, const std::vector<std::string>& other_names) {
  apply_memory_rule(scenario_->memory, made, other_names);
  if (made.soft && made.kind != ResourceKind::thread) uses(mempool_part());
  const auto [known, fresh] = resources_.emplace(made.name, static_cast<ResourceId>(program_.resources.size()));
  if (fresh) {
    if (!has(Change::mempool_poll) && (made.kind == ResourceKind::mempool || made.kind == ResourceKind::bio_set))
      made.poll = false;
    for (MemoryPart& part : made.reserves) {
      const Structure* of = part.what == nullptr ? nullptr : find_structure(part.what);
      if (of != nullptr) part.bytes = static_cast<std::int32_t>(bytes_on(*of, layout_, part.bytes));
    }
    program_.resources.push_back(std::move(made));
  } else if (made.allocator != AllocatorRule::always) {
    // A shared pool fails when it is named by any of its devices.
    program_.resources[static_cast<std::size_t>(known->second)].allocator = made.allocator;
  }
  return known->second;
}

ResourceId Stack::pool(DeviceIndex index, std::string_view pool_name, Resource made, std::string_view part) {
  const Device& of = device(index);
  made.pool = fmt::format("{}{}", pool_name, part);
  made.part = part;
  made.owner = of.name;
  const auto rule = scenario_->sharing.rules.find(fmt::format("{}.{}", of.target, pool_name));
  if (rule != scenario_->sharing.rules.end()) {
    const SharingRule& sharing = rule->second;
    if (sharing.scope == SharingRule::Scope::module) made.owner = of.target;
    if (sharing.scope == SharingRule::Scope::group && group_members_.at(&sharing).count(of.name) != 0)
      made.owner = sharing.group;
  }
  const bool shared = made.owner != of.name;
  // Threads keep the name kernel people know them by, "kverityd/upper".
  if (made.name.empty() || shared) {
    const bool thread = made.kind == ResourceKind::thread;
    made.name =
        thread && shared ? fmt::format("{}/{}", pool_name, made.owner) : fmt::format("{}.{}", made.owner, made.pool);
  }
  if (const auto literal = of.reserve.find(pool_name);
      literal != of.reserve.end() && !(made.kind == ResourceKind::thread && made.soft)) {
    made.capacity = literal->second;
  }
  std::vector<std::string> names;
  for (const std::string& owner : {of.name, of.target, made.owner}) {
    names.push_back(fmt::format("{}.{}", owner, pool_name));
    if (!part.empty()) names.push_back(fmt::format("{}.{}", owner, made.pool));
  }
  return add_resource(std::move(made), names);
}

ResourceId Stack::machine_pool(DeviceIndex index, std::string_view pool_name, Resource made) {
  std::vector<std::string> names;
  if (index != no_device) {
    const std::string& target = device(index).target;
    const std::string by_target = fmt::format("{}.{}", target, pool_name);
    if (scenario_->sharing.rules.find(by_target) != scenario_->sharing.rules.end()) {
      return pool(index, pool_name, std::move(made));
    }
    for (const Device& user : scenario_->devices) {
      if (user.target == target) names.push_back(fmt::format("{}.{}", user.name, pool_name));
    }
    names.push_back(by_target);
  }
  made.name = made.pool = pool_name;
  for (const Device& user : scenario_->devices) {
    if (const auto literal = user.reserve.find(pool_name); literal != user.reserve.end())
      made.capacity = literal->second;
  }
  return add_resource(std::move(made), names);
}

TableId Stack::table(Table made) {
  if (const auto known = tables_.find(made.name); known != tables_.end()) return known->second;
  const auto id = static_cast<TableId>(program_.tables.size());
  tables_.emplace(made.name, id);
  program_.tables.push_back(std::move(made));
  return id;
}

bool Stack::has_hash_fault(const FaultSet& faults, DeviceIndex verity) const {
  return std::any_of(faults.begin(), faults.end(), [&](std::int32_t id) {
    const KnownFault& fault = faults_[static_cast<std::size_t>(id)];
    return fault.area == FaultArea::hash && fault.metadata_of == verity;
  });
}

bool Stack::has_parity_fault(const FaultSet& faults, DeviceIndex verity) const {
  return std::any_of(faults.begin(), faults.end(), [&](std::int32_t id) {
    const KnownFault& fault = faults_[static_cast<std::size_t>(id)];
    return fault.area == FaultArea::fec && fault.metadata_of == verity;
  });
}

bool Stack::is_data_fault(std::int32_t fault) const {
  const KnownFault& known = faults_[static_cast<std::size_t>(fault)];
  return known.metadata_of < 0 && (known.kind == FaultKind::bad_block || known.kind == FaultKind::late_corruption ||
                                   known.kind == FaultKind::io_error);
}

bool Stack::mismatch_forced(const FaultSet& faults, DeviceIndex device, bool reread) const {
  return std::any_of(faults.begin(), faults.end(), [&](std::int32_t id) {
    const KnownFault& fault = faults_[static_cast<std::size_t>(id)];
    return fault.kind == FaultKind::hash_mismatch && fault.device == device &&
           (fault.on == FaultOn::both || (fault.on == FaultOn::reread) == reread);
  });
}

std::int32_t Stack::add_fault(FaultKind kind, DeviceIndex device, DeviceIndex metadata_of, const PlacedFault& placed,
                              FaultOn on, FaultArea area) {
  for (std::size_t i = 0; i < faults_.size(); ++i) {
    const KnownFault& known = faults_[i];
    if (known.kind == kind && known.device == device && known.metadata_of == metadata_of &&
        program_.faults[i].label == placed.label) {
      return static_cast<std::int32_t>(i);
    }
  }
  faults_.push_back({kind, device, metadata_of, on, area});
  program_.faults.push_back(placed);
  return static_cast<std::int32_t>(faults_.size() - 1);
}

bool Stack::reaches(DeviceIndex upper, DeviceIndex below) const {
  if (upper == below) return true;
  const auto& lowers = lower_[static_cast<std::size_t>(upper)];
  return std::any_of(lowers.begin(), lowers.end(), [&](DeviceIndex next) { return reaches(next, below); });
}

bool Stack::reads_through_pages(DeviceIndex index) const {
  if (target_caches_pages(*this, index)) return true;
  const auto& lowers = lower_[static_cast<std::size_t>(index)];
  return std::any_of(lowers.begin(), lowers.end(), [&](DeviceIndex next) { return reads_through_pages(next); });
}

bool Stack::has_write_cache(DeviceIndex index) const {
  return target_has_write_cache(*this, index);
}

bool Stack::takes_nowait(DeviceIndex index) const {
  return target_takes_nowait(*this, index);
}

int Stack::max_flush_bios(DeviceIndex index) const {
  return target_flush_bios(*this, index);
}

bool Stack::is_worker(ResourceId resource) const {
  if (resource == no_resource) return false;
  const ResourceKind kind = program_.resources[static_cast<std::size_t>(resource)].kind;
  return kind == ResourceKind::thread || kind == ResourceKind::workers;
}

void Stack::uses(const ModelPart& part) {
  if (!parts_.insert(part.name).second) return;
  for (Omission omission : part.omissions) {
    const OnlyWhere& only = omission.only_where;
    if (only.matters != nullptr && !only.matters(*scenario_)) {
      omission.effect = Effect::none;
      omission.reason = only.otherwise;
    }
    program_.omissions.push_back(std::move(omission));
  }
}

void Stack::leaves_out(Omission omission) {
  program_.omissions.push_back(std::move(omission));
}

void Stack::note_unpooled_site(UnpooledSite site) {
  if (!unpooled_sites_.insert(fmt::format("{}\n{}\n{}", site.device, site.what, site.function)).second) return;
  program_.unpooled_sites.push_back(std::move(site));
}

bool Stack::pages_count() const {
  const MemorySettings& memory = scenario_->memory;
  return memory.allocator == AllocatorMode::exhausted && memory.freed_by == FreedBy::writeback;
}

}  // namespace dmstall::models
