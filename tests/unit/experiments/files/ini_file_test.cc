#include "experiments/files/ini_file.h"

#include "tests/unit/models/file_test_util.h"

namespace evenkeel {
namespace {

IniFile Parse(const std::string& text) { return ParseIniFile("a.ini", text); }

void ExpectRefused(const std::string& text, std::initializer_list<std::string> words) {
  ExpectInputError([&] { Parse(text); }, words);
}

TEST(IniFile, EntriesHaveSectionAndLine) {
  const IniFile file = Parse("# a comment\nname = value of it # more\n\n[ source a ]\r\nkey=1\nkey = 2\n");
  ASSERT_EQ(file.entries.size(), 3u);
  EXPECT_EQ(file.entries[0].section, "");
  EXPECT_EQ(file.entries[0].key, "name");
  EXPECT_EQ(file.entries[0].value, "value of it");
  EXPECT_EQ(file.entries[0].line, 2);
  EXPECT_EQ(file.entries[1].section, "source a");
  EXPECT_EQ(file.entries[1].value, "1");
  EXPECT_EQ(file.entries[2].line, 6);
  EXPECT_EQ(file.lines, 6);
}

TEST(IniFile, SectionsWithoutEntriesAreSeen) {
  const IniFile file = Parse("[agent]\n[source b] # of the grid\nx = 1\n[source a]\n[source b]\n");
  EXPECT_EQ(file.SectionsOf("source "), (std::vector<std::string>{"source b", "source a"}));
  ASSERT_NE(file.Heading("agent"), nullptr);
  EXPECT_EQ(file.Heading("agent")->line, 1);
  EXPECT_EQ(file.Heading("source b")->line, 2);
  EXPECT_EQ(file.Heading("http"), nullptr);
}

TEST(IniFile, LinesThatAreNoneAreRefused) {
  ExpectRefused("a = 1\nwords\n", {"a.ini:2: "});
  ExpectRefused("\n[source\n", {"a.ini:2: expected [SECTION], not [source"});
  ExpectRefused("[]\n", {"a.ini:1: expected [SECTION]"});
  ExpectRefused("[a]]\n", {"a.ini:1: expected [SECTION]"});
}

TEST(IniFile, TheFileIsNamed) {
  const TemporaryDirectory folder;
  ExpectInputError([&] { ReadIniFile(folder / "no.ini"); }, {folder / "no.ini", "No such file"});
}

TEST(IniSection, AsksEachKey) {
  const IniFile file = Parse("[s]\ntext = t\nnumber = 0.5\nwhole = 7\ntime = 90min\nword = two\nall = 1\nall = 2\n");
  IniSection section(file, "s");
  EXPECT_EQ(section.Text("text"), "t");
  EXPECT_EQ(section.Text("other", "u"), "u");
  EXPECT_EQ(section.Number("number", 0.0, 1.0, 2.0), 0.5);
  EXPECT_EQ(section.Number("none", 0.0, 1.0, 2.0), 2.0);
  EXPECT_EQ(section.Integer("whole", 1, 7, 0), 7);
  EXPECT_EQ(section.Integer("no", 1, 7, 0), 0);
  EXPECT_EQ(section.Seconds("time", 1, 86400, 5), 5400);
  EXPECT_EQ(section.Seconds("times", 1, 86400, 5), 5);
  EXPECT_EQ(section.Word("word", {"one", "two"}, 0), 1);
  EXPECT_EQ(section.Word("words", {"one", "two"}, -1), -1);
  EXPECT_EQ(section.All("all").size(), 2u);
  section.CheckNothingIsLeft();
}

TEST(IniSection, WrongValuesNameLineKeyValueAndWhatIsAllowed) {
  const IniFile file = Parse("a = 1\n\n[s]\nx = 1.5\nx = 2\nempty =\nb = two\nt = 3 weeks\n");
  IniSection section(file, "s");
  const auto refused = [](const std::function<void()>& action, const std::string& words) {
    ExpectInputError(action, {words});
  };
  refused([&] { section.Find("x"); }, "a.ini:5: x is given twice");
  refused([&] { section.Find("empty"); }, "a.ini:6: empty is empty");
  refused([&] { section.Number("b", 0.0, 2.0, 1.0); }, "a.ini:7: b is two, expected a number from 0 to 2");
  refused([&] { section.Integer("b", 1, 9, 1); }, "a.ini:7: b is two, expected a whole number from 1 to 9");
  refused([&] { section.Word("b", {"c", "d"}, 0); }, "a.ini:7: b is two, expected one of c, d");
  refused([&] { section.Seconds("t", 1, 60, 1); }, "a.ini:8: t is 3 weeks, expected a duration from 1 s to 1 min");
  refused([&] { section.Text("gone"); }, "a.ini:3: [s]: gone is missing");
  IniSection head(file, "");
  refused([&] { head.Text("gone"); }, "a.ini: gone is missing");
  refused([&] { head.Integer("a", 2, 9, 1); }, "a.ini:1: a is 1, expected a whole number from 2 to 9");
  refused([&] { head.Of(*head.Find("a"), [] { throw InputError("no"); }); }, "a.ini:1: a: no");
  refused([&] { section.OfAll([] { throw InputError("no"); }); }, "a.ini:3: [s]: no");
}

TEST(IniSection, WholeNumbersAreWhole) {
  const IniFile file = Parse("port = 80.5\n");
  IniSection head(file, "");
  ExpectInputError([&] { head.Integer("port", 1, 99, 1); }, {"a.ini:1: port is 80.5, expected a whole number"});
}

TEST(IniSection, WhatNobodyAskedForIsAMistake) {
  const IniFile file = Parse("polcy = a\n[s]\nky = 1\n");
  IniSection head(file, ""), section(file, "s");
  head.Find("policy");
  section.Find("key");
  ExpectInputError([&] { head.CheckNothingIsLeft(); },
                   {"a.ini:1: unknown key polcy, did you mean \"policy\"?; the file's head takes policy"});
  ExpectInputError([&] { section.CheckNothingIsLeft(); }, {"a.ini:3: unknown key ky", "[s] takes key"});
}

}  // namespace
}  // namespace evenkeel
