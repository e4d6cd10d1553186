//===- PrintBounds.cpp - the proved bounds as a table ------------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Analysis/BoundAnalysis.h"
#include "compiler/Analysis/Passes.h"
#include "dialects/integer/IR/IntegerOps.h"
#include "dialects/wage/IR/WageTypes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/TypeUtilities.h"

#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

#define DEBUG_TYPE "integer-print-bounds"

using namespace mlir;

namespace wage {

#define GEN_PASS_DEF_INTEGERPRINTBOUNDS
#include "compiler/Analysis/Passes.h.inc"

namespace {

/// What an op accumulates; empty for ops that do not.
StringRef roleOf(Operation *op) {
  using namespace integer;
  return llvm::TypeSwitch<Operation *, StringRef>(op)
      .Case<Conv2DOp, MatmulOp, AddBiasOp>([](Operation *) { return "forward"; })
      .Case([](SubtractOneHotOp) { return "loss"; })
      .Case<Conv2DTransposedOp, MatmulTransposedOp>([](Operation *) { return "error"; })
      .Case([](MaxPoolScatterOp) { return "pool"; })
      .Case<Conv2DOuterOp, MatmulOuterOp>([](Operation *) { return "gradient"; })
      .Case([](SubOp) { return "update"; })
      .Default([](Operation *) { return StringRef(); });
}

struct Row {
  std::string layer;
  StringRef role;
  uint64_t bound;
  Type type;
};

SmallVector<Row> collectRows(func::FuncOp function, const BoundAnalysis &analysis) {
  SmallVector<Row> rows;
  function.walk([&](Operation *op) {
    const StringRef role = roleOf(op);
    if (role.empty())
      return;
    const StringRef layer = nodeName(op);
    const Value result = op->getResult(0);
    rows.push_back(
        {layer.empty() ? "-" : layer.str(), role, analysis.getBound(result).magnitude, getElementTypeOrSelf(result)});
  });
  return rows;
}

void printTable(raw_ostream &out, func::FuncOp function, ArrayRef<Row> rows, int64_t batch) {
  size_t layerWidth = StringRef("layer").size(), boundWidth = StringRef("bound").size();
  for (const Row &row : rows) {
    layerWidth = std::max(layerWidth, row.layer.size());
    boundWidth = std::max(boundWidth, describeBound(row.bound).size());
  }
  const auto print = [&](StringRef layer, StringRef role, StringRef bound, StringRef bits) -> raw_ostream & {
    return out << "  " << left_justify(layer, layerWidth) << "  " << left_justify(role, 8) << "  "
               << left_justify(bound, boundWidth) << "  " << left_justify(bits, 4) << "  ";
  };
  out << "@" << function.getSymName() << ", batch " << batch << "\n";
  print("layer", "role", "bound", "bits") << "type\n";
  for (const Row &row : rows)
    print(row.layer, row.role, describeBound(row.bound), std::to_string(integer::signedBits(row.bound)))
        << row.type << "\n";
}

struct IntegerPrintBoundsPass : impl::IntegerPrintBoundsBase<IntegerPrintBoundsPass> {
  void runOnOperation() override {
    markAllAnalysesPreserved();
    ModuleOp module = getOperation();
    const FailureOr<BoundAnalysis> analysis = analyzeBounds(module);
    if (failed(analysis))
      return signalPassFailure();
    for (auto function : module.getOps<func::FuncOp>())
      printTable(llvm::outs(), function, collectRows(function, *analysis), getConfig(module).getBatch());
  }
};

} // namespace
} // namespace wage
