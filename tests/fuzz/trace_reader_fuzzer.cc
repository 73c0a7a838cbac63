// Files that are well-formed HDF5 but seldom a trace: the input says what is done to a valid one. Whatever it is, only
// InputError is thrown; and a trace that is accepted is valid, is the same in one piece and slot after slot, and
// survives being written and read again.
//
// Arbitrary bytes would be a test of HDF5, not of evenkeel (docs/trace_format.md, "Damaged and hostile files").

#include <fuzzer/FuzzedDataProvider.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "models/base/error.h"
#include "models/files/trace_file.h"
#include "tests/fuzz/temporary_path.h"
#include "tests/fuzz/trace_draft.h"
#include "tests/fuzz/trace_mutations.h"

namespace evenkeel {
namespace {

constexpr int kMostMutations = 12;

void CheckSame(const Slot& a, const Slot& b) {
  EVENKEEL_CHECK_EQ(a.index, b.index);
  EVENKEEL_CHECK_EQ(a.time, b.time);
  EVENKEEL_CHECK(a.demand == b.demand && a.capacity == b.capacity && a.price == b.price);
  EVENKEEL_CHECK(a.carbon_intensity == b.carbon_intensity && a.water_intensity == b.water_intensity);
}

void CheckSame(const Trace& a, const Trace& b) {
  // The raw form has everything but the provenance.
  const RawTrace raw_a = MakeRawTrace(a), raw_b = MakeRawTrace(b);
  EVENKEEL_CHECK_EQ(raw_a.slot_hours, raw_b.slot_hours);
  EVENKEEL_CHECK(raw_a.time == raw_b.time && raw_a.labels == raw_b.labels);
  EVENKEEL_CHECK_EQ(raw_a.fields.size(), raw_b.fields.size());
  for (std::size_t k = 0; k < raw_a.fields.size(); ++k)
    EVENKEEL_CHECK(raw_a.fields[k].values == raw_b.fields[k].values);
  const Provenance &from = a.header.provenance, &to = b.header.provenance;
  EVENKEEL_CHECK(from.title == to.title && from.source == to.source && from.licence == to.licence);
  EVENKEEL_CHECK(from.command == to.command && from.generator == to.generator && from.seed == to.seed);
  EVENKEEL_CHECK(from.carbon_signal_type == to.carbon_signal_type && from.carbon_scope == to.carbon_scope);
}

std::optional<Trace> ReadWhole(const std::string& path) {
  try {
    return ReadTrace(path);
  } catch (const InputError&) {
    return std::nullopt;
  }
}

/// Slot after slot the file is what it is in one piece: refused, or this trace.
void CheckStreaming(const std::string& path, const std::optional<Trace>& trace) {
  try {
    TraceFile file(path);
    Slot streamed, expected;
    for (int t = file.num_slots() - 1; t >= 0; --t) {
      file.Read(t, &streamed);
      if (!trace) continue;
      MakeSlotSource(*trace)->Read(t, &expected);
      CheckSame(streamed, expected);
    }
    EVENKEEL_CHECK(trace.has_value());
    EVENKEEL_CHECK_EQ(file.num_slots(), trace->signals.num_slots());
    EVENKEEL_CHECK(file.TotalDemand() == TotalDemand(*trace));
  } catch (const InputError&) {
    EVENKEEL_CHECK(!trace.has_value());
  }
}

bool WriteDraft(const Draft& draft, const std::string& path) {
  try {
    DraftWriter(draft, path).Write();
    return true;
  } catch (const InputError&) {
    return false;  // HDF5 refuses some names
  }
}

void TestOne(FuzzedDataProvider* input) {
  static const Draft tiny = MakeDraft(MakeTinyTrace()), with_work = MakeDraft(MakeTinyTraceWithWork());
  const auto kind = input->ConsumeIntegral<std::uint8_t>();
  const bool truncated = kind == 0xff;
  Draft draft = kind == 0xfe ? with_work : tiny;
  const std::uint8_t share = truncated ? input->ConsumeIntegral<std::uint8_t>() : 0;
  int mutations = 0;
  while (mutations < kMostMutations && input->remaining_bytes() > 0) {
    Mutate(input, &draft);
    ++mutations;
  }
  const TemporaryPath path;
  if (!WriteDraft(draft, *path)) return;
  if (truncated) std::filesystem::resize_file(*path, std::filesystem::file_size(*path) * share / 256);
  const std::optional<Trace> trace = ReadWhole(*path);
  CheckStreaming(*path, trace);
  EVENKEEL_CHECK(!truncated || !trace);
  EVENKEEL_CHECK(mutations > 0 || truncated || trace);
  if (!trace) return;
  ValidateTrace(*trace, "accepted");
  const TemporaryPath copy;
  WriteTrace(*trace, *copy);
  CheckSame(*trace, ReadTrace(*copy));
}

}  // namespace
}  // namespace evenkeel

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  FuzzedDataProvider input(data, size);
  evenkeel::TestOne(&input);
  return 0;
}
