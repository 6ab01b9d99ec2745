// Documents that notice when somebody changes them, and that people can read: witnesses and certificates.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace dmstall::analysis {

/// Throws std::runtime_error (with nlohmann's words, or because it is nested deeper than any document of ours).
[[nodiscard]] nlohmann::ordered_json parse_document(const std::string& text);

/// SHA-256 over everything but the member "digest", in the order in which it stands. Throws std::runtime_error where
/// dmstall was built without SHA-256.
[[nodiscard]] std::string digest_of(nlohmann::ordered_json document);

/// The document as text: a line for each member, and for each element of the members in `long_lists`.
[[nodiscard]] std::string one_line_each(const nlohmann::ordered_json& document, const std::vector<std::string_view>& long_lists);

}  // namespace dmstall::analysis
