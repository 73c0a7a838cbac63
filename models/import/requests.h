// Logs of requests to language models as demand, in constant memory however long they are.
#pragma once

#include <cstdint>
#include <string>

#include "models/series/measurements.h"

namespace evenkeel {

/// Energy of a request to a language model: what was measured on one's own servers. Wh of IT energy.
struct RequestEnergy {
  double per_request = 0.0;
  double per_context_token = 0.0;
  double per_generated_token = 0.0;
};

enum class RequestFormat {
  kAny,       ///< by content
  kAzure,     ///< CSV: TIMESTAMP, ContextTokens, GeneratedTokens
  kBurstGpt,  ///< CSV: Timestamp in seconds, Request tokens, Response tokens
  kMooncake,  ///< a JSON object a line: timestamp in milliseconds, input_length, output_length
};

struct RequestLog {
  Measurements demand;  ///< MWh in bins of a slot
  RequestFormat format = RequestFormat::kAny;
  bool relative = false;   ///< times count from the log's own start: 0 is the first bin
  bool converted = false;  ///< times had offsets, and are UTC now
  std::int64_t requests = 0;
  std::int64_t failed = 0;  ///< those without an answer; they count in no bin
};

/// Reads a log, gzipped or not, a row per request in order of time, into bins of `step` seconds: from the first request
/// on or, where times count from the log's start, from there on. The last bin, which the log may not fill, is left out
/// where it is not the only one. Throws InputError naming file, line, column, value and what is allowed; times with an
/// offset and without one in one log are an error.
RequestLog ReadRequests(const std::string& path, RequestFormat format, const RequestEnergy& energy, std::int64_t step);

}  // namespace evenkeel
