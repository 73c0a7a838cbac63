// The live engine: readings, meters and a clock in, decisions out. What it knows is a journal's fold, so that whoever
// reads the journal knows the same. One thread; no sockets; time comes in as an argument.
//
// Every slot is decided `lead` seconds before it begins, or as soon as enough is known while it lasts; a slot that is
// over before that was missed. Nothing is decided twice, whatever the clock does. Nothing counts before it is in the
// journal and on disk: what cannot be written is not acknowledged, and a decision that cannot be is not published.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "live/engine/command_result.h"
#include "live/engine/events.h"
#include "live/engine/live_engine_options.h"
#include "live/engine/month.h"
#include "live/engine/period_run.h"
#include "live/engine/reading_store.h"
#include "live/engine/status.h"
#include "models/base/journal.h"

namespace evenkeel {

class LiveEngine {
 public:
  /// Takes up the journals of the month of `now` and of the one before, where there are some. Throws InputError for a
  /// journal that is damaged, in use, of another network, policy or objective, or that does not replay to the bit.
  LiveEngine(LiveEngineOptions options, std::int64_t now);
  ~LiveEngine();

  /// What is due at `now`: decisions, missed slots, a new period; and writing what could not be written before.
  void Tick(std::int64_t now);

  // Inputs. Done: it is on disk and counts. Else nothing of it counts.
  /// Readings that the store refuses are counted there; the others count.
  ObserveResult Observe(const std::string& source, const std::vector<Reading>& readings, std::int64_t now);
  /// An earlier revision than the one that is known is kept in the journal, and changes nothing.
  CommandResult Meter(const MeterReport& meter, std::int64_t now);
  CommandResult SetRegionState(int region, RegionState state, std::int64_t now);
  /// As the balancers' checks say: a region of which no server passes has no capacity in the slots decided from now on.
  CommandResult SetServing(int region, bool serving, std::int64_t now);
  CommandResult SetMode(LiveMode mode, std::int64_t now);
  /// The weights of the slot that begins then never came into force, wholly or in part: engine and expert are booked
  /// with the same flows.
  CommandResult NotApplied(std::int64_t begin, std::int64_t now);

  /// The last decision that is on disk, of the current period or the one before.
  const std::optional<Shares>& published() const { return published_; }
  LiveMode mode() const { return mode_; }
  /// As somebody said, [regions]; nothing where nobody did: up, as far as is known.
  const std::vector<std::optional<RegionState>>& region_states() const { return region_state_; }
  const std::vector<bool>& serving() const { return serving_; }
  const ReadingStore& store() const { return store_; }
  /// Of the period that `time` is in; null: none is running or open.
  const PeriodRun* RunOf(std::int64_t time) const;
  /// Everything but sources, outputs and what is applied.
  LiveStatus Status(std::int64_t now) const;

 private:
  /// A period whose slots are decided, or whose meters are still awaited.
  struct Open {
    Open(Month of, PeriodSetup setup) : month(std::move(of)), run(std::move(setup)) {}
    Month month;
    PeriodRun run;
    std::unique_ptr<Journal> journal;
  };

  void TakeUp(const Month& month);
  void ReplayLines(const Journal& journal, const std::string& path, Open* open);
  void Replay(Open* open, const Event& event, const std::string& where);
  Open* Begin(PeriodStart start, const Month& month);
  bool Advance(std::int64_t now);
  bool DecideOrMiss(Open* open, std::int64_t now);
  bool CarryOver(Open* open, std::int64_t now);
  bool WaitFor(const ComposedSlot& composed);
  ComposedSlot ComposeNext(const Open& open, std::int64_t now) const;
  void ApplyRegionStates(Slot* slot) const;
  void AddRemarks(std::int64_t now, LiveStatus* status) const;
  Open* Current();
  Open* OpenAt(std::int64_t time);
  std::string HeadTextOf(const PeriodRun& run) const;
  void TakeUpWaiting();
  Journal* WaitingJournal();
  CommandResult TryAppend(const std::function<Journal*()>& journal, const Event& event);
  CommandResult Save(Open* open, const Event& event);
  CommandResult SaveToCurrent(const Event& event);
  std::unique_ptr<Journal> NewJournal(const Open& open, std::int64_t now) const;
  bool FlushUnsaved();
  void Publish(const Open& open);
  void Close(std::int64_t now);

  LiveEngineOptions options_;
  const Problem sizes_;  // of what is in lines that are of no period
  ReadingStore store_;
  LiveMode mode_;
  std::vector<std::optional<RegionState>> region_state_;  // as somebody said; nothing: nobody did, it is up
  std::vector<bool> serving_;                             // by the balancers' checks
  std::map<std::int64_t, Open> open_;                     // by the period's begin
  std::unique_ptr<Journal> waiting_journal_;              // what was said while no period was running
  std::optional<Shares> published_;
  /// A decision or a missed slot that is not on disk yet: nothing else happens before it is.
  struct Unsaved {
    std::int64_t period;
    Event event;
  };
  std::optional<Unsaved> unsaved_;
  std::string journal_failure_;  // of the last attempt; empty: it went well
  std::int64_t journal_failures_ = 0;
  std::vector<Remark> waiting_;  // why the next slot is not decided
  std::int64_t started_ = 0;
};

}  // namespace evenkeel
