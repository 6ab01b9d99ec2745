#include "analysis/report/kernel_markdown.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>
#include <stdexcept>
#include <vector>

#include "analysis/report/fold_text.hpp"
#include "models/machine/each_step.hpp"
#include "models/scenario/settings.hpp"
#include "models/targets/build.hpp"
#include "models/targets/target.hpp"

namespace dmstall::analysis {

namespace {

using models::Step;
using models::StepKind;

constexpr std::size_t text_width = 118;

std::string pool_of(const models::Program& program, models::ResourceId id) {
  const models::Resource& of = program.resources[static_cast<std::size_t>(id)];
  return of.pool.empty() ? of.name : of.pool;
}

/// "takes recheck_pool"; empty where the step is no more than its call.
std::string what_it_does(const models::Program& program, const Step& step) {
  const auto of = [&](std::string_view verb) {
    return step.resource == models::no_resource ? std::string(verb)
                                                : fmt::format("{} {}", verb, pool_of(program, step.resource));
  };
  switch (step.kind) {
    case StepKind::take:
      return of(step.mode == models::TakeMode::try_ ? "takes if it can" : "takes");
    case StepKind::give:
      return of("gives");
    case StepKind::read_lock:
      return of("locks for reading");
    case StepKind::read_unlock:
    case StepKind::write_unlock:
      return of("unlocks");
    case StepKind::write_lock:
      return of("locks for writing");
    case StepKind::count:
      return of("counts");
    case StepKind::await_zero:
      return of("waits until nobody is left in");
    case StepKind::signal:
    case StepKind::broadcast:
      return of("wakes who waits for");
    case StepKind::await:
      return of("waits for");
    case StepKind::ticket:
      return of("queues up in");
    case StepKind::await_turn:
      return of("waits for its turn in");
    case StepKind::pass_turn:
      return of("lets the next go on in");
    case StepKind::spawn:
      return step.park ? "submits" : "starts";
    case StepKind::await_children:
      return "waits for what it started";
    case StepKind::call:
      return "submits";
    case StepKind::detach:
      return "returns to the submitter";
    case StepKind::choose:
      return "decides";
    case StepKind::if_:
    case StepKind::while_:
      return of("tests");
    case StepKind::stop:
      return "ends the machine";
    default:
      return {};
  }
}

struct Call {
  std::set<std::string> does, releases;
};

/// By target, then by call chain. Flows of no device are under the empty name.
using Calls = std::map<std::string, std::map<std::string, Call>>;

void add_calls(const std::string& release, const std::string& stack, Calls& calls) {
  const models::ReadResult read =
      models::read_scenario_on(fmt::format("{{ \"format\": 1, {} }}", stack), "a walk of a target", release);
  if (!read.scenario) throw std::logic_error(models::format_diagnostics(read.diagnostics));
  const models::Program program = models::build_program(*read.scenario);
  for (const models::Flow& flow : program.flows) {
    const models::Device* device = read.scenario->find_device(flow.device);
    auto& of_target = calls[device == nullptr ? std::string() : device->target];
    models::for_each_step(flow.steps, [&](const Step& step) {
      const std::string does = what_it_does(program, step);
      if (step.function.empty() || does.empty()) return;
      Call& call = of_target[step.function];
      call.does.insert(does);
      call.releases.insert(release);
    });
  }
}

std::string releases_of(const Call& call) {
  return call.releases.size() == models::release_names().size()
             ? std::string()
             : fmt::format(" ({} only)", fmt::join(call.releases, ", "));
}

std::string calls_text(const std::map<std::string, Call>& calls) {
  std::string out;
  for (const auto& [chain, call] : calls)
    out +=
        folded(fmt::format("`{}`{}: {}", chain, releases_of(call), fmt::join(call.does, ", ")), text_width, "- ", "  ");
  return out + "\n";
}

std::string omissions_of(const models::ModelPart& part) {
  std::string out =
      fmt::format("### {}\n\n{}", part.name, folded(fmt::format("Source: {}.", part.source), text_width, "", ""));
  if (part.omissions.empty()) return out + "\n";
  out += "\n";
  for (const models::Omission& each : models::in_order(part.omissions)) {
    out += folded(
        fmt::format("`{}`: {} ({}). {}: {}", each.id, each.what, each.function, in_words(each.effect), each.reason),
        text_width, "- ", "  ");
  }
  return out + "\n";
}

}  // namespace

std::string kernel_markdown() {
  Calls calls;
  for (const std::string& release : models::release_names()) {
    for (const models::Target* target : models::targets()) {
      for (const char* walk : target->walks) add_calls(release, walk, calls);
    }
  }
  std::string out = "# What of Linux is modelled\n\n";
  out +=
      folded(fmt::format(
                 "Made by `dmstall schema --format kernel`; a test compares it. First the calls that take, give, wait "
                 "or wake, by target, innermost function first (`mempool_alloc < verity_recheck`: mempool_alloc called "
                 "by verity_recheck), on Linux {}; then, part by part, what the models leave out, and what that could "
                 "do to a verdict.",
                 fmt::join(models::release_names(), " and ")),
             text_width, "", "");
  out += "\n## Calls\n\n";
  out += "### Submitters and the kernel below them\n\n" + calls_text(calls[""]);
  for (const models::TargetDescription& target : models::target_registry()) {
    out += fmt::format("### {}\n\n", target.id) +
           folded(fmt::format("{}. Source: {}.", target.about, target.source), text_width, "", "") + "\n" +
           calls_text(calls[target.id]);
  }
  out += "## What is left out\n\n";
  for (const models::ModelPart* part : models::all_parts()) out += omissions_of(*part);
  while (out.size() > 1 && out[out.size() - 2] == '\n') out.pop_back();
  return out;
}

}  // namespace dmstall::analysis
