// The API on a socket. One thread moves bytes for all connections, so that slow and idle ones cost no thread; a few
// answer what looks, a few others what asks for something to be done and may wait for the engine.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "live/http/api.h"
#include "live/http/wire.h"

namespace evenkeel {

struct ServerOptions {
  std::string address = "127.0.0.1";  ///< numeric, or localhost
  int port = 0;                       ///< 0: any that is free
  /// The new one takes the place of the one that has been idle or slow for longest. Fewer where the process may not
  /// open that many files.
  int most_connections = 1024;
  ServerLimits limits;
  double request_s = 15.0;                         ///< from the first byte of a request to its last
  double command_s = 60.0;                         ///< until the engine has answered
  double answer_s = 15.0;                          ///< to take an answer
  double idle_s = 60.0;                            ///< between requests
  std::size_t most_bytes = std::size_t{64} << 20;  ///< of bodies and answers of all connections together
  int look_threads = 2;
  int command_threads = 2;
  int most_looks_waiting = 1024;  ///< requests that wait for a thread; 503 beyond
  int most_commands_waiting = 64;
};

class HttpServer {
 public:
  /// Listens. Throws InputError for an address that cannot be had, or is not of the loopback while there is no token.
  /// The API outlives the server.
  HttpServer(const ServerOptions& options, LiveApi* api);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  int port() const;
  int num_connections() const;
  /// Closes everything at once, whatever clients do; waits only for commands that are being carried out.
  void Stop();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace evenkeel
