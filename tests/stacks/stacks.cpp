#include "tests/stacks/stacks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

namespace dmstall::tests {

namespace {

using models::Parameter;
using models::ParameterType;
using models::TargetDescription;

std::vector<std::string> settings_of(const TargetDescription& target) {
  std::vector<std::string> settings = {""};
  for (const Parameter& parameter : target.parameters) {
    const auto add = [&](const std::string& value) {
      const auto& not_there = parameter.unmodelled_values;
      if (value == parameter.default_text) return;
      if (std::find(not_there.begin(), not_there.end(), value) != not_there.end()) return;
      const bool flag = parameter.type == ParameterType::boolean;
      settings.push_back(fmt::format(R"(, "{}": {})", parameter.name, flag ? value : '"' + value + '"'));
    };
    if (parameter.type == ParameterType::boolean) add("true"), add("false");
    for (const std::string& choice : parameter.choices) add(choice);
  }
  return settings;
}

std::vector<Variant> variants_of(const TargetDescription& target) {
  std::vector<const Parameter*> required, optional;
  for (const Parameter& parameter : target.parameters) {
    if (parameter.is_role) (parameter.required ? required : optional).push_back(&parameter);
  }
  std::vector<Variant> variants;
  for (std::size_t chosen = 0; chosen < std::size_t{1} << optional.size(); ++chosen) {
    Variant variant{&target, required, {}};
    for (std::size_t i = 0; i < optional.size(); ++i) {
      if ((chosen >> i & 1U) != 0) variant.roles.push_back(optional[i]);
    }
    for (std::string& setting : settings_of(target)) {
      variant.setting = std::move(setting);
      variants.push_back(variant);
    }
  }
  return variants;
}

class Writing {
 public:
  explicit Writing(std::string prefix) : prefix_(std::move(prefix)) {}

  std::string device(const StackOfTargets& stack, std::size_t depth) {
    const auto& [variant, taken] = stack[depth];
    std::string body;
    for (const Parameter* role : variant->roles) {
      const std::string name = role == taken ? device(stack, depth + 1) : disk();
      switch (role->type) {
        case ParameterType::device_list:
          body += fmt::format(R"(, "{}": ["{}", "{}"])", role->name, name, disk());
          break;
        case ParameterType::fec:
          body += fmt::format(R"(, "{}": {{ "device": "{}" }})", role->name, name);
          break;
        case ParameterType::segments: {
          std::string segments;
          for (const std::string& to : {name, disk(), disk()}) {
            segments += fmt::format(R"({}{{ "to": "{}", "size_mib": 64 }})", segments.empty() ? "" : ", ", to);
          }
          body += fmt::format(R"(, "{}": [{}])", role->name, segments);
          break;
        }
        default:
          body += fmt::format(R"(, "{}": "{}")", role->name, name);
          break;
      }
    }
    return add(body + variant->setting, variant->target->id);
  }

  std::vector<std::string> devices;

 private:
  std::string add(const std::string& body, const std::string& target) {
    const std::string name = fmt::format("{}{}{}", prefix_, target, ++count_);
    devices.push_back(fmt::format(R"({{ "name": "{}", "target": "{}"{} }})", name, target, body));
    return name;
  }
  std::string disk() { return add("", "disk"); }

  std::string prefix_;
  int count_ = 0;
};

void each_stack(const std::vector<Variant>& variants, std::size_t targets, int settings, StackOfTargets& above,
                const std::function<void(const StackOfTargets&)>& look) {
  for (const Variant& variant : variants) {
    const int left = settings - (variant.setting.empty() ? 0 : 1);
    if (left < 0) continue;
    above.push_back({&variant, nullptr});
    if (above.size() == targets) {
      look(above);
    } else {
      for (const Parameter* role : variant.roles) {
        above.back().taken = role;
        each_stack(variants, targets, left, above, look);
      }
    }
    above.pop_back();
  }
}

}  // namespace

std::vector<Variant> all_variants() {
  std::vector<Variant> variants;
  for (const TargetDescription& target : models::target_registry()) {
    const std::vector<Variant> more = variants_of(target);
    variants.insert(variants.end(), more.begin(), more.end());
  }
  return variants;
}

WrittenStack written(const StackOfTargets& stack, const std::string& prefix) {
  Writing writing(prefix);
  const std::string top = writing.device(stack, 0);
  return {writing.devices, top};
}

void each_stack(const std::vector<Variant>& variants, std::size_t targets, int settings,
                const std::function<void(const StackOfTargets&)>& look) {
  StackOfTargets above;
  each_stack(variants, targets, settings, above, look);
}

std::string joined(const std::vector<std::string>& objects) {
  std::string text;
  for (const std::string& object : objects) text += (text.empty() ? "" : ",\n    ") + object;
  return text;
}

std::vector<std::string> releases_of_this_run() {
  const char* const asked = std::getenv("DMSTALL_RELEASE");
  return asked == nullptr ? models::release_names() : std::vector<std::string>{asked};
}

}  // namespace dmstall::tests
