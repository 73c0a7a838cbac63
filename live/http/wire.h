// HTTP/1.1 as bytes: the head of a request, and an answer. Strict, since leniency is what smuggling lives on: lines end
// with CR LF, no header twice that decides anything, a body only with Content-Length.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "live/http/message.h"

namespace evenkeel {

struct ServerLimits {
  std::size_t head_bytes = 16384;
  int headers = 64;
  std::size_t body_bytes = std::size_t{1} << 20;
};

struct HttpHead {
  enum class State { kIncomplete, kComplete, kRefused };
  State state = State::kIncomplete;
  std::size_t head_bytes = 0;  ///< with the empty line
  std::size_t body_bytes = 0;
  bool keep_alive = true;
  bool expects_continue = false;
  ApiAnswer refusal;  ///< after which the connection is to be closed, since nobody knows where the next request begins
};

/// Reads a head from the first bytes of a connection; fills all of `request` but its body when the head is complete.
HttpHead ParseHead(std::string_view bytes, const ServerLimits& limits, ApiRequest* request);

/// The answer as bytes. Without body for HEAD, but with its length.
std::string AnswerBytes(const ApiAnswer& answer, bool with_body, bool keep_alive);

/// {"error": message, "field": field}, without the field where it is empty.
ApiAnswer ErrorAnswer(int status, std::string_view message, std::string_view field = "");

}  // namespace evenkeel
