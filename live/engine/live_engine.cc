#include "live/engine/live_engine.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "live/engine/replay.h"
#include "models/base/error.h"
#include "models/base/read_file.h"
#include "models/base/utc_time.h"

namespace evenkeel {
namespace {

constexpr const char* kWaitingName = "/waiting.journal";

/// By LiveSignal.
std::array<Vector*, kNumLiveSignals> SignalsOf(Slot* slot) {
  return {&slot->demand, &slot->capacity, &slot->price, &slot->carbon_intensity, &slot->water_intensity};
}

/// What is not known of a missed slot is as in the slot before it, or, in the first one, as it was said last, before or
/// after. False: nobody ever said it.
bool FillMissing(const ComposedSlot& composed, Slot* before, double slot_hours, Slot* slot) {
  bool known = true;
  for (std::size_t s = 0; s < kNumLiveSignals; ++s) {
    Vector& values = *SignalsOf(slot)[s];
    const double unit = static_cast<LiveSignal>(s) == LiveSignal::kCapacity ? slot_hours : 1.0;
    for (int i = 0; i < values.size(); ++i) {
      if (std::isfinite(values[i])) continue;
      values[i] = before != nullptr ? (*SignalsOf(before)[s])[i]
                                    : composed.values[s][static_cast<std::size_t>(i)].newest * unit;
      known = known && std::isfinite(values[i]);
    }
  }
  return known;
}

/// "demand of gateway a, price of region b", the first few.
std::string MissingText(const Network& network, const ComposedSlot& composed) {
  std::string text;
  int named = 0;
  for (int s = 0; s < kNumLiveSignals; ++s) {
    const auto signal = static_cast<LiveSignal>(s);
    for (std::size_t i = 0; i < composed.values[s].size(); ++i) {
      if (composed.values[s][i].origin != ValueOrigin::kMissing) continue;
      if (++named > 3) return text + ", ..";
      text += fmt::format("{}{} of {}", text.empty() ? "" : ", ", Name(signal),
                          signal == LiveSignal::kDemand ? network.gateways[i].name : network.regions[i].name);
    }
  }
  return text;
}

}  // namespace

LiveEngine::LiveEngine(LiveEngineOptions options, std::int64_t now)
    : options_(std::move(options)),
      sizes_(MakeProblem(options_.network, Objective{}, 1, Vector::Ones(options_.network.num_gateways()))),
      store_(StoreOptionsOf(options_)),
      mode_(options_.mode),
      region_state_(options_.network.num_regions()),
      serving_(options_.network.num_regions(), true),
      started_(now) {
  TakeUpWaiting();
  const Month month = MonthOf(now);
  TakeUp(MonthOf(month.begin - 1));
  TakeUp(month);
  TakeUp(MonthOf(month.end));  // the clock may have gone back
  Close(now);
}

LiveEngine::~LiveEngine() = default;

std::string LiveEngine::HeadTextOf(const PeriodRun& run) const {
  const PeriodStart start = {run.time(), run.problem().num_slots, {}, run.problem().expected_demand};
  return HeadText(HeadOf(options_, &start));
}

LiveEngine::Open* LiveEngine::Begin(PeriodStart start, const Month& month) {
  start.past = SlotsBefore(options_, options_.folder, start.time.start);
  store_.arrivals().BeginPeriod();
  const auto [at, is_new] = open_.try_emplace(start.time.start, month, options_.make_period(start));
  EVENKEEL_CHECK(is_new);
  return &at->second;
}

void LiveEngine::TakeUp(const Month& month) {
  const std::string path = JournalPath(options_.folder, month);
  if (!PathExists(path)) return;
  const JournalHead head = ReadHead(ReadJournalHeader(path), path);
  CheckOf(options_, head, path, "; end its month with those, or move it away");
  Open* open = Begin(StartOf(head), month);
  open->journal = std::make_unique<Journal>(path, HeadText(head));
  ReplayLines(*open->journal, path, open);
  if (open->run.next_slot() > 0) Publish(*open);
}

void LiveEngine::TakeUpWaiting() {
  const std::string path = options_.folder + kWaitingName;
  if (PathExists(path)) ReplayLines(*WaitingJournal(), path, nullptr);
}

Journal* LiveEngine::WaitingJournal() {
  if (waiting_journal_ == nullptr)
    waiting_journal_ = std::make_unique<Journal>(options_.folder + kWaitingName, HeadText(HeadOf(options_, nullptr)));
  return waiting_journal_.get();
}

void LiveEngine::ReplayLines(const Journal& journal, const std::string& path, Open* open) {
  const JournalContent& content = journal.content();
  CheckUndamaged(content, path);
  for (const JournalLine& line : content.lines) {
    const std::string where = fmt::format("{}: line {}", path, line.line);
    Replay(open, ReadEvent(open == nullptr ? sizes_ : open->run.problem(), line.text, where), where);
  }
}

void LiveEngine::Replay(Open* open, const Event& event, const std::string& where) {
  if (const auto* readings = std::get_if<ReadingsEvent>(&event.what)) {
    for (const Reading& reading : readings->readings) store_.Add(readings->source, reading, event.at);
  } else if (const auto* undone = std::get_if<UndoneEvent>(&event.what)) {
    store_.arrivals().SayUndone(undone->work);
  } else if (const auto* region = std::get_if<RegionEvent>(&event.what)) {
    region_state_[region->region] = region->state;
  } else if (const auto* checked = std::get_if<ServingEvent>(&event.what)) {
    serving_[checked->region] = checked->serving;
  } else if (const auto* mode = std::get_if<ModeEvent>(&event.what)) {
    if (mode->configured == options_.mode) mode_ = mode->mode;
  } else if (open == nullptr) {
    throw InputError("{}: it is of a slot, and this is the journal of no period", where);
  } else {
    const int before = open->run.next_slot();
    ReplayOfSlot(&open->run, event, where);
    if (open->run.next_slot() > before) store_.arrivals().TakeIn();
  }
}

LiveEngine::Open* LiveEngine::Current() { return open_.empty() ? nullptr : &open_.rbegin()->second; }

LiveEngine::Open* LiveEngine::OpenAt(std::int64_t time) {
  for (auto& [begin, open] : open_) {
    if (time >= begin && time < open.run.time().time(open.run.problem().num_slots)) return &open;
  }
  return nullptr;
}

const PeriodRun* LiveEngine::RunOf(std::int64_t time) const {
  const Open* open = const_cast<LiveEngine*>(this)->OpenAt(time);
  return open == nullptr ? nullptr : &open->run;
}

/// Begins with what was set in the period before.
std::unique_ptr<Journal> LiveEngine::NewJournal(const Open& open, std::int64_t now) const {
  auto journal = std::make_unique<Journal>(JournalPath(options_.folder, open.month), HeadTextOf(open.run));
  journal->Append(EventText({now, ModeEvent{mode_, options_.mode}}));
  for (std::size_t i = 0; i < region_state_.size(); ++i) {
    if (region_state_[i]) journal->Append(EventText({now, RegionEvent{static_cast<int>(i), *region_state_[i]}}));
    if (!serving_[i]) journal->Append(EventText({now, ServingEvent{static_cast<int>(i), false}}));
  }
  return journal;
}

CommandResult LiveEngine::Save(Open* open, const Event& event) {
  return TryAppend(
      [&] {
        if (open->journal == nullptr) open->journal = NewJournal(*open, event.at);
        return open->journal.get();
      },
      event);
}

CommandResult LiveEngine::TryAppend(const std::function<Journal*()>& journal, const Event& event) {
  try {
    journal()->Append(EventText(event));
    journal_failure_.clear();
    return {};
  } catch (const InputError& error) {
    ++journal_failures_;
    journal_failure_ = error.what();
    return {CommandOutcome::kUnavailable, journal_failure_};
  }
}

/// Behind what could not be saved before; while no period is running, to the journal of none.
CommandResult LiveEngine::SaveToCurrent(const Event& event) {
  if (!FlushUnsaved()) return {CommandOutcome::kUnavailable, journal_failure_};
  Open* open = Current();
  return open == nullptr ? TryAppend([&] { return WaitingJournal(); }, event) : Save(open, event);
}

bool LiveEngine::FlushUnsaved() {
  if (!unsaved_) return true;
  Open& open = open_.at(unsaved_->period);
  if (!Save(&open, unsaved_->event).is_done()) return false;
  unsaved_.reset();
  Publish(open);
  return true;
}

void LiveEngine::Publish(const Open& open) {
  Shares shares;
  shares.slot = open.run.next_slot() - 1;
  shares.begin = open.run.time().time(shares.slot);
  shares.valid_until = shares.begin + options_.valid_for;
  shares.share = open.run.share();
  shares.released = ReleasedByRegion(open.run.problem(), open.run.books().entry(shares.slot).decision);
  published_ = std::move(shares);
}

void LiveEngine::Tick(std::int64_t now) {
  while (FlushUnsaved() && Advance(now)) {
  }
  Close(now);
}

/// Periods whose meters nobody awaits any more; the last one stays.
void LiveEngine::Close(std::int64_t now) {
  while (open_.size() > 1 && !unsaved_) {
    const Open& oldest = open_.begin()->second;
    if (now < oldest.run.time().time(oldest.run.problem().num_slots) + options_.close_after) return;
    open_.erase(open_.begin());
  }
}

ComposedSlot LiveEngine::ComposeNext(const Open& open, std::int64_t now) const {
  const int slot = open.run.next_slot();
  ComposedSlot composed = store_.Compose(open.run.time().time(slot), now, slot);
  ApplyRegionStates(&composed.slot);
  return composed;
}

void LiveEngine::ApplyRegionStates(Slot* slot) const {
  for (std::size_t i = 0; i < region_state_.size(); ++i) {
    if (!serving_[i] || region_state_[i].value_or(RegionState::kUp) != RegionState::kUp)
      slot->capacity[static_cast<Eigen::Index>(i)] = 0.0;
  }
}

/// One slot, or a period's begin. False: nothing is due, or not enough is known.
bool LiveEngine::Advance(std::int64_t now) {
  waiting_.clear();
  const TimeBase grid = {0, options_.slot_hours};
  Open* open = Current();
  if (open == nullptr || open->run.is_over()) {
    // The slot that the clock will be in when it is decided; a period begins with the first slot that can be.
    const std::int64_t after = open == nullptr ? 0 : open->run.time().time(open->run.problem().num_slots);
    const std::int64_t begin = std::max(after, (now + options_.lead) / grid.step() * grid.step());
    if (now < begin - options_.lead) return false;
    const ComposedSlot composed = store_.Compose(begin, now, 0);
    if (!composed.AllAtLeast(ValueOrigin::kPastDays)) {
      return WaitFor(composed);
    }
    const Month month = MonthOf(begin);
    open = Begin({{begin, options_.slot_hours}, static_cast<int>((month.end - begin) / grid.step()), {}, {}}, month);
  }
  return DecideOrMiss(open, now);
}

/// Says what nobody said; false.
bool LiveEngine::WaitFor(const ComposedSlot& composed) {
  waiting_.push_back({"waiting_for_readings", "nothing is known of " + MissingText(options_.network, composed)});
  return false;
}

bool LiveEngine::DecideOrMiss(Open* open, std::int64_t now) {
  const int index = open->run.next_slot();
  const std::int64_t begin = open->run.time().time(index);
  if (now < begin - options_.lead) return false;
  if (!CarryOver(open, now)) return false;
  ComposedSlot composed = ComposeNext(*open, now);
  Event event;
  event.at = now;
  if (now >= begin + open->run.time().step()) {
    MissedEvent missed{composed.slot};
    Slot before = index > 0 ? open->run.books().entry(index - 1).slot : Slot();
    if (!FillMissing(composed, index > 0 ? &before : nullptr, options_.slot_hours, &missed.slot)) {
      return WaitFor(composed);
    }
    open->run.Miss(missed.slot);
    event.what = std::move(missed);
  } else if (!composed.AllAtLeast(ValueOrigin::kPastDays)) {
    return WaitFor(composed);
  } else {
    const bool known = composed.AllAtLeast(ValueOrigin::kConfigured);
    DecidedEvent decided;
    decided.made = open->run.Decide(composed.slot, known ? Advice::kAsked : Advice::kOff);
    const SlotEntry& entry = open->run.books().entry(index);
    decided.decision = entry.decision;
    decided.expert = entry.expert;
    decided.verdict = entry.verdict;
    decided.slack = entry.slack;
    event.what = std::move(decided);
  }
  store_.arrivals().TakeIn();
  unsaved_ = Unsaved{open->run.time().start, std::move(event)};
  return true;
}

/// What the period before did not do of the work that can wait is to be done in this one, also when it turns out late.
/// False: it cannot be written.
bool LiveEngine::CarryOver(Open* open, std::int64_t now) {
  const auto at = open_.find(open->run.time().start);
  if (options_.network.num_classes() == 0 || at == open_.begin()) return true;
  const PeriodRun& before = std::prev(at)->second.run;
  const Vector undone = (before.arrived() - before.books().own().work_done).cwiseMax(store_.arrivals().undone());
  // Rounding is no work.
  if (((undone - store_.arrivals().undone()).array() <= 1e-9 * before.arrived().array()).all()) return true;
  if (!Save(open, {now, UndoneEvent{undone}}).is_done()) return false;
  store_.arrivals().SayUndone(undone);
  return true;
}

ObserveResult LiveEngine::Observe(const std::string& source, const std::vector<Reading>& readings, std::int64_t now) {
  ObserveResult result;
  ReadingsEvent event{source, {}};
  for (std::size_t i = 0; i < readings.size(); ++i) {
    if (const auto reason = store_.WhyRefused(readings[i], now)) {
      result.rejected.push_back({static_cast<int>(i), Name(*reason)});
    } else {
      event.readings.push_back(readings[i]);
    }
  }
  if (!event.readings.empty()) result.command = SaveToCurrent({now, event});
  if (!result.command.is_done()) return result;
  for (const Reading& reading : readings) store_.Add(source, reading, now);
  return result;
}

CommandResult LiveEngine::Meter(const MeterReport& meter, std::int64_t now) {
  Open* open = OpenAt(meter.begin);
  const std::string at = FormatUtc(meter.begin);
  if (open == nullptr)
    return {CommandOutcome::kConflict, fmt::format("no open period has a slot at {}: it is closed, or not begun", at)};
  const TimeBase& time = open->run.time();
  if ((meter.begin - time.start) % time.step() != 0) {
    return {CommandOutcome::kInvalid, fmt::format("{} is no begin of a slot; slots begin every {} s from {}", at,
                                                  time.step(), FormatUtc(time.start))};
  }
  const int slot = static_cast<int>((meter.begin - time.start) / time.step());
  if (slot >= open->run.next_slot() || now < meter.begin + time.step())
    return {CommandOutcome::kConflict, fmt::format("the slot at {} is not over", at)};
  const std::string why = WhyNotBookable(open->run.problem(), meter);
  if (!why.empty()) return {CommandOutcome::kInvalid, why};
  if (!FlushUnsaved()) return {CommandOutcome::kUnavailable, journal_failure_};
  CommandResult result = Save(open, {now, MeteredEvent{slot, meter}});
  if (result.is_done()) open->run.Meter(slot, meter);
  return result;
}

CommandResult LiveEngine::SetRegionState(int region, RegionState state, std::int64_t now) {
  EVENKEEL_CHECK(region >= 0 && region < options_.network.num_regions());
  CommandResult result = SaveToCurrent({now, RegionEvent{region, state}});
  if (result.is_done()) region_state_[region] = state;
  return result;
}

CommandResult LiveEngine::SetServing(int region, bool serving, std::int64_t now) {
  EVENKEEL_CHECK(region >= 0 && region < options_.network.num_regions());
  CommandResult result = SaveToCurrent({now, ServingEvent{region, serving}});
  if (result.is_done()) serving_[region] = serving;
  return result;
}

CommandResult LiveEngine::SetMode(LiveMode mode, std::int64_t now) {
  CommandResult result = SaveToCurrent({now, ModeEvent{mode, options_.mode}});
  if (result.is_done()) mode_ = mode;
  return result;
}

CommandResult LiveEngine::NotApplied(std::int64_t begin, std::int64_t now) {
  Open* open = OpenAt(begin);
  const int slot = open == nullptr ? 0 : static_cast<int>((begin - open->run.time().start) / open->run.time().step());
  if (open == nullptr || slot >= open->run.next_slot())
    return {CommandOutcome::kConflict, fmt::format("no slot at {} is decided in an open period", FormatUtc(begin))};
  if (!FlushUnsaved()) return {CommandOutcome::kUnavailable, journal_failure_};
  CommandResult result = Save(open, {now, NotAppliedEvent{slot}});
  if (result.is_done()) open->run.NotApplied(slot);
  return result;
}

}  // namespace evenkeel
