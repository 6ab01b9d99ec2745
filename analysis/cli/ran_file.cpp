#include "analysis/cli/ran_file.hpp"

#include <array>
#include <cstddef>
#include <cstring>
#include <utility>

namespace dmstall::analysis {

namespace {

constexpr std::size_t parts = 9;

// Lengths before the texts: they may hold any byte.
void add(std::string& bytes, const std::string& part) {
  const std::uint64_t size = part.size();
  bytes.append(reinterpret_cast<const char*>(&size), sizeof size);
  bytes += part;
}

bool take(const std::string& bytes, std::size_t& at, std::string& part) {
  std::uint64_t size = 0;
  if (bytes.size() - at < sizeof size) return false;
  std::memcpy(&size, bytes.data() + at, sizeof size);
  at += sizeof size;
  if (bytes.size() - at < size) return false;
  part = bytes.substr(at, size);
  at += size;
  return true;
}

}  // namespace

std::string to_bytes(const RanFile& ran) {
  std::string bytes{static_cast<char>(ran.code), ran.is_error ? '1' : '0', ran.trace_lost ? '1' : '0'};
  for (const std::string& part : {ran.warnings, ran.text, ran.json, ran.witness, ran.proof, encode(ran.outcome),
                                  ran.outcome.file, ran.page, ran.dot})
    add(bytes, part);
  return bytes;
}

std::optional<RanFile> ran_file_from(const std::string& bytes) {
  constexpr std::size_t flags = 3;
  if (bytes.size() < flags) return std::nullopt;
  RanFile ran;
  ran.code = static_cast<models::ExitCode>(static_cast<unsigned char>(bytes[0]));
  ran.is_error = bytes[1] == '1';
  ran.trace_lost = bytes[2] == '1';
  std::array<std::string, parts> read;
  std::size_t at = flags;
  for (std::string& part : read) {
    if (!take(bytes, at, part)) return std::nullopt;
  }
  auto outcome = decode(read[5]);
  if (!outcome || at != bytes.size()) return std::nullopt;
  ran.warnings = std::move(read[0]);
  ran.text = std::move(read[1]);
  ran.json = std::move(read[2]);
  ran.witness = std::move(read[3]);
  ran.proof = std::move(read[4]);
  ran.outcome = std::move(*outcome);
  ran.outcome.file = std::move(read[6]);
  ran.page = std::move(read[7]);
  ran.dot = std::move(read[8]);
  return ran;
}

}  // namespace dmstall::analysis
