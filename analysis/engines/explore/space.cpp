#include "analysis/engines/explore/space.hpp"

#include <algorithm>
#include <limits>
#include <stdexcept>

#include "analysis/engines/explore/packing.hpp"
#include "models/machine/graph.hpp"

namespace dmstall::analysis {

namespace {

using models::Alternative;
using models::AlternativeKind;
using models::at;
using models::Node;
using models::node_at;
using models::NodeKind;
using models::ResourceId;
using models::StepError;

constexpr int most_hurried_steps = 100'000;

/// Steps that a witness does not count: they touch nothing, or they only let others go on.
bool is_free_step(NodeKind kind) {
  if (models::touches_no_resource(kind)) return true;
  switch (kind) {
    case NodeKind::give:
    case NodeKind::read_unlock:
    case NodeKind::write_unlock:
    case NodeKind::signal:
    case NodeKind::end_writeback:
      return true;
    default:
      return false;
  }
}

void put(Packer& out, const Families& families) {
  out.put_size(families.size());
  for (const auto& [shape, count] : families) {
    out.put(shape);
    out.put(count);
  }
}

}  // namespace

Space::Space(const models::Machine& machine, const std::vector<SiblingGroup>& groups, Demand& demand,
             Composition composition, Reductions reductions)
    : composition_(std::move(composition)),
      reductions_(reductions),
      groups_(groups),
      slim_(slim(machine, demand, composition_, reductions.ample, !reductions.wakes)),
      shapes_(slim_.machine, {reductions.empty, reductions.release, reductions.choices, slim_.patient}),
      levels_(models::initial_levels(machine)) {
  const models::Machine& reduced = slim_.machine;
  std::vector<bool> used(reduced.resources.size(), false), own(reduced.resources.size(), false);
  for (std::size_t c = 0; c < composition_.size(); ++c) {
    if (composition_[c] == 0) continue;
    for (const ResourceId resource : resources_of_class(reduced, static_cast<std::int32_t>(c)))
      used[at(resource)] = true;
  }
  for (const SiblingGroup& group : groups_) {
    for (const ResourceId resource : group.own) {
      own[at(resource)] = true;
      bool ample = slim_.ample[at(resource)];
      // Equal for all siblings, or the first could not stand for the others.
      for (const auto& map : group.resource_of_first) {
        for (const auto& [theirs, firsts] : map) {
          if (firsts == resource) ample = ample && slim_.ample[at(theirs)];
        }
      }
    }
    for (const auto& map : group.resource_of_first) {
      for (const auto& [theirs, firsts] : map) own[at(theirs)] = true;
    }
  }
  const auto matters = [&](ResourceId resource) { return used[at(resource)] && !slim_.ample[at(resource)]; };
  for (std::size_t r = 0; r < reduced.resources.size(); ++r) {
    const auto resource = static_cast<ResourceId>(r);
    if (!own[r] && matters(resource)) shared_.push_back(resource);
    pages_matter_ =
        pages_matter_ || (reduced.resources[r].soft && reduced.resources[r].allocator == models::AllocatorRule::pages);
  }
  for (const SiblingGroup& group : groups_) {
    own_.emplace_back();
    for (const ResourceId resource : group.own) {
      if (!slim_.ample[at(resource)]) own_.back().push_back(resource);
    }
  }
}

void Space::load_words(const std::vector<ResourceId>& resources, const std::vector<std::int32_t>& words) {
  std::size_t next = 0;
  for (const ResourceId resource : resources) {
    const models::LevelSlot& slot = slim_.machine.slots[at(resource)];
    for (std::int32_t w = 0; w < slot.words; ++w) levels_.words[at(slot.first + w)] = words[next++];
  }
}

void Space::save_words(const std::vector<ResourceId>& resources, std::vector<std::int32_t>& words) const {
  words.clear();
  for (const ResourceId resource : resources) {
    const models::LevelSlot& slot = slim_.machine.slots[at(resource)];
    for (std::int32_t w = 0; w < slot.words; ++w) words.push_back(levels_.words[at(slot.first + w)]);
  }
}

void Space::load(const State& state) {
  load_words(shared_, state.words);
  levels_.free_pages = state.free_pages;
}

void Space::add_family(Families& families, ShapeId shape, std::size_t index) const {
  if (!reductions_.count) {
    families.insert(families.begin() + static_cast<std::ptrdiff_t>(index), {shape, 1});
    return;
  }
  const auto place = std::lower_bound(families.begin(), families.end(), shape,
                                      [](const auto& each, ShapeId id) { return each.first < id; });
  if (place != families.end() && place->first == shape) {
    ++place->second;
  } else {
    families.insert(place, {shape, 1});
  }
}

CellId Space::intern(Cell cell) {
  std::string key;
  Packer packer(key, 2 + cell.words.size() + 2 * cell.families.size());
  packer.put(cell.group);
  for (const std::int32_t word : cell.words) packer.put(word);
  put(packer, cell.families);
  packer.finish();
  const auto [known, fresh] = known_cells_.emplace(std::move(key), static_cast<CellId>(cells_.size()));
  if (fresh) cells_.push_back(std::move(cell));
  return known->second;
}

/// Into the counted cells; one in which nobody is left is of no interest any more.
void Space::put_back(State& state, Cell&& cell) {
  save_words(own_[at(cell.group)], cell.words);
  if (cell.families.empty()) return;
  const CellId id = intern(std::move(cell));
  const auto place = std::lower_bound(state.cells.begin(), state.cells.end(), id,
                                      [](const auto& each, CellId key) { return each.first < key; });
  if (place != state.cells.end() && place->first == id) {
    ++place->second;
  } else {
    state.cells.insert(place, {id, 1});
  }
}

/// After a stop: a state that is over, whatever the resources were.
State Space::nobody_left() const {
  State state;
  for (const ResourceId resource : shared_)
    state.words.resize(state.words.size() + static_cast<std::size_t>(slim_.machine.slots[at(resource)].words), 0);
  return state;
}

State Space::initial(Edge& cost) {
  State state;
  levels_ = models::initial_levels(slim_.machine);
  std::vector<bool> in_group(composition_.size(), false);
  for (std::size_t g = 0; g < groups_.size(); ++g) {
    Cell cell;
    cell.group = static_cast<std::int32_t>(g);
    std::vector<std::int32_t> words;
    save_words(own_[g], words);
    const ShapeId request = shapes_.request(groups_[g].classes.front());
    for (const std::int32_t request_class : groups_[g].classes) {
      in_group[at(request_class)] = true;
      const std::int64_t count = composition_[at(request_class)];
      if (count == 0) continue;
      Cell filled = cell;
      for (std::int64_t i = 0; i < count; ++i) add_family(filled.families, request, filled.families.size());
      load_words(own_[g], words);
      if (!settle(state, &filled, cost)) return state;
      put_back(state, std::move(filled));
    }
  }
  for (std::size_t c = 0; c < composition_.size(); ++c) {
    if (in_group[c]) continue;
    const ShapeId request = shapes_.request(static_cast<std::int32_t>(c));
    for (std::int64_t i = 0; i < composition_[c]; ++i) add_family(state.families, request, state.families.size());
  }
  if (!settle(state, nullptr, cost)) return state;
  save_words(shared_, state.words);
  state.free_pages = pages_matter_ ? levels_.free_pages : 0;
  return state;
}

void Space::alternatives(const Site& site, std::vector<Alternative>& out) const {
  out.clear();
  models::alternatives(slim_.machine, site.at, levels_, site.asker, out);
}

/// In all families that may have to do with the resource; what is a sibling's own is nobody else's business.
template <typename Change>
void Space::change_all(State& state, Cell* cell, ResourceId resource, const Change& change) {
  const auto in = [&](Families& families) {
    Families changed;
    for (const auto& [shape, count] : families) {
      const ShapeId to = change(shape);
      if (!reductions_.count) {
        changed.emplace_back(to, count);
        continue;
      }
      const auto place = std::lower_bound(changed.begin(), changed.end(), to,
                                          [](const auto& each, ShapeId id) { return each.first < id; });
      if (place != changed.end() && place->first == to) {
        place->second += count;
      } else {
        changed.insert(place, {to, count});
      }
    }
    families = std::move(changed);
  };
  if (cell != nullptr) in(cell->families);
  const bool own = cell != nullptr && [&] {
    const std::vector<ResourceId>& of_group = groups_[at(cell->group)].own;
    return std::find(of_group.begin(), of_group.end(), resource) != of_group.end();
  }();
  if (own) return;
  in(state.families);
  std::vector<std::pair<CellId, std::int32_t>> cells;
  for (const auto& [id, count] : state.cells) {
    Cell changed = this->cell(id);
    in(changed.families);
    cells.emplace_back(intern(std::move(changed)), count);
  }
  std::sort(cells.begin(), cells.end());
  state.cells.clear();
  for (const auto& each : cells) {
    if (!state.cells.empty() && state.cells.back().first == each.first) {
      state.cells.back().second += each.second;
    } else {
      state.cells.push_back(each);
    }
  }
}

/// A give has added an element.
void Space::wake_sleepers(State& state, Cell* cell, ResourceId resource) {
  if (slim_.watched[at(resource)])
    change_all(state, cell, resource, [&](ShapeId id) { return shapes_.woken(id, resource); });
}

/// One step of one token on levels_, `state` and `cell` (taken out of state.cells by the caller). False: an error.
bool Space::take_step(State& state, Cell* cell, std::size_t family, Mover mover, const Alternative& alternative,
                      Edge& edge) {
  const models::Machine& machine = slim_.machine;
  Families& families = cell != nullptr ? cell->families : state.families;
  const ShapeId shape = families[family].first;
  const Node& node = node_at(machine, mover.at);
  const std::int32_t given = node.kind == NodeKind::give ? models::level(machine, levels_, node.resource) : -1;
  const models::Applied applied = models::apply(machine, mover.at, alternative, levels_);
  if (applied.error != StepError::none) {
    error_ = describe(applied.error, machine.resources[at(node.resource)]);
    return false;
  }
  if (node.kind == NodeKind::pass_turn && mover.ticket == std::numeric_limits<std::int32_t>::min()) {
    error_ = machine.resources[at(node.resource)].name + ": the turn is passed without a ticket";
    return false;
  }
  edge.faults += alternative.faults;
  edge.failures += alternative.failures + slim_.failures[at(mover.at)];
  if (slim_.by_source[at(mover.at)]) edge.failures += alternative.index;  // branch 1: refused, then the reserve
  edge.steps += !is_free_step(node.kind) || slim_.counts_as_step[at(mover.at)] ? 1 : 0;
  const auto first_word = [&](ResourceId order) { return at(machine.slots[at(order)].first); };
  std::int32_t ticket = 0;
  if (node.kind == NodeKind::ticket) {
    const std::size_t words = first_word(node.resource);
    ticket = levels_.words[words] - 1 - levels_.words[words + 1];
  }
  const Transition& transition = shapes_.step(shape, mover.site, applied.next, ticket);
  if (--families[family].second == 0) families.erase(families.begin() + static_cast<std::ptrdiff_t>(family));
  // The mover's own family was seen to by the step.
  if (node.kind == NodeKind::broadcast)
    change_all(state, cell, node.resource, [&](ShapeId id) { return shapes_.woken(id, node.resource); });
  for (std::size_t i = 0; i < transition.families.size(); ++i) add_family(families, transition.families[i], family + i);
  if (given >= 0 && models::level(machine, levels_, node.resource) > given) wake_sleepers(state, cell, node.resource);
  for (const models::GiveBack& give : transition.gives) {
    if (slim_.ample[at(give.resource)]) continue;
    const std::int32_t before = models::level(machine, levels_, give.resource);
    const StepError error = models::give_back(machine, give.resource, give.n, levels_);
    if (error != StepError::none) {
      error_ = describe(error, machine.resources[at(give.resource)]);
      return false;
    }
    if (models::level(machine, levels_, give.resource) > before) wake_sleepers(state, cell, give.resource);
  }
  if (node.kind == NodeKind::pass_turn) {
    const std::size_t words = first_word(node.resource);
    levels_.words[words] -= levels_.words[words + 1];
    levels_.words[words + 1] = 0;
    change_all(state, cell, node.resource, [&](ShapeId id) { return shapes_.turned(id, node.resource); });
  }
  return true;
}

/// What can be done at once is done at once. False: an error.
bool Space::settle(State& state, Cell* cell, Edge& edge) {
  const Families& families = cell != nullptr ? cell->families : state.families;
  for (int count = 0; count < most_hurried_steps; ++count) {
    const auto hurried = std::find_if(families.begin(), families.end(),
                                      [&](const auto& each) { return shapes_.hurried(each.first).site >= 0; });
    if (hurried == families.end()) return true;
    if (!take_step(state, cell, static_cast<std::size_t>(hurried - families.begin()), shapes_.hurried(hurried->first),
                   {}, edge))
      return false;
  }
  throw TooMuchAtOnce();
}

void Space::expand_site(const State& state, CellId cell_id, std::size_t family, ShapeId shape, std::size_t site,
                        std::vector<Successor>& out) {
  const bool in_cell = cell_id >= 0;
  const auto load_all = [&] {
    load(state);
    if (in_cell) load_words(own_[at(cell(cell_id).group)], cell(cell_id).words);
  };
  load_all();
  alternatives(shapes_.sites(shape)[site], enabled_);
  for (std::size_t i = 0; i < enabled_.size(); ++i) {
    const Alternative& alternative = enabled_[i];
    if (i > 0) load_all();
    Successor next;
    next.state = state;
    next.edge.cell = cell_id;
    next.edge.shape = shape;
    next.edge.site = static_cast<std::int32_t>(site);
    next.edge.kind = alternative.kind;
    next.edge.index = alternative.index;
    next.edge.needs_allocator = alternative.needs_allocator;
    if (slim_.machine.nodes[at(shapes_.sites(shape)[site].at)].kind == NodeKind::stop) {
      next.state = nobody_left();
      out.push_back(std::move(next));
      continue;
    }
    Cell changed;
    Cell* own = nullptr;
    if (in_cell) {
      changed = cell(cell_id);
      own = &changed;
      auto& cells = next.state.cells;
      const auto place =
          std::find_if(cells.begin(), cells.end(), [&](const auto& each) { return each.first == cell_id; });
      if (--place->second == 0) cells.erase(place);
    }
    if (!take_step(next.state, own, family, shapes_.mover(shape, site), alternative, next.edge)) continue;
    if (!settle(next.state, own, next.edge)) continue;
    save_words(shared_, next.state.words);
    next.state.free_pages = pages_matter_ ? levels_.free_pages : 0;
    if (own != nullptr) put_back(next.state, std::move(changed));
    out.push_back(std::move(next));
  }
}

void Space::expand(const State& state, CellId cell_id, const Families& families, std::vector<Successor>& out) {
  for (std::size_t f = 0; f < families.size(); ++f) {
    const ShapeId shape = families[f].first;
    for (std::size_t s = 0; s < shapes_.sites(shape).size(); ++s) expand_site(state, cell_id, f, shape, s, out);
  }
}

void Space::successors(const State& state, std::vector<Successor>& out) {
  const auto local = [&](CellId id, const Families& families) {
    for (std::size_t f = 0; f < families.size(); ++f) {
      const ShapeId shape = families[f].first;
      const int site = shapes_.local_choice(shape);
      if (site < 0) continue;
      expand_site(state, id, f, shape, at(site), out);
      return true;
    }
    return false;
  };
  if (local(-1, state.families)) return;
  for (const auto& [id, count] : state.cells) {
    const Families families = cell(id).families;  // copied: new cells may move the old ones
    if (local(id, families)) return;
  }
  expand(state, -1, state.families, out);
  for (const auto& [id, count] : state.cells) {
    const Families families = cell(id).families;
    expand(state, id, families, out);
  }
}

bool Space::is_dead(const State& state) {
  bool anybody = false;
  load(state);
  const auto all_wait = [&](const Families& families) {
    for (const auto& [shape, count] : families) {
      anybody = anybody || shapes_.counts(shape);
      for (const Site& site : shapes_.sites(shape)) {
        alternatives(site, enabled_);
        for (const Alternative& alternative : enabled_) {
          if (!alternative.needs_allocator && !models::is_futile(node_at(slim_.machine, site.at), alternative))
            return false;
        }
      }
    }
    return true;
  };
  if (!all_wait(state.families)) return false;
  for (const auto& [id, count] : state.cells) {
    load_words(own_[at(cell(id).group)], cell(id).words);
    if (!all_wait(cell(id).families)) return false;
  }
  return anybody;
}

bool Space::sees_waking(models::NodeId node) const {
  const Node& there = node_at(slim_.machine, node);
  return there.kind != NodeKind::take_asleep || slim_.watched[at(there.resource)];
}

bool Space::is_complete(const State& state) const {
  const auto over = [&](const Families& families) {
    return std::none_of(families.begin(), families.end(), [&](const auto& each) { return shapes_.counts(each.first); });
  };
  return over(state.families) && std::all_of(state.cells.begin(), state.cells.end(),
                                             [&](const auto& each) { return over(cell(each.first).families); });
}

void Space::encode(const State& state, std::string& out) const {
  Packer packer(out, 3 + state.words.size() + 2 * state.families.size() + 2 * state.cells.size());
  for (const std::int32_t word : state.words) packer.put(word);
  packer.put(state.free_pages);
  put(packer, state.families);
  packer.put_size(state.cells.size());
  for (const auto& [id, count] : state.cells) {
    packer.put(id);
    packer.put(count);
  }
  packer.finish();
}

State Space::decode(const char* bytes) const {
  State state;
  Unpacker unpacker(bytes);
  std::size_t words = 0;
  for (const ResourceId resource : shared_) words += static_cast<std::size_t>(slim_.machine.slots[at(resource)].words);
  state.words.reserve(words);
  for (std::size_t i = 0; i < words; ++i) state.words.push_back(unpacker.get());
  state.free_pages = unpacker.get();
  const auto pairs = [&](auto& out) {
    const std::int32_t count = unpacker.get();
    out.reserve(at(count));
    for (std::int32_t i = 0; i < count; ++i) {
      const std::int32_t id = unpacker.get();
      out.emplace_back(id, unpacker.get());
    }
  };
  pairs(state.families);
  pairs(state.cells);
  return state;
}

}  // namespace dmstall::analysis
