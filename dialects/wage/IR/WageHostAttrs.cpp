//===- WageHostAttrs.cpp - the model's own tensors ------------------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// What an attribute can say by itself. The rest, such as whether an order stays inside its tensors, is proved where sizes are
// known: runtime/Format/VerifyHost.cpp.
//
//===---------------------------------------------------------------------------===//

#include "dialects/wage/IR/WageOps.h"

#include "llvm/ADT/STLExtras.h"

#include <cmath>

using namespace mlir;

namespace wage {

namespace {

using EmitError = function_ref<InFlightDiagnostic()>;

constexpr int64_t largestExtent = int64_t(1) << 24;
constexpr size_t mostDimensions = 8;

LogicalResult verifyExtents(EmitError emitError, StringRef name, DenseI64ArrayAttr extents) {
  if (extents.size() > static_cast<int64_t>(mostDimensions))
    return emitError() << name << " must have at most " << mostDimensions << " extents, got " << extents.size();
  for (int64_t extent : extents.asArrayRef())
    if (extent < 1 || extent > largestExtent)
      return emitError() << name << " must have extents of 1 to " << largestExtent << ", got " << extent;
  return success();
}

LogicalResult verifyTensor(EmitError emitError, DenseI64ArrayAttr shape, int64_t batch) {
  if (batch < 0 || batch > largestExtent)
    return emitError() << "batch must be 0 to " << largestExtent << ", got " << batch;
  return verifyExtents(emitError, "shape", shape);
}

LogicalResult verifyStep(EmitError emitError, FloatAttr step) {
  if (step.getType().isF64() && step.getValue().isFiniteNonZero() && !step.getValue().isNegative())
    return success();
  return emitError() << "step must be a positive f64, got " << step;
}

LogicalResult verifyFactors(EmitError emitError, StringRef name, DenseF64ArrayAttr factors, bool mayBeZero) {
  if (!factors)
    return success();
  if (factors.empty())
    return emitError() << name << " must have an entry";
  for (double factor : factors.asArrayRef())
    if (!std::isfinite(factor) || (factor == 0 && !mayBeZero))
      return emitError() << name << " must hold finite numbers" << (mayBeZero ? "" : " other than 0") << ", got "
                         << factors;
  return success();
}

} // namespace

LogicalResult HostOrderAttr::verify(EmitError emitError, DenseI64ArrayAttr sizes, DenseI64ArrayAttr from,
                                    DenseI64ArrayAttr to) {
  if (from.size() != sizes.size() + 1 || to.size() != sizes.size() + 1) // host_order_c1
    return emitError() << "from and to must have " << sizes.size() + 1 << " entries, got " << from.size() << " and "
                       << to.size();
  return verifyExtents(emitError, "sizes", sizes); // host_order_c2
}

LogicalResult HostFunctionAttr::verify(EmitError emitError, HostFunctionKind kind, int64_t axis, bool keepDims,
                                       bool last, DenseI64ArrayAttr shape) {
  const bool isArgMax = kind == HostFunctionKind::ArgMax;
  const bool hasAxis = isArgMax || kind == HostFunctionKind::Softmax || kind == HostFunctionKind::LogSoftmax;
  const StringRef name = stringifyHostFunctionKind(kind);
  if (hasAxis ? axis < 1 || axis > static_cast<int64_t>(mostDimensions) : axis != 0) // host_function_c1
    return emitError() << name << (hasAxis ? " needs an axis of 1 or more" : " has no axis") << ", got " << axis;
  if (!isArgMax && (keepDims || last)) // host_function_c2
    return emitError() << name << " has no keep_dims and no last";
  const bool isReshape = kind == HostFunctionKind::Reshape;
  if (isReshape != static_cast<bool>(shape)) // host_function_c3
    return emitError() << name << (isReshape ? " needs a shape" : " has no shape");
  return shape ? verifyExtents(emitError, "shape", shape) : success();
}

LogicalResult HostInputAttr::verify(EmitError emitError, DenseI64ArrayAttr shape, int64_t batch, FloatAttr step,
                                    int64_t bits, DenseF64ArrayAttr scale, DenseF64ArrayAttr offset, HostOrderAttr) {
  if (failed(verifyTensor(emitError, shape, batch)) || failed(verifyStep(emitError, step))) // host_input_c1
    return failure();
  if (bits < 2 || bits > 16) // host_input_c2
    return emitError() << "bits must be 2 to 16, got " << bits;
  if (failed(verifyFactors(emitError, "scale", scale, /*mayBeZero=*/false))) // host_input_c3
    return failure();
  return verifyFactors(emitError, "offset", offset, /*mayBeZero=*/true);
}

LogicalResult HostOutputAttr::verify(EmitError emitError, DenseI64ArrayAttr shape, int64_t batch, FloatAttr step,
                                     HostOrderAttr, ArrayAttr functions) {
  if (failed(verifyTensor(emitError, shape, batch)) || failed(verifyStep(emitError, step))) // host_output_c1, _c2
    return failure();
  if (!functions || llvm::all_of(functions, llvm::IsaPred<HostFunctionAttr>)) // host_output_c3
    return success();
  return emitError() << "functions must be #wage.host_function attributes, got " << functions;
}

} // namespace wage
