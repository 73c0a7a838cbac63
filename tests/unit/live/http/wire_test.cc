#include "live/http/wire.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "live/http/access.h"
#include "live/http/connection.h"
#include "models/base/error.h"

namespace evenkeel {
namespace {

using testing::HasSubstr;

HttpHead Parse(const std::string& bytes, ApiRequest* request) { return ParseHead(bytes, {}, request); }

TEST(ParseHead, ReadsARequest) {
  ApiRequest request;
  const std::string bytes = "POST /a?b=c HTTP/1.1\r\nHost: x\r\nContent-Length:  12 \r\nX-Y: \r\n\r\n";
  const HttpHead head = Parse(bytes + "body", &request);
  EXPECT_EQ(head.state, HttpHead::State::kComplete);
  EXPECT_EQ(head.head_bytes, bytes.size());
  EXPECT_EQ(head.body_bytes, 12);
  EXPECT_TRUE(head.keep_alive);
  EXPECT_EQ(request.target, "/a?b=c");
  EXPECT_EQ(*request.Header("host"), "x");
  EXPECT_EQ(*request.Header("x-y"), "");
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_EQ(Parse(bytes.substr(0, size), &request).state, HttpHead::State::kIncomplete);
  }
  EXPECT_FALSE(Parse("GET / HTTP/1.0\r\n\r\n", &request).keep_alive);
  EXPECT_FALSE(Parse("GET / HTTP/1.1\r\nHost: x\r\nConnection: Close\r\n\r\n", &request).keep_alive);
}

TEST(ParseHead, RefusesWhatIsNotQuiteHttp) {
  const std::vector<std::pair<std::string, int>> cases = {
      {"\r\n\r\n", 400},
      {"GET\r\n\r\n", 400},
      {"GET  HTTP/1.1\r\nHost: x\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\n\r\n", 400},
      {"GET / HTTP/2.0\r\nHost: x\r\n\r\n", 505},
      {"GET /a b HTTP/1.1\r\nHost: x\r\n\r\n", 400},
      {"GET http://x/ HTTP/1.1\r\nHost: x\r\n\r\n", 400},
      {"G(T / HTTP/1.1\r\nHost: x\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost : x\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: x\r\n folded\r\n\r\n", 400},
      {"GET / HTTP/1.1\nHost: x\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", 400},
      {std::string("GET / HTTP/1.1\r\nHost: x\0y\r\n\r\n", 29), 400},
      {"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\nHost: x\r\n\r\n", 411},
      {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: +1\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: \r\n\r\n", 400},
      {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1048577\r\n\r\n", 413},
      {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n", 501},
      {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nExpect: tea\r\n\r\n", 417},
      {"GET /" + std::string(5000, 'a') + " HTTP/1.1\r\nHost: x\r\n\r\n", 414},
      {"GET / HTTP/1.1\r\nHost: " + std::string(17000, 'a'), 431}};
  for (const auto& [bytes, status] : cases) {
    ApiRequest request;
    const HttpHead head = Parse(bytes, &request);
    EXPECT_EQ(head.state, HttpHead::State::kRefused) << bytes;
    EXPECT_EQ(head.refusal.status, status) << bytes;
  }
  std::string many = "GET / HTTP/1.1\r\n";
  for (int k = 0; k < 65; ++k) many += "A: b\r\n";
  ApiRequest request;
  EXPECT_EQ(Parse(many + "\r\n", &request).refusal.status, 431);
}

TEST(AnswerBytes, NoBodyForHeadAndNotModified) {
  ApiAnswer answer = {200, "text/plain", {{"A", "b"}}, "body"};
  EXPECT_EQ(
      AnswerBytes(answer, false, true),
      "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 4\r\nA: b\r\nConnection: keep-alive\r\n\r\n");
  answer.status = 304;
  EXPECT_EQ(AnswerBytes(answer, true, false), "HTTP/1.1 304 Not Modified\r\nA: b\r\nConnection: close\r\n\r\n");
}

TEST(Connection, RequestsInPiecesAndSeveralAtOnce) {
  LiveApi api(
      {}, {}, [] { return nullptr; }, [] { return 0; });
  const ServerLimits limits;
  Connection connection(&api, &limits);
  EXPECT_TRUE(connection.idle());
  const std::string put =
      "PUT /v1/mode HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 4\r\n\r\n";
  connection.Add(put);
  EXPECT_FALSE(connection.Next());
  EXPECT_FALSE(connection.idle());
  connection.Add("bo");
  EXPECT_FALSE(connection.Next());
  connection.Add("dyGET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
  const auto first = connection.Next();
  ASSERT_TRUE(first);
  EXPECT_EQ(first->body, "body");
  EXPECT_FALSE(connection.Next());  // one after the other
  connection.Put({});
  EXPECT_FALSE(connection.Unwritten().empty());
  connection.Wrote(connection.Unwritten().size());
  const auto second = connection.Next();
  ASSERT_TRUE(second);
  EXPECT_EQ(second->target, "/healthz");
  connection.Put({});
  connection.Wrote(connection.Unwritten().size());
  EXPECT_TRUE(connection.idle());
  EXPECT_EQ(connection.held_bytes(), 0);
}

TEST(Connection, RefusesAStrangersBodyBeforeItIsSent) {
  LiveApi api(
      {"0123456789abcdef", 0}, {}, [] { return nullptr; }, [] { return 0; });
  const ServerLimits limits;
  Connection connection(&api, &limits);
  connection.Add("PUT /v1/mode HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_FALSE(connection.Next());
  EXPECT_THAT(std::string(connection.Unwritten()), HasSubstr("HTTP/1.1 401 "));
  connection.Wrote(connection.Unwritten().size());
  EXPECT_EQ(connection.state(), Connection::State::kLingering);
}

TEST(Connection, SaysContinueToThoseWhoWait) {
  LiveApi api(
      {}, {}, [] { return nullptr; }, [] { return 0; });
  const ServerLimits limits;
  Connection connection(&api, &limits);
  connection.Add(
      "PUT /v1/mode HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
      "Content-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_FALSE(connection.Next());
  EXPECT_EQ(connection.Unwritten(), "HTTP/1.1 100 Continue\r\n\r\n");
  connection.Wrote(connection.Unwritten().size());
  connection.Add("{}");
  EXPECT_TRUE(connection.Next());
}

class TokenTest : public testing::Test {
 protected:
  std::string File(const std::string& content, std::filesystem::perms mode = std::filesystem::perms(0600)) {
    const std::string path = testing::TempDir() + "token-" + std::to_string(getpid());
    std::ofstream(path) << content;
    std::filesystem::permissions(path, mode);
    return path;
  }
};

TEST_F(TokenTest, IsOneLine) {
  EXPECT_EQ(ReadToken(File("0123456789abcdef\n")), "0123456789abcdef");
  EXPECT_EQ(ReadToken(File("0123456789abcdef", std::filesystem::perms(0440))), "0123456789abcdef");
  for (const std::string& bad : {std::string(), std::string("short"), std::string("0123456789 abcdef"),
                                 std::string("0123456789abcdef\n0123456789abcdef\n"), std::string(600, 'a')}) {
    try {
      ReadToken(File(bad));
      ADD_FAILURE() << bad;
    } catch (const InputError& error) {
      EXPECT_THAT(error.what(), HasSubstr("token-"));
      EXPECT_THAT(error.what(), testing::Not(HasSubstr("0123")));
    }
  }
}

TEST_F(TokenTest, IsNotForOthers) {
  for (const int mode : {0644, 0602, 0660}) {
    EXPECT_THROW(ReadToken(File("0123456789abcdef", std::filesystem::perms(mode))), InputError) << mode;
  }
}

TEST(Access, OnlyLoopbackWithoutAToken) {
  for (const char* near : {"127.0.0.1", "127.8.9.10", "::1", "localhost"})
    EXPECT_NO_THROW(CheckListenAddress(near, false));
  for (const char* far : {"0.0.0.0", "::", "10.0.0.1", "127.0.0.1.example.org", "1270.0.0.1", ""}) {
    EXPECT_THROW(CheckListenAddress(far, false), InputError) << far;
    EXPECT_NO_THROW(CheckListenAddress(far, true)) << far;
  }
}

TEST(Access, SecretsAreEqualOrNot) {
  EXPECT_TRUE(SameSecret("abc", "abc"));
  for (const char* said : {"", "ab", "abd", "abcabc", "abca"}) EXPECT_FALSE(SameSecret(said, "abc")) << said;
  EXPECT_FALSE(SameSecret("", ""));
}

}  // namespace
}  // namespace evenkeel
