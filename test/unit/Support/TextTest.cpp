//===- TextTest.cpp - text that may hold what files say ----------------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Support/Text.h"

#include <gtest/gtest.h>

using namespace wage::rt;

namespace {

TEST(Text, ControlCharactersAreReplaced) {
  const std::string text = "a\x1b[31m\n\x7f\xc3\xa4" + std::string(1, '\0') + "b\r\n";
  EXPECT_EQ(withoutControls(text), "a?[31m??\xc3\xa4?b??");
  EXPECT_EQ(withoutControls(text, ' '), "a [31m  \xc3\xa4 b  ");
  EXPECT_EQ(linesWithoutControls(text), "a?[31m\n?\xc3\xa4?b?\n");
  EXPECT_EQ(linesWithoutControls(""), "");
}

} // namespace
