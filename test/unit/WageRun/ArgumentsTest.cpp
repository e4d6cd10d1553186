//===- ArgumentsTest.cpp - the command line ------------------------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "tools/wage-run/Arguments.h"

#include <gtest/gtest.h>

namespace wage::run::test {
namespace {

constexpr Option own[] = {{"--images", "F", "what to read"}, {"--a-flag-with-a-long-name", "VALUE", "one\ntwo"}};
constexpr Option shared[] = {{"--json", nullptr, "print JSON"}};
constexpr Command command = {"try", "FILE", "tries", "About it.", own, shared, "  wage-run try x\n"};

std::string problem(const std::vector<std::string> &words) { return Arguments::parse(command, words).status().text(); }

TEST(Arguments, TakesBothFormsInAnyOrder) {
  for (const std::vector<std::string> &words : {std::vector<std::string>{"x", "--images=a=b", "--json"},
                                                {"--images", "a=b", "--json", "x"},
                                                {"--json", "--images", "a=b", "--", "x"}}) {
    Expected<Arguments> arguments = Arguments::parse(command, words);
    ASSERT_TRUE(arguments) << arguments.status().text();
    EXPECT_EQ(arguments->operand(), "x");
    EXPECT_EQ(arguments->text("--images"), "a=b");
    EXPECT_TRUE(arguments->has("--json"));
    EXPECT_EQ(arguments->text("--a-flag-with-a-long-name", "none"), "none");
  }
}

TEST(Arguments, TakesNegativeNumbersAndOddOperands) {
  Expected<Arguments> arguments = Arguments::parse(command, {"--images", "-3", "--", "--x"});
  ASSERT_TRUE(arguments) << arguments.status().text();
  EXPECT_EQ(arguments->text("--images"), "-3");
  EXPECT_EQ(arguments->operand(), "--x");
}

TEST(Arguments, RefusesWrongUsage) {
  EXPECT_EQ(problem({"x", "--image=a"}), "unknown flag '--image', did you mean '--images'?");
  EXPECT_EQ(problem({"x", "--colour"}), "unknown flag '--colour'");
  EXPECT_EQ(problem({"x", "-i"}), "unknown flag '-i'");
  EXPECT_EQ(problem({"x", "--images"}), "--images needs a value, --images=F");
  EXPECT_EQ(problem({"x", "--images="}), "--images needs a value, --images=F");
  EXPECT_EQ(problem({"x", "--images", "--json"}), "--images needs a value, --images=F");
  EXPECT_EQ(problem({"x", "--json=1"}), "--json takes no value");
  EXPECT_EQ(problem({"x", "--json", "--json"}), "--json is given twice");
  EXPECT_EQ(problem({"--json"}), "found 0 operands, one is needed: FILE");
  EXPECT_EQ(problem({"x", "y"}), "found 2 operands ('x', 'y'), one is needed: FILE");
}

TEST(Arguments, HelpNeedsNothingElse) {
  for (const char *word : {"--help", "-h"}) {
    Expected<Arguments> arguments = Arguments::parse(command, {word});
    ASSERT_TRUE(arguments);
    EXPECT_TRUE(arguments->help());
  }
  const std::string text = helpText(command);
  EXPECT_NE(text.find("usage: wage-run try FILE [flags]"), std::string::npos);
  EXPECT_NE(text.find("\n  --images=F                  what to read\n"), std::string::npos) << text;
  const std::string column(30, ' ');
  EXPECT_NE(text.find("\n  --a-flag-with-a-long-name=VALUE\n" + column + "one\n" + column + "two\n"), std::string::npos)
      << text;
  EXPECT_NE(text.find("--json"), std::string::npos);
}

TEST(Arguments, NumbersHaveARange) {
  Expected<Arguments> arguments = Arguments::parse(command, {"x", "--images=12"});
  ASSERT_TRUE(arguments);
  EXPECT_EQ(**arguments->number("--images", 1, 12), 12u);
  EXPECT_FALSE(arguments->number("--a-flag-with-a-long-name", 0, 1)->has_value());
  EXPECT_EQ(arguments->number("--images", 1, 11).status().text(),
            "--images: found '12', a whole number from 1 to 11 is needed");
}

TEST(Arguments, ParsesNumbers) {
  EXPECT_EQ(parseUnsigned("18446744073709551615"), UINT64_MAX);
  EXPECT_EQ(parseUnsigned("0xFFffFFffFFffFFff"), UINT64_MAX);
  for (const char *text :
       {"", "0x", "-1", "+1", "1.0", "1e3", " 1", "1 ", "18446744073709551616", "0x10000000000000000"})
    EXPECT_FALSE(parseUnsigned(text)) << text;
  EXPECT_EQ(parseSigned("-32"), -32);
  EXPECT_EQ(parseSigned("+15"), 15);
  EXPECT_EQ(parseSigned("-9223372036854775808"), INT64_MIN);
  for (const char *text : {"", "-", "+", "--1", "+-1", "-+1", "0x1", "0X1", "-0XF", "9223372036854775808",
                           "-9223372036854775809", "1.5", " 1", "1 "})
    EXPECT_FALSE(parseSigned(text)) << text;
}

} // namespace
} // namespace wage::run::test
