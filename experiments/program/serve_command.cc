// evenkeel serve.
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>

#include "experiments/program/command.h"
#include "experiments/serve/check.h"
#include "experiments/serve/config.h"
#include "models/base/error.h"
#include "models/base/utc_time.h"

namespace evenkeel {
namespace {

volatile std::sig_atomic_t stopped = 0;

void Stop(int) { stopped = 1; }

double PreciseNow() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

std::int64_t Now() { return static_cast<std::int64_t>(PreciseNow()); }

/// Tells the service manager, where there is one (sd_notify(3)).
void Tell(const char* state) {
  const char* path = std::getenv("NOTIFY_SOCKET");
  if (path == nullptr || std::strlen(path) >= sizeof(sockaddr_un{}.sun_path)) return;
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  std::strcpy(address.sun_path, path);
  if (address.sun_path[0] == '@') address.sun_path[0] = '\0';
  const int descriptor = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return;
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + std::strlen(path));
  ::sendto(descriptor, state, std::strlen(state), MSG_NOSIGNAL, reinterpret_cast<const sockaddr*>(&address), size);
  ::close(descriptor);
}

int Check(ServiceSetup setup, const std::string& path) {
  const bool good = CheckService(&setup, Now(), [](const std::string& line) { Print(line + "\n"); });
  Print(fmt::format("{}: {}\n", path, good ? "ok" : "not all of it works"));
  return good ? kExitSuccess : kExitFailed;
}

int Serve(const Options& options) {
  const IniFile file = ReadIniFile(options.positionals[0]);
  ServiceSetup setup = MakeServiceSetup(file);
  if (HasOption(options, "check")) return Check(std::move(setup), file.path);
  MakeStateFolder(setup.engine.folder);
  TryPolicy(setup.engine, Now());  // rather than when the first slot is decided
  const auto log = [](const std::string& line) { Note(FormatUtc(Now()) + " " + line); };
  std::signal(SIGXFSZ, SIG_IGN);  // a file that may not grow is an error like a full disk
  std::signal(SIGTERM, Stop);
  std::signal(SIGINT, Stop);
  LiveService service(std::move(setup), PreciseNow, log);
  Note(fmt::format("serving on port {}", service.port()));
  Tell("READY=1");
  service.Run([] { return stopped != 0; }, [] { Tell("WATCHDOG=1"); });
  Tell("STOPPING=1");
  return kExitSuccess;
}

}  // namespace

Command ServeCommand() {
  CommandInfo info;
  info.name = "serve";
  info.summary = "decide live, beside a load balancer";
  info.positionals = {"CONFIG.ini"};
  info.options = {{"check", "", "", "read the configuration, try every source and balancer once, and end"}};
  info.details = "The file's keys, and the way from shadow to active, are in docs/operating.md.\n";
  return {info, Serve};
}

}  // namespace evenkeel
