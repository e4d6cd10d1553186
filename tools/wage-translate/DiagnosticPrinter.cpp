//===- DiagnosticPrinter.cpp - diagnostics as lines for a user ---------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "tools/wage-translate/DiagnosticPrinter.h"

#include "runtime/Support/Text.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Location.h"
#include "mlir/IR/MLIRContext.h"

#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;

namespace wage {

namespace {

/// What a location says: the node's name or the place in a text file; empty if nothing.
std::string describe(Location loc) {
  if (auto name = dyn_cast<NameLoc>(loc))
    return name.getName().str();
  if (auto place = dyn_cast<FileLineColLoc>(loc))
    return llvm::formatv("{0}:{1}:{2}", place.getFilename().getValue(), place.getLine(), place.getColumn());
  if (auto fused = dyn_cast<FusedLoc>(loc))
    for (Location part : fused.getLocations())
      if (std::string text = describe(part); !text.empty())
        return text;
  if (auto call = dyn_cast<CallSiteLoc>(loc))
    return describe(call.getCallee());
  return {};
}

/// Splits `'x.y' op text` into the op's name and the text; the name is empty if the message is of no op.
std::pair<StringRef, StringRef> splitOp(StringRef message) {
  auto [op, text] = message.split("' op ");
  if (!op.consume_front("'") || text.empty())
    return {"", message};
  return {op, text};
}

} // namespace

std::string formatDiagnostic(Diagnostic &diagnostic, StringRef file) {
  std::string message = diagnostic.str();
  auto [op, text] = splitOp(message);
  std::string where = describe(diagnostic.getLocation());
  std::string line = file.str();
  // The module's location is the file's own name; a place in a text file starts with it.
  bool isWhole = where.empty() || llvm::sys::path::filename(where) == llvm::sys::path::filename(file);
  if (!isWhole)
    line = StringRef(where).starts_with(file) ? where : line + ": " + where;
  if (!op.empty())
    line += isWhole ? ": " + op.str() : " (" + op.str() + ")";
  line += ": " + text.str();
  return toLine(std::move(line));
}

std::string toLine(std::string line) {
  constexpr size_t longest = 2000;
  if (line.size() > longest)
    line = line.substr(0, longest) + " (cut)";
  return rt::withoutControls(std::move(line), ' ');
}

DiagnosticPrinter::DiagnosticPrinter(MLIRContext &context, StringRef file)
    : ScopedDiagnosticHandler(&context, [file = file.str()](Diagnostic &diagnostic) {
        bool isError = diagnostic.getSeverity() == DiagnosticSeverity::Error;
        llvm::errs() << "wage-translate: " << (isError ? "error: " : "warning: ") << formatDiagnostic(diagnostic, file)
                     << "\n";
        for (Diagnostic &note : diagnostic.getNotes())
          llvm::errs() << "wage-translate: note: " << formatDiagnostic(note, file) << "\n";
        return success();
      }) {
  // The location names the node; the whole module behind an error helps nobody.
  context.printOpOnDiagnostic(false);
}

} // namespace wage
