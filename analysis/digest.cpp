#include "analysis/digest.hpp"

#include <fmt/format.h>

namespace dmstall::analysis {

std::string in_hex(std::uint64_t digest) {
  return fmt::format("{:016x}", digest);
}

std::string digest_of_text(std::string_view text) {
  Digest digest;
  digest.add(text);
  return in_hex(digest.value());
}

}  // namespace dmstall::analysis
