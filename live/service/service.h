// The running service: one thread that owns the engine, and around it sources, balancers and the API, which hand it
// what they know and take what it says.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "live/engine/live_engine.h"
#include "live/http/server.h"
#include "live/outputs/agent_responder.h"
#include "live/outputs/repeat.h"
#include "live/outputs/weights_file.h"
#include "live/service/balancer.h"
#include "live/service/canary.h"
#include "live/service/task_queue.h"
#include "live/sources/source_runner.h"

namespace evenkeel {

struct SourceSetup {
  std::unique_ptr<Source> source;
  HttpLimits limits;
  PollPolicy policy;
};
struct AgentSetup {
  BalancerMap map;
  AgentOptions options;
  ResponderOptions responder;
};
struct WeightsFileSetup {
  std::string path;
  HookOptions hook;
};

struct ServiceSetup {
  LiveEngineOptions engine;
  CanaryOptions canary;
  std::vector<SourceSetup> sources;
  std::vector<BalancerSetup> balancers;
  std::optional<AgentSetup> agent;
  std::optional<WeightsFileSetup> weights_file;
  ServerOptions server;
  ApiOptions api;
};

class LiveService {
 public:
  using Clock = std::function<double()>;  ///< seconds since 1970-01-01 00:00:00 UTC, with their parts
  using Log = std::function<void(const std::string& line)>;  ///< from any thread

  /// Takes up the journals, listens, and begins to ask the sources. Throws InputError.
  LiveService(ServiceSetup setup, Clock clock, Log log);
  ~LiveService();

  /// Decides, until `stop`, which is asked ten times a second, says so. `alive` is called as often.
  void Run(const std::function<bool()>& stop, const std::function<void()>& alive);

  int port() const { return server_->port(); }
  std::shared_ptr<const LiveStatus> status() const;

 private:
  std::int64_t Now() const;
  LiveCommands Commands();
  void Step(std::int64_t now);
  void TakeSourceReport(const SourceReport& report);
  void TakeChecks(std::int64_t now);
  void TickEngine(std::int64_t now);
  void ApplyDecision(std::int64_t now);
  void Tell();
  void WatchForce(std::int64_t now);
  void JudgeForce(std::int64_t now);
  void TakeMeters(std::int64_t now);
  void Publish(std::int64_t now);
  void AddOutputs(LiveStatus* made) const;
  void AddBalancers(LiveStatus* made) const;
  void LogChanges(const LiveStatus& made);
  void LogDecision(const LiveStatus& made);

  ServiceSetup setup_;
  Clock clock_;
  Log log_;
  LiveEngine engine_;
  TaskQueue tasks_;

  std::map<std::string, SourceStatus> source_status_;
  std::vector<std::unique_ptr<Balancer>> balancers_;
  std::map<std::int64_t, std::map<std::string, MeterReport>> meters_;  // by slot, then balancer, until all are there

  /// Of the slot that has begun last: what the outputs are to do, and whether they do.
  struct Force {
    Shares decided;
    LiveMode mode = LiveMode::kShadow;
    std::vector<std::optional<RegionState>> regions;
    RowMatrix before;  // what they were told in the slot before
    RowMatrix told;
    std::int64_t seconds_watched = 0, seconds_in_force = 0;
  };
  std::optional<Force> force_;
  std::int64_t watched_at_ = 0;

  DurationHistogram decide_seconds_;
  std::int64_t logged_slot_ = -1;        // begin of the last decision that was logged
  std::string engine_failure_;           // of the last step; empty: it went well
  std::map<std::string, bool> failing_;  // sources and outputs, as was logged last
  std::string said_;                     // of what keeps it from being ready, the last time that it was logged
  mutable std::mutex status_mutex_;
  std::shared_ptr<const LiveStatus> status_;

  std::unique_ptr<AgentResponder> agent_;
  std::unique_ptr<WeightsFile> weights_file_;
  std::unique_ptr<LiveApi> api_;
  // What runs in threads ends first.
  std::unique_ptr<Repeat> write_weights_;
  std::vector<std::unique_ptr<SourceRunner>> runners_;
  std::unique_ptr<HttpServer> server_;
};

}  // namespace evenkeel
