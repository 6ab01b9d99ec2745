#include "analysis/use/export/names.hpp"

#include <fmt/format.h>

#include <cctype>

#include "models/scenario/printable.hpp"

namespace dmstall::analysis {

using models::ResourceKind;

PromelaNames::PromelaNames(const models::Program& program) {
  std::set<std::string> taken;
  for (const models::Resource& resource : program.resources) {
    plain_.push_back(identifier(resource.name, taken));
    const char* prefix = "free_";
    if (resource.kind == ResourceKind::counter) prefix = "value_of_";
    if (resource.kind == ResourceKind::event) prefix = "set_";
    if (resource.kind == ResourceKind::order) prefix = "unserved_of_";
    levels_.push_back(prefix + plain_.back());
  }
}

std::string PromelaNames::ticket(models::ResourceId id, int k) const {
  return fmt::format("ticket_{}_of_{}", k, plain_[static_cast<std::size_t>(id)]);
}

std::string PromelaNames::identifier(const std::string& text, std::set<std::string>& taken) {
  std::string name;
  for (const char c : text)
    name += std::isalnum(static_cast<unsigned char>(c)) != 0 && static_cast<unsigned char>(c) < 128 ? c : '_';
  std::string unique = name;
  for (int i = 2; !taken.insert(unique).second; ++i) unique = fmt::format("{}_{}", name, i);
  return unique;
}

std::string PromelaNames::comment(const std::string& text) {
  std::string out;
  for (const char c : models::printable(text)) {
    const bool ends_comment =
        (c == '/' && !out.empty() && out.back() == '*') || (c == '*' && !out.empty() && out.back() == '/');
    if (ends_comment) out += ' ';
    out += c == '\\' || static_cast<unsigned char>(c) < 32 ? ' ' : c;
  }
  return out;
}

}  // namespace dmstall::analysis
