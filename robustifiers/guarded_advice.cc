#include "robustifiers/guarded_advice.h"

#include <atomic>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "models/base/error.h"
#include "models/base/parallel.h"

namespace evenkeel {
namespace {

std::atomic<bool> left_behind{false};

/// For an advice that is merely late; one that has not come back by then never will.
constexpr auto kGrace = std::chrono::seconds(5);

}  // namespace

/// The thread on which an advice with a deadline runs, with the advice itself and copies of all it sees: the thread may
/// have to outlive its owner.
struct GuardedAdvice::Worker : std::enable_shared_from_this<Worker> {
  enum class State { kIdle, kAsked, kAnswered };

  Worker(const Problem& problem, std::unique_ptr<Policy> advice) : guarded(problem, std::move(advice), 0.0) {}

  /// Keeps itself alive as long as the thread runs.
  void Start() {
    std::vector<std::thread> started;
    StartThreads(
        1, [self = shared_from_this()](int) { self->Loop(); }, &started);
    if (started.empty()) throw InputError("no thread can be started for the advice, which --advice-timeout needs");
    thread = std::move(started[0]);
  }

  void Stop() {
    std::unique_lock<std::mutex> lock(mutex);
    stopping = true;
    wake.notify_all();
    if (wake.wait_for(lock, kGrace, [this] { return ended; })) {
      lock.unlock();
      thread.join();
      return;
    }
    left_behind = true;
    thread.detach();
  }

  void Loop() {
    std::unique_lock<std::mutex> lock(mutex);
    while (true) {
      wake.wait(lock, [this] { return stopping || state == State::kAsked; });
      if (stopping) break;
      lock.unlock();
      std::string said = guarded.Decide({slot, coefficients, ledger}, &answer);
      lock.lock();
      failure = std::move(said);
      state = State::kAnswered;
      wake.notify_all();
    }
    ended = true;
    wake.notify_all();
  }

  /// Like Decide.
  std::string Ask(const SlotInput& input, double timeout, AdviceAnswer* asked) {
    std::unique_lock<std::mutex> lock(mutex);
    if (state == State::kAsked) return "the advice is still at an earlier slot";
    slot = input.slot;
    coefficients = input.coefficients;
    ledger = input.ledger;
    answer.allocation = asked->allocation;
    state = State::kAsked;
    wake.notify_all();
    const bool in_time =
        wake.wait_for(lock, std::chrono::duration<double>(timeout), [this] { return state == State::kAnswered; });
    if (!in_time) return fmt::format("no answer within {} s", timeout);
    state = State::kIdle;
    *asked = answer;
    return failure;
  }

  /// Books what the advice should know, unless it is busy.
  bool TryLockIdle(std::unique_lock<std::mutex>* lock) {
    *lock = std::unique_lock<std::mutex>(mutex);
    return state != State::kAsked;
  }

  GuardedAdvice guarded;  // without a timeout
  std::mutex mutex;
  std::condition_variable wake;
  State state = State::kIdle;
  bool stopping = false, ended = false;
  std::string failure;  // of the last answer
  Slot slot;
  Coefficients coefficients;
  Ledger ledger;
  AdviceAnswer answer;
  std::thread thread;
};

GuardedAdvice::GuardedAdvice(const Problem& problem, std::unique_ptr<Policy> advice, double timeout)
    : problem_(problem), advice_(std::move(advice)), timeout_(timeout) {
  if (timeout_ <= 0.0) return;
  worker_ = std::make_shared<Worker>(problem, std::move(advice_));
  worker_->Start();
}

GuardedAdvice::~GuardedAdvice() {
  if (worker_) worker_->Stop();
}

bool IsAdviceLeftBehind() { return left_behind; }

bool GuardedAdvice::Ask(const SlotInput& input, AdviceAnswer* answer) {
  const std::string failure = worker_ ? worker_->Ask(input, timeout_, answer) : Decide(input, answer);
  if (failure.empty()) return true;
  if (first_failure_.empty()) first_failure_ = fmt::format("slot {}: {}", input.slot.index, failure);
  return false;
}

/// Why there is no good answer; empty: there is one.
std::string GuardedAdvice::Decide(const SlotInput& input, AdviceAnswer* answer) {
  answer->states_prices = false;
  answer->deferral_prices.resize(0);
  try {
    advice_->Decide(input, &answer->allocation);
    KeepPrices(answer);
  } catch (const std::exception& error) {  // counted by the caller as rejected
    const std::string what = error.what();
    return what.empty() ? "it failed and did not say why" : what;
  } catch (...) {
    return "it failed and did not say why";
  }
  const double violation =
      Infeasibility(problem_, input.slot, input.ledger.work_done, answer->allocation, &region_use_);
  if (violation <= AllowedViolation(input.slot)) return "";
  return std::isfinite(violation)
             ? fmt::format("the decision breaks demand, capacity, a release window or a sign by {:.3g} units",
                           violation)
             : "the decision has another size than the period's, or numbers that are not finite";
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
  const Vector* deferral = advice_->StatedDeferralPrices();
  if (deferral != nullptr && deferral->size() == problem_.num_classes() && deferral->allFinite())
    answer->deferral_prices = *deferral;
}

void GuardedAdvice::Witness(const SlotInput& input) {
  std::unique_lock<std::mutex> lock;
  if (worker_) {
    if (worker_->TryLockIdle(&lock)) worker_->guarded.Witness(input);
    return;
  }
  try {
    advice_->Witness(input);
  } catch (...) {  // its next answers will show
  }
}

void GuardedAdvice::Settle(const Settlement& settlement) {
  std::unique_lock<std::mutex> lock;
  if (worker_) {
    if (worker_->TryLockIdle(&lock)) worker_->guarded.Settle(settlement);
    return;
  }
  try {
    advice_->Settle(settlement);
  } catch (...) {  // its next answers will show
  }
}

PolicyReport GuardedAdvice::Report() const {
  std::unique_lock<std::mutex> lock;
  if (!worker_) return advice_->Report();
  return worker_->TryLockIdle(&lock) ? worker_->guarded.Report() : PolicyReport();
}

}  // namespace evenkeel
