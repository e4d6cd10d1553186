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

ArrayRef<GraphImporter::OpRule> GraphImporter::getRules(StringRef domain) {
  using G = GraphImporter;
  // Operator, first opset whose definition is read, fewest and most inputs, most outputs. What newer opsets changed, the
  // importing function looks at.
  static const OpRule rules[] = {
      {"Conv", 1, 2, 3, 1, &G::importConv},
      {"Gemm", 6, 2, 3, 1, &G::importGemm},
      {"MatMul", 1, 2, 2, 1, &G::importMatMul},
      // Number by number
      {"Add", 6, 2, 2, 1, &G::importBinary},
      {"Sub", 6, 2, 2, 1, &G::importBinary},
      {"Mul", 6, 2, 2, 1, &G::importBinary},
      {"Div", 6, 2, 2, 1, &G::importBinary},
      {"Pow", 1, 2, 2, 1, &G::importBinary},
      {"Sum", 6, 1, anyNumber, 1, &G::importVariadic},
      {"Mean", 6, 1, anyNumber, 1, &G::importVariadic},
      {"Max", 6, 1, anyNumber, 1, &G::importVariadic},
      {"Min", 6, 1, anyNumber, 1, &G::importVariadic},
      {"PRelu", 6, 2, 2, 1, &G::importPRelu},
      {"Relu", 6, 1, 1, 1, &G::importRelu},
      {"Clip", 6, 1, 3, 1, &G::importClip},
      {"Abs", 6, 1, 1, 1, &G::importUnary},
      {"Celu", 12, 1, 1, 1, &G::importUnary},
      {"Ceil", 6, 1, 1, 1, &G::importUnary},
      {"Elu", 6, 1, 1, 1, &G::importUnary},
      {"Erf", 9, 1, 1, 1, &G::importUnary},
      {"Exp", 6, 1, 1, 1, &G::importUnary},
      {"Floor", 6, 1, 1, 1, &G::importUnary},
      {"Gelu", 20, 1, 1, 1, &G::importGelu},
      {"HardSigmoid", 6, 1, 1, 1, &G::importUnary},
      {"HardSwish", 14, 1, 1, 1, &G::importUnary},
      {"LeakyRelu", 6, 1, 1, 1, &G::importUnary},
      {"Log", 6, 1, 1, 1, &G::importUnary},
      {"Mish", 18, 1, 1, 1, &G::importUnary},
      {"Neg", 6, 1, 1, 1, &G::importUnary},
      {"Reciprocal", 6, 1, 1, 1, &G::importUnary},
      {"Round", 11, 1, 1, 1, &G::importUnary},
      {"Selu", 6, 1, 1, 1, &G::importUnary},
      {"Sigmoid", 6, 1, 1, 1, &G::importUnary},
      {"Sign", 9, 1, 1, 1, &G::importUnary},
      {"Softplus", 1, 1, 1, 1, &G::importUnary},
      {"Softsign", 1, 1, 1, 1, &G::importUnary},
      {"Sqrt", 6, 1, 1, 1, &G::importUnary},
      {"Tanh", 6, 1, 1, 1, &G::importUnary},
      {"ThresholdedRelu", 10, 1, 1, 1, &G::importUnary},
      {"Cast", 6, 1, 1, 1, &G::importCast},
      {"BatchNormalization", 6, 5, 5, 5, &G::importBatchNormalization},
      // Windows, means and shares
      {"MaxPool", 1, 1, 1, 2, &G::importMaxPool},
      {"AveragePool", 1, 1, 1, 1, &G::importAveragePool},
      {"GlobalMaxPool", 1, 1, 1, 1, &G::importGlobalMaxPool},
      {"GlobalAveragePool", 1, 1, 1, 1, &G::importGlobalAveragePool},
      {"ReduceMean", 1, 1, 2, 1, &G::importReduceMean},
      {"ReduceSum", 1, 1, 2, 1, &G::importReduceSum},
      {"ReduceMax", 1, 1, 2, 1, &G::importReduceMax},
      {"Softmax", 1, 1, 1, 1, &G::importSoftmax},
      {"LogSoftmax", 1, 1, 1, 1, &G::importSoftmax},
      {"ArgMax", 1, 1, 1, 1, &G::importArgMax},
      {"LRN", 1, 1, 1, 1, &G::importLrn},
      // Where numbers stand
      {"Flatten", 1, 1, 1, 1, &G::importFlatten},
      {"Reshape", 5, 2, 2, 1, &G::importReshape},
      {"Squeeze", 1, 1, 2, 1, &G::importSqueeze},
      {"Unsqueeze", 1, 1, 2, 1, &G::importUnsqueeze},
      {"Transpose", 1, 1, 1, 1, &G::importTranspose},
      {"DepthToSpace", 1, 1, 1, 1, &G::importBlocks},
      {"SpaceToDepth", 1, 1, 1, 1, &G::importBlocks},
      {"Concat", 4, 1, anyNumber, 1, &G::importConcat},
      {"Split", 2, 1, 2, anyNumber, &G::importSplit},
      {"Slice", 1, 1, 5, 1, &G::importSlice},
      {"Pad", 2, 1, 4, 1, &G::importPad},
      {"Gather", 1, 2, 2, 1, &G::importGather},
      {"Resize", 10, 1, 4, 1, &G::importResize},
      {"Upsample", 7, 1, 2, 1, &G::importResize},
      // What is gone behind the import
      {"Identity", 1, 1, 1, 1, &G::importIdentity},
      {"Dropout", 6, 1, 3, 2, &G::importDropout},
      {"Constant", 1, 0, 0, 1, &G::importConstant},
      {"ConstantOfShape", 9, 1, 1, 1, &G::importConstantOfShape},
      {"Shape", 1, 1, 1, 1, &G::importShape},
      // Quantised networks
      {"QuantizeLinear", 10, 2, 3, 1, &G::importQuantizeLinear},
      {"DequantizeLinear", 10, 2, 3, 1, &G::importDequantizeLinear},
      {"QLinearConv", 10, 8, 9, 1, &G::importQLinearConv},
      {"QLinearMatMul", 10, 8, 8, 1, &G::importQLinearMatMul},
      {"ConvInteger", 10, 2, 4, 1, &G::importIntegerProduct},
      {"MatMulInteger", 10, 2, 4, 1, &G::importIntegerProduct},
  };
  // What ONNX Runtime's quantiser writes where ONNX has no operator.
  static const OpRule microsoftRules[] = {
      {"QuantizeLinear", 1, 2, 3, 1, &G::importQuantizeLinear},
      {"DequantizeLinear", 1, 2, 3, 1, &G::importDequantizeLinear},
      {"QGemm", 1, 6, 9, 1, &G::importQGemm},
      {"QLinearAdd", 1, 8, 8, 1, &G::importQLinearBinary},
      {"QLinearMul", 1, 8, 8, 1, &G::importQLinearBinary},
      {"QLinearConcat", 1, 5, anyNumber, 1, &G::importQLinearConcat},
      {"QLinearAveragePool", 1, 5, 5, 1, &G::importQLinearUnary},
      {"QLinearGlobalAveragePool", 1, 5, 5, 1, &G::importQLinearUnary},
      {"QLinearReduceMean", 1, 5, 5, 1, &G::importQLinearUnary},
      {"QLinearLeakyRelu", 1, 5, 5, 1, &G::importQLinearUnary},
      {"QLinearSigmoid", 1, 5, 5, 1, &G::importQLinearUnary},
      {"QLinearSoftmax", 1, 5, 5, 1, &G::importQLinearUnary},
  };
  // QONNX, as Brevitas and its relatives write it.
  static const OpRule qonnxRules[] = {
      {"Quant", 1, 4, 4, 1, &G::importQuant},
      {"IntQuant", 1, 4, 4, 1, &G::importQuant},
      {"BipolarQuant", 1, 2, 2, 1, &G::importBipolarQuant},
  };
  if (domain.empty() || domain == "ai.onnx")
    return rules;
  if (domain == "com.microsoft")
    return microsoftRules;
  if (domain == "qonnx.custom_op.general" || domain == "finn.custom_op.general" || domain == "onnx.brevitas")
    return qonnxRules;
  return {};
}

} // namespace wage
