// One connection's side of HTTP: bytes in, requests out, answers in, bytes out. No sockets, no clock.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "live/http/api.h"
#include "live/http/wire.h"

namespace evenkeel {

class Connection {
 public:
  enum class State {
    kReading,    ///< a request; idle when none of it has come
    kAnswering,  ///< somebody makes the answer
    kWriting,    ///< the answer is on its way
    kLingering,  ///< answered; what comes is thrown away, so that the answer is not lost by closing too soon
    kClosed,
  };

  Connection(const LiveApi* api, const ServerLimits* limits) : api_(api), limits_(limits) {}

  State state() const { return state_; }
  bool idle() const { return state_ == State::kReading && in_.empty() && !has_head_; }
  /// Bytes that are kept for it, those of a body that is still to come included.
  std::size_t held_bytes() const { return in_.size() + body_bytes_ + out_.size(); }

  /// Bytes have come. Call Next() then.
  void Add(std::string_view bytes);
  /// A request that is complete, to be answered by Put(), or nothing: more has to come, or there is something to write.
  std::optional<ApiRequest> Next();
  /// Room for a body was refused, a request took too long, ...: answers, and closes afterwards.
  void Refuse(const ApiAnswer& answer);
  void Put(const ApiAnswer& answer);

  std::string_view Unwritten() const { return std::string_view(out_).substr(written_); }
  void Wrote(std::size_t bytes);

 private:
  bool ReadHead();

  const LiveApi* api_;
  const ServerLimits* limits_;
  State state_ = State::kReading;
  std::string in_, out_;
  std::size_t written_ = 0, body_bytes_ = 0;
  bool has_head_ = false, keep_alive_ = true, wants_body_ = true;
  ApiRequest request_;
};

}  // namespace evenkeel
