// Text that an XML 1.0 document can hold.
#pragma once

#include <string>
#include <string_view>

namespace dmstall::analysis {

/// Whatever is no UTF-8 or no XML character becomes U+FFFD; line ends become \n. Escaping `<` and `&` is left to the
/// writer: no escape makes a control character valid.
[[nodiscard]] std::string xml_text(std::string_view bytes);

}  // namespace dmstall::analysis
