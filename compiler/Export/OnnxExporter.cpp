//===- OnnxExporter.cpp - the integer inference graph as standard ONNX -------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Export/OnnxExporter.h"

#include "compiler/Export/GraphExporter.h"
#include "dialects/wage/IR/WageTypes.h"

#include <climits>

using namespace mlir;

namespace wage {

FailureOr<std::string> exportOnnx(ModuleOp module) {
  const auto infer = module.lookupSymbol<func::FuncOp>("infer");
  const ConfigAttr config = getConfig(module);
  if (!infer || !config)
    return module.emitError() << "needs @infer of the integer level and wage.config to be exported";
  const BoundAnalysis bounds(module, config.getBatch());
  ModelBuilder model;
  GraphExporter exporter(infer, bounds, model);
  if (failed(exporter.run()))
    return failure();
  if (const size_t size = model.countBytes(); size > INT_MAX)
    return module.emitError() << "the exported file would have " << size << " bytes, an ONNX file ends at 2 GiB";
  return model.serialize();
}

} // namespace wage
