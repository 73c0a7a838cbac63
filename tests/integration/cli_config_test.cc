// Configs as editors save them.
#include <gmock/gmock.h>

#include "tests/integration/cli_program.h"
#include "tests/reference/paths.h"

namespace evenkeel {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

using ConfigCli = CliTest;
constexpr char kMark[] = "\xEF\xBB\xBF";

TEST_F(ConfigCli, AByteOrderMarkIsSkipped) {
  Generate("t.h5");
  const std::string sweep = "trace = t.h5\npolicy = norm-greedy(q={q})\n[vary]\nq = 2, 8\n";
  Write("plain.ini", sweep);
  Write("marked.ini", kMark + sweep);
  for (const char* name : {"plain", "marked"})
    Succeed({"sweep", std::string(name) + ".ini", "--out", std::string(name) + ".h5", "--csv",
             std::string(name) + ".csv", "--quiet"});
  EXPECT_EQ(Text(folder_ / "marked.csv"), Text(folder_ / "plain.csv"));
  Write("run.ini", std::string(kMark) + "policy = cost\n");
  EXPECT_EQ(SucceedJson({"run", "t.h5", "--config", "run.ini"})["objective"],
            SucceedJson({"run", "t.h5", "--policy", "cost"})["objective"]);
  Write("wrong.ini", std::string(kMark) + "# a note\ntrce = t.h5\n");
  EXPECT_THAT(Refuse({"sweep", "wrong.ini", "--out", "w.h5", "--quiet"}),
              AllOf(HasSubstr("wrong.ini:2:"), HasSubstr("\"trce\"")));
}

TEST_F(ConfigCli, Utf16IsNamed) {
  Generate("t.h5");
  Write("wide.ini", std::string("\xFF\xFEt\0r\0", 6));
  EXPECT_THAT(Refuse({"sweep", "wide.ini", "--out", "w.h5", "--quiet"}), HasSubstr("wide.ini: it is UTF-16"));
  EXPECT_THAT(Refuse({"run", "t.h5", "--config", "wide.ini"}), HasSubstr("wide.ini: it is UTF-16"));
}

// norm-greedy over the case's own trace gives what `run` gives without any config.
TEST_F(ConfigCli, TheCaseFromTheField) {
  const std::string folder = SourcePath("../shared/data/cases/config-with-bom");
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "no " << folder;
  for (const char* name : {"sweep.ini", "original.h5"}) std::filesystem::copy(folder + "/" + name, folder_ / name);
  EXPECT_EQ(Succeed({"sweep", "sweep.ini", "--out", "s.h5", "--csv", "s.csv", "--quiet"}),
            "s.h5: 2 cells, 0 found finished, 0 failed\n");
  std::istringstream lines(Text(folder_ / "s.csv"));
  std::string header, first;
  std::getline(lines, header);
  std::getline(lines, first);
  const std::vector<std::string> names = Fields(header);
  const auto at = static_cast<std::size_t>(std::find(names.begin(), names.end(), "objective") - names.begin());
  const double alone = SucceedJson({"run", "original.h5", "--policy", "norm-greedy(q=2)"})["objective"];
  EXPECT_EQ(std::stod(Fields(first).at(at)), alone);
}

}  // namespace
}  // namespace evenkeel
