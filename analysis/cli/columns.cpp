#include "analysis/cli/columns.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

namespace dmstall::analysis {

std::optional<std::size_t> columns_of(int descriptor) {
  constexpr std::size_t usual = 80;
  if (::isatty(descriptor) == 0) return std::nullopt;
  winsize size{};
  return ::ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : usual;
}

}  // namespace dmstall::analysis
