//===- ChipReader.h - chip descriptions from YAML ------------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_TARGETS_CHIPMODEL_CHIPREADER_H
#define WAGE_TARGETS_CHIPMODEL_CHIPREADER_H

#include "runtime/Format/ChipDescription.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBufferRef.h"

namespace wage {

/// A chip of targets/Chips, built into the tools.
struct ListedChip {
  llvm::StringLiteral name;
  llvm::StringLiteral yaml;
};

/// All listed chips, in alphabetical order.
llvm::ArrayRef<ListedChip> getListedChips();

/// Returns the listed chip `nameOrPath`, or, if that ends in `.yaml`, the chip described by the file.
///
/// Errors: an unknown name (the listed ones are named), an unreadable file, and all of `parseChip`.
llvm::Expected<rt::ChipDescription> loadChip(llvm::StringRef nameOrPath);

/// Returns the chip that `yaml` describes; its form is that of the files in targets/Chips.
///
/// Units:  as in runtime/Format/ChipDescription.h.
/// Errors: `file:line: …` for the first thing that is wrong: not YAML, a field that is missing or not known, a fact
///         without its source, a number out of range, core groups that overlap or leave a core out.
llvm::Expected<rt::ChipDescription> parseChip(llvm::MemoryBufferRef yaml);

} // namespace wage

#endif // WAGE_TARGETS_CHIPMODEL_CHIPREADER_H
