// Any bytes as an answer of HAProxy's runtime socket: values in their range, or InputError; and a plan from whatever it
// says.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "live/outputs/haproxy_answers.h"
#include "live/outputs/weight_plan.h"
#include "models/base/error.h"

namespace evenkeel {
namespace {

void CheckPlan(const HaproxyView& view) {
  const BalancerMap map = {{"g"}, {"A", "B"}, {{0, "g", {{"a1", 0, 1.0}, {"a2", 0, 2.0}, {"b1", 1, 1.0}}}}};
  const WeightPlan plan = PlanWeights(map, RowMatrix{{0.7, 0.3}}, {RegionOrder::kUp, RegionOrder::kDrain}, view);
  for (const HaproxyCommand& command : plan.raise)
    EVENKEEL_CHECK(command.backend == "g" && command.weight >= 0 && command.weight <= 256);
  const RowMatrix applied = AppliedShares(map, view.servers);
  EVENKEEL_CHECK(applied.allFinite() && applied.sum() <= 1.0 + 1e-12);
}

template <typename Parse>
void Try(const Parse& parse) {
  try {
    parse();
  } catch (const InputError&) {
  }
}

}  // namespace
}  // namespace evenkeel

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace evenkeel;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  HaproxyView view;
  Try([&] { view.process = ParseInfo(text); });
  Try([&] { view.servers = ParseServersState(text); });
  Try([&] { view.counters = ParseStat(text); });
  for (const HaproxyServer& server : view.servers) EVENKEEL_CHECK(server.weight >= 0 && server.weight <= 256);
  for (const HaproxyCounters& counters : view.counters) EVENKEEL_CHECK(counters.Served() >= 0);
  Try([&] {
    const int weight = ParseWeight(text);
    EVENKEEL_CHECK(weight >= 0 && weight <= 256);
  });
  for (const int count : {1, 3}) Try([&] { EVENKEEL_CHECK_EQ(SplitAnswers(text, count).size(), std::size_t(count)); });
  const std::string shown = ShownAnswer(text);
  EVENKEEL_CHECK(std::none_of(shown.begin(), shown.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }));
  CheckPlan(view);
  return 0;
}
