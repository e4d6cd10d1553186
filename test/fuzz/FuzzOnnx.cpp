//===- FuzzOnnx.cpp - ONNX models, imported but not compiled --===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Import/OnnxImporter.h"
#include "test/fuzz/FuzzTarget.h"
#include "tools/wage-translate/DiagnosticPrinter.h"

#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/Verifier.h"

#include <memory>

using namespace wage;
using namespace wage::fuzz;

namespace {

/// A context keeps all types and names it has seen: a new one comes every now and then.
mlir::MLIRContext &freshContext() {
  static std::unique_ptr<mlir::MLIRContext> context;
  static unsigned uses = 0;
  if (uses++ % 256 == 0)
    context = std::make_unique<mlir::MLIRContext>(mlir::MLIRContext::Threading::DISABLED);
  return *context;
}

} // namespace

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t maxSize, unsigned seed) {
  return mutateInPlace(data, size, maxSize, seed);
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  mlir::MLIRContext &context = freshContext();
  bool refused = false;
  mlir::ScopedDiagnosticHandler handler(&context, [&](mlir::Diagnostic &diagnostic) {
    if (diagnostic.str().empty())
      fail("refused without a text");
    expectOneLine(formatDiagnostic(diagnostic, "input"));
    refused |= diagnostic.getSeverity() == mlir::DiagnosticSeverity::Error;
    return mlir::success();
  });
  const llvm::MemoryBufferRef model({reinterpret_cast<const char *>(data), size}, "input");
  for (BatchPolicy policy : {BatchPolicy::Open, BatchPolicy::OpenOrFixed}) {
    refused = false;
    mlir::OwningOpRef<mlir::ModuleOp> module = importOnnxBytes(model, context, policy);
    if (!module && !refused)
      fail("refused without a word");
    if (module && failed(mlir::verify(*module)))
      fail("imported, but the module does not verify");
  }
  return 0;
}
