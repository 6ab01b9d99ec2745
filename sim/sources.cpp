#include "sim/sources.hpp"

#include <algorithm>

namespace dmstall::sim {

Sources::Sources(const models::Machine& machine, std::uint64_t seed)
    : machine_(&machine), addresses_(random_for(seed, Stream::addresses)), states_(machine.classes.size()) {
  for (std::size_t i = 0; i < states_.size(); ++i) {
    const models::RequestClass& each = machine.classes[i];
    states_[i].total = each.total;
    if (!each.daemon) all_ += std::max<std::int64_t>(0, each.total);
  }
  unfinished_ = all_;
}

void Sources::open_number(std::int32_t request_class) {
  State& opened = state(request_class);
  const std::int64_t counted = of(request_class).daemon ? 0 : std::max<std::int64_t>(0, opened.total);
  opened.open = true;
  opened.total = INT64_MAX;
  all_ -= counted;
  unfinished_ -= counted;
}

Nanoseconds Sources::begins(std::int32_t request_class) const {
  return std::max<Nanoseconds>(0, to_nanoseconds(of(request_class).start_s));
}

Nanoseconds Sources::tick(std::int32_t request_class) {
  const models::RequestClass& each = of(request_class);
  State& now = state(request_class);
  if (each.period_s <= 0) {
    now.due = now.total;
    return 0;
  }
  ++now.due;
  return now.due < now.total ? std::max<Nanoseconds>(1, to_nanoseconds(each.period_s)) : 0;
}

bool Sources::may_start(std::int32_t request_class) const {
  const models::RequestClass& each = of(request_class);
  const State& now = state(request_class);
  return now.started < std::min(now.due, now.total) && (each.in_flight <= 0 || now.live < each.in_flight);
}

std::int64_t Sources::start(std::int32_t request_class) {
  const models::RequestClass& each = of(request_class);
  State& now = state(request_class);
  const std::int64_t number = now.started++;
  ++now.live;
  const std::int64_t places = each.bytes > 0 ? std::max<std::int64_t>(1, each.span_bytes / each.bytes) : 1;
  if (each.random_addresses) {
    return static_cast<std::int64_t>(addresses_.below(static_cast<std::uint64_t>(places))) * each.bytes;
  }
  return each.span_bytes > 0 ? number % places * each.bytes : number * each.bytes;
}

void Sources::finish(std::int32_t request_class) {
  State& now = state(request_class);
  --now.live;
  if (!of(request_class).daemon && !now.open) --unfinished_;
}

double Sources::fraction_finished() const {
  return all_ > 0 ? static_cast<double>(all_ - unfinished_) / static_cast<double>(all_) : 1.0;
}

std::vector<std::int64_t> Sources::later() const {
  std::vector<std::int64_t> result(states_.size(), 0);
  for (std::size_t i = 0; i < states_.size(); ++i) {
    const State& each = states_[i];
    if (!machine_->classes[i].daemon)
      result[i] = each.open ? INT64_MAX : std::max<std::int64_t>(0, each.total - each.started);
  }
  return result;
}

std::vector<bool> Sources::to_come() const {
  std::vector<bool> result(states_.size(), false);
  for (std::size_t i = 0; i < states_.size(); ++i) result[i] = states_[i].started < states_[i].total;
  return result;
}

}  // namespace dmstall::sim
