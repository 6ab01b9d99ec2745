// Changes to what the flows of a program do with one resource: what a repair tries. They read steps, no names.
//
// A rewrite keeps what a flow takes and gives; whether it helps is for the search to say.
#pragma once

#include <vector>

#include "models/machine/program.hpp"

namespace dmstall::analysis {

/// Several elements taken one after the other, in one step or in several of a row of steps, are taken together where
/// the first was: all or nothing. How many takes were changed.
int take_all_at_once(models::Steps& steps, models::ResourceId resource);

/// A lock around every row of steps in which several elements are taken one after the other: from before the first take
/// until after the last. Not where a step in between may end or suspend the row (finish, detach, loops). How many rows.
int lock_around_takes(models::Steps& steps, models::ResourceId resource, models::ResourceId lock);

/// Whether every way through the steps gives back as many as it takes, and nothing travels with a child or a submitter.
[[nodiscard]] bool keeps_to_itself(const models::Steps& steps, models::ResourceId resource);

/// Whether any step speaks of the resource, in whatever way.
[[nodiscard]] bool mentions(const models::Steps& steps, models::ResourceId resource);

/// Every step on `from` is one on `to`.
void use_instead(models::Steps& steps, models::ResourceId from, models::ResourceId to);

/// The resources that the flow takes right before or right after this one wherever it takes it, itself included: a slot
/// of a workqueue and its thread are entered together.
[[nodiscard]] std::vector<models::ResourceId> entered_together(const models::Program& program,
                                                               const models::Steps& steps, models::ResourceId resource);

}  // namespace dmstall::analysis
