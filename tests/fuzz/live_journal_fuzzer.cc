// Any bytes as a line of a live journal: an event or InputError, and an event's text reads back as the same text.
#include <cstddef>
#include <cstdint>
#include <string>

#include "live/engine/events.h"
#include "models/base/error.h"
#include "models/world/objective.h"

namespace evenkeel {
namespace {

void TestOne(const std::string& text) {
  static const Problem problem = MakeProblem(MakeFullNetwork({{"a"}, {"b"}}, {{"g"}}), PublishedObjective(), 4,
                                             Vector::Constant(1, 10.0));
  try {
    const std::string again = EventText(ReadEvent(problem, text, "line 2"));
    EVENKEEL_CHECK(EventText(ReadEvent(problem, again, "line 2")) == again);
  } catch (const InputError&) {
  }
  try {
    const std::string again = HeadText(ReadHead(text, "line 1"));
    EVENKEEL_CHECK(HeadText(ReadHead(again, "line 1")) == again);
  } catch (const InputError&) {
  }
}

}  // namespace
}  // namespace evenkeel

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  evenkeel::TestOne({reinterpret_cast<const char*>(data), size});
  return 0;
}
