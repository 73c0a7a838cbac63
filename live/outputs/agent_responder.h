// Answers HAProxy's agent checks.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "live/outputs/agent_weights.h"

namespace evenkeel {

struct ResponderOptions {
  std::string host = "127.0.0.1";  ///< IPv4; whoever can reach it reads the weights
  int port = 0;                    ///< 0: any that is free
  double seconds = 2.0;            ///< for a connection, from its start to its end
  int most_connections = 256;      ///< at once; one more ends the oldest
};

/// Counts of connections by what became of them.
struct ResponderCounts {
  std::int64_t answered = 0;
  std::int64_t unknown = 0;    ///< a server that the map doesn't have: `agent-send` is another
  std::int64_t unwanted = 0;   ///< nothing is decided yet
  std::int64_t late = 0;       ///< asked nothing in time, or did not read the answer
  std::int64_t malformed = 0;  ///< more than 512 bytes, or ended within the line
  std::int64_t displaced = 0;  ///< was the oldest of too many
  std::string last_unknown;    ///< what was asked for, as ShownAnswer
};

/// One thread, one port: a line `backend/server` (HAProxy's `agent-send`) is answered by a line, and the connection
/// closed; so it is, without an answer, where there is none: HAProxy then keeps the weight that the server has.
/// Connections don't wait for each other.
class AgentResponder {
 public:
  /// `clock`: seconds, for the weights' way from old to new. Throws InputError where the port cannot be had.
  AgentResponder(AgentWeights weights, const ResponderOptions& options, std::function<double()> clock);
  ~AgentResponder();
  AgentResponder(const AgentResponder&) = delete;
  AgentResponder& operator=(const AgentResponder&) = delete;

  /// As AgentWeights::Want, now.
  void Want(const WantedShares& wanted);
  int port() const { return port_; }
  ResponderCounts Counts() const;

 private:
  struct Connection;

  void Run();
  void Accept(std::vector<Connection>* connections);
  bool Serve(Connection* connection);
  bool Read(Connection* connection);
  void Ask(Connection* connection);
  void Count(std::int64_t ResponderCounts::*count);

  const ResponderOptions options_;
  const std::function<double()> clock_;
  mutable std::mutex mutex_;  // of the weights and counts
  AgentWeights weights_;
  ResponderCounts counts_;
  int listener_ = -1, stop_ = -1, port_ = 0;
  std::thread thread_;
};

}  // namespace evenkeel
