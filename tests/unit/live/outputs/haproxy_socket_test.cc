#include "live/outputs/haproxy_socket.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <thread>

#include "live/outputs/haproxy_output.h"
#include "live/outputs/repeat.h"
#include "tests/reference/processes.h"

namespace evenkeel {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

/// Takes one connection after the other, reads a line of each and lets `answer` do the rest.
class Server {
 public:
  using Answer = std::function<void(int file, const std::string& line)>;

  explicit Server(Answer answer, bool unix_socket = true) : answer_(std::move(answer)) {
    file_ = ::socket(unix_socket ? AF_UNIX : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (unix_socket) {
      path_ = testing::TempDir() + "evenkeel_socket_" + std::to_string(::getpid());
      ::unlink(path_.c_str());
      sockaddr_un address = {};
      address.sun_family = AF_UNIX;
      path_.copy(address.sun_path, sizeof address.sun_path - 1);
      EXPECT_EQ(::bind(file_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    } else {
      sockaddr_in address = {};
      socklen_t size = sizeof address;
      address.sin_family = AF_INET;
      address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
      EXPECT_EQ(::bind(file_, reinterpret_cast<const sockaddr*>(&address), size), 0);
      EXPECT_EQ(::getsockname(file_, reinterpret_cast<sockaddr*>(&address), &size), 0);
      path_ = "ipv4@127.0.0.1:" + std::to_string(ntohs(address.sin_port));
    }
    EXPECT_EQ(::listen(file_, 10), 0);
    thread_ = std::thread([this] { Run(); });
  }
  ~Server() {
    ending_ = true;
    ::shutdown(file_, SHUT_RDWR);
    thread_.join();
    ::close(file_);
    ::unlink(path_.c_str());
  }

  HaproxyAddress Address(double seconds = 10.0, std::size_t most_bytes = 1 << 20) const {
    return {path_, {seconds, most_bytes}};
  }
  bool ending() const { return ending_; }

 private:
  void Run() {
    while (!ending_) {
      const int file = ::accept(file_, nullptr, nullptr);
      if (file < 0) return;
      std::string line;
      for (char letter = 0; ::read(file, &letter, 1) == 1 && letter != '\n';) line += letter;
      answer_(file, line);
      ::close(file);
    }
  }

  Answer answer_;
  std::string path_;
  int file_ = -1;
  std::atomic<bool> ending_ = false;
  std::thread thread_;
};

void Write(int file, const std::string& text) { (void)!::send(file, text.data(), text.size(), MSG_NOSIGNAL); }

TEST(HaproxySocketTest, AsksAndReadsAll) {
  const std::size_t files = OpenFiles();
  for (const bool unix_socket : {true, false}) {
    const Server server([](int file, const std::string& line) { Write(file, line + std::string(100'000, '.')); },
                        unix_socket);
    EXPECT_EQ(AskSocket(server.Address(), "show info"), "show info" + std::string(100'000, '.'));
  }
  EXPECT_EQ(OpenFiles(), files);
}

TEST(HaproxySocketTest, DrippingAnswersAreLate) {
  Server* self = nullptr;
  Server server([&](int file, const std::string&) {
    while (!self->ending() && ::send(file, "x", 1, MSG_NOSIGNAL) == 1) ::usleep(20'000);
  });
  self = &server;
  const auto start = std::chrono::steady_clock::now();
  EXPECT_THAT([&] { AskSocket(server.Address(0.3), "show info"); },
              ThrowsMessage<SocketTimeout>(HasSubstr("no answer within 0.3 s")));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
}

TEST(HaproxySocketTest, AnswersAreBounded) {
  const Server server([](int file, const std::string&) {
    for (int i = 0; i < 1000 && ::send(file, std::string(10'000, 'x').data(), 10'000, MSG_NOSIGNAL) > 0; ++i) {
    }
  });
  EXPECT_THAT([&] { AskSocket(server.Address(10.0, 50'000), "show info"); },
              ThrowsMessage<SocketError>(HasSubstr("more than 50000 bytes")));
}

TEST(HaproxySocketTest, Addresses) {
  const std::size_t files = OpenFiles();
  EXPECT_THAT(
      [] {
        AskSocket({"/nonexistent/socket", {}}, "x");
      },
      ThrowsMessage<SocketError>(HasSubstr("/nonexistent/socket: cannot connect")));
  for (const char* text : {"", "haproxy.sock", "ipv4@127.0.0.1", "ipv4@127.0.0.1:0", "ipv4@127.0.0.1:70000",
                           "ipv4@localhost:1", "ipv4@:1", "ipv4@127.0.0.1:1x"})
    EXPECT_THROW(CheckAddress({text, {}}), InputError) << text;
  EXPECT_THROW(CheckAddress({"/" + std::string(200, 'x'), {}}), InputError);
  EXPECT_NO_THROW(CheckAddress({"ipv4@127.0.0.1:9999", {}}));
  EXPECT_EQ(OpenFiles(), files);
}

TEST(HaproxySocketTest, WritesInLinesThatHaproxyTakes) {
  std::vector<std::string> lines;
  Server server([&](int file, const std::string& line) {
    lines.push_back(line);
    for (std::size_t at = 0; at != std::string::npos; at = line.find(';', at + 1)) Write(file, "\n");
  });
  const HaproxyWriter writer(server.Address());
  EXPECT_THAT(writer.Apply({}), testing::IsEmpty());
  const std::vector<HaproxyCommand> commands(1000, {HaproxyCommand::Kind::kWeight, "g", "a1", 7});
  EXPECT_EQ(writer.Apply(commands), std::vector<std::string>(1000));
  ASSERT_EQ(lines.size(), 4u) << "25,999 letters, 8,000 a line";
  for (const std::string& line : lines) EXPECT_LT(line.size(), 9000u);
  EXPECT_THROW(writer.Apply({{HaproxyCommand::Kind::kWeight, "g", "a;b", 7}}), InputError);
  EXPECT_THROW(writer.Apply({{HaproxyCommand::Kind::kWeight, "g\n", "a", 7}}), InputError);
}

TEST(HaproxySocketTest, FailuresAreCountedByReasonAndPausesGrow) {
  std::atomic<bool> late = false;
  Server* self = nullptr;
  Server server([&](int file, const std::string&) {
    if (!late) Write(file, "hello\n");
    while (late && !self->ending() && ::send(file, " ", 1, MSG_NOSIGNAL) == 1) ::usleep(10'000);
  });
  self = &server;
  ReconcileOptions options;
  options.interval = 1.0;
  options.most_pause = 3.0;
  HaproxyWatch watch({{"g"}, {"A"}, {{0, "g", {{"a", 0, 1.0}}}}}, HaproxyReader(server.Address(0.1)), options);
  EXPECT_EQ(watch.Look(100), 1.0);
  late = true;
  EXPECT_EQ(watch.Look(101), 2.0);
  EXPECT_EQ(watch.Look(102), 3.0);
  const HaproxySnapshot snapshot = watch.Snapshot();
  EXPECT_EQ(snapshot.failed[static_cast<int>(ApplyReason::kAnswer)], 1);
  EXPECT_EQ(snapshot.failed[static_cast<int>(ApplyReason::kTimeout)], 2);
  EXPECT_EQ(snapshot.failures.size(), 1u);
  EXPECT_EQ(snapshot.rounds, 3);
  EXPECT_EQ(snapshot.failed_rounds, 3);
  EXPECT_EQ(snapshot.read_at, 0);
}

TEST(RepeatTest, RepeatsWakesAndEnds) {
  std::atomic<int> calls = 0;
  {
    Repeat repeat([&] {
      ++calls;
      return 1000.0;
    });
    for (int i = 0; i < 1000 && calls < 1; ++i) ::usleep(1000);
    EXPECT_EQ(calls, 1);
    repeat.Wake();
    for (int i = 0; i < 1000 && calls < 2; ++i) ::usleep(1000);
    EXPECT_EQ(calls, 2);
  }
  {
    Repeat repeat([&] {
      ++calls;
      return 0.001;
    });
    for (int i = 0; i < 5000 && calls < 10; ++i) ::usleep(1000);
  }
  EXPECT_GE(calls, 10);
}

}  // namespace
}  // namespace evenkeel
