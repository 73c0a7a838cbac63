#include "live/engine/recorded_period.h"

#include <sys/stat.h>

#include "live/engine/replay.h"
#include "models/base/error.h"

namespace evenkeel {
namespace {

std::string FolderOf(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash);
}

Event EventOf(const Problem& problem, const JournalLine& line, const std::string& path) {
  return ReadEvent(problem, line.text, fmt::format("{}: line {}", path, line.line));
}

/// The slots of the month before. One that was decided with something else is none that the engine would have taken up.
std::vector<Slot> SlotsBefore(const LiveEngineOptions& options, const JournalHead& head, const std::string& path) {
  const std::string before = JournalPath(FolderOf(path), MonthOf(MonthOf(head.begin).begin - 1));
  struct stat status = {};
  if (::lstat(before.c_str(), &status) != 0) return {};
  const auto [text, content] = ReadJournalText(before);
  const JournalHead earlier = ReadHead(text, before);
  if (!WhyNotOf(options, earlier).empty()) return {};
  const Problem sizes = MakeProblem(options.network, Objective{}, 1, Vector::Ones(options.network.num_gateways()));
  CheckUndamaged(content, before);
  std::vector<Slot> slots;
  for (const JournalLine& line : content.lines) {
    const Event event = EventOf(sizes, line, before);
    if (const auto* decided = std::get_if<DecidedEvent>(&event.what)) slots.push_back(decided->made.slot);
    if (const auto* missed = std::get_if<MissedEvent>(&event.what)) slots.push_back(missed->slot);
  }
  return slots;
}

void CheckRegion(const LiveEngineOptions& options, int region, const std::string& where) {
  if (region < 0 || region >= options.network.num_regions())
    throw InputError("{}: there is no region {}", where, region);
}

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
  if (const std::string why = WhyNotOf(options, period.head); !why.empty()) throw InputError("{}: {}", path, why);
  CheckUndamaged(content, path);
  PeriodStart start = StartOf(period.head);
  start.past = SlotsBefore(options, period.head, path);
  period.run = std::make_unique<PeriodRun>(options.make_period(start));
  for (const JournalLine& line : content.lines) {
    const std::string where = fmt::format("{}: line {}", path, line.line);
    const Event event = EventOf(period.run->problem(), line, path);
    if (const auto* region = std::get_if<RegionEvent>(&event.what)) CheckRegion(options, region->region, where);
    if (const auto* region = std::get_if<ServingEvent>(&event.what)) CheckRegion(options, region->region, where);
    ReplayOfSlot(period.run.get(), event, where);
    Record(event, &period);
    period.last_at = event.at;
    ++period.lines;
  }
  return period;
}

}  // namespace evenkeel
