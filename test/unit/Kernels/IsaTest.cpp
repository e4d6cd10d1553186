//===- IsaTest.cpp - choice of the instruction set -----------------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Kernels/Isa.h"

#include <gtest/gtest.h>

using namespace wage::rt;

// Everything supported can be chosen by its name, and "auto" is the largest of it.
TEST(Isa, EverySupportedOneCanBeChosen) {
  Isa largest = Isa::Portable;
  for (const Isa isa : everyIsa) {
    const Status status = setIsa(nameOf(isa));
    EXPECT_EQ(status.ok(), isSupported(isa));
    if (!status.ok())
      continue;
    EXPECT_EQ(currentIsa(), isa);
    largest = isa;
  }
  EXPECT_TRUE(setIsa("auto").ok());
  EXPECT_EQ(currentIsa(), largest);
}

TEST(Isa, PortableIsAlwaysThere) { EXPECT_TRUE(isSupported(Isa::Portable)); }

TEST(Isa, UnknownNameIsRefused) {
  const Status status = setIsa("mmx");
  EXPECT_EQ(status.text(),
            "instruction set 'mmx' is unknown, expected one of auto, portable, avx2, avx512, avx512-vnni");
}
