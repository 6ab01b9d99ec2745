#include "analysis/report/html/page.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cstdint>
#include <map>
#include <string_view>

#include "analysis/report/html/page_files.hpp"
#include "analysis/report/xml_text.hpp"
#include "analysis/use/evidence/sha256.hpp"
#include "analysis/version.hpp"

namespace dmstall::analysis {

namespace {

/// Bytes of a text of hexadecimal digits, in Base64.
std::string base64_of_hex(const std::string& hex) {
  static constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < hex.size(); i += 6) {
    std::uint32_t three = 0;
    const std::string part = hex.substr(i, 6);
    std::from_chars(part.data(), part.data() + part.size(), three, 16);
    three <<= 4 * (6 - part.size());
    for (std::size_t n = 0; n < 4; ++n) out += n <= part.size() / 2 ? letters[three >> (18 - 6 * n) & 63U] : '=';
  }
  return out;
}

/// JSON that may stand in a script element: nothing in it ends the element or begins a comment.
std::string in_a_script(std::string_view json) {
  std::string out;
  out.reserve(json.size());
  for (const char c : json) {
    switch (c) {
      case '<':
      case '>':
      case '&':
        out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
        break;
      default:
        out += c;
    }
  }
  return out;
}

/// Text between tags, and in a quoted attribute.
std::string html_text(std::string_view text) {
  std::string out;
  for (const char c : xml_text(text)) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string hash_of(std::string_view text) {
  return "'sha256-" + base64_of_hex(sha256(text)) + "'";
}

std::string filled(std::string_view skeleton, const std::map<std::string, std::string, std::less<>>& places) {
  std::string out;
  for (std::size_t at = 0; at < skeleton.size();) {
    const std::size_t open = skeleton.find("{{", at);
    const std::size_t close = open == std::string_view::npos ? open : skeleton.find("}}", open);
    if (close == std::string_view::npos) {
      out += skeleton.substr(at);
      break;
    }
    out += skeleton.substr(at, open - at);
    out += places.at(std::string(skeleton.substr(open + 2, close - open - 2)));
    at = close + 2;
  }
  return out;
}

}  // namespace

std::string page_of(const std::string& title, const std::string& json, const std::string& without_script) {
  const PageFiles files = page_files();
  const std::string policy =
      fmt::format("default-src 'none'; script-src {}; style-src {}; base-uri 'none'; form-action 'none'",
                  hash_of(files.script), hash_of(files.style));
  return filled(files.skeleton, {{"title", html_text(title)},
                                 {"policy", policy},
                                 {"style", std::string(files.style)},
                                 {"script", std::string(files.script)},
                                 {"version", html_text(program_version())},
                                 {"without_script", html_text(without_script)},
                                 {"data", in_a_script(json)}});
}

}  // namespace dmstall::analysis
