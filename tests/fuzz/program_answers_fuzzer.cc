// Any bytes as a line that a program of one's own answers: what the protocol allows, or InputError.
#include <cstddef>
#include <cstdint>
#include <string>

#include "models/base/error.h"
#include "models/world/objective.h"
#include "predictors/process/answers.h"

namespace evenkeel {
namespace {

template <typename Read>
void Try(const Read& read) {
  try {
    read();
  } catch (const InputError&) {
  }
}

void TestOne(const std::string& line) {
  static const Problem problem =
      MakeProblem(MakeFullNetwork({{"a"}, {"b"}}, {{"g"}}), PublishedObjective(), 4, Vector::Constant(1, 10.0));
  constexpr int kHorizon = 2;
  const SignalColumns columns{1, 2};
  Try([&] { CheckReady(line); });
  Try([&] {
    PolicyAnswer answer;
    ReadPolicyAnswer(problem, 1, line, &answer);
    EVENKEEL_CHECK(answer.kind != AnswerKind::kFlow || answer.allocation.flow.allFinite());
    EVENKEEL_CHECK(answer.kind != AnswerKind::kError || !answer.error.empty());
    for (const Vector& prices : answer.prices) EVENKEEL_CHECK(prices.minCoeff() >= 0.0 && prices.allFinite());
  });
  Try([&] {
    const PredictorAnswer answer = ReadPredictorAnswer(columns, 1, kHorizon, line);
    if (!answer.error.empty()) return;
    EVENKEEL_CHECK(answer.forecast.rows() >= 1 && answer.forecast.rows() <= kHorizon);
    EVENKEEL_CHECK(answer.forecast.allFinite());
  });
}

}  // namespace
}  // namespace evenkeel

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  evenkeel::TestOne({reinterpret_cast<const char*>(data), size});
  return 0;
}
