//===- DiagnosticPrinter.h - diagnostics as lines for a user -------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_TOOLS_WAGE_TRANSLATE_DIAGNOSTICPRINTER_H
#define WAGE_TOOLS_WAGE_TRANSLATE_DIAGNOSTICPRINTER_H

#include "mlir/IR/Diagnostics.h"

namespace wage {

/// Returns `diagnostic` as one line: `file: node (Op): found, needed`, less what its location does not tell.
///
/// An op's own message, `'integer.conv2d' op text` at the node conv2, becomes `file: conv2 (integer.conv2d): text`.
std::string formatDiagnostic(mlir::Diagnostic &diagnostic, llvm::StringRef file);

/// `line` without control characters, and cut after 2000 bytes.
std::string toLine(std::string line);

/// Prints the errors and warnings of a context, one line each, as long as it lives.
class DiagnosticPrinter : public mlir::ScopedDiagnosticHandler {
public:
  /// `file` is the file that is being worked on.
  DiagnosticPrinter(mlir::MLIRContext &context, llvm::StringRef file);
};

} // namespace wage

#endif // WAGE_TOOLS_WAGE_TRANSLATE_DIAGNOSTICPRINTER_H
