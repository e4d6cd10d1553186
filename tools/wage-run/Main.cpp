//===- Main.cpp - wage-run -----------------------------------------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "tools/wage-run/Commands.h"

int main(int argc, char **argv) { return wage::run::runTool(std::vector<std::string>(argv + 1, argv + argc)); }
