// The manual page and the completion for bash, which the program makes of its tables: complete, and bash takes it.
#include <gmock/gmock.h>

#include "experiments/program/manual.h"
#include "tests/integration/cli_program.h"

namespace evenkeel {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;

// A dash as a manual has it.
std::string Dashes(const std::string& text) {
  std::string result;
  for (const char c : text) result += c == '-' ? std::string("\\-") : std::string(1, c);
  return result;
}

class ManualTest : public CliTest {
 protected:
  void SetUp() override {
    CliTest::SetUp();
    Write("evenkeel.bash", Succeed({"--completion", "bash"}));
  }

  /// What bash offers for the last word of the line.
  std::vector<std::string> Complete(const std::string& line) const {
    Write("try.bash", "source ./evenkeel.bash\nCOMP_WORDS=(" + line +
                          ")\nCOMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n_evenkeel\nprintf '%s\\n' \"${COMPREPLY[@]}\"\n");
    const std::string command = "cd " + folder_.string() + " && bash try.bash > offered 2>&1";
    EXPECT_EQ(std::system(command.c_str()), 0) << Text(folder_ / "offered");
    std::vector<std::string> offered;
    std::istringstream lines(Text(folder_ / "offered"));
    for (std::string word; std::getline(lines, word);) {
      if (!word.empty()) offered.push_back(word);
    }
    return offered;
  }
};

TEST_F(ManualTest, ThePageHasEveryCommandAndOption) {
  const std::string page = Succeed({"--man"});
  EXPECT_EQ(page.rfind(".TH EVENKEEL 1", 0), 0u);
  for (const Command& command : AllCommands()) {
    const std::size_t section = page.find(".SS evenkeel " + Dashes(command.info.name) + " ");
    ASSERT_NE(section, std::string::npos) << command.info.name;
    const std::string text = page.substr(section, page.find(".SS", section + 1) - section);
    for (const OptionInfo& option : command.info.options)
      EXPECT_THAT(text, HasSubstr("\\fB" + Dashes("--" + option.name) + "\\fR")) << command.info.name;
  }
  for (const OptionInfo& option : CommonOptions()) EXPECT_THAT(page, HasSubstr(Dashes("--" + option.name)));
}

// A line of text that begins with a dot would be a request to the formatter.
TEST_F(ManualTest, ThePageHasNoUnknownRequest) {
  std::istringstream lines(Succeed({"--man"}));
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || (line[0] != '.' && line[0] != '\'')) continue;
    const std::string request = line.substr(0, line.find(' '));
    EXPECT_THAT((std::set<std::string>{".TH", ".SH", ".SS", ".TP", ".PP", ".nf", ".fi"}), ::testing::Contains(request))
        << line;
  }
}

TEST_F(ManualTest, CommandsAreCompletedWordByWord) {
  EXPECT_THAT(Complete("evenkeel ''"), IsSupersetOf({"trace", "solve", "run", "compare", "help"}));
  EXPECT_THAT(Complete("evenkeel sw"), ElementsAre("sweep"));
  EXPECT_THAT(Complete("evenkeel trace ''"), ElementsAre("generate", "import", "info", "validate"));
  EXPECT_THAT(Complete("evenkeel trace v"), ElementsAre("validate"));
}

TEST_F(ManualTest, OptionsAreThoseOfTheCommand) {
  for (const Command& command : AllCommands()) {
    const std::vector<std::string> offered = Complete("evenkeel " + command.info.name + " --");
    std::vector<std::string> expected;
    for (const OptionInfo& option : command.info.options) expected.push_back("--" + option.name);
    for (const OptionInfo& option : CommonOptions()) expected.push_back("--" + option.name);
    EXPECT_EQ(offered, expected) << command.info.name;
  }
}

TEST_F(ManualTest, ValuesAreWhatTheOptionExpects) {
  Write("some.h5", "");
  std::filesystem::create_directory(folder_ / "some.folder");
  EXPECT_THAT(Complete("evenkeel run so"), IsSupersetOf({"some.h5"}));
  EXPECT_THAT(Complete("evenkeel run x.h5 --out some.h"), ElementsAre("some.h5"));
  EXPECT_THAT(Complete("evenkeel report x.h5 --figures so"), ElementsAre("some.folder"));
  EXPECT_THAT(Complete("evenkeel run x.h5 --certify ''"), IsEmpty()) << "a number";
  EXPECT_THAT(Complete("evenkeel run x.h5 --policy near"), ElementsAre("nearest"));
  EXPECT_THAT(Complete("evenkeel backtest x.h5 --predictor seas"), ElementsAre("seasonal-naive"));
  EXPECT_THAT(Complete("evenkeel train --predictor gr"), ElementsAre("gru"));
}

}  // namespace
}  // namespace evenkeel
