// Results that are needed again: each made once, or as many of the latest as memory is set aside for.
#pragma once

#include <cstddef>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>

namespace evenkeel {

/// Values by key, each made once, by whoever asks first; the others wait. A making that throws counts as none.
template <typename Value>
class Memo {
 public:
  template <typename Make>
  const Value& Get(const std::string& key, const Make& make) {
    Entry* entry = nullptr;
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      std::unique_ptr<Entry>& slot = entries_[key];
      if (slot == nullptr) slot = std::make_unique<Entry>();
      entry = slot.get();
    }
    const std::lock_guard<std::mutex> lock(entry->mutex);
    if (entry->value == nullptr) entry->value = std::make_unique<Value>(make());
    return *entry->value;
  }

 private:
  struct Entry {
    std::mutex mutex;
    std::unique_ptr<Value> value;
  };
  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<Entry>> entries_;
};

/// Values by key, with a member `bytes()`. Those used longest ago go first when keys and values exceed `most_bytes`.
/// Unlike Memo's they are made beside each other: who asks while another makes the same makes it as well.
template <typename Value>
class BoundedMemo {
 public:
  explicit BoundedMemo(std::size_t most_bytes) : most_bytes_(most_bytes) {}

  template <typename Make>
  std::shared_ptr<const Value> Get(const std::string& key, const Make& make) {
    if (std::shared_ptr<const Value> known = Find(key)) return known;
    auto value = std::make_shared<const Value>(make());
    Keep(key, value);
    return value;
  }

  std::size_t bytes() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return bytes_;
  }

 private:
  using Entry = std::pair<std::string, std::shared_ptr<const Value>>;

  static std::size_t BytesOf(const Entry& entry) {
    constexpr std::size_t kNodes = 128;  // of list and map, about
    return 2 * entry.first.size() + entry.second->bytes() + kNodes;
  }

  std::shared_ptr<const Value> Find(const std::string& key) {
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto found = places_.find(key);
    if (found == places_.end()) return nullptr;
    entries_.splice(entries_.begin(), entries_, found->second);
    return found->second->second;
  }

  void Keep(const std::string& key, const std::shared_ptr<const Value>& value) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (places_.count(key) > 0) return;
    entries_.emplace_front(key, value);
    places_[key] = entries_.begin();
    bytes_ += BytesOf(entries_.front());
    while (bytes_ > most_bytes_) {
      bytes_ -= BytesOf(entries_.back());
      places_.erase(entries_.back().first);
      entries_.pop_back();
    }
  }

  const std::size_t most_bytes_;
  mutable std::mutex mutex_;
  std::size_t bytes_ = 0;
  std::list<Entry> entries_;  // the latest first
  std::unordered_map<std::string, typename std::list<Entry>::iterator> places_;
};

}  // namespace evenkeel
