//===- StatusTest.cpp - what went wrong is one line ------------------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Support/Status.h"

#include <gtest/gtest.h>

using wage::rt::Status;

namespace {

TEST(Status, IsOneLineWhateverAFileHolds) {
  EXPECT_EQ(Status::error("type is '<\n\x1b[1m\x7f\xc3\xa4'").text(), "type is '<??[1m?\xc3\xa4'");
}

} // namespace
