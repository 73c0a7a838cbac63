// Whatever bytes come over a connection, in whatever pieces: every request gets an answer that is HTTP, nothing inside
// fails (500), and what reaches the engine is finite and in range. The first byte says in how many pieces.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "live/http/api.h"
#include "live/http/connection.h"
#include "models/base/error.h"

namespace {

using namespace evenkeel;

std::shared_ptr<const LiveStatus> Status() {
  LiveStatus status;
  status.gateways = {"a", "b"};
  status.regions = {"x", "y", "\xC3\xBC"};
  status.region.resize(3);
  status.published = Shares{3, 0, 1, RowMatrix::Constant(2, 3, 1.0 / 3.0), {}};
  status.slots.resize(2);
  return std::make_shared<const LiveStatus>(status);
}

ObserveResult Observe(const std::vector<Reading>& readings) {
  for (const Reading& reading : readings) {
    EVENKEEL_CHECK(std::isfinite(reading.value) && reading.time >= 0);
    EVENKEEL_CHECK(reading.place >= 0 && reading.place < (reading.signal == LiveSignal::kDemand ? 2 : 3));
  }
  return {};
}

CommandResult Meter(const MeterReport& report) {
  EVENKEEL_CHECK(report.served.rows() == 2 && report.served.cols() == 3 && report.served.allFinite());
  EVENKEEL_CHECK(report.served.minCoeff() >= 0.0 && report.revision >= 1);
  return {};
}

CommandResult SetRegion(int region, RegionState /*state*/) {
  EVENKEEL_CHECK(region >= 0 && region < 3);
  return {};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  static const auto status = Status();
  const auto set_mode = [](LiveMode) { return CommandResult(); };
  LiveApi api(
      {}, {Observe, Meter, SetRegion, set_mode}, [] { return status; }, [] { return 0; });
  const ServerLimits limits;
  Connection connection(&api, &limits);
  std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::size_t piece = data[0] == 0 ? bytes.size() + 1 : data[0];
  while (!bytes.empty() && connection.state() == Connection::State::kReading) {
    connection.Add(bytes.substr(0, piece));
    bytes.remove_prefix(std::min(piece, bytes.size()));
    for (;;) {
      if (const auto request = connection.Next()) {
        const ApiAnswer answer = api.Answer(*request);
        EVENKEEL_CHECK(answer.status >= 200 && answer.status != 500 && answer.status < 600);
        connection.Put(answer);
      }
      if (connection.state() != Connection::State::kWriting) break;
      EVENKEEL_CHECK(connection.Unwritten().find("HTTP/1.1 ") == 0);
      connection.Wrote(connection.Unwritten().size());
    }
    if (!connection.Unwritten().empty()) connection.Wrote(connection.Unwritten().size());
  }
  return 0;
}
