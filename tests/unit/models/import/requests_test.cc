#include "models/import/requests.h"

#include <gmock/gmock.h>
#include <zlib.h>

#include "tests/unit/models/file_test_util.h"

namespace evenkeel {
namespace {

constexpr const char* kAzureHeader = "TIMESTAMP,ContextTokens,GeneratedTokens\n";
constexpr const char* kBurstHeader = "Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type\n";

class ImportRequests : public testing::Test {
 protected:
  RequestLog Read(const std::string& text, const RequestEnergy& energy = {1.0, 0.1, 0.5},
                  RequestFormat format = RequestFormat::kAny) const {
    WriteBytes(path_, text);
    return ReadRequests(path_, format, energy, 60);
  }
  void Refuse(const std::string& text, std::initializer_list<std::string> words) const {
    ExpectInputError([&] { Read(text); }, words);
  }
  const TemporaryDirectory directory_;
  const std::string path_ = directory_ / "r.csv";
};

// Bins of a minute from 18:17:03 on: twice 1 + 10 * 0.1 + 2 * 0.5 = 3 Wh, nothing, then one that may not be full.
TEST_F(ImportRequests, CountsIntoSlots) {
  const RequestLog log = Read(std::string(kAzureHeader) +
                              "2023-11-16 18:17:03.9799600,10,2\n2023-11-16 18:17:50.0000000,10,2\n"
                              "2023-11-16 18:19:05.0319600,3180,8");
  ASSERT_EQ(log.demand.entries.size(), 2u);
  EXPECT_DOUBLE_EQ(log.demand.entries[0].value, 6e-6);
  EXPECT_EQ(log.demand.entries[1].value, 0.0);
  EXPECT_EQ(log.format, RequestFormat::kAzure);
  EXPECT_EQ(log.requests, 3);
  EXPECT_FALSE(log.converted);
}

TEST_F(ImportRequests, OffsetsAreMovedToUtc) {
  const RequestLog log =
      Read(std::string(kAzureHeader) + "2024-05-10 02:00:00.009930+02:00,10,2\n2024-05-10 00:01:30+00:00,10,2\n");
  EXPECT_TRUE(log.converted);
  EXPECT_EQ(log.demand.entries[0].time, 1715299200);  // 2024-05-10 00:00 UTC
  Refuse(std::string(kAzureHeader) + "2024-05-10 02:00:00+02:00,1,1\n2024-05-10 02:00:01,1,1\n",
         {"r.csv:3", "TIMESTAMP", "with an offset as in the rows above"});
}

// Seconds from midnight; the request at 70 s failed. 1 + 10 * 0.1 + 2 * 0.5 = 3 Wh, then none.
TEST_F(ImportRequests, BurstGptCountsFailuresAndBeginsAtMidnight) {
  const RequestLog log = Read(std::string(kBurstHeader) +
                              "5,ChatGPT,10,2,12,Conversation log\n70,GPT-4,99,0,99,\"API log\"\n"
                              "130.5,ChatGPT,10,2,12,Conversation log\n");
  EXPECT_EQ(log.format, RequestFormat::kBurstGpt);
  EXPECT_TRUE(log.relative);
  EXPECT_EQ(log.requests, 3);
  EXPECT_EQ(log.failed, 1);
  ASSERT_EQ(log.demand.entries.size(), 2u);
  EXPECT_EQ(log.demand.entries[0].time, 0);
  EXPECT_DOUBLE_EQ(log.demand.entries[0].value, 3e-6);
  EXPECT_EQ(log.demand.entries[1].value, 0.0);
}

TEST_F(ImportRequests, MooncakeIsMillisecondsInJsonLines) {
  const RequestLog log = Read(
      "{\"timestamp\": 59999, \"input_length\": 10, \"output_length\": 2, \"hash_ids\": [1, 2]}\n"
      "{\"timestamp\": 60000, \"input_length\": 10, \"output_length\": 4, \"hash_ids\": []}\n"
      "{\"timestamp\": 120000, \"input_length\": 1, \"output_length\": 1}\n");
  EXPECT_EQ(log.format, RequestFormat::kMooncake);
  ASSERT_EQ(log.demand.entries.size(), 2u);
  EXPECT_DOUBLE_EQ(log.demand.entries[0].value, 3e-6);
  EXPECT_DOUBLE_EQ(log.demand.entries[1].value, 4e-6);
  Refuse("{\"timestamp\": 1, \"input_length\": null, \"output_length\": 2}\n", {"r.csv:1", "input_length", "null"});
  Refuse("{\"timestamp\": 1, \"input_length\": 3}\n", {"r.csv:1", "output_length", "missing"});
  Refuse("{\"timestamp\": 1", {"r.csv:1", "no JSON object"});
}

TEST_F(ImportRequests, WhatIsNoLogIsNamed) {
  Refuse(std::string(kAzureHeader) + "2023-11-16 18:17:03.9,1,1\n2023-11-16 18:16:00.0,1,1\n", {"r.csv:3", "before"});
  Refuse(std::string(kAzureHeader) + "2023-11-16 18:17:03.9,1\n", {"r.csv:2", "2 fields, expected 3"});
  Refuse(std::string(kAzureHeader) + "2023-11-16 18:17:03.9,-1,1\n", {"r.csv:2", "ContextTokens", "-1", "at least 0"});
  Refuse(std::string(kAzureHeader) + "1970-01-01 00:00:00,1,1\n2023-11-16 18:17:03,1,1\n",
         {"r.csv:3", "slots of 60 s"});
  Refuse(std::string(kBurstHeader) + "1,a,1,0,1,b\n", {"r.csv", "no requests with an answer"});
  Refuse("TIMESTAMP;ContextTokens;GeneratedTokens\n", {"r.csv", "semicolons"});
  Refuse("a,b\n1,2\n", {"r.csv", "none of the known logs", "azure", "burstgpt", "mooncake", "\"a,b\""});
  Refuse("", {"r.csv", "empty"});
  Refuse("\"TIMESTAMP\",ContextTokens,GeneratedTokens\n\"2023,1,1\n", {"r.csv:2", "quote"});
  ExpectInputError([&] { Read(kAzureHeader, {}, RequestFormat::kBurstGpt); }, {"no column \"Timestamp\""});
}

TEST_F(ImportRequests, ALongLineAndACutOffFileAreErrors) {
  Refuse(std::string(kAzureHeader) + std::string(std::size_t{3} << 20, '1'), {"r.csv:2", "a line of more than"});
  std::string text = kAzureHeader;
  for (int k = 0; k < 50000; ++k) text += "2023-11-16 18:17:03.9,1,1\n";
  const gzFile file = gzopen(path_.c_str(), "wb");
  gzwrite(file, text.data(), static_cast<unsigned>(text.size()));
  gzclose(file);
  EXPECT_EQ(ReadRequests(path_, RequestFormat::kAny, {}, 60).requests, 50000);
  const std::string whole = ReadBytes(path_);
  WriteBytes(path_, whole.substr(0, whole.size() - 20));
  ExpectInputError([&] { ReadRequests(path_, RequestFormat::kAny, {}, 60); }, {"cannot read", "r.csv"});
}

}  // namespace
}  // namespace evenkeel
