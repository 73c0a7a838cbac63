// What tests of a service's configuration share: a folder with a network, tokens and the smallest configuration.
#pragma once

#include <string>

#include "experiments/serve/config.h"
#include "models/files/trace_file.h"
#include "tests/reference/live_world.h"
#include "tests/unit/models/file_test_util.h"

namespace evenkeel {

/// `slots` hours of the small world: gateways berlin and madrid, regions north, south and west.
inline Trace ServeTrace(int slots) {
  Trace trace;
  trace.header.network = LiveNetwork();
  Signals& signals = trace.signals;
  signals.demand.resize(slots, kLiveGateways);
  for (RowMatrix* one : {&signals.capacity, &signals.price, &signals.carbon_intensity, &signals.water_intensity})
    one->resize(slots, kLiveRegions);
  for (int t = 0; t < slots; ++t) {
    const Slot slot = LiveSlotAt(kNovember + 3600 * t);
    signals.time.push_back(slot.time);
    signals.demand.row(t) = slot.demand.transpose();
    signals.capacity.row(t) = slot.capacity.transpose();
    signals.price.row(t) = slot.price.transpose();
    signals.carbon_intensity.row(t) = slot.carbon_intensity.transpose();
    signals.water_intensity.row(t) = slot.water_intensity.transpose();
  }
  return trace;
}

class ServeFiles : public ::testing::Test {
 protected:
  void SetUp() override {
    WriteTrace(ServeTrace(24), folder_ / "network.h5");
    WriteBytes(folder_ / "token", "0123456789abcdef\n");
    WriteBytes(folder_ / "open", "0123456789abcdef\n");
    WriteBytes(folder_ / "short", "abc\n");
    namespace fs = std::filesystem;
    for (const char* name : {"token", "short"}) fs::permissions(folder_ / name, fs::perms(0600));
    fs::permissions(folder_ / "open", fs::perms(0644));
  }

  /// Three lines, which every configuration needs.
  std::string Head() const {
    return "network = " + folder_ / "network.h5" + "\npolicy = norm-greedy\nstate = " + folder_ / "state" + "\n";
  }
  /// In the text, DIR is the folder.
  std::string Filled(std::string text) const {
    for (std::size_t at = 0; (at = text.find("DIR", at)) != std::string::npos;) text.replace(at, 3, folder_.path());
    return text;
  }
  ServiceSetup Make(const std::string& more) const {
    return MakeServiceSetup(ParseIniFile("s.ini", Head() + Filled(more)));
  }

  TemporaryDirectory folder_;
};

}  // namespace evenkeel
