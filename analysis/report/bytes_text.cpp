#include "analysis/report/bytes_text.hpp"

#include <fmt/format.h>

namespace dmstall::analysis {

namespace {

struct Units {
  std::int64_t from;
  const char* decimal;
  double decimal_bytes;
  const char* binary;
  double binary_bytes;
};

constexpr Units units[] = {{1'000'000'000, "GB", 1e9, "GiB", 1024.0 * 1024.0 * 1024.0},
                           {1'000'000, "MB", 1e6, "MiB", 1024.0 * 1024.0},
                           {1'000, "kB", 1e3, "KiB", 1024.0}};

}  // namespace

std::string grouped(std::int64_t number) {
  const std::string digits = fmt::format("{}", number < 0 ? -number : number);
  std::string result = number < 0 ? "-" : "";
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) result += ',';
    result += digits[i];
  }
  return result;
}

std::string bytes_in_units(std::int64_t bytes) {
  const std::string exact = grouped(bytes) + " B";
  for (const Units& unit : units) {
    if (bytes < unit.from) continue;
    const auto value = static_cast<double>(bytes);
    return fmt::format("{} = {:.2f} {} = {:.2f} {}", exact, value / unit.decimal_bytes, unit.decimal,
                       value / unit.binary_bytes, unit.binary);
  }
  return exact;
}

}  // namespace dmstall::analysis
