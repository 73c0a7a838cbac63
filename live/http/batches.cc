#include "live/http/batches.h"

#include <functional>

#include "models/base/checksum.h"

namespace evenkeel {

std::size_t AnsweredBatches::Size(const std::string& id, const Entry& entry) {
  return 2 * id.size() + entry.answer.body.size() + sizeof(Entry) + 256;
}

AnsweredBatches::Known AnsweredBatches::Find(const std::string& id, std::string_view body, ApiAnswer* answer) const {
  const auto at = entries_.find(id);
  if (at == entries_.end()) return Known::kNew;
  const Entry& entry = at->second;
  if (entry.body_bytes != body.size() || entry.checksum != Crc32(body) ||
      entry.hash != std::hash<std::string_view>()(body)) {
    return Known::kOther;
  }
  *answer = entry.answer;
  return Known::kSame;
}

void AnsweredBatches::Keep(const std::string& id, std::string_view body, const ApiAnswer& answer) {
  const auto [at, is_new] =
      entries_.emplace(id, Entry{body.size(), std::hash<std::string_view>()(body), Crc32(body), answer});
  if (!is_new) return;
  order_.push_back(id);
  bytes_ += Size(id, at->second);
  while (static_cast<int>(order_.size()) > most_ || (bytes_ > most_bytes_ && order_.size() > 1)) {
    const auto oldest = entries_.find(order_.front());
    bytes_ -= Size(oldest->first, oldest->second);
    entries_.erase(oldest);
    order_.pop_front();
  }
}

}  // namespace evenkeel
