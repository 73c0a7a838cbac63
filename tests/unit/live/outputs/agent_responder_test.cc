#include "live/outputs/agent_responder.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include "models/base/error.h"
#include "tests/reference/processes.h"

namespace evenkeel {
namespace {

WantedShares Wanted() {
  WantedShares wanted;
  wanted.shares.share = RowMatrix{{0.8, 0.2}};
  return wanted;
}

AgentWeights Weights() { return AgentWeights({{"g"}, {"A", "B"}, {{0, "g", {{"a", 0, 1.0}, {"b", 1, 1.0}}}}}, {}); }

class Client {
 public:
  explicit Client(int port) : file_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const timeval patience = {10, 0};
    ::setsockopt(file_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    connected_ = ::connect(file_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  }
  ~Client() { ::close(file_); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  void Say(const std::string& text) const { EXPECT_GE(::send(file_, text.data(), text.size(), MSG_NOSIGNAL), 0); }
  /// All that comes until the other end closes.
  std::string Hear() const {
    std::string heard;
    char block[100];
    for (ssize_t count = 0; (count = ::recv(file_, block, sizeof block, 0)) > 0;)
      heard.append(block, static_cast<std::size_t>(count));
    return heard;
  }
  bool connected() const { return connected_; }

 private:
  int file_;
  bool connected_ = false;
};

std::string Ask(int port, const std::string& text) {
  const Client client(port);
  client.Say(text);
  return client.Hear();
}

double Now() { return 0.0; }

TEST(AgentResponderTest, AnswersAndCounts) {
  const std::size_t files = OpenFiles();
  {
    AgentResponder responder(Weights(), {}, Now);
    EXPECT_EQ(Ask(responder.port(), "g/a\n"), "") << "nothing is wanted yet";
    responder.Want(Wanted());
    EXPECT_EQ(Ask(responder.port(), "g/a\n"), "256%\n");
    EXPECT_EQ(Ask(responder.port(), "g/b\nmore"), "64%\n");
    EXPECT_EQ(Ask(responder.port(), "g/x\x01\n"), "");
    EXPECT_EQ(Ask(responder.port(), std::string(513, 'x')), "");
    const ResponderCounts counts = responder.Counts();
    EXPECT_EQ(counts.answered, 2);
    EXPECT_EQ(counts.unwanted, 1);
    EXPECT_EQ(counts.unknown, 1);
    EXPECT_EQ(counts.last_unknown, "g/x?");
    EXPECT_EQ(counts.malformed, 1);
  }
  EXPECT_EQ(OpenFiles(), files);
}

TEST(AgentResponderTest, QuestionsComeInPieces) {
  AgentResponder responder(Weights(), {}, Now);
  responder.Want(Wanted());
  const Client client(responder.port());
  client.Say("g");
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  client.Say("/b");
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  client.Say("\n");
  EXPECT_EQ(client.Hear(), "64%\n");
}

TEST(AgentResponderTest, SilentClientsDelayNobody) {
  ResponderOptions options;
  options.seconds = 30.0;
  options.most_connections = 20;
  AgentResponder responder(Weights(), options, Now);
  responder.Want(Wanted());
  std::vector<std::unique_ptr<Client>> silent;
  for (int i = 0; i < 100; ++i) silent.push_back(std::make_unique<Client>(responder.port()));
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < 50; ++i) EXPECT_EQ(Ask(responder.port(), "g/a\n"), "256%\n");
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
  EXPECT_EQ(silent[0]->Hear(), "") << "the oldest made room";
  EXPECT_GE(responder.Counts().displaced, 80);
  EXPECT_EQ(responder.Counts().late, 0);
}

TEST(AgentResponderTest, EndsSilentClients) {
  ResponderOptions options;
  options.seconds = 0.1;
  AgentResponder responder(Weights(), options, Now);
  const Client client(responder.port());
  client.Say("g/");
  EXPECT_EQ(client.Hear(), "");
  EXPECT_EQ(responder.Counts().late, 1);
}

TEST(AgentResponderTest, RefusesPortsThatItCannotHave) {
  AgentResponder first(Weights(), {}, Now);
  ResponderOptions options;
  options.port = first.port();
  EXPECT_THROW(AgentResponder(Weights(), options, Now), InputError);
  options.port = 70000;
  EXPECT_THROW(AgentResponder(Weights(), options, Now), InputError);
  options.port = 0;
  options.host = "localhost";
  EXPECT_THROW(AgentResponder(Weights(), options, Now), InputError);
  EXPECT_FALSE(Client(1).connected());
}

}  // namespace
}  // namespace evenkeel
