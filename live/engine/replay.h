// A period's journal, read again: every slot is decided once more, without asking the advice, and must come out as it
// did, to the bit.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "live/engine/events.h"
#include "live/engine/live_engine_options.h"
#include "live/engine/month.h"
#include "live/engine/period_run.h"
#include "models/base/journal.h"

namespace evenkeel {

/// Where a folder has the journal of a month.
std::string JournalPath(const std::string& folder, const Month& month);

/// The first line of the journal of a period that begins so; with null, of no period: whatever decides, what was said
/// was said. `expected_demand` must be there.
JournalHead HeadOf(const LiveEngineOptions& options, const PeriodStart* period);
/// What a period begins with, by its journal, but for what was before it.
PeriodStart StartOf(const JournalHead& head);
/// What the head is of that these options are not, such as "policy cost, not nearest". Empty: it is of theirs.
std::string WhyNotOf(const LiveEngineOptions& options, const JournalHead& head);
/// Throws InputError beginning with `path` and ending with `remedy` when there is something.
void CheckOf(const LiveEngineOptions& options, const JournalHead& head, const std::string& path,
             const std::string& remedy = "");

/// What a period that begins then may know of before: the slots of the calendar month before, by its journal in the
/// folder, whoever asks and whenever. None where there is no journal, or one that was decided with something else.
/// Throws InputError for a damaged one.
std::vector<Slot> SlotsBefore(const LiveEngineOptions& options, const std::string& folder, std::int64_t begin);

/// Throws InputError beginning with `path` and naming the first damaged line.
void CheckUndamaged(const JournalContent& content, const std::string& path);

/// Does what a line says of a slot: decides it again and compares, misses it, books meters. Lines that say something
/// else change nothing. Throws InputError beginning with `where`: another slot's turn, or the first number that
/// differs.
void ReplayOfSlot(PeriodRun* run, const Event& event, const std::string& where);

}  // namespace evenkeel
