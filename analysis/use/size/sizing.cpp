#include "analysis/use/size/sizing.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>

#include "analysis/digest.hpp"
#include "analysis/use/batch/processes.hpp"
#include "analysis/use/size/covers_above.hpp"
#include "analysis/verdict/explore_scenario.hpp"
#include "analysis/verdict/run_scenario.hpp"
#include "models/machine/compile.hpp"
#include "models/targets/build.hpp"
#include "models/targets/reserved_memory.hpp"

namespace dmstall::analysis {

namespace {

using models::ExitCode;
using models::Scenario;

models::Machine machine_of(const Scenario& scenario) {
  return searched_machine(scenario, models::compile(models::build_program(scenario)));
}

/// "1" or "0", and the judgement.
std::string judged(const Scenario& scenario, const SizedPool& sized, int size, const SizingOptions& options,
                   const RunBounds& bounds) {
  RunOptions run;
  run.bounds = bounds;
  run.engine = options.engine;
  run.asked = options.search;
  run.prover.words = 0;
  run.timed = false;
  run.compare_without_faults = false;
  if (!run.engine) run.engine = Engine::all;
  const Scenario at = resized(scenario, sized, size);
  const RunReport report = run_scenario(at, run);
  bool above = false;
  if (report.proof && report.proof->proved && size < sized.largest) {
    above = covers_above(report.proof->certificate, machine_of(at), size,
                         machine_of(resized(scenario, sized, sized.largest)), sized.largest);
  }
  return (above ? "1" : "0") + to_text(judgement_of(report));
}

void take_answer(const ProcessEnd& end, SizeRow& row) {
  if (end.how == ProcessEnd::How::finished && !end.output.empty()) {
    if (auto judgement = judgement_from(end.output.substr(1))) {
      row.judgement = std::move(*judgement);
      row.covers_above = end.output.front() == '1';
      return;
    }
  }
  row.judgement = no_judgement(reason_of(end), !end.out_of_bounds());
}

/// Bytes of the pools that are sized.
std::int64_t bytes_of(const Scenario& scenario, const SizedPool& sized) {
  std::int64_t bytes = 0;
  for (const models::ReservedPool& pool : models::reserved_memory(scenario).pools) {
    const bool owned = std::any_of(sized.devices.begin(), sized.devices.end(), [&](std::size_t i) {
      const models::Device& device = scenario.devices[i];
      return pool.owner == device.name || (pool.shared && pool.target == device.target);
    });
    if ((owned || (sized.machine_wide && pool.owner.empty())) && pool.kind == sized.pool) bytes += pool.bytes();
  }
  return bytes;
}

void add_bytes(const Scenario& scenario, const SizedPool& sized, SizeRow& row) {
  const Scenario at = resized(scenario, sized, row.size);
  row.all_bytes = footprint(at).bytes;
  row.pool_bytes = sized.parameter ? row.all_bytes : bytes_of(at, sized);
}

/// Sizes that change nothing: the pools of their circles that have a size of their own.
std::vector<std::string> pools_elsewhere(const models::Scenario& scenario, const Sizing& sizing) {
  const SizeSeries& series = sizing.series.front();
  if (series.smallest_safe() != nullptr) return {};
  std::vector<std::string> pools;
  for (const SizeRow& row : series.rows) {
    for (const std::string& name : row.judgement.circle) {
      if (name == sizing.sized.name || std::find(pools.begin(), pools.end(), name) != pools.end()) continue;
      try {
        const SizedPool other = find_sized(scenario, name);
        if (other.pool != sizing.sized.pool || other.devices != sizing.sized.devices) pools.push_back(name);
      } catch (const SizeError&) {
        // A lock, a thread, or a pool whose size is fixed.
      }
    }
  }
  return pools;
}

std::uint64_t digest_of(const Sizing& sizing) {
  Digest digest;
  digest.add(sizing.sized.name);
  for (const SizeSeries& series : sizing.series) {
    for (const SizeRow& row : series.rows) {
      digest.add(static_cast<std::uint64_t>(row.size));
      digest.add(static_cast<std::uint64_t>(row.judgement.code));
      digest.add(static_cast<std::uint64_t>(row.judgement.proved_by));
      digest.add(row.covers_above ? 1U : 0U);
      digest.add(row.judgement.digest);
      digest.add(static_cast<std::uint64_t>(row.all_bytes));
    }
  }
  return digest.value();
}

/// How long each size may take, of the time for all: as long as a fair share lasts, and a while in any case. What the
/// others left over is there for the next.
class SizeTimes {
 public:
  SizeTimes(const SizingOptions& options, std::size_t jobs)
      : options_(options), jobs_(jobs), begun_(RunBounds::Clock::now()) {
    limits_.parallel = options.parallel;
    limits_.timeout_s = options.timeout_s;
    limits_.budget_s = options.wall_s;
    limits_.memory_mib = std::max<std::int64_t>(options.process_memory_mib / std::max(options.parallel, 1),
                                                std::min(least_memory_mib, options.process_memory_mib));
    if (options.wall_s) limits_.timeout_of = [this](std::size_t job) { return *of(job); };
  }
  SizeTimes(const SizeTimes&) = delete;
  SizeTimes& operator=(const SizeTimes&) = delete;

  /// Of a size that begins now.
  [[nodiscard]] std::optional<double> of(std::size_t job) const {
    if (!options_.wall_s) return options_.timeout_s;
    constexpr double in_any_case_s = 15, least_s = 0.1;
    const double left = *options_.wall_s - std::chrono::duration<double>(RunBounds::Clock::now() - begun_).count();
    const double rounds = std::ceil(static_cast<double>(jobs_ - job) / std::max(options_.parallel, 1));
    const double fair = std::max(left / rounds, std::min(left, in_any_case_s));
    return std::max(least_s, options_.timeout_s ? std::min(fair, *options_.timeout_s) : fair);
  }
  [[nodiscard]] const BatchLimits& limits() const { return limits_; }

 private:
  static constexpr std::int64_t least_memory_mib = 256;
  const SizingOptions& options_;
  std::size_t jobs_;
  RunBounds::Clock::time_point begun_;
  BatchLimits limits_;
};

void check_sizes(const SizedPool& sized, const std::vector<int>& sizes) {
  for (const int size : sizes) {
    if (size >= sized.smallest && size <= sized.largest) continue;
    if (sized.parameter && size == 0)
      throw SizeError("the kernel turns reserved_bio_based_ios = 0 into 16: sizes begin with 1");
    throw SizeError(fmt::format("{} cannot be {}: {} to {}", sized.name, size, sized.smallest, sized.largest));
  }
}

}  // namespace

const SizeRow* SizeSeries::smallest_safe() const {
  const auto found = std::find_if(rows.begin(), rows.end(), [](const SizeRow& row) { return row.safe(); });
  return found == rows.end() ? nullptr : &*found;
}

const SizeRow* SizeSeries::safe_from() const {
  const auto found = std::find_if(rows.begin(), rows.end(), [](const SizeRow& row) { return row.covers_above; });
  return found == rows.end() ? nullptr : &*found;
}

const SizeRow* SizeSeries::safe_to_the_end() const {
  const SizeRow* from = nullptr;
  for (auto row = rows.rbegin(); row != rows.rend() && row->safe(); ++row) from = &*row;
  return from;
}

std::vector<int> default_sizes(const SizedPool& sized) {
  constexpr int last = 16;
  std::vector<int> sizes;
  for (int size = 1; size <= last; ++size) sizes.push_back(size);
  if (sized.now > last) sizes.push_back(sized.now);
  return sizes;
}

Sizing run_sizing(const Scenario& scenario, const SizedPool& sized, const SizingOptions& options) {
  Sizing sizing;
  sizing.file = scenario.file;
  sizing.scenario = scenario.name;
  sizing.sized = sized;
  const std::vector<int> sizes = options.sizes.empty() ? default_sizes(sized) : options.sizes;
  check_sizes(sized, sizes);
  std::vector<Scenario> ways = {scenario};
  if (is_shared(scenario, sized)) ways.push_back(with_private_pools(scenario, sized));
  for (std::size_t way = 0; way < ways.size(); ++way) {
    SizeSeries& series = sizing.series.emplace_back();
    series.private_pools = way > 0;
    for (const int size : sizes) {
      SizeRow& row = series.rows.emplace_back();
      row.size = size;
      if (!scenario.devices.empty()) add_bytes(ways[way], sized, row);
      sizing.bytes_known = sizing.bytes_known || row.pool_bytes > 0;
    }
  }
  const std::size_t jobs = ways.size() * sizes.size();
  std::size_t done = 0;
  SizeTimes times(options, jobs);
  const auto work = [&](std::size_t job) {
    const RunBounds bounds = bounds_within(times.of(job), times.limits().memory_mib);
    return judged(ways[job / sizes.size()], sized, sizes[job % sizes.size()], options, bounds);
  };
  const auto finished = [&](std::size_t job, const ProcessEnd& end) {
    SizeRow& row = sizing.series[job / sizes.size()].rows[job % sizes.size()];
    take_answer(end, row);
    row.answered = true;
    if (options.finished) options.finished(row, job >= sizes.size());
    if (options.progress) options.progress(++done, jobs);
  };
  const BatchEnding ending = run_in_processes(jobs, times.limits(), work, finished);
  if (ending == BatchEnding::out_of_budget) {
    for (SizeSeries& series : sizing.series) {
      for (SizeRow& row : series.rows) {
        if (!row.answered) row.judgement = no_judgement(because::WallTimeOfAll{*options.wall_s}, false);
      }
    }
  }
  if (ending == BatchEnding::interrupted) {
    sizing.interrupted = true;
    for (SizeSeries& series : sizing.series) {
      const auto kept =
          std::remove_if(series.rows.begin(), series.rows.end(), [](const SizeRow& row) { return !row.answered; });
      sizing.rows_left_out += static_cast<std::size_t>(series.rows.end() - kept);
      series.rows.erase(kept, series.rows.end());
    }
    sizing.series.erase(std::remove_if(sizing.series.begin(), sizing.series.end(),
                                       [](const SizeSeries& series) { return series.rows.empty(); }),
                        sizing.series.end());
  }
  for (const SizeSeries& series : sizing.series) {
    for (const SizeRow& row : series.rows) {
      if (row.open())
        sizing.code =
            models::more_severe(sizing.code, row.judgement.error ? row.judgement.code : ExitCode::inconclusive);
    }
  }
  if (sizing.interrupted) sizing.code = ExitCode::interrupted;
  if (!sizing.series.empty()) sizing.elsewhere = pools_elsewhere(scenario, sizing);
  sizing.digest = digest_of(sizing);
  return sizing;
}

}  // namespace dmstall::analysis
