// Which sizes of a pool are safe: every size of a range on its own, proved, exhausted or with a witness.
//
// Safe sizes are a set and no interval: a pool that throttles entry makes raising it dangerous, and one size in the
// middle may deadlock. So nothing is concluded from one size about another, except where the certificate of a proof
// says so (covers_above).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "analysis/use/size/sized_pool.hpp"
#include "analysis/verdict/judgement.hpp"
#include "models/targets/footprint.hpp"

namespace dmstall::analysis {

struct SizeRow {
  int size = 0;
  Judgement judgement;
  bool covers_above = false;    ///< its certificate proves every size from here to SizedPool::largest
  std::int64_t pool_bytes = 0;  ///< of the pools that are sized; 0 where an element's size is not known
  std::int64_t all_bytes = 0;   ///< of all reserves of the scenario
  bool answered = false;        ///< `judgement` is there

  [[nodiscard]] bool safe() const { return !judgement.error && judgement.verdict == models::VerdictKind::progress; }
  [[nodiscard]] bool open() const { return judgement.error || judgement.verdict == models::VerdictKind::inconclusive; }
};

struct SizingOptions {
  std::vector<int> sizes;        ///< ascending, each once; empty: see default_sizes
  std::optional<Engine> engine;  ///< all (default), prove or explore
  SearchFlags search;            ///< of one size
  int parallel = 1;
  std::optional<double> timeout_s;                               ///< wall time of one size
  std::optional<double> wall_s;                                  ///< wall time of all sizes together
  std::int64_t process_memory_mib = default_process_memory_mib;  ///< of all processes that run at the same time
  std::function<void(std::size_t done, std::size_t jobs)> progress;
  /// A row that has its answer; in the order in which they end.
  std::function<void(const SizeRow& row, bool private_pools)> finished;
};

/// The rows of one way to share: as in the file, or every device with a pool of its own.
struct SizeSeries {
  bool private_pools = false;
  std::vector<SizeRow> rows;  ///< ascending sizes

  /// The least size of the range that is safe.
  [[nodiscard]] const SizeRow* smallest_safe() const;
  /// The least size from which on one certificate proves every size.
  [[nodiscard]] const SizeRow* safe_from() const;
  /// The least size from which on every size of the range is safe.
  [[nodiscard]] const SizeRow* safe_to_the_end() const;
};

struct Sizing {
  std::string file, scenario;
  SizedPool sized;
  bool bytes_known = false;
  std::vector<SizeSeries> series;      ///< as in the file; where it shares what is sized, then also with private pools
  std::vector<std::string> elsewhere;  ///< no size is safe: what the stack gets stuck on instead, and can be sized, too
  bool interrupted = false;            ///< then rows and series are those that were finished, perhaps none
  std::size_t rows_left_out = 0;       ///< of an interrupted sizing
  std::uint64_t digest = 0;
  models::ExitCode code = models::ExitCode::progress;  ///< 0: every size has a verdict
};

/// 1 to 16 (a pool that holds more in the file: and that size).
[[nodiscard]] std::vector<int> default_sizes(const SizedPool& sized);

/// Each size in a process of its own. Throws SizeError for a size that cannot be. Requires: no other thread runs.
[[nodiscard]] Sizing run_sizing(const models::Scenario& scenario, const SizedPool& sized, const SizingOptions& options);

}  // namespace dmstall::analysis
