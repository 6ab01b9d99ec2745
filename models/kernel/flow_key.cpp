#include "models/kernel/flow_key.hpp"

#include <functional>

namespace dmstall::models {

namespace {

class KeyHash {
 public:
  void add(std::int64_t value) {
    // A multiplicative step and a shift down: small numbers spread over all bits.
    hash_ = (hash_ ^ static_cast<std::uint64_t>(value)) * 0x9E3779B97F4A7C15ULL;
    hash_ ^= hash_ >> 32;
  }

  void add(const Io& io) {
    add(io.bytes);
    add(io.bio_bytes);
    add(static_cast<std::int64_t>(io.op) | static_cast<std::int64_t>(io.seen) << 8 |
        static_cast<std::int64_t>(io.access) << 16 | static_cast<std::int64_t>(io.reread) << 24 |
        static_cast<std::int64_t>(io.rewritten) << 25 | static_cast<std::int64_t>(io.nowait) << 26);
    add(io.hash_of);
    add(io.parity_of);
    for (const std::int32_t fault : io.faults) add(fault);
  }

  [[nodiscard]] std::size_t value() const { return static_cast<std::size_t>(hash_); }

 private:
  std::uint64_t hash_ = 0;
};

}  // namespace

std::size_t FlowKeyHash::operator()(const FlowKey& key) const noexcept {
  KeyHash hash;
  hash.add(static_cast<std::int64_t>(std::hash<const FlowRole*>{}(key.role)));
  for (const std::int64_t part : {std::int64_t{key.device}, std::int64_t{key.user}, std::int64_t{key.lower},
                                  std::int64_t{key.then}, std::int64_t{key.resource}, std::int64_t{key.function}})
    hash.add(part);
  hash.add(key.number);
  for (const AskedIo& asked : key.asked) {
    hash.add(asked.device);
    hash.add(asked.io);
  }
  return hash.value();
}

}  // namespace dmstall::models
