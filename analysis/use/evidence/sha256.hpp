// The SHA-256 of a text: ties a witness to the scenario it was found in.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dmstall::analysis {

/// 64 hexadecimal digits; nothing where dmstall was built without OpenSSL's libcrypto.
[[nodiscard]] std::optional<std::string> sha256(std::string_view text);

}  // namespace dmstall::analysis
