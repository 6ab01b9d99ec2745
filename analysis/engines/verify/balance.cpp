#include "analysis/engines/verify/balance.hpp"

#include <algorithm>
#include <boost/multiprecision/cpp_int.hpp>

namespace dmstall::analysis::checking {

using models::Machine;
using models::ResourceKind;
using Exact = boost::multiprecision::cpp_rational;

namespace {

constexpr std::size_t most_digits = 1'000;
constexpr std::size_t most_cases = 100'000;

Exact positive(const std::string& text) {
  const std::size_t slash = std::min(text.find('/'), text.size());
  const auto number = [&](std::string_view digits) {
    const bool plain = !digits.empty() && digits.size() <= most_digits && digits.front() != '0' &&
                       std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (!plain) throw Refused({Refusal::Kind::multiplier_inexact, {text}});
    return boost::multiprecision::cpp_int(std::string(digits));
  };
  const std::string_view all = text;
  return {number(all.substr(0, slash)),
          slash < text.size() ? number(all.substr(slash + 1)) : boost::multiprecision::cpp_int(1)};
}

class Balance {
 public:
  Balance(const Machine& machine, const Slots& slots, const Names& names, const Claims& claims, int group,
          const std::set<Column>& columns)
      : machine_(machine),
        slots_(slots),
        names_(names),
        claims_(claims),
        group_(group),
        columns_(columns.begin(), columns.end()) {}

  void check(const Cases& cases) {
    if (cases.split) return split(cases);
    if (!cases.branches.empty()) throw Refused({Refusal::Kind::branches_unsplit});
    leaf(cases.multipliers);
  }

 private:
  /// Nobody need wait for it: who proves may see waits that the walk knows to be out of reach. The columns are those of
  /// the group alone, so what they say of a thing of another group is nothing.
  Want want_of(const Target& target) const {
    const std::optional<Slot> slot = names_.slot(target.thing);
    if (!slot || claims_.group_of[static_cast<std::size_t>(*slot)] != group_)
      throw Refused({Refusal::Kind::case_of_another_group, {target.thing}});
    return {*slot, target.need, target.writing};
  }

  void split(const Cases& cases) {
    if (cases.branches.size() != 2 || !cases.multipliers.empty()) throw Refused({Refusal::Kind::split_misshapen});
    const Want want = want_of(*cases.split);
    if (waited_.count(want) != 0 || not_waited_.count(want) != 0)
      throw Refused({Refusal::Kind::split_twice, {slots_.name(want.thing)}});
    for (const bool is_waited : {true, false}) {
      std::set<Want>& side = is_waited ? waited_ : not_waited_;
      side.insert(want);
      check(cases.branches[is_waited ? 0 : 1]);
      side.erase(want);
    }
  }

  void leaf(const std::vector<Multiplier>& rows) {
    std::vector<Exact> sums(columns_.size());
    Exact bound = 0;
    for (const Multiplier& row : rows) {
      const Exact times = positive(row.times);
      const Row read = read_row(row);
      bound += times * read.bound;
      for (std::size_t i = 0; i < columns_.size(); ++i) {
        const std::int64_t n = coefficient(read, columns_[i]);
        if (n != 0) sums[i] += times * n;
      }
    }
    if (bound <= 0) throw Refused({Refusal::Kind::bounds_show_nothing});
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (sums[i] <= 0 || not_waited_.count(columns_[i].want) != 0) continue;
      Refusal why{Refusal::Kind::solution, {slots_.name(columns_[i].want.thing)}};
      for (const auto& [slot, n] : columns_[i].held) why.held.emplace_back(slots_.name(slot), n);
      throw Refused(std::move(why));
    }
  }

  struct Row {
    RowKind kind = RowKind::somebody;
    Want want;                   ///< waits, supply
    Slot of = no_slot;           ///< bound
    std::int32_t of_class = -1;  ///< requests
    std::int64_t bound = 1;
  };

  Row read_row(const Multiplier& multiplier) const {
    Row row;
    row.kind = multiplier.row;
    switch (multiplier.row) {
      case RowKind::somebody:
        break;
      case RowKind::waits:
      case RowKind::supply: {
        row.want = want_of(multiplier.target);
        if (waited_.count(row.want) == 0) throw Refused({Refusal::Kind::row_unfounded, {multiplier.target.thing}});
        const bool elements = slots_.is_resource(row.want.thing) && has_elements(slots_.resource(row.want.thing).kind);
        if (row.kind == RowKind::supply && elements)
          row.bound = slots_.resource(row.want.thing).capacity - row.want.need + 1;
        break;
      }
      case RowKind::bound:
        row.of = *names_.slot(multiplier.target.thing);  // spoken_of has looked
        row.bound = -std::int64_t{slots_.resource(row.of).capacity};
        break;
      case RowKind::requests:
        row.of_class = *names_.request_class(multiplier.of_class);
        row.bound = -machine_.classes[static_cast<std::size_t>(row.of_class)].population;
        break;
    }
    return row;
  }

  std::int64_t coefficient(const Row& row, const Column& column) const {
    switch (row.kind) {
      case RowKind::somebody:
        return 1;
      case RowKind::waits:
        return column.want == row.want ? 1 : 0;
      case RowKind::supply:
        return supplied(row.want, column);
      case RowKind::bound:
        return -amount_of(column.held, row.of);
      case RowKind::requests:
        return column.of_class == row.of_class ? -1 : 0;
    }
    return 0;
  }

  /// How much of what is missed the column's tokens hold.
  std::int64_t supplied(const Want& want, const Column& column) const {
    const std::int64_t held = amount_of(column.held, want.thing);
    if (!slots_.is_resource(want.thing)) return held;
    switch (slots_.resource(want.thing).kind) {
      case ResourceKind::rwsem: {
        const std::int64_t written = amount_of(column.held, slots_.writing(want.thing));
        if (want.writing) return held + written;
        return written + (column.want.thing == want.thing && column.want.writing ? 1 : 0);
      }
      case ResourceKind::order:
        return held > 0 && column.want.thing != want.thing ? 1 : 0;
      case ResourceKind::event: {
        const BatchRule* batch = claims_.batch_of_event(want.thing);
        return batch == nullptr ? held : held + amount_of(column.held, batch->counter);
      }
      default:
        return held;
    }
  }

  const Machine& machine_;
  const Slots& slots_;
  const Names& names_;
  const Claims& claims_;
  const int group_;
  const std::vector<Column> columns_;
  std::set<Want> waited_, not_waited_;
};

void speak(const Machine& machine, const Slots& slots, const Names& names, const Cases& cases, Spoken& spoken,
           std::size_t& left) {
  if (left-- == 0) throw Refused({Refusal::Kind::too_many_cases});
  for (const Multiplier& row : cases.multipliers) {
    if (row.row == RowKind::bound) {
      const std::optional<Slot> slot = names.slot(row.target.thing);
      if (!slot || !slots.is_resource(*slot) || !is_hard(slots.resource(*slot)))
        throw Refused({Refusal::Kind::row_unbounded, {row.target.thing}});
      spoken.bound.insert(*slot);
    }
    if (row.row == RowKind::requests) {
      const std::optional<std::int32_t> of = names.request_class(row.of_class);
      if (!of || !machine.classes[static_cast<std::size_t>(*of)].device.empty())
        throw Refused({Refusal::Kind::row_uncounted, {row.of_class}});
      spoken.classes.insert(*of);
    }
  }
  for (const Cases& branch : cases.branches) speak(machine, slots, names, branch, spoken, left);
}

}  // namespace

Spoken spoken_of(const Machine& machine, const Slots& slots, const Names& names, const Cases& cases) {
  Spoken spoken;
  std::size_t left = most_cases;
  speak(machine, slots, names, cases, spoken, left);
  return spoken;
}

void check_cases(const Machine& machine, const Slots& slots, const Names& names, const Claims& claims, int group,
                 const std::set<Column>& columns, const Cases& cases) {
  Balance(machine, slots, names, claims, group, columns).check(cases);
}

}  // namespace dmstall::analysis::checking
