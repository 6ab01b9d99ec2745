#include "models/kernel/page_bounds.hpp"

#include <algorithm>
#include <limits>
#include <vector>

#include "models/kernel/accounted_memory.hpp"
#include "models/kernel/page.hpp"

namespace dmstall::models {

namespace {

constexpr std::int64_t bufio_memory_percent = 2;  // dm-bufio.c:DM_BUFIO_MEMORY_PERCENT
/// More than any machine has; sums of two of them do not overflow.
constexpr std::int64_t no_end = std::numeric_limits<std::int64_t>::max() / 1024;

std::int64_t added(std::int64_t a, std::int64_t b) {
  return std::min(no_end, a + b);
}
std::int64_t times(std::int64_t a, std::int64_t b) {
  return a > 0 && b > no_end / a ? no_end : a * b;
}

/// Pages that one run of a flow can take: those it returns when it is done, and those it leaves behind.
struct Pages {
  std::int64_t held = 0, left = 0;
  [[nodiscard]] Pages plus(const Pages& other) const { return {added(held, other.held), added(left, other.left)}; }
  [[nodiscard]] Pages most(const Pages& other) const {
    return {std::max(held, other.held), std::max(left, other.left)};
  }
};

class Sums {
 public:
  explicit Sums(const Program& program)
      : program_(program), known_(program.flows.size()), state_(known_.size(), State::open) {}

  Pages of(FlowId flow) {
    const auto at = static_cast<std::size_t>(flow);
    if (state_[at] == State::done) return known_[at];
    if (state_[at] == State::asked) return {no_end, no_end};  // a flow that starts itself
    state_[at] = State::asked;
    const Pages pages = of(program_.flows[at].steps);
    known_[at] = pages;
    state_[at] = State::done;
    return pages;
  }

 private:
  enum class State : std::uint8_t { open, asked, done };

  Pages of(const Steps& steps) {
    Pages all;
    for (const Step& step : steps) all = all.plus(of(step));
    return all;
  }

  Pages of(const Step& step) {
    Pages ways = of(step.body).most(of(step.else_steps));
    for (const Branch& branch : step.branches) ways = ways.most(of(branch.steps));
    switch (step.kind) {
      case StepKind::take: {
        const Resource& resource = program_.resources[static_cast<std::size_t>(step.resource)];
        if (!resource.soft) return ways;
        const std::int64_t pages = times(step.n, element_cost(resource).pages);
        // Nothing says that what has no pool is ever freed: a completed exception stays with its snapshot.
        return resource.memory == MemoryClass::unpooled ? ways.plus({0, pages}) : ways.plus({pages, 0});
      }
      case StepKind::spend:
        if (step.spend == SpendKind::dirty_bytes) return ways.plus({0, pages_of(step.amount)});
        return ways;
      case StepKind::call:
      case StepKind::spawn:
        return step.flow == no_flow ? ways : ways.plus(of(step.flow));
      case StepKind::forever:
      case StepKind::while_:
        return ways.held + ways.left > 0 ? Pages{no_end, no_end} : ways;
      default:
        return ways;
    }
  }

  const Program& program_;
  std::vector<Pages> known_;
  std::vector<State> state_;
};

/// Pages of the page cache that the writes of applications fill.
std::int64_t filled(const Scenario& scenario) {
  std::int64_t pages = 0;
  for (const WorkloadItem& item : scenario.workload) {
    if (item.verb != WorkloadVerb::write || item.direct) continue;
    const std::int64_t of_one = pages_of(std::int64_t{item.write_kib} * 1024);
    pages = added(pages, times(item.requests(), of_one));
  }
  return pages;
}

}  // namespace

bool pages_always_suffice(const Scenario& scenario, const Program& program) {
  const MemorySettings& memory = scenario.memory;
  const auto mib = [](const std::optional<std::int64_t>& of) { return of.value_or(0) * pages_per_mib; };
  if (memory.hog && !memory.hog->mib) return false;  // it takes all there is
  const std::int64_t total = mib(memory.total_mib);
  const std::int64_t min_free_kib =
      memory.min_free_kib.value_or(derived_min_free_kib(memory.total_mib.value_or(0) * 1024));
  std::int64_t left = total - mib(memory.unreclaimable_mib) - mib(memory.dirty_mib) - mib(memory.clean_mib) -
                      watermarks(total, min_free_kib).high - filled(scenario);
  // What dm-bufio keeps of blocks that were read: dm_bufio_cache_size.
  left -= total * bufio_memory_percent / 100;
  if (memory.hog) left -= times(*memory.hog->mib, pages_per_mib);
  Sums sums(program);
  for (const RequestClass& of : program.classes) {
    const Pages one = sums.of(of.flow);
    const std::int64_t at_once = of.in_flight > 0 ? std::min(of.in_flight, of.total) : of.total;
    left -= added(times(at_once, one.held), times(of.total, one.left));
    if (left <= 0) return false;
  }
  return left > 0;
}

}  // namespace dmstall::models
