//===- FuzzChip.cpp - chip descriptions --===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "targets/ChipModel/ChipChecks.h"
#include "targets/ChipModel/ChipReader.h"
#include "test/fuzz/FuzzTarget.h"

using namespace wage;
using namespace wage::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  // Parsed up to a terminating zero, as LLVM's files have it.
  const std::string text(reinterpret_cast<const char *>(data), size);
  auto chip = parseChip({text, "input"});
  if (!chip)
    expectOneLine(toString(chip.takeError()));
  else if (const std::string problem = checkChip(*chip); !problem.empty())
    fail("read, but broken: " + problem);
  return 0;
}
