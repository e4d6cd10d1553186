//===- WageDialect.cpp - types and attributes of the wage level ----------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "dialects/wage/IR/WageOps.h"

#include "runtime/Numerics/Rounding.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MLProgram/IR/MLProgram.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/DialectImplementation.h"

#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

#include "dialects/wage/IR/WageDialect.cpp.inc"
#include "dialects/wage/IR/WageEnums.cpp.inc"
#include "dialects/wage/IR/WageInterfaces.cpp.inc"

// The generated parser of a struct keeps each field in a FailureOr, and g++ does not see that all are set before use.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#define GET_ATTRDEF_CLASSES
#include "dialects/wage/IR/WageAttrs.cpp.inc"
#define GET_TYPEDEF_CLASSES
#include "dialects/wage/IR/WageTypes.cpp.inc"

namespace wage {

void WageDialect::initialize() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "dialects/wage/IR/WageAttrs.cpp.inc"
      >();
  addTypes<
#define GET_TYPEDEF_LIST
#include "dialects/wage/IR/WageTypes.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "dialects/wage/IR/WageOps.cpp.inc"
      >();
}

LogicalResult WageDialect::verifyOperationAttribute(Operation *op, NamedAttribute attribute) {
  StringRef name = attribute.getName();
  auto needs = [&](bool good, StringRef what) -> LogicalResult {
    if (good)
      return success();
    return op->emitOpError() << "'" << name << "' must be " << what << ", got " << attribute.getValue();
  };
  if (name == configAttr)
    return needs(isa<ConfigAttr>(attribute.getValue()) && isa<ModuleOp>(op), "a #wage.config on a module");
  if (name == inputAttr)
    return needs(isa<HostInputAttr>(attribute.getValue()) && isa<ModuleOp>(op), "a #wage.host_input on a module");
  if (name == outputAttr)
    return needs(isa<HostOutputAttr>(attribute.getValue()) && isa<ModuleOp>(op), "a #wage.host_output on a module");
  if (name == traceAttr || name == layerAttr)
    return needs(isa<StringAttr>(attribute.getValue()), "a string");
  if (name == tracedRowsAttr) {
    auto rows = dyn_cast<DenseI64ArrayAttr>(attribute.getValue());
    auto type = op->getNumResults() ? dyn_cast<RankedTensorType>(op->getResult(0).getType()) : RankedTensorType();
    return needs(rows && rows.size() == 2 && rows[0] >= 0 && type && type.getRank() == 4 && !type.isDynamicDim(2) &&
                     rows[1] >= type.getDimSize(2) && rows[0] <= rows[1] - type.getDimSize(2),
                 "the first row of the result, which has planes, and the rows of the whole");
  }
  if (name == ordinalAttr || name == copyAttr) {
    auto ordinal = dyn_cast<IntegerAttr>(attribute.getValue());
    return needs(ordinal && ordinal.getType().isSignlessInteger(32) && ordinal.getInt() >= 0,
                 "a 32-bit integer that is not negative");
  }
  if (name == scaleAttr)
    return needs(isa<DenseI32ArrayAttr>(attribute.getValue()), "an array<i32: ...>");
  if (name == gridAttr) {
    auto type = dyn_cast<TypeAttr>(attribute.getValue());
    auto grid = type ? dyn_cast<GridType>(type.getValue()) : GridType();
    return needs(grid && grid.getRole() == Role::A, "a !wage.grid of role A");
  }
  if (name == weightBitsAttr) {
    auto bits = dyn_cast<IntegerAttr>(attribute.getValue());
    return needs(bits && bits.getType().isSignlessInteger(32) && bits.getInt() >= 1 && bits.getInt() <= 8,
                 "a 32-bit integer from 1 to 8");
  }
  return op->emitOpError() << "'" << name << "' is not an attribute of the wage dialect";
}

namespace {

struct Width {
  StringRef name;
  int bits, least, most;
};

} // namespace

LogicalResult ConfigAttr::verify(function_ref<InFlightDiagnostic()> emitError, Mode, int weights, int activations,
                                 int gradients, int errors, int random, Rounding, int batch) {
  // All that is wrong is said at once: these are a user's options.
  bool good = true;
  for (const Width &width :
       {Width{"weights", weights, 1, 8}, Width{"activations", activations, 2, 16}, Width{"gradients", gradients, 2, 16},
        Width{"errors", errors, 2, 16}, Width{"random", random, 1, 16}}) // config_c1
    if (width.bits < width.least || width.bits > width.most) {
      emitError() << width.name << " must be " << width.least << " to " << width.most << " bits, got " << width.bits;
      good = false;
    }
  if (batch < 1) {
    emitError() << "batch must be at least 1, got " << batch;
    good = false;
  }
  if (good && gradients < weights) { // config_c2
    emitError() << "gradients must have at least as many bits as weights, got " << gradients << " and " << weights;
    good = false;
  }
  return success(good);
}

LogicalResult GridType::verify(function_ref<InFlightDiagnostic()> emitError, Role role, int bits, int exponent) {
  if (role == Role::Z && bits != 0) // grid_c1
    return emitError() << "role Z is exact and needs bits = 0, got " << bits;
  const auto [least, most] = role == Role::W ? std::pair(1, 8) : std::pair(2, 16);
  if (role != Role::Z && (bits < least || bits > most))
    return emitError() << "role " << stringifyRole(role) << " needs " << least << " to " << most << " bits, got "
                       << bits;
  if (exponent <= -64 || exponent >= 64) // grid_c2
    return emitError() << "exponent must be smaller than 64 in magnitude, got " << exponent;
  return success();
}

GridType GridType::getUnit(MLIRContext *context, Role role, int bits) { return get(context, role, bits, 1 - bits); }

GridType GridType::getAccumulator(MLIRContext *context, int exponent) { return get(context, Role::Z, 0, exponent); }

int64_t GridType::getLimit() {
  assert(getRole() != Role::Z && "an exact accumulator has no limit");
  return getBits() == 1 ? 1 : rt::largestInteger(getBits());
}

GridType getGrid(Value value) { return cast<GridType>(cast<ShapedType>(value.getType()).getElementType()); }

RankedTensorType withGrid(Value value, GridType grid) {
  return RankedTensorType::get(cast<ShapedType>(value.getType()).getShape(), grid);
}

ConfigAttr getConfig(Operation *op) {
  auto module = dyn_cast<ModuleOp>(op);
  if (!module)
    module = op->getParentOfType<ModuleOp>();
  return module ? module->getAttrOfType<ConfigAttr>(WageDialect::configAttr) : ConfigAttr();
}

} // namespace wage
