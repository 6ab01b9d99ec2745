// A vector whose elements never move: chunks of 64. Index in O(1) without a division; copyable.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <vector>

namespace dmstall::models {

template <typename T>
class StableVector {
 public:
  StableVector() = default;
  StableVector(StableVector&&) noexcept = default;
  StableVector& operator=(StableVector&&) noexcept = default;
  StableVector(const StableVector& other) : size_(other.size_) {
    for (const auto& chunk : other.chunks_) chunks_.push_back(std::make_unique<Chunk>(*chunk));
  }
  StableVector& operator=(const StableVector& other) {
    *this = StableVector(other);
    return *this;
  }
  ~StableVector() = default;

  void emplace_back() {
    if (size_ == chunks_.size() * per_chunk) chunks_.push_back(std::make_unique<Chunk>());
    ++size_;
  }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] T& operator[](std::size_t i) { return (*chunks_[i / per_chunk])[i % per_chunk]; }
  [[nodiscard]] const T& operator[](std::size_t i) const { return (*chunks_[i / per_chunk])[i % per_chunk]; }

 private:
  static constexpr std::size_t per_chunk = 64;
  using Chunk = std::array<T, per_chunk>;
  std::vector<std::unique_ptr<Chunk>> chunks_;
  std::size_t size_ = 0;
};

}  // namespace dmstall::models
