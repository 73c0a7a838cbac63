// What HAProxy's runtime socket answers, parsed. Everything comes from outside: InputError for whatever is not as
// HAProxy 2.6 writes it, naming what was asked, the line and the text.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace evenkeel {

/// The process that answers, from `show info`. A reload is another process.
struct HaproxyProcess {
  std::int64_t pid = 0;
  std::int64_t started = 0;  ///< seconds since 1970-01-01 00:00:00 UTC
  std::int64_t uptime = 0;   ///< seconds
  std::string version;
  bool stopping = false;  ///< it only serves the connections that it still has

  bool IsSameAs(const HaproxyProcess& other) const { return pid == other.pid && started == other.started; }
};

/// A server, from `show servers state`.
struct HaproxyServer {
  std::string backend, server;
  int operation = 0;       ///< 0 stopped, 1 starting, 2 running, 3 stopping
  int administration = 0;  ///< bits of maintenance and drain, kForcedMaintenance and others
  int weight = 0;          ///< now
  int initial_weight = 0;  ///< as configured
  bool agent = false;      ///< an agent check says its weight as well

  /// Whether it can be given a request, were its weight above 0.
  bool IsUsable() const { return operation != 0 && operation != 3 && administration == 0; }
};
inline constexpr int kForcedMaintenance = 0x01, kForcedDrain = 0x08;

/// Counters of a server, or of a backend, from `show stat`; from the start of the process.
struct HaproxyCounters {
  std::string backend;
  std::string server;                          ///< empty: the backend itself
  std::string algorithm;                       ///< of a backend; empty where the socket's level is below operator
  bool backup = false;                         ///< a server that is given requests only when no other can be
  bool tcp = false;                            ///< the mode in which `sessions` is all that is counted
  std::int64_t sessions = 0;                   ///< `stot`, the only count in tcp mode
  std::int64_t requests = 0;                   ///< `req_tot`
  std::array<std::int64_t, 6> responses = {};  ///< `hrsp_1xx` .. `hrsp_5xx`, `hrsp_other`: what was served
  std::int64_t retries = 0, redispatches = 0;  ///< `wretr`, `wredis`

  /// Requests that were answered, interim answers (1xx) not counted; in tcp mode sessions.
  std::int64_t Served() const;
};

/// Answers to several commands that were sent as one line: each ends with an empty line, and that of a command that
/// succeeded and has nothing to say is an empty line alone. Throws unless there are `count`.
std::vector<std::string> SplitAnswers(std::string_view text, int count);

HaproxyProcess ParseInfo(std::string_view text);
std::vector<HaproxyServer> ParseServersState(std::string_view text);
/// Servers and backends; frontends and listeners, which may have a backend's name, are left out.
std::vector<HaproxyCounters> ParseStat(std::string_view text);
/// `42 (initial 100)`: the 42.
int ParseWeight(std::string_view text);

/// An answer as part of a message: its first line, at most 200 bytes, without control characters.
std::string ShownAnswer(std::string_view text);

}  // namespace evenkeel
