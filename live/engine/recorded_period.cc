#include "live/engine/recorded_period.h"

#include "live/engine/replay.h"
#include "models/base/error.h"
#include "models/base/read_file.h"

namespace evenkeel {
namespace {

void Record(const Event& event, RecordedPeriod* period) {
  period->slots.resize(static_cast<std::size_t>(period->run->next_slot()));
  if (const auto* decided = std::get_if<DecidedEvent>(&event.what)) {
    period->slots.back().answer = decided->made.answer;
  } else if (const auto* not_applied = std::get_if<NotAppliedEvent>(&event.what)) {
    period->slots[static_cast<std::size_t>(not_applied->slot)].not_applied = true;
  } else if (const auto* mode = std::get_if<ModeEvent>(&event.what)) {
    period->modes.emplace_back(event.at, *mode);
  } else if (const auto* region = std::get_if<RegionEvent>(&event.what)) {
    period->regions.emplace_back(event.at, *region);
  }
}

}  // namespace

RecordedPeriod ReadRecordedPeriod(const LiveEngineOptions& options, const std::string& path) {
  RecordedPeriod period;
  period.path = path;
  const auto [text, content] = ReadJournalText(path);
  period.head = ReadHead(text, path);
  CheckOf(options, period.head, path);
  CheckUndamaged(content, path);
  PeriodStart start = StartOf(period.head);
  start.past = SlotsBefore(options, FolderOf(path), period.head.begin);
  period.run = std::make_unique<PeriodRun>(options.make_period(start));
  for (const JournalLine& line : content.lines) {
    const std::string where = fmt::format("{}: line {}", path, line.line);
    const Event event = ReadEvent(period.run->problem(), line.text, where);
    ReplayOfSlot(period.run.get(), event, where);
    Record(event, &period);
    period.last_at = event.at;
    ++period.lines;
  }
  return period;
}

}  // namespace evenkeel
