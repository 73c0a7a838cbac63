// Batches that were answered: a sender that never saw the answer may send the batch again.
#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>

#include "live/http/message.h"

namespace evenkeel {

/// Answers by the batch's id, the last ones within bounds of number and memory. Not for several threads at once.
class AnsweredBatches {
 public:
  explicit AnsweredBatches(int most = 4096, std::size_t most_bytes = std::size_t{4} << 20)
      : most_(most), most_bytes_(most_bytes) {}

  enum class Known { kNew, kSame, kOther };
  /// kSame: this body was answered under this id, with *answer; kOther: another body was.
  Known Find(const std::string& id, std::string_view body, ApiAnswer* answer) const;
  void Keep(const std::string& id, std::string_view body, const ApiAnswer& answer);

  int size() const { return static_cast<int>(order_.size()); }

 private:
  struct Entry {
    std::size_t body_bytes = 0;
    std::size_t hash = 0;
    std::uint32_t checksum = 0;
    ApiAnswer answer;
  };
  static std::size_t Size(const std::string& id, const Entry& entry);

  int most_;
  std::size_t most_bytes_, bytes_ = 0;
  std::deque<std::string> order_;
  std::unordered_map<std::string, Entry> entries_;
};

}  // namespace evenkeel
