//===- Slower.h - the share of a test that a slow tool runs -----------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_TEST_SLOWER_H
#define WAGE_TEST_SLOWER_H

#include <algorithm>
#include <cstdlib>

namespace wage::test {

/// About how many times slower programs run here, which the environment variable WAGE_SLOWER says (test/CMakeLists.txt): what is
/// drawn at random or tried one by one is tried once in so many. 1 where nothing says so.
inline unsigned slower() {
  const char *wanted = std::getenv("WAGE_SLOWER");
  return wanted ? static_cast<unsigned>(std::max(std::atoi(wanted), 1)) : 1;
}

} // namespace wage::test

#endif // WAGE_TEST_SLOWER_H
