// HAProxy's runtime socket: reading it and writing to it are different types.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "live/outputs/haproxy_answers.h"
#include "models/base/error.h"

namespace evenkeel {

/// No answer, or none in time; what HAProxy answers and is not understood is a plain InputError.
class SocketError : public InputError {
 public:
  using InputError::InputError;
};
/// It was late.
class SocketTimeout : public SocketError {
 public:
  using SocketError::SocketError;
};

struct SocketLimits {
  double seconds = 2.0;               ///< for connecting, asking and the whole answer
  std::size_t most_bytes = 16 << 20;  ///< of an answer
};

/// Where HAProxy's `stats socket` listens.
struct HaproxyAddress {
  std::string text;  ///< a path that begins with `/`, or `ipv4@127.0.0.1:9999`
  SocketLimits limits;
};

/// Throws InputError where the text is neither a path nor such an address.
void CheckAddress(const HaproxyAddress& address);

/// Sends `command` and a line's end on a connection of its own and returns all that comes until HAProxy closes it.
/// Throws SocketError with the address.
std::string AskSocket(const HaproxyAddress& address, const std::string& command);

/// What is seen at one time.
struct HaproxyView {
  HaproxyProcess process;
  std::vector<HaproxyServer> servers;
  std::vector<HaproxyCounters> counters;
};

/// Reads, and can do nothing else. `level operator` is enough for it: then HAProxy itself refuses every change.
class HaproxyReader {
 public:
  /// As CheckAddress.
  explicit HaproxyReader(HaproxyAddress address);

  HaproxyProcess Process() const;
  std::vector<HaproxyServer> Servers() const;
  std::vector<HaproxyCounters> Counters() const;
  int Weight(const std::string& backend, const std::string& server) const;
  /// All three, by three questions; asked again where the process changed in between.
  HaproxyView View() const;

 private:
  HaproxyAddress address_;
};

/// A change of one server.
struct HaproxyCommand {
  enum class Kind { kWeight, kReady, kDrain, kMaintenance };
  Kind kind = Kind::kWeight;
  std::string backend, server;
  int weight = 0;  ///< of kWeight, 0..256

  bool operator==(const HaproxyCommand& other) const {
    return kind == other.kind && backend == other.backend && server == other.server && weight == other.weight;
  }
};

/// `set server backend/server weight 42`
std::string CommandText(const HaproxyCommand& command);

/// Writes, in order. Needs `level admin`.
class HaproxyWriter {
 public:
  explicit HaproxyWriter(HaproxyAddress address);

  /// One answer per command: empty where it was done, else what HAProxy says. One that is refused does not stop those
  /// behind it. Throws SocketError, or InputError for answers that cannot be told apart; some may have been done then.
  std::vector<std::string> Apply(const std::vector<HaproxyCommand>& commands) const;

 private:
  HaproxyAddress address_;
};

}  // namespace evenkeel
