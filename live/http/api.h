// The API of a running service: from a request to its answer, without sockets (docs/api.md).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "live/engine/status.h"
#include "live/http/batches.h"
#include "live/http/commands.h"
#include "live/http/message.h"

namespace evenkeel {

struct ApiOptions {
  std::string token;            ///< empty: none is wanted (ReadToken, CheckListenAddress in access.h)
  std::int64_t most_age_s = 0;  ///< /readyz says 503 when the status is older; 0: however old it is
  std::function<void(const std::string& words)> on_failure = {};  ///< told what a 500 was about, for the log
};

/// Several threads may ask at once. Never throws: what a command throws becomes a 500 without its words.
class LiveApi {
 public:
  /// `status` gives the last snapshot, null before the first; `clock` seconds since 1970.
  LiveApi(ApiOptions options, LiveCommands commands, std::function<std::shared_ptr<const LiveStatus>()> status,
          std::function<std::int64_t()> clock);

  /// The answer to a head that needs no body to be refused (no token, no such path), else nothing.
  std::optional<ApiAnswer> Refusal(const ApiRequest& head) const;
  /// The answer to a whole request, refusals included.
  ApiAnswer Answer(const ApiRequest& request);
  bool has_token() const { return !options_.token.empty(); }
  /// Whether a request only looks: what looks must not wait for what waits for the engine.
  static bool OnlyLooks(const ApiRequest& request) { return request.method == "GET" || request.method == "HEAD"; }

 private:
  ApiAnswer Routed(const ApiRequest& request);
  ApiAnswer Look(const ApiRequest& request, const std::string& path, const std::string& query) const;
  ApiAnswer Ready() const;
  ApiAnswer Command(const ApiRequest& request, const std::string& path, const LiveStatus& status);
  ApiAnswer Observations(const std::string& body, const LiveStatus& status);

  ApiOptions options_;
  LiveCommands commands_;
  std::function<std::shared_ptr<const LiveStatus>()> status_;
  std::function<std::int64_t()> clock_;
  std::mutex batches_mutex_;  // held while a batch is observed, so that one sent twice at once is observed once
  AnsweredBatches batches_;
};

}  // namespace evenkeel
