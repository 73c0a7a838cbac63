#include "experiments/specs/spec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/base/error.h"

namespace evenkeel {
namespace {

using ::testing::HasSubstr;

std::string ErrorOf(const std::string& text) {
  try {
    ParseSpec(text);
  } catch (const InputError& error) {
    return error.what();
  }
  return "no error";
}

TEST(ParseSpec, ReadsNamesParametersAndNestedSpecs) {
  const Spec spec = ParseSpec(
      "robust(advice=plan(forecast=seasonal-naive(season=24),every=6),expert=norm-greedy(q=8),rho=0.1,mode=line)");
  EXPECT_EQ(spec.name, "robust");
  ASSERT_EQ(spec.parameters.size(), 4u);
  EXPECT_EQ(spec.parameters[0].first, "advice");
  EXPECT_EQ(spec.parameters[0].second.name, "plan");
  EXPECT_EQ(spec.parameters[0].second.parameters[0].second.parameters[0].second.name, "24");
  EXPECT_EQ(spec.parameters[2].second, (Spec{"0.1", {}}));
}

TEST(ParseSpec, TakesCanonicalTextBackToItself) {
  for (const char* text : {"cost", "carbon(price=150)", "fixed-price(file=../runs/p_1~.csv)", "dmd(step=1e-5)",
                           "x(t=2023-01-01T00:00,y=+3)", "p(file=\"a b,c=(d)\",name=\"\")", "\"odd name\"(k=v)",
                           "p(file=\"back\\\\slash and \\\"quote\\\"\")"}) {
    EXPECT_EQ(ToString(ParseSpec(text)), text);
  }
}

TEST(ParseSpec, DropsSpacesEmptyParenthesesAndNeedlessQuotes) {
  EXPECT_EQ(ToString(ParseSpec("  power-greedy ( q = 4 ,\tbeta=1 ) ")), "power-greedy(q=4,beta=1)");
  EXPECT_EQ(ToString(ParseSpec("cost()")), "cost");
  EXPECT_EQ(ToString(ParseSpec("f(file=\"plain.csv\")")), "f(file=plain.csv)");
}

TEST(ParseSpec, PointsAtTheMistake) {
  EXPECT_EQ(ErrorOf("norm-greedy(q=8"),
            "spec: expected \",\" or \")\" at column 16\n  norm-greedy(q=8\n                 ^");
  EXPECT_EQ(ErrorOf("cost)"), "spec: expected \"(\" or the end at column 5\n  cost)\n      ^");
  EXPECT_THAT(ErrorOf(""), HasSubstr("expected a name at column 1"));
  // What follows a space is not the end of the text: it wants quotes.
  EXPECT_EQ(ErrorOf("process(command=python3 mine.py)"),
            "spec: expected \",\" or \")\" (a text with spaces is put between double quotes) at column 25\n"
            "  process(command=python3 mine.py)\n                          ^");
  EXPECT_THAT(ErrorOf("a(b=c "), ::testing::Not(HasSubstr("quotes")));
  EXPECT_THAT(ErrorOf("a(b)"), HasSubstr("expected \"=\" after parameter \"b\" at column 4"));
  EXPECT_THAT(ErrorOf("a(b=)"), HasSubstr("expected a value at column 5"));
  EXPECT_THAT(ErrorOf("a(=1)"), HasSubstr("expected a parameter name at column 3"));
  EXPECT_THAT(ErrorOf("a(b=1,)"), HasSubstr("expected a parameter name at column 7"));
  EXPECT_THAT(ErrorOf("a(b=1)c"), HasSubstr("expected the end at column 7"));
  EXPECT_THAT(ErrorOf("a(b=\"1)"), HasSubstr("closing \" for the quote that opens at column 5"));
  EXPECT_THAT(ErrorOf("a(b=\"\\n\")"), HasSubstr("\" or \\ after a backslash"));
  EXPECT_THAT(ErrorOf(std::string("a\0b", 3)), HasSubstr("column 2"));
}

TEST(ParseSpec, RefusesDuplicates) {
  EXPECT_THAT(ErrorOf("a(b=1,b=2)"), HasSubstr("parameter \"b\" is given twice, the second time at column 7"));
  // The same key at another level is another parameter.
  EXPECT_EQ(ToString(ParseSpec("a(b=c(b=1))")), "a(b=c(b=1))");
}

TEST(ParseSpec, LimitsDepthAndLength) {
  const auto nested = [](int depth) {
    std::string text = "v";
    for (int i = 0; i < depth; ++i) text = "a(b=" + text + ")";
    return text;
  };
  EXPECT_EQ(ToString(ParseSpec(nested(kMaxSpecDepth))), nested(kMaxSpecDepth));
  EXPECT_THAT(ErrorOf(nested(kMaxSpecDepth + 1)), HasSubstr("at most 16 levels"));
  EXPECT_THAT(ErrorOf(std::string(kMaxSpecLength + 1, 'a')), HasSubstr("at most 10000 are allowed"));
  EXPECT_EQ(ParseSpec(std::string(kMaxSpecLength, 'a')).name.size(), kMaxSpecLength);
}

TEST(ParseSpec, ShowsTheNeighbourhoodOfAMistakeInALongText) {
  const std::string message = ErrorOf("name(" + std::string(500, 'k') + "?");
  EXPECT_THAT(message, HasSubstr("column 506"));
  EXPECT_LT(message.size(), 1000u);
  EXPECT_THAT(message, HasSubstr("..."));
}

}  // namespace
}  // namespace evenkeel
