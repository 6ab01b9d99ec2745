#include "analysis/report/omissions_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <sstream>

#include "analysis/report/wrapped.hpp"
#include "analysis/version.hpp"

namespace dmstall::analysis {

namespace {

using models::Effect;
using models::Omission;
using models::VerdictKind;

/// "1 omission could matter", "3 omissions could matter".
std::string omissions_counted(std::size_t n) {
  return fmt::format("{} omission{} could matter", n, n == 1 ? "" : "s");
}

}  // namespace

bool could_matter(const Omission& omission, VerdictKind verdict) {
  switch (verdict) {
    case VerdictKind::progress:
      return omission.effect == Effect::hides_deadlock;
    case VerdictKind::inconclusive:
      return omission.effect != Effect::none;
    default:
      return omission.effect == Effect::invents_deadlock;
  }
}

std::string limits_of_a_proof(const std::string& kernel, const std::vector<Omission>& omissions) {
  const std::vector<std::string> ids = ids_of(omissions, Effect::hides_deadlock);
  std::string text = fmt::format("of this model of Linux {}; ", kernel);
  text += ids.empty() ? "no known omission could matter" : omissions_counted(ids.size()) + ":";
  for (std::size_t i = 0; i < ids.size(); ++i) text += fmt::format(" {}{}", ids[i], i + 1 < ids.size() ? "," : "");
  return wrapped(text, "  ", "    ");
}

std::string omissions_of_a_report(const std::vector<Omission>& omissions, VerdictKind verdict) {
  std::string out;
  std::size_t others = 0;
  std::optional<Effect> heading;
  for (const Omission& omission : omissions) {
    if (!could_matter(omission, verdict)) {
      ++others;
      continue;
    }
    if (heading != omission.effect) out += fmt::format("  left out, {} when\n", in_words(omission.effect));
    heading = omission.effect;
    out += wrapped(fmt::format("{}: {}", omission.id, omission.reason), "    ", "      ");
  }
  if (others == 0) return out;
  return out + fmt::format("  left out without {}, with reasons in dmstall show: {} thing{}\n",
                           out.empty() ? "effect on this verdict" : "such an effect", others, others == 1 ? "" : "s");
}

std::string omissions_in_full(const std::vector<Omission>& omissions) {
  std::string out;
  for (const Effect effect : {Effect::hides_deadlock, Effect::invents_deadlock, Effect::none}) {
    std::string_view part;
    for (const Omission& omission : omissions) {
      if (omission.effect != effect) continue;
      if (part.empty()) out += fmt::format("left out, {}\n", in_words(effect));
      if (omission.part() != part) out += fmt::format("  {}\n", omission.part());
      part = omission.part();
      out += wrapped(fmt::format("{}: {}", omission.id.substr(part.size() + 1), omission.what), "    ", "      ");
      out += wrapped(omission.reason, effect == Effect::none ? "      because " : "      when ", "        ");
      out += wrapped(omission.function, "      in ", "        ");
    }
  }
  return out;
}

}  // namespace dmstall::analysis
