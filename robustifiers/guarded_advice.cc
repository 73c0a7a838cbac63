#include "robustifiers/guarded_advice.h"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace evenkeel {
/// The thread on which an advice with a deadline runs, with copies of all it sees.
struct GuardedAdvice::Worker {
  enum class State { kIdle, kAsked, kAnswered, kStopping };

  explicit Worker(GuardedAdvice* the_owner) : owner(the_owner), thread([this] { Loop(); }) {}
  ~Worker() {
    {
      const std::lock_guard<std::mutex> lock(mutex);
      stopping = true;
    }
    wake.notify_all();
    thread.join();
  }

  void Loop() {
    std::unique_lock<std::mutex> lock(mutex);
    while (true) {
      wake.wait(lock, [this] { return stopping || state == State::kAsked; });
      if (stopping) return;
      lock.unlock();
      const bool good = owner->Decide({slot, coefficients, ledger}, &answer);
      lock.lock();
      answer_is_good = good;
      state = State::kAnswered;
      wake.notify_all();
    }
  }

  bool Ask(const SlotInput& input, double timeout, AdviceAnswer* asked) {
    std::unique_lock<std::mutex> lock(mutex);
    if (state == State::kAsked) return false;  // still at an earlier slot
    slot = input.slot;
    coefficients = input.coefficients;
    ledger = input.ledger;
    answer.allocation = asked->allocation;
    state = State::kAsked;
    wake.notify_all();
    const bool in_time =
        wake.wait_for(lock, std::chrono::duration<double>(timeout), [this] { return state == State::kAnswered; });
    if (!in_time) return false;
    state = State::kIdle;
    *asked = answer;
    return answer_is_good;
  }

  /// Books what the advice should know, unless it is busy.
  bool TryLockIdle(std::unique_lock<std::mutex>* lock) {
    *lock = std::unique_lock<std::mutex>(mutex);
    return state != State::kAsked;
  }

  GuardedAdvice* owner;
  std::mutex mutex;
  std::condition_variable wake;
  State state = State::kIdle;
  bool stopping = false, answer_is_good = false;
  Slot slot;
  Coefficients coefficients;
  Ledger ledger;
  AdviceAnswer answer;
  std::thread thread;  // last: it uses all of the above
};

GuardedAdvice::GuardedAdvice(const Problem& problem, std::unique_ptr<Policy> advice, double timeout)
    : problem_(problem), advice_(std::move(advice)), timeout_(timeout) {
  if (timeout_ > 0.0) worker_ = std::make_unique<Worker>(this);
}

GuardedAdvice::~GuardedAdvice() = default;

bool GuardedAdvice::Ask(const SlotInput& input, AdviceAnswer* answer) {
  return worker_ ? worker_->Ask(input, timeout_, answer) : Decide(input, answer);
}

bool GuardedAdvice::Decide(const SlotInput& input, AdviceAnswer* answer) {
  answer->states_prices = false;
  try {
    advice_->Decide(input, &answer->allocation);
    KeepPrices(answer);
  } catch (...) {
    return false;  // counted by the caller as rejected
  }
  return Infeasibility(problem_, input.slot, answer->allocation, &region_use_) <= AllowedViolation(input.slot);
}

void GuardedAdvice::KeepPrices(AdviceAnswer* answer) const {
  const Prices* stated = advice_->StatedPrices();
  if (stated == nullptr || stated->size() != problem_.groups.size()) return;
  for (std::size_t k = 0; k < stated->size(); ++k) {
    const Vector& prices = (*stated)[k];
    if (prices.size() != problem_.groups[k].num_buckets() || !prices.allFinite() || prices.minCoeff() < 0.0) return;
  }
  answer->prices = *stated;
  answer->states_prices = true;
}

void GuardedAdvice::Settle(const Settlement& settlement) {
  std::unique_lock<std::mutex> lock;
  if (worker_ && !worker_->TryLockIdle(&lock)) return;
  try {
    advice_->Settle(settlement);
  } catch (...) {  // its next answers will show
  }
}

PolicyReport GuardedAdvice::Report() const {
  std::unique_lock<std::mutex> lock;
  if (worker_ && !worker_->TryLockIdle(&lock)) return {};
  return advice_->Report();
}

}  // namespace evenkeel
