// Progress for other programs: lines of JSON on standard error.
#include <gmock/gmock.h>

#include "tests/integration/cli_program.h"

namespace evenkeel {
namespace {

using ::testing::HasSubstr;
using Json = nlohmann::json;

class ProgressTest : public CliTest {
 protected:
  /// What the command says on standard error, line by line.
  std::vector<Json> Lines(std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(), {"--progress", "json"});
    const ProgramResult result = Run(arguments);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    std::vector<Json> lines;
    std::istringstream text(result.err);
    for (std::string line; std::getline(text, line);) lines.push_back(Json::parse(line));
    return lines;
  }
};

TEST_F(ProgressTest, SaysTheStepsFromTheFirstToTheLast) {
  Succeed({"trace", "generate", "--slots", "48", "--out", "t.h5"});
  const std::vector<Json> lines = Lines({"compare", "t.h5", "--policy", "cost", "--policy", "dmd"});
  ASSERT_FALSE(lines.empty());
  EXPECT_EQ(lines.back(), Json({{"progress", "comparing"}, {"done", 96}, {"total", 96}}));  // two policies, 48 slots
  for (std::size_t i = 1; i < lines.size(); ++i) EXPECT_LT(lines[i - 1]["done"], lines[i]["done"]);
  EXPECT_EQ(Lines({"run", "t.h5", "--policy", "cost"}).back()["done"], 48);
}

TEST_F(ProgressTest, HasNoTotalWhereItIsNotKnown) {
  EXPECT_EQ(Lines({"trace", "generate", "--slots", "48", "--out", "t.h5"}).back(),
            Json({{"progress", "generating"}, {"done", 0}, {"total", nullptr}}));
}

TEST_F(ProgressTest, IsThereOnlyWhenAskedFor) {
  Succeed({"trace", "generate", "--slots", "48", "--out", "t.h5"});  // nothing on standard error
  EXPECT_EQ(Run({"run", "t.h5", "--policy", "cost", "--progress", "json", "--quiet"}).err, "");
  EXPECT_EQ(Run({"run", "t.h5", "--policy", "cost", "--progress", "bar"}).err, "");  // no terminal
  EXPECT_THAT(Refuse({"run", "t.h5", "--policy", "cost", "--progress", "jsn"}),
              HasSubstr("option --progress: \"jsn\" is neither bar nor json"));
}

}  // namespace
}  // namespace evenkeel
