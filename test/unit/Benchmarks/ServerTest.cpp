//===- ServerTest.cpp - numbers among the arguments of a benchmark ----------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "benchmarks/speed/Server.h"

#include <gtest/gtest.h>

namespace {

/// What numberOption reads of the arguments `program --other=7 ARGUMENT`.
int numberOf(std::string argument) {
  std::string program = "program", other = "--other=7";
  char *arguments[] = {program.data(), other.data(), argument.data()};
  return wage::speed::numberOption(3, arguments, "--batch", 5);
}

TEST(Server, ReadsNumbers) {
  EXPECT_EQ(numberOf("--batch=1"), 1);
  EXPECT_EQ(numberOf("--batch=1000000"), 1000000);
  EXPECT_EQ(numberOf("--batches=3"), 5);
}

/// A benchmark of something else than what was asked for would be a wrong number on a page.
TEST(Server, RefusesWhatIsNoNumber) {
  for (const char *text : {"64abc", "", "0", "-3", "1000001", "99999999999999999999", "0x40", "6.4"})
    EXPECT_EXIT(numberOf(std::string("--batch=") + text), ::testing::ExitedWithCode(2),
                std::string("program: argument '--batch' must be a number from 1 to 1000000, got '") + text + "'\n$");
}

} // namespace
