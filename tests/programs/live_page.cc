// Serves a made-up status for tests from outside: prints the port, ends with its standard input.
// Usage: live_page fine|trouble|large [TOKEN_FILE]
#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <ctime>
#include <string>

#include "live/http/access.h"
#include "live/http/server.h"
#include "tests/reference/live_status.h"

int main(int argc, char** argv) {
  using namespace evenkeel;
  const std::string which = argc > 1 ? argv[1] : "fine";
  const LiveStatus made_up = which == "large"     ? MadeUpLargeStatus()
                             : which == "trouble" ? MadeUpTrouble()
                             : which == "work"    ? MadeUpWork()
                                                  : MadeUpStatus();
  const auto status = std::make_shared<const LiveStatus>(made_up);
  const LiveCommands commands = {
      [](const std::vector<Reading>&) { return ObserveResult(); }, [](const MeterReport&) { return CommandResult(); },
      [](int, RegionState) { return CommandResult(); }, [](LiveMode) { return CommandResult(); }};
  const ApiOptions options = {argc > 2 ? ReadToken(argv[2]) : "", 0, {}};
  LiveApi api(
      options, commands, [&] { return status; }, [&] { return status->as_of + 2; });
  ServerOptions where;
  HttpServer server(where, &api);
  fmt::print("{}\n", server.port());
  std::fflush(stdout);
  char byte = 0;
  while (read(STDIN_FILENO, &byte, 1) > 0) {
  }
  return 0;
}
