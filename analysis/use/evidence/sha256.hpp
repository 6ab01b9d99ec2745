// The SHA-256 of a text: ties a witness to the scenario it was found in.
#pragma once

#include <string>
#include <string_view>

namespace dmstall::analysis {

/// 64 hexadecimal digits. Throws std::runtime_error when OpenSSL refuses.
[[nodiscard]] std::string sha256(std::string_view text);

}  // namespace dmstall::analysis
