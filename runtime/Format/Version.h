//===- Version.h - which wage this is ---------------------------------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_FORMAT_VERSION_H
#define WAGE_RUNTIME_FORMAT_VERSION_H

#include <string>

namespace wage::rt {

/// Returns "wage 0.1.0, chip binaries 1.6": the version of wage and the newest format that it reads and writes.
///
/// Errors: none.
std::string versionText();

} // namespace wage::rt

#endif // WAGE_RUNTIME_FORMAT_VERSION_H
