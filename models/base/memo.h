// Results that several threads need and one makes.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

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

}  // namespace evenkeel
