//===- OperatorRules.cpp - which operators are imported ----------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Import/GraphImporter.h"

using namespace mlir;

namespace wage {

ArrayRef<GraphImporter::OpRule> GraphImporter::getRules() {
  using G = GraphImporter;
  // Operator, fewest and most inputs, most outputs. What the opset says beyond that, the importing function looks at.
  static const OpRule rules[] = {
      {"Conv", 2, 3, 1, &G::importConv},
      {"Gemm", 2, 3, 1, &G::importGemm},
      {"MatMul", 2, 2, 1, &G::importMatMul},
      // Number by number
      {"Add", 2, 2, 1, &G::importBinary},
      {"Sub", 2, 2, 1, &G::importBinary},
      {"Mul", 2, 2, 1, &G::importBinary},
      {"Div", 2, 2, 1, &G::importBinary},
      {"Pow", 2, 2, 1, &G::importBinary},
      {"Sum", 1, anyNumber, 1, &G::importVariadic},
      {"Max", 1, anyNumber, 1, &G::importVariadic},
      {"Min", 1, anyNumber, 1, &G::importVariadic},
      {"PRelu", 2, 2, 1, &G::importPRelu},
      {"Relu", 1, 1, 1, &G::importRelu},
      {"Clip", 1, 3, 1, &G::importClip},
      {"Abs", 1, 1, 1, &G::importUnary},
      {"Ceil", 1, 1, 1, &G::importUnary},
      {"Elu", 1, 1, 1, &G::importUnary},
      {"Erf", 1, 1, 1, &G::importUnary},
      {"Exp", 1, 1, 1, &G::importUnary},
      {"Floor", 1, 1, 1, &G::importUnary},
      {"HardSigmoid", 1, 1, 1, &G::importUnary},
      {"HardSwish", 1, 1, 1, &G::importUnary},
      {"LeakyRelu", 1, 1, 1, &G::importUnary},
      {"Log", 1, 1, 1, &G::importUnary},
      {"Neg", 1, 1, 1, &G::importUnary},
      {"Reciprocal", 1, 1, 1, &G::importUnary},
      {"Round", 1, 1, 1, &G::importUnary},
      {"Selu", 1, 1, 1, &G::importUnary},
      {"Sigmoid", 1, 1, 1, &G::importUnary},
      {"Sign", 1, 1, 1, &G::importUnary},
      {"Softplus", 1, 1, 1, &G::importUnary},
      {"Softsign", 1, 1, 1, &G::importUnary},
      {"Sqrt", 1, 1, 1, &G::importUnary},
      {"Tanh", 1, 1, 1, &G::importUnary},
      {"Cast", 1, 1, 1, &G::importCast},
      {"BatchNormalization", 5, 5, 5, &G::importBatchNormalization},
      // Windows, means and shares
      {"MaxPool", 1, 1, 2, &G::importMaxPool},
      {"AveragePool", 1, 1, 1, &G::importAveragePool},
      {"GlobalMaxPool", 1, 1, 1, &G::importGlobalMaxPool},
      {"GlobalAveragePool", 1, 1, 1, &G::importGlobalAveragePool},
      {"ReduceMean", 1, 2, 1, &G::importReduceMean},
      {"Softmax", 1, 1, 1, &G::importSoftmax},
      {"LogSoftmax", 1, 1, 1, &G::importSoftmax},
      {"ArgMax", 1, 1, 1, &G::importArgMax},
      {"LRN", 1, 1, 1, &G::importLrn},
      // Where numbers stand
      {"Flatten", 1, 1, 1, &G::importFlatten},
      {"Reshape", 2, 2, 1, &G::importReshape},
      {"Squeeze", 1, 2, 1, &G::importSqueeze},
      {"Unsqueeze", 1, 2, 1, &G::importUnsqueeze},
      {"Transpose", 1, 1, 1, &G::importTranspose},
      {"Concat", 1, anyNumber, 1, &G::importConcat},
      {"Split", 1, 2, anyNumber, &G::importSplit},
      {"Slice", 1, 5, 1, &G::importSlice},
      {"Pad", 1, 4, 1, &G::importPad},
      {"Gather", 2, 2, 1, &G::importGather},
      {"Resize", 1, 4, 1, &G::importResize},
      {"Upsample", 1, 2, 1, &G::importResize},
      // What is gone behind the import
      {"Identity", 1, 1, 1, &G::importIdentity},
      {"Dropout", 1, 3, 2, &G::importDropout},
      {"Constant", 0, 0, 1, &G::importConstant},
      {"ConstantOfShape", 1, 1, 1, &G::importConstantOfShape},
      {"Shape", 1, 1, 1, &G::importShape},
  };
  return rules;
}

} // namespace wage
