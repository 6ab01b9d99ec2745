#include "analysis/use/evidence/document.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <new>
#include <stdexcept>

#include "analysis/json.hpp"
#include "analysis/use/evidence/sha256.hpp"
#include "models/scenario/printable.hpp"
#include "models/scenario/source_text.hpp"

namespace dmstall::analysis {

Json parse_document(const std::string& text) {
  constexpr int deepest = 4'000;  // writing it out again recurses
  try {
    return Json::parse(text, [](int depth, Json::parse_event_t, Json&) {
      if (depth > deepest) throw std::runtime_error("nested too deep");
      return true;
    });
  } catch (const Json::parse_error& error) {
    throw std::runtime_error(fmt::format("not JSON: byte {} does not fit", error.byte));
  }
}

std::string path_in_document(const std::string& path) {
  return models::first_invalid_utf8(path) ? models::printable(path) : path;
}

std::string digest_of(Json document) {
  document.erase("digest");
  return sha256(document.dump());
}

std::string read_sealed(const std::string& text, const char* kind, const char* name,
                        const std::function<void(const Json& document)>& take) {
  try {
    const Json document = parse_document(text);
    if (!document.is_object() || document.value(kind, Json()) != Json(1))
      return fmt::format("not a {} of version 1", name);
    if (document.value("digest", Json()) != Json(digest_of(document)))
      return "changed since it was written: its digest does not fit";
    take(document);
    return "";
  } catch (const Json::exception&) {
    return misshapen_document;
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& error) {
    return error.what();
  }
}

std::string one_line_each(const Json& document, const std::vector<std::string_view>& long_lists) {
  std::string out = "{\n";
  for (auto member = document.begin(); member != document.end(); ++member) {
    out += fmt::format("  {}: ", Json(member.key()).dump());
    const bool is_long = std::find(long_lists.begin(), long_lists.end(), member.key()) != long_lists.end();
    if (is_long && member.value().is_array() && !member.value().empty()) {
      out += "[\n";
      for (std::size_t i = 0; i < member.value().size(); ++i)
        out += fmt::format("    {}{}\n", member.value()[i].dump(), i + 1 < member.value().size() ? "," : "");
      out += "  ]";
    } else {
      out += member.value().dump();
    }
    out += std::next(member) == document.end() ? "\n" : ",\n";
  }
  return out + "}\n";
}

}  // namespace dmstall::analysis
