// Lines of a limited width.
#pragma once

#include <cstddef>
#include <string>

namespace dmstall::analysis {

/// Code points of well-formed UTF-8.
[[nodiscard]] std::size_t width_of(const std::string& text);

/// The words of `text` on lines of at most `width` code points, the first behind `first`, the others behind `rest`; a
/// word that is too long is cut. Requires: `first` and `rest` leave room for a letter. Ends in a newline.
[[nodiscard]] std::string folded(const std::string& text, std::size_t width, const std::string& first,
                                 const std::string& rest);

}  // namespace dmstall::analysis
