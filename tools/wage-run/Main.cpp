//===- Main.cpp - wage-run -----------------------------------------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Support/LargePages.h"
#include "tools/wage-run/Commands.h"

int main(int argc, char **argv) {
  wage::rt::useLargePages(size_t(2) << 30);
  return wage::run::runTool(std::vector<std::string>(argv + 1, argv + argc));
}
