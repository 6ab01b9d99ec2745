// From a scenario's devices to a program: who owns which pool, under which memory rule, and which flow serves an I/O.
//
// A Stack hands out resources (resolving the sharing switches and the scenario's memory) and flows (one per device and
// kind of I/O, or for what a FlowKey says, built on first use). It knows no target: what a device does is asked of
// models/targets.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "models/kernel/flow_key.hpp"
#include "models/kernel/memory_layout.hpp"
#include "models/machine/program.hpp"
#include "models/scenario/scenario.hpp"
#include "models/scenario/target_description.hpp"

namespace dmstall::models {

/// The resources of a verity-like, snapshot-like, … device are named by their pool; a client has .pool and .bios.
class Stack {
 public:
  explicit Stack(const Scenario& scenario);

  [[nodiscard]] const Scenario& scenario() const { return *scenario_; }
  [[nodiscard]] const Device& device(DeviceIndex index) const {
    return scenario_->devices[static_cast<std::size_t>(index)];
  }
  [[nodiscard]] DeviceIndex index_of(std::string_view name) const;  ///< Requires: the name exists.
  [[nodiscard]] Program& program() { return program_; }
  /// Whether the kernel of the scenario has the change.
  [[nodiscard]] bool has(Change change) const { return scenario_->kernel.release.has(change); }
  /// amd64 with the scenario's kernel and processors.
  [[nodiscard]] const MemoryLayout& layout() const { return layout_; }
  /// reserved_bio_based_ios as the kernel uses it (models/kernel/dm_core.hpp).
  [[nodiscard]] int reserved_ios() const { return reserved_ios_; }

  /// The flow that serves `io` on the device.
  FlowId flow(DeviceIndex device, Io io);
  /// A flow of whatever role (a hash level, a prefetch work), built once per key. `label` and `build` are called for a
  /// new one only: the text that people read, and the steps.
  /// Throws std::logic_error, with the label, when a flow of another key has it: witnesses and certificates name flows.
  template <typename Label, typename Build>
  FlowId flow(FlowKey key, const Label& label, const Build& build) {
    if (const auto known = flows_.find(key); known != flows_.end()) return known->second;
    const FlowId id = open_flow(std::move(key), label());
    close_flow(id, build());
    return id;
  }
  /// What of the I/O tells it from others on the device, for keys and labels: without faults that cannot show there.
  [[nodiscard]] AskedIo asked(DeviceIndex device, Io io) const;
  /// What it is called: "read upper (re-read, bad_block@ufs)".
  [[nodiscard]] std::string describe(const AskedIo& asked) const;
  [[nodiscard]] const std::string& label(FlowId flow) const {
    return program_.flows[static_cast<std::size_t>(flow)].name;
  }
  /// The number of a text that names kernel functions, for keys.
  [[nodiscard]] FunctionId function_id(const std::string& function);

  /// The device's pool of that name with its sharing resolved. `made` describes it as a private pool of this device;
  /// `part` is ".pool" or ".bios" for a client. Created once per owner.
  ResourceId pool(DeviceIndex device, std::string_view pool_name, Resource made, std::string_view part = "");
  /// A pool that the whole machine has once, called by its name alone, unless the scenario's sharing gives `device` one
  /// of its own (no_device: a submitter, which has none). Its reserve may be written at any device that uses it.
  ResourceId machine_pool(DeviceIndex device, std::string_view pool_name, Resource made);
  /// A resource outside the sharing rules ("flusher/snap", "snap.throttle"), created once per name.
  ResourceId resource(Resource made);

  /// A thread of a workqueue or a hard number of workers.
  [[nodiscard]] bool is_worker(ResourceId resource) const;

  TableId table(Table made);
  [[nodiscard]] std::int32_t timed_device(DeviceIndex device) const;

  [[nodiscard]] FaultKind fault_kind(std::int32_t fault) const { return faults_[static_cast<std::size_t>(fault)].kind; }
  /// A fault of the mask hits the hash tree of `verity`, wherever that lies.
  [[nodiscard]] bool has_hash_fault(const FaultSet& faults, DeviceIndex verity) const;
  /// The parity of `verity` cannot be used: area "fec" of a fault of the mask.
  [[nodiscard]] bool has_parity_fault(const FaultSet& faults, DeviceIndex verity) const;
  /// The fault hits data of requests: not a hash tree, a parity area, a buffer or a device's own check.
  [[nodiscard]] bool is_data_fault(std::int32_t fault) const;
  /// A hash_mismatch fault of the mask forces this device's first check (or, with `reread`, its recheck) to fail.
  [[nodiscard]] bool mismatch_forced(const FaultSet& faults, DeviceIndex device, bool reread) const;
  /// The index of this fault, which is added when it is new. `metadata_of`: the verity whose hash tree (area hash) or
  /// parity (area fec) it hits, or -1.
  std::int32_t add_fault(FaultKind kind, DeviceIndex device, DeviceIndex metadata_of, const PlacedFault& placed,
                         FaultOn on, FaultArea area);

  /// Lower devices of a device, by role, in the order of the target's parameter table.
  [[nodiscard]] const std::vector<DeviceIndex>& lower(DeviceIndex device) const {
    return lower_[static_cast<std::size_t>(device)];
  }
  [[nodiscard]] bool reaches(DeviceIndex upper, DeviceIndex below) const;  ///< or is the same
  /// Where an operation of the device goes on below, as its target declares it; without flushes that end before they
  /// begin.
  [[nodiscard]] const std::vector<Region>& regions(DeviceIndex device, IoOp op) const;
  /// Whether the fault can show in `io` on the device: in it, or in what the device asks below on its behalf.
  [[nodiscard]] bool can_meet(std::int32_t fault, DeviceIndex device, const Io& io) const;
  /// Whether it lies among the blocks that this operation on its device is about. `owner`: the device whose metadata
  /// they are, of the area; -1: data.
  [[nodiscard]] bool lies_in(std::int32_t fault, DeviceIndex device, IoOp op, FaultArea area, DeviceIndex owner) const;
  /// What the device's target says about it; a target of the scenario's own says nothing.
  [[nodiscard]] const TargetTraits& traits(DeviceIndex device) const;
  [[nodiscard]] bool has_write_cache(DeviceIndex device) const;
  /// A request with REQ_NOWAIT gets past submit_bio_noacct (bdev_nowait).
  [[nodiscard]] bool takes_nowait(DeviceIndex device) const;
  /// A page cache on the way may answer a re-read.
  [[nodiscard]] bool reads_through_pages(DeviceIndex device) const;
  [[nodiscard]] int max_flush_bios(DeviceIndex device) const;
  /// The program is made of this part, so the part's entries of the ledger go with its verdict. Called where resources
  /// or steps of the part are made. An entry that cannot matter in this scenario says so instead.
  void uses(const ModelPart& part);
  /// A further entry, which depends on the scenario.
  void leaves_out(Omission omission);
  /// Notes an allocation on the I/O path that has no pool behind it, once per device, what and function.
  void note_unpooled_site(UnpooledSite site);
  [[nodiscard]] bool pages_count() const;  ///< completed writebacks free pages that allocations can use

 private:
  struct KnownFault {
    FaultKind kind;
    DeviceIndex device;
    DeviceIndex metadata_of;  ///< verity, of area hash or fec
    FaultOn on;
    FaultArea area;
  };

  ResourceId add_resource(Resource made, const std::vector<std::string>& other_names);
  FlowId open_flow(FlowKey key, std::string label);
  void close_flow(FlowId flow, Steps steps);
  /// The faults of the set that can matter to this I/O on the device.
  [[nodiscard]] FaultSet relevant(DeviceIndex device, const Io& io) const;
  /// How many other devices blocks of metadata pass on their way from the disk, over all devices that have them.
  [[nodiscard]] std::size_t metadata_passages() const;

  /// Everything that an operation leads to on devices where faults can lie, itself included.
  [[nodiscard]] const std::vector<OnTheWay>& reached(DeviceIndex device, IoOp op) const;

  const Scenario* scenario_;
  Program program_;
  MemoryLayout layout_;
  int reserved_ios_;
  std::unordered_map<FlowKey, FlowId, FlowKeyHash> flows_;
  std::unordered_set<std::string> labels_;  ///< of all flows
  std::unordered_map<std::string, FunctionId> functions_;
  std::unordered_map<std::string, ResourceId> resources_;
  std::unordered_map<std::string, TableId> tables_;
  std::unordered_map<std::string, DeviceIndex> device_index_;
  std::unordered_map<const SharingRule*, std::unordered_set<std::string_view>> group_members_;
  std::vector<std::vector<DeviceIndex>> lower_;
  std::vector<std::int32_t> timed_;
  std::vector<KnownFault> faults_;
  bool names_owners_ = true;         ///< a flow that reads a block of a hash tree says whose, though it may not matter
  std::vector<bool> may_be_faulty_;  ///< by device: a disk, or named by a fault of the scenario
  mutable std::map<std::pair<DeviceIndex, IoOp>, std::vector<Region>> regions_;
  mutable std::map<std::pair<DeviceIndex, IoOp>, std::vector<OnTheWay>> reached_;
  std::set<std::string> unpooled_sites_;  ///< those noted, as text
  std::set<std::string> parts_;           ///< names of those that are used
};

// What a Stack asks of targets; answered by models/targets, which knows them all.

/// The steps that serve `io` on the device.
[[nodiscard]] Steps target_steps(Stack& stack, DeviceIndex device, const Io& io);
/// What the files on a device stand on, where it holds files.
struct FileHolder {
  DeviceIndex below = -1;
  bool allocates = false;   ///< a write needs new blocks
  bool parks_bios = false;  ///< bios of new blocks stay until their extent is converted (ext4_should_dioread_nolock)
};
[[nodiscard]] std::optional<FileHolder> target_files(const Stack& stack, DeviceIndex device);
/// How fast a device is that takes time.
[[nodiscard]] std::optional<TimedDevice> target_timing(const Device& device);
/// How many bytes the device has; 0: it does not say.
[[nodiscard]] std::int64_t target_span_bytes(const Stack& stack, DeviceIndex device);
/// The device reads through a page cache of its own.
[[nodiscard]] bool target_caches_pages(const Stack& stack, DeviceIndex device);
[[nodiscard]] std::vector<Region> target_regions(const Stack& stack, DeviceIndex device, IoOp op);
/// What a dmsetup command on the device does, beside what touches nobody else.
[[nodiscard]] Steps target_administration(Stack& stack, DeviceIndex device, AdminVerb verb);
/// The largest num_flush_bios over the device's table.
[[nodiscard]] int target_flush_bios(const Stack& stack, DeviceIndex device);
/// ti->per_io_data_size: bytes the target keeps with every bio, in the elements of io_bs and bs; 0 where it is not
/// known.
[[nodiscard]] int target_per_io_data(const Stack& stack, DeviceIndex device);
[[nodiscard]] bool target_has_write_cache(const Stack& stack, DeviceIndex device);
[[nodiscard]] bool target_takes_nowait(const Stack& stack, DeviceIndex device);
/// The steps that serve a write with REQ_PREFLUSH, where the device has a write cache and its driver a way of its own;
/// nothing: as a disk or device-mapper does it.
[[nodiscard]] std::optional<Steps> target_write_behind_flush(Stack& stack, DeviceIndex device, const Io& write);
/// Whether the device takes discards: max_discard_sectors above 0.
[[nodiscard]] bool target_takes_discards(const Stack& stack, DeviceIndex device);
/// max_write_zeroes_sectors in bytes; 0: zeroes are written as data.
[[nodiscard]] std::int64_t target_write_zeroes_bytes(const Stack& stack, DeviceIndex device);
/// discard_granularity in bytes; 0: any, ranges are cut anywhere.
[[nodiscard]] std::int64_t target_discard_granularity(const Stack& stack, DeviceIndex device);

}  // namespace dmstall::models
