#include "models/scenario/copies.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "models/scenario/device_parameters.hpp"
#include "models/scenario/limits.hpp"

namespace dmstall::models {

namespace {

bool is_marked(const JsonValue& value) {
  if (value.kind == JsonValue::Kind::string) return has_copy_mark(value.string);
  return std::any_of(value.items.begin(), value.items.end(), is_marked) ||
         std::any_of(value.members.begin(), value.members.end(),
                     [](const JsonMember& member) { return is_marked(member.value); });
}

void put_number(JsonValue& value, const std::string& number) {
  if (value.kind == JsonValue::Kind::string) value.string = with_copy_number(std::move(value.string), number);
  for (JsonValue& item : value.items) put_number(item, number);
  for (JsonMember& member : value.members) put_number(member.value, number);
}

}  // namespace

std::vector<JsonValue> copies_of(const ReadContext& context, const JsonValue& item, const KeyTable& table,
                                 const std::string& noun, std::size_t so_far) {
  const JsonMember* repeat = item.find("repeat");
  const JsonMember* from = item.find("repeat_from");
  const auto too_many = [&](Span where) {
    context.error(where, fmt::format("more than {} {}s, copies counted", most_workload_items, noun));
    return std::vector<JsonValue>{};
  };
  if (repeat == nullptr) {
    if (from != nullptr) context.error(from->key_where, "\"repeat_from\" without \"repeat\"");
    if (so_far >= most_workload_items) return too_many(item.where);
    return {item};
  }
  const ValueReader read(context);
  const auto copies = read.integer(*find_key(table, "repeat"), repeat->value);
  const auto first = from == nullptr ? 0 : read.integer(*find_key(table, "repeat_from"), from->value);
  if (!copies || !first) return {};
  if (so_far + static_cast<std::size_t>(*copies) > most_workload_items) return too_many(repeat->value.where);
  if (!is_marked(item)) {
    context.error(
        repeat->key_where,
        fmt::format("nothing tells the copies of this {} apart: write {{i}} into the name of its device", noun));
    return {};
  }
  std::vector<JsonValue> all;
  for (std::int64_t i = 0; i < *copies; ++i) {
    all.push_back(item);
    put_number(all.back(), fmt::format("{}", *first + i));
  }
  return all;
}

}  // namespace dmstall::models
