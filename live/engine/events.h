// What the journal of a period keeps, and its words: one JSON object per line, numbers as the shortest decimals that
// read back to the same bits (docs/journal_format.md).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "live/engine/period_run.h"
#include "live/engine/reading.h"
#include "live/engine/status.h"

namespace evenkeel {

inline constexpr int kJournalSchema = 1;

/// The journal's first line: what it is of. A journal goes on only with equal ones.
struct JournalHead {
  std::string policy;  ///< spec string
  std::int64_t begin = 0;
  std::int64_t slot_seconds = 3600;
  int num_slots = 0;
  std::vector<std::string> gateways, regions;
  std::vector<double> expected_demand;  ///< [gateways], of the problem: what normalises quality loss
  std::string network;                  ///< checksum of what is decided with: network and objective
};

/// Readings that were accepted, of one source.
struct ReadingsEvent {
  std::string source;
  std::vector<Reading> readings;
};
struct DecidedEvent {
  SlotDecision made;
  Allocation decision, expert;  ///< to compare with when it is decided again
  Verdict verdict = Verdict::kExpert;
  double slack = 0.0;
};
struct MissedEvent {
  Slot slot;
};
/// Work of the period before that is not done, all of it as it is known now: it arrives in the next slot that is
/// decided or missed, as far as it is not in slots before.
struct UndoneEvent {
  Vector work;  ///< [classes], units
};
/// The slot's weights did not come into force.
struct NotAppliedEvent {
  int slot = 0;
};
struct MeteredEvent {
  int slot = 0;
  MeterReport meter;
};
struct RegionEvent {
  int region = 0;
  RegionState state = RegionState::kUp;
};
/// Whether any server of the region passes the balancers' checks.
struct ServingEvent {
  int region = 0;
  bool serving = true;
};
struct ModeEvent {
  LiveMode mode = LiveMode::kShadow;
  LiveMode configured = LiveMode::kShadow;  ///< by the configuration: when that changes, it counts again
};

struct Event {
  std::int64_t at = 0;  ///< when, seconds since 1970-01-01 00:00:00 UTC
  std::variant<ReadingsEvent, DecidedEvent, MissedEvent, UndoneEvent, NotAppliedEvent, MeteredEvent, RegionEvent,
               ServingEvent, ModeEvent>
      what;
};

std::string HeadText(const JournalHead& head);
/// Throws InputError beginning with `where`: no journal of a period, another schema, a damaged field.
JournalHead ReadHead(const std::string& text, const std::string& where);

std::string EventText(const Event& event);
/// Throws InputError beginning with `where` and naming the field. Sizes are the problem's.
Event ReadEvent(const Problem& problem, const std::string& text, const std::string& where);
/// The slot that a line decides or misses, for which the network alone must be known; nothing of other lines. Throws as
/// ReadEvent.
std::optional<Slot> ReadSlotOf(const Network& network, const std::string& text, const std::string& where);

}  // namespace evenkeel
