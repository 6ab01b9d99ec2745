// Which kernel a scenario runs on: a release, and single changes that are switched on or off beside it.
//
// A change is one commit that alters a step, a wait or a size of the models. Flows ask whether the kernel has it
// (`Release::has`); no flow knows which releases there are. So a further release is one line of `releases`, one number
// in those lines of models/kernel/sizes that it alters, and a line of `kernel_changes` for each commit; and "with and
// without this patch" is a value of a scenario (`kernel.with`, `kernel.without`).
#pragma once

#include <array>
#include <bitset>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dmstall::models {

/// In the order of kernel_changes().
enum class Change : std::uint8_t {
  mempool_poll,
  private_bio_sets,
  kcopyd_thread_per_client,
  verity_prefetch_in_worker,
  bio_list_depth_first,
  flush_clones_under_lock,
  reserve_fits_one_flush,
  loop_queue_per_device,
  snapshot_throttle_before_locks,
  verity_recheck,
  bufio_timed_wait,
  bufio_locks_by_cpus,
  kverityd_per_cpu,
  loop_buffered_aio,
  nowait_in_alloc_io,
  dm_io_vec_plus_one,
  md_clones_every_bio,
  md_flush_by_submitter,
  flush_per_device,
  write_cache_inherited,
  no_writepage,
  iomap_error_by_worker,
  rescuer_one_by_one,
  punch_without_writeback,
  verity_fec_after_read_error,
  verity_fec_pool,
  loop_direct_submission,
  verity_module_pools,
  loop_rescuer,
};
inline constexpr std::size_t change_count = static_cast<std::size_t>(Change::loop_rescuer) + 1;

struct KernelChange {
  Change id = {};
  std::string_view name = {};    ///< as "kernel.with" spells it
  std::string_view commit = {};  ///< 12 hexadecimal digits of the mainline commit; empty: none, or not known
  std::string_view first = {};   ///< first mainline release that has it, "6.11"; empty: no release has it
  /// An older modelled release that got it from a stable update; empty: none.
  std::string_view also_in = {};
  std::string_view alters = {};    ///< what the models do differently with it, and what that means for a verdict
  std::string_view source = {};    ///< where: file:function
  std::string_view not_read = {};  ///< which part of it nobody has read for the models yet; empty: all was
};

/// A difference between the modelled releases that no step, wait or size of the models depends on.
struct OtherChange {
  std::string_view name;
  std::string_view commit;
  std::string_view first;
  std::string_view why;  ///< what it is, and why no model depends on it
  std::string_view source;
  std::string_view not_read = {};  ///< as in KernelChange
};

/// A release whose source was read for the models.
struct ModelledRelease {
  std::string_view name;  ///< as "kernel.release" spells it
  std::string_view read;  ///< which source that is
};

/// Oldest first. The first one is what a scenario runs on that names none.
[[nodiscard]] const std::vector<ModelledRelease>& releases();
[[nodiscard]] std::vector<std::string> release_names();

[[nodiscard]] const std::vector<KernelChange>& kernel_changes();
[[nodiscard]] const KernelChange& describe(Change change);
[[nodiscard]] const std::vector<OtherChange>& other_changes();
[[nodiscard]] std::optional<Change> change_named(std::string_view name);
[[nodiscard]] std::vector<std::string> change_names();

class Release {
 public:
  /// The first of `releases`.
  Release();
  /// Nothing: no release of that name was read.
  [[nodiscard]] static std::optional<Release> named(std::string_view name);

  [[nodiscard]] bool has(Change change) const { return has_[static_cast<std::size_t>(change)]; }
  /// The same kernel with the change, or without it. A change that it has (or lacks) already makes no difference.
  [[nodiscard]] Release with(Change change) const;
  [[nodiscard]] Release without(Change change) const;

  [[nodiscard]] std::string_view name() const { return releases()[index_].name; }
  /// Its column in tables that have one for each release (models/kernel/sizes).
  [[nodiscard]] std::size_t column() const { return index_; }
  /// What differs from the release of that name.
  [[nodiscard]] std::vector<Change> switched_on() const;
  [[nodiscard]] std::vector<Change> switched_off() const;
  /// "6.1", "6.12 with loop_rescuer, without verity_recheck".
  [[nodiscard]] std::string text() const;
  /// The same in one word: "6.12+loop_rescuer-verity_recheck".
  [[nodiscard]] std::string word() const;

  bool operator==(const Release&) const = default;

 private:
  explicit Release(std::size_t index);
  [[nodiscard]] static std::bitset<change_count> changes_of(std::string_view release);

  std::size_t index_;
  std::bitset<change_count> has_;
};

/// One value for each of `releases`, oldest first; where fewer are written, the last one holds for the rest.
class ByRelease {
 public:
  static constexpr std::size_t releases = 2;

  template <std::convertible_to<std::int32_t>... Values>
  requires(sizeof...(Values) >= 1 && sizeof...(Values) <= releases) constexpr ByRelease(Values... written)
      : values_{static_cast<std::int32_t>(written)...} {
    for (std::size_t i = sizeof...(Values); i < releases; ++i) values_[i] = values_[i - 1];
  }

  [[nodiscard]] constexpr std::int32_t first() const { return values_[0]; }
  [[nodiscard]] std::int32_t on(const Release& release) const { return values_[release.column()]; }
  /// Whether all releases have the same value.
  [[nodiscard]] constexpr bool same() const {
    for (const std::int32_t value : values_) {
      if (value != values_[0]) return false;
    }
    return true;
  }

 private:
  std::array<std::int32_t, releases> values_{};
};

}  // namespace dmstall::models
