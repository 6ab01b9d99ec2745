#include "models/kernel/bio_row.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "models/kernel/steps.hpp"

namespace dmstall::models {

namespace {

constexpr FlowRole own_bio{"one bio of several, put by who took it"};

std::vector<Branch> by_status(const std::function<Steps(Status)>& then) {
  return {branch("ok", then(Status::ok)), branch("bad", then(Status::bad)), branch("error", then(Status::error))};
}

/// bio_set elements that the submitter itself puts when all is over.
Steps put_held(const BioRow& row) {
  Steps back;
  for (auto bio = row.bios.rbegin(); bio != row.bios.rend(); ++bio) {
    if (bio->held_to_the_end && bio->set != no_resource) back = seq({back, give(bio->set, row.put)});
  }
  return back;
}

Steps take_bio(const OwnBio& bio) {
  return bio.set == no_resource ? Steps{} : take(bio.set, bio.taken);
}

/// One bio of several, from the start of its submission to its bio_put.
Steps spawn_bio(Stack& stack, DeviceIndex below, Io io, const BioRow& row, const OwnBio& bio, std::int64_t offset) {
  io.bytes = bio.bytes;
  const FlowId lower = stack.flow(below, io);
  Steps one;
  if (bio.set == no_resource || bio.held_to_the_end || row.parked_at_the_end) {
    one = spawn(lower, row.submitted, true);
  } else {
    const AskedIo asked = stack.asked(below, io);
    const FlowKey key{.role = &own_bio,
                      .device = below,
                      .asked = {asked},
                      .resource = bio.set,
                      .function = stack.function_id(row.put)};
    const auto label = [&] {
      const std::string& set = stack.program().resources[static_cast<std::size_t>(bio.set)].name;
      return fmt::format("bio of {}: {}, put by {}", set, stack.describe(asked), row.put);
    };
    const FlowId flow = stack.flow(key, label, [&] {
      return call(lower, row.submitted, by_status([&](Status status) {
                    return seq({give(bio.set, row.put), finish(status)});
                  }));
    });
    one = spawn(flow, row.submitted, true, {{bio.set, 1}});
  }
  one[0].address.add = offset;
  return submit_bio_block(std::move(one), row.submitted);
}

}  // namespace

std::vector<OwnBio> bios_of(std::int64_t bytes, std::int64_t most, ResourceId set, const std::string& taken) {
  std::vector<OwnBio> bios;
  for (std::int64_t left = bytes; left > 0; left -= most) bios.push_back({set, std::min(left, most), taken});
  return bios;
}

Steps submit_row(Stack& stack, DeviceIndex below, const Io& io, const BioRow& row,
                 const std::function<Steps(Status)>& ended) {
  if (row.bios.size() == 1) {
    const OwnBio& bio = row.bios.front();
    Io only = io;
    only.bytes = bio.bytes;
    const Steps back = bio.set == no_resource || row.parked_at_the_end ? Steps{} : give(bio.set, row.put);
    return seq({take_bio(bio), row.before_last_submit,
                call(stack.flow(below, only), row.submitted, by_status([&](Status status) {
                       return seq({back, ended(status)});
                     }))});
  }
  Steps steps = take_bio(row.bios.front());
  std::int64_t offset = 0;
  for (std::size_t i = 0; i < row.bios.size(); ++i) {
    const Steps next = i + 1 < row.bios.size() ? take_bio(row.bios[i + 1]) : Steps{};
    const Steps submit = seq({i + 1 < row.bios.size() ? Steps{} : row.before_last_submit,
                              spawn_bio(stack, below, io, row, row.bios[i], offset)});
    offset += row.bios[i].bytes;
    steps = row.next_before_submit ? seq({steps, next, submit}) : seq({steps, submit, next});
  }
  const Steps back = put_held(row);
  return seq({steps, detach(row.waited),
              await_children(by_status([&](Status status) {
                               return seq({back, ended(status)});
                             }),
                             row.waited)});
}

}  // namespace dmstall::models
