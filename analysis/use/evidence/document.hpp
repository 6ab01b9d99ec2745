// Documents that notice when somebody changes them, and that people can read: witnesses and certificates.
#pragma once

#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace dmstall::analysis {

/// What is said of a document that is JSON and yet not what it says it is.
inline constexpr const char* misshapen_document = "something is missing in it, or is not what belongs there";

/// Throws std::runtime_error: it is not JSON, or nested deeper than any document of ours.
[[nodiscard]] nlohmann::ordered_json parse_document(const std::string& text);

/// Hands the document to `take` when it is one of version 1 (its member `kind`, which people call `name`) and its
/// digest fits. Returns why it was not taken, empty when it was: it is no JSON, nested deeper than any document of
/// ours, of another kind, changed since it was written, or `take` threw. std::bad_alloc says nothing about it and is
/// let through.
[[nodiscard]] std::string read_sealed(const std::string& text, const char* kind, const char* name,
                                      const std::function<void(const nlohmann::ordered_json& document)>& take);

/// A path as a document can hold it: what is no UTF-8 of it is written as an escape, and leads nowhere.
[[nodiscard]] std::string path_in_document(const std::string& path);

/// SHA-256 over everything but the member "digest", in the order in which it stands. Throws std::runtime_error when
/// OpenSSL refuses.
[[nodiscard]] std::string digest_of(nlohmann::ordered_json document);

/// The document as text: a line for each member, and for each element of the members in `long_lists`.
[[nodiscard]] std::string one_line_each(const nlohmann::ordered_json& document,
                                        const std::vector<std::string_view>& long_lists);

}  // namespace dmstall::analysis
