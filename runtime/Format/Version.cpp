//===- Version.cpp - which wage this is ---------------------------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Format/Version.h"

#include "runtime/Format/Program.h"

namespace wage::rt {

std::string versionText() {
  return "wage " WAGE_VERSION ", chip binaries " + std::to_string(formatMajor) + "." + std::to_string(formatMinor);
}

} // namespace wage::rt
