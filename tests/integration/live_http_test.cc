// The HTTP server against clients that misbehave, over real sockets.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <fstream>
#include <thread>

#include "live/http/server.h"
#include "models/base/error.h"
#include "tests/reference/live_status.h"

namespace evenkeel {
namespace {

using std::chrono::steady_clock;
using testing::HasSubstr;
using testing::StartsWith;

double Since(steady_clock::time_point then) {
  return std::chrono::duration<double>(steady_clock::now() - then).count();
}

/// A client of its own: what it sends are bytes, and it may stop at any point.
class Client {
 public:
  explicit Client(int port) : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0;
  }
  ~Client() { Close(); }
  Client(Client&& other) noexcept : socket_(std::exchange(other.socket_, -1)), connected_(other.connected_) {}
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  Client& operator=(Client&&) = delete;

  bool connected() const { return connected_; }
  void Close() {
    if (socket_ >= 0) close(std::exchange(socket_, -1));
  }
  bool Send(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t size = send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (size <= 0) return false;
      bytes.remove_prefix(size);
    }
    return true;
  }
  /// One answer, by its Content-Length; whatever came before the connection ended or `seconds` were over.
  std::string Receive(double seconds = 10.0) const {
    std::string bytes;
    const auto begin = steady_clock::now();
    while (!Complete(bytes) && Since(begin) < seconds) {
      pollfd wait = {socket_, POLLIN, 0};
      if (poll(&wait, 1, 50) <= 0) continue;
      char buffer[65536];
      const ssize_t size = recv(socket_, buffer, sizeof(buffer), 0);
      if (size <= 0) break;
      bytes.append(buffer, size);
    }
    return bytes;
  }
  /// Whether the server closes it within so many seconds.
  bool Ended(double seconds) const {
    const auto begin = steady_clock::now();
    while (Since(begin) < seconds) {
      pollfd wait = {socket_, POLLIN, 0};
      if (poll(&wait, 1, 50) <= 0) continue;
      char buffer[65536];
      if (recv(socket_, buffer, sizeof(buffer), 0) <= 0) return true;
    }
    return false;
  }

 private:
  static bool Complete(const std::string& bytes) {
    const auto end = bytes.find("\r\n\r\n"), at = bytes.find("Content-Length: ");
    if (end == std::string::npos) return false;
    return at == std::string::npos || bytes.size() >= end + 4 + std::stoul(bytes.substr(at + 16));
  }
  int socket_;
  bool connected_ = false;
};

const std::string kHost = "Host: 127.0.0.1\r\n";
const std::string kGetWeights = "GET /v1/weights HTTP/1.1\r\n" + kHost + "\r\n";

std::string Put(const std::string& target, const std::string& body, const std::string& more = "") {
  return "PUT " + target + " HTTP/1.1\r\n" + kHost +
         "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + more + "\r\n" +
         body;
}

class LiveHttpTest : public testing::Test {
 protected:
  void Start(const std::string& token = "") {
    LiveCommands commands;
    commands.set_mode = [this](LiveMode) {  // waits as long as the test wants
      ++commands_running;
      std::unique_lock lock(mutex);
      changed.wait(lock, [this] { return !engine_waits; });
      return CommandResult();
    };
    api = std::make_unique<LiveApi>(
        ApiOptions{token, 0}, commands, [this] { return status; }, [] { return 0; });
    server = std::make_unique<HttpServer>(options, api.get());
  }
  void Release() {
    {
      const std::lock_guard lock(mutex);
      engine_waits = false;
    }
    changed.notify_all();
  }
  void TearDown() override {
    Release();
    server.reset();
  }
  std::string Ask(const std::string& bytes) const {
    const Client client(server->port());
    client.Send(bytes);
    return client.Receive();
  }
  bool Healthy() const { return Ask("GET /healthz HTTP/1.1\r\n" + kHost + "\r\n").find("200 OK") != std::string::npos; }

  /// The 99th percentile of `count` requests for the weights over one connection, `per_second` of them.
  double SlowestPercent(int count, double per_second) const {
    const Client client(server->port());
    std::vector<double> took;
    auto next = steady_clock::now();
    for (int k = 0; k < count; ++k) {
      std::this_thread::sleep_until(next);
      next += std::chrono::microseconds(static_cast<int>(1e6 / per_second));
      const auto begin = steady_clock::now();
      client.Send(kGetWeights);
      EXPECT_THAT(client.Receive(), StartsWith("HTTP/1.1 200"));
      took.push_back(Since(begin));
    }
    std::sort(took.begin(), took.end());
    return took[took.size() * 99 / 100];
  }

  ServerOptions options;
  std::shared_ptr<const LiveStatus> status = std::make_shared<const LiveStatus>(MadeUpLargeStatus());
  std::unique_ptr<LiveApi> api;
  std::unique_ptr<HttpServer> server;
  std::mutex mutex;
  std::condition_variable changed;
  bool engine_waits = false;
  std::atomic<int> commands_running = 0;
};

TEST_F(LiveHttpTest, AnswersOneRequestAfterTheOther) {
  Start();
  const Client client(server->port());
  for (int k = 0; k < 3; ++k) {
    ASSERT_TRUE(client.Send(kGetWeights));
    EXPECT_THAT(client.Receive(),
                AllOf(StartsWith("HTTP/1.1 200 OK\r\n"), HasSubstr("ETag: "), HasSubstr("\"region-9\"")));
  }
  ASSERT_TRUE(client.Send("HEAD /v1/status HTTP/1.1\r\n" + kHost + "Connection: close\r\n\r\n"));
  EXPECT_THAT(client.Receive(1.0), testing::EndsWith("Connection: close\r\n\r\n"));
}

TEST_F(LiveHttpTest, MalformedRequestsAreRefusedAndClosed) {
  Start();
  for (const std::string& bytes :
       {std::string("\x16\x03\x01\x02\x00\x01\r\n\r\n", 10), std::string(20000, 'A'), std::string(20000, '\0'),
        "GET / HTTP/1.1\r\n" + kHost + kHost + "\r\n",
        "POST /v1/meters HTTP/1.1\r\n" + kHost + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"}) {
    const Client client(server->port());
    client.Send(bytes);
    EXPECT_THAT(client.Receive(), testing::ContainsRegex("^HTTP/1.1 (400|431|501) "));
    EXPECT_TRUE(client.Ended(5.0));
  }
  EXPECT_TRUE(Healthy());
}

TEST_F(LiveHttpTest, HugeBodiesAreRefused) {
  Start();
  const std::string body(3 << 20, '[');
  EXPECT_THAT(Ask(Put("/v1/mode", body)), StartsWith("HTTP/1.1 413 "));
  EXPECT_THAT(Ask(Put("/v1/mode", body.substr(0, 1 << 20))), AllOf(StartsWith("HTTP/1.1 400 "), HasSubstr("deeper")));
  // Many at once have no room together: nobody's memory grows without bounds.
  options.most_bytes = 2 << 20;
  server.reset();
  Start();
  std::vector<Client> clients;
  std::vector<std::string> answers;
  for (int k = 0; k < 8; ++k) {
    clients.emplace_back(server->port());
    clients.back().Send(Put("/v1/mode", body.substr(0, 1 << 20)).substr(0, 1 << 20));  // never whole
  }
  for (const Client& client : clients) answers.push_back(client.Receive(0.5));
  EXPECT_THAT(answers, testing::Contains(StartsWith("HTTP/1.1 503 ")));
  clients.clear();
  EXPECT_TRUE(Healthy());
}

TEST_F(LiveHttpTest, TokensAreAskedFor) {
  Start("0123456789abcdef");
  EXPECT_THAT(Ask(kGetWeights), AllOf(StartsWith("HTTP/1.1 401 "), HasSubstr("WWW-Authenticate: Bearer")));
  EXPECT_THAT(Ask("GET /v1/weights HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer 0123456789abcdef\r\n\r\n"),
              StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(Ask(Put("/v1/mode", R"({"mode":"active"})")), StartsWith("HTTP/1.1 401 "));
  EXPECT_EQ(commands_running, 0);
  EXPECT_TRUE(Healthy());
}

TEST_F(LiveHttpTest, FarAddressesNeedAToken) {
  options.address = "0.0.0.0";
  EXPECT_THROW(Start(), InputError);
  EXPECT_NO_THROW(Start("0123456789abcdef"));
  server.reset();
  options.address = "example.org";
  EXPECT_THROW(Start("0123456789abcdef"), InputError);
}

TEST_F(LiveHttpTest, APortIsTakenOnce) {
  Start();
  options.port = server->port();
  EXPECT_THROW(HttpServer(options, api.get()), InputError);
}

TEST_F(LiveHttpTest, SlowClientsAreSentAway) {
  options.request_s = 1.0;
  options.idle_s = 2.0;
  Start();
  const Client idle(server->port()), head(server->port()), body(server->port());
  const auto begin = steady_clock::now();
  body.Send(Put("/v1/mode", std::string(1000, ' ')).substr(0, 150));
  std::string received;
  for (int k = 0; k < 40 && received.empty(); ++k) {  // a letter every tenth of a second, which keeps nothing alive
    head.Send(k == 0 ? "G" : "E");
    received = head.Receive(0.1);
  }
  EXPECT_THAT(received, StartsWith("HTTP/1.1 408 "));
  EXPECT_THAT(body.Receive(), StartsWith("HTTP/1.1 408 "));
  EXPECT_LT(Since(begin), 3.0);
  EXPECT_TRUE(idle.Ended(4.0));
  EXPECT_TRUE(Healthy());
}

TEST_F(LiveHttpTest, AnswersThatNobodyTakesAreDropped) {
  options.answer_s = 1.0;
  Start();
  const Client client(server->port());
  std::string many;
  for (int k = 0; k < 400; ++k) many += "GET /v1/slots?count=1000 HTTP/1.1\r\n" + kHost + "\r\n";  // more than 50 MB
  client.Send(many);
  const auto begin = steady_clock::now();
  while (server->num_connections() > 0 && Since(begin) < 10.0)
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  EXPECT_EQ(server->num_connections(), 0);
  EXPECT_TRUE(Healthy());
}

TEST_F(LiveHttpTest, WhatLooksDoesNotWaitForTheEngine) {
  engine_waits = true;
  Start();
  std::vector<Client> clients;
  for (int k = 0; k < 100; ++k) {  // more than threads and queue
    clients.emplace_back(server->port());
    clients.back().Send(Put("/v1/mode", R"({"mode":"active"})"));
  }
  EXPECT_LT(SlowestPercent(50, 200), 5.0);  // no figure: only that it does not hang
  EXPECT_THAT(clients.back().Receive(), AllOf(StartsWith("HTTP/1.1 503 "), HasSubstr("Retry-After: 1")));
  Release();
  EXPECT_THAT(clients.front().Receive(), StartsWith("HTTP/1.1 200 "));
}

TEST_F(LiveHttpTest, AThousandConnectionsAtOnce) {
  rlimit files = {};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = std::min<rlim_t>(files.rlim_max, 8192);
  setrlimit(RLIMIT_NOFILE, &files);
  if (files.rlim_cur < 2400) GTEST_SKIP() << "not enough open files allowed";
  Start();
  std::printf("p99 of GET /v1/weights at 200/s, nothing else: %.2f ms\n", 1e3 * SlowestPercent(400, 200));
  std::vector<Client> clients;
  for (int k = 0; k < 1000; ++k) {
    clients.emplace_back(server->port());
    ASSERT_TRUE(clients.back().connected());
    // A third idle, a third with half a request, a third that has asked once and stays.
    if (k % 3 == 1) clients.back().Send("POST /v1/observations HTT");
    if (k % 3 == 2) clients.back().Send(kGetWeights);
  }
  std::printf("p99 with 1,000 connections: %.2f ms\n", 1e3 * SlowestPercent(400, 200));
  EXPECT_GE(server->num_connections(), 1000);
  for (int k = 2; k < 1000; k += 3) EXPECT_THAT(clients[k].Receive(), StartsWith("HTTP/1.1 200 "));

  // All of them ask at the same moment; and more than there is room for.
  for (int k = 0; k < 1000; k += 3) clients[k].Send(kGetWeights);
  for (int k = 0; k < 1000; k += 3) EXPECT_THAT(clients[k].Receive(), StartsWith("HTTP/1.1 200 "));
  for (int k = 0; k < 300; ++k) clients.emplace_back(server->port());
  EXPECT_TRUE(Healthy());
  EXPECT_LE(server->num_connections(), 1024);
}

TEST_F(LiveHttpTest, StopsWhileClientsHang) {
  Start();
  std::vector<Client> clients;
  for (int k = 0; k < 200; ++k) {
    clients.emplace_back(server->port());
    if (k % 2 == 1) clients.back().Send("GET /v1/weights HTTP/1.1\r\nHost: ");
  }
  EXPECT_TRUE(Healthy());
  const auto begin = steady_clock::now();
  server->Stop();
  EXPECT_LT(Since(begin), 2.0);
  EXPECT_TRUE(clients.front().Ended(2.0));
  server->Stop();  // again, and once more by the destructor
}

}  // namespace
}  // namespace evenkeel
