// Any bytes as a weather document: times and water of cooling, or InputError.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <string>

#include "models/base/error.h"
#include "models/import/weather.h"
#include "tests/fuzz/temporary_path.h"

namespace evenkeel {
namespace {

void TestOne(const std::string& text) {
  const TemporaryPath path;
  std::ofstream(*path) << text;
  try {
    Measurements series;
    const WeatherPlace place = AppendWeatherWater(*path, "", &series);
    EVENKEEL_CHECK(!(std::abs(place.latitude) > 90.0 || std::abs(place.longitude) > 180.0));
    for (const Measurement& entry : series.entries) EVENKEEL_CHECK(std::isnan(entry.value) || entry.value >= 0.05);
  } catch (const InputError&) {
  }
}

}  // namespace
}  // namespace evenkeel

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  evenkeel::TestOne({reinterpret_cast<const char*>(data), size});
  return 0;
}
