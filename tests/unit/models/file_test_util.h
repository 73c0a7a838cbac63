// What tests of files share: a directory that goes away, errors by their words, a small trace, a child process.
#pragma once

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <initializer_list>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "models/base/error.h"
#include "models/world/trace.h"

namespace evenkeel {

class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string pattern = (std::filesystem::temp_directory_path() / "evenkeel-test-XXXXXX").string();
    EVENKEEL_CHECK(::mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
  }
  ~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  const std::string& path() const { return path_; }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }
  int NumFiles() const {
    const std::filesystem::directory_iterator files(path_);
    return static_cast<int>(std::distance(begin(files), end(files)));
  }

 private:
  std::string path_;
};

inline std::string ReadBytes(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

inline void WriteBytes(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

/// Runs `action`, which must throw InputError, and checks that the message has all the words.
inline void ExpectInputError(const std::function<void()>& action, std::initializer_list<std::string> words) {
  try {
    action();
  } catch (const InputError& error) {
    for (const std::string& word : words) {
      EXPECT_NE(std::string(error.what()).find(word), std::string::npos) << "no '" << word << "' in: " << error.what();
    }
    return;
  }
  ADD_FAILURE() << "no InputError";
}

inline bool in_child = false;

/// LeakSanitizer asks this at exit: what HDF5 cannot write to a full disk it can neither free.
extern "C" __attribute__((weak, used)) int __lsan_is_turned_off() { return in_child ? 1 : 0; }

/// Runs `action` in a process of its own and returns its exit status, or 1000 plus the signal that ended it. The action
/// returns the status; the process ends as a program does, with everything that runs at exit. It is killed after 20 s.
inline int RunInChild(const std::function<int()>& action) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::alarm(20);
    in_child = true;
    int status = 99;
    try {
      status = action();
    } catch (const std::exception& error) {
      std::fprintf(stderr, "%s\n", error.what());
    }
    std::exit(status);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

/// Three regions, two gateways, two variants, values that are all different, a negative price.
inline Trace MakeSmallTrace(int slots) {
  Trace trace;
  TraceHeader& header = trace.header;
  header.network = MakeFullNetwork({{"north", 1.1, 60.0, 10.0}, {"süd", 1.2, 48.0, 11.0}, {"west", 1.3, 40.0, -100.0}},
                                   {{"users A", 59.0, 18.0}, {"users B", 34.0, -118.0}});
  header.network.variants = {{"large", 1.0, 0.0}, {"small", 0.25, 0.125}};
  header.network.energy_per_unit.resize(3, 2);
  header.network.energy_per_unit << 1.0, 0.25, 1.5, 0.375, 2.0, 0.5;
  header.network.reachable(1, 0) = 0;
  header.network.network_cost << 0.0, 1.0, 2.0, 3.0, 4.0, 5.0;
  header.slot_hours = 0.5;
  header.provenance = {"small", "made up", "MIT", "evenkeel test", "evenkeel 0.1.0", "7", "marginal", "direct"};
  Signals& signals = trace.signals;
  const auto fill = [slots](int columns, double base, double step) {
    RowMatrix values(slots, columns);
    for (int t = 0; t < slots; ++t) {
      for (int k = 0; k < columns; ++k) values(t, k) = base + step * t + 0.01 * k + 0.001 * std::sin(t * 7.0 + k);
    }
    return values;
  };
  for (int t = 0; t < slots; ++t) signals.time.push_back(1663804800 + 1800 * std::int64_t{t});
  signals.demand = fill(2, 0.5, 1e-5);
  signals.capacity = fill(3, 2.0, 1e-5);
  signals.price = fill(3, -1.0, 0.5);
  signals.carbon_intensity = fill(3, 0.3, 1e-4);
  signals.water_intensity = fill(3, 3.0, 1e-3);
  return trace;
}

/// The same with two classes of work that can wait: "training" for up to three slots, in north and west, and "reports",
/// which are due in the slot in which they arrive, in süd. Prices begin at -1 USD/MWh, so that training costs at least
/// about -1.1 in north and -1.3 x 0.9 + 4 in west; its floor is -1.25.
inline Trace MakeSmallTraceWithWork(int slots) {
  Trace trace = MakeSmallTrace(slots);
  Network& network = trace.header.network;
  network.gateways.push_back({"training"});
  network.gateways.push_back({"reports"});
  network.classes = {{3, 1.5, -1.25}, {0, 0.5, -2.0}};
  network.reachable.conservativeResize(4, Eigen::NoChange);
  network.reachable.bottomRows(2) << 1, 0, 1, 0, 1, 0;
  network.network_cost.conservativeResize(4, Eigen::NoChange);
  network.network_cost.bottomRows(2) << 0.0, 0.0, 4.0, 0.0, 0.5, 0.0;
  network.distance.conservativeResize(4, Eigen::NoChange);
  network.distance.bottomRows(2).setZero();
  network.work_energy.resize(2, 3);
  network.work_energy << 1.0, 1.1, 0.9, 0.7, 0.8, 0.6;
  RowMatrix& demand = trace.signals.demand;
  demand.conservativeResize(Eigen::NoChange, 4);
  for (int t = 0; t < slots; ++t) demand.row(t).tail(2) << 0.25 + 1e-6 * t, t % 2 == 0 ? 0.125 : 0.0;
  return trace;
}

}  // namespace evenkeel
