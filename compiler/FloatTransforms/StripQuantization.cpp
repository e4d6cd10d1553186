//===- StripQuantization.cpp - a quantised network in real numbers --------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/FloatTransforms/Graph.h"
#include "compiler/FloatTransforms/NumberRanges.h"
#include "compiler/FloatTransforms/Passes.h"
#include "dialects/onnx/IR/OnnxOps.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "llvm/ADT/TypeSwitch.h"

#define DEBUG_TYPE "onnx-strip-quantization"

using namespace mlir;

namespace wage::onnxir {

#define GEN_PASS_DEF_STRIPQUANTIZATION
#include "compiler/FloatTransforms/Passes.h.inc"

namespace {

/// Grids of fewer numbers are not taken for real numbers: what a network does with 4 bits depends on their rounding.
constexpr int64_t fewestNumbers = 64;

/// How integers stand for real numbers: (integer - zero point) * scale.
struct Grid {
  SmallVector<float> scales;
  SmallVector<int64_t> zeroPoints;
  std::optional<int64_t> axis;

  bool isUniform() const { return scales.size() == 1; }
  double getScale() const { return scales.front(); }
  double getZeroPoint() const { return static_cast<double>(zeroPoints.front()); }
  /// The real number behind `code`; of a uniform grid.
  double toReal(double code) const { return (code - getZeroPoint()) * getScale(); }
  bool operator==(const Grid &other) const {
    return scales == other.scales && zeroPoints == other.zeroPoints && (isUniform() || axis == other.axis);
  }
};

template <typename Quantization> Grid gridOf(Quantization op) {
  std::optional<int64_t> axis = op.getAxis();
  return {SmallVector<float>(op.getScales()), SmallVector<int64_t>(op.getZeroPoints()), axis};
}

/// Integers, perhaps cast to float, and the real numbers that they stand for.
struct Coded {
  Value real;
  Grid grid;
};

bool isInteger(Value value) { return isa<IntegerType>(getElementTypeOrSelf(value.getType())); }

Type withFloats(Type type) { return cast<RankedTensorType>(type).clone(Float32Type::get(type.getContext())); }

/// Rewrites one function.
class Stripper {
public:
  explicit Stripper(func::FuncOp function) : function(function), builder(function) {}
  void run();

private:
  void visit(Operation *op);
  void visitQuantize(QuantizeLinearOp op);
  void visitDequantize(DequantizeLinearOp op);
  void visitCast(CastOp op);
  void visitFunction(Operation *op);
  void visitSum(Operation *op);
  void visitMovement(Operation *op);
  void resolveCasts();
  void eraseDead();

  Value limit(QuantizeLinearOp op, const Grid &grid);
  Value makeSteps(QuantizeLinearOp op, const Grid &grid);
  const Coded *find(Value value) const;
  /// A constant that goes with `like`: one number, or one per element of `axis`.
  template <typename Numbers> Value constant(Numbers numbers, std::optional<int64_t> axis, Value like);
  Value binary(BinaryKind kind, Value lhs, Value rhs);
  Value clip(Value value, double low, double high);
  /// `value` * `factor` + `offset`.
  Value affine(Value value, double factor, double offset);

  func::FuncOp function;
  OpBuilder builder;
  Location loc = builder.getUnknownLoc();
  NumberRanges ranges;
  DenseMap<Value, Coded> coded;
  SmallVector<CastOp> casts; ///< from integers on a grid to float
};

const Coded *Stripper::find(Value value) const {
  auto found = coded.find(value);
  return found == coded.end() ? nullptr : &found->second;
}

template <typename Numbers> Value Stripper::constant(Numbers numbers, std::optional<int64_t> axis, Value like) {
  SmallVector<float> floats;
  for (auto number : numbers)
    floats.push_back(static_cast<float>(number));
  SmallVector<int64_t> shape;
  if (floats.size() != 1) {
    shape.assign(cast<ShapedType>(like.getType()).getRank() - *axis, 1);
    shape[0] = static_cast<int64_t>(floats.size());
  }
  auto type = RankedTensorType::get(shape, builder.getF32Type());
  auto name = dyn_cast<NameLoc>(loc);
  return onnxir::ConstantOp::create(builder, loc, type, (name ? name.getName().getValue() : "").str() + ".grid",
                                    DenseElementsAttr::get(type, ArrayRef<float>(floats)));
}

Value Stripper::binary(BinaryKind kind, Value lhs, Value rhs) {
  return BinaryOp::create(builder, loc, lhs.getType(), kind, lhs, rhs);
}

Value Stripper::clip(Value value, double low, double high) {
  return UnaryOp::create(builder, loc, UnaryKind::Clip, value, builder.getF32FloatAttr(static_cast<float>(low)),
                         builder.getF32FloatAttr(static_cast<float>(high)));
}

Value Stripper::affine(Value value, double factor, double offset) {
  if (factor != 1)
    value = binary(BinaryKind::Mul, value, constant(ArrayRef<double>{factor}, std::nullopt, value));
  if (offset != 0)
    value = binary(BinaryKind::Add, value, constant(ArrayRef<double>{offset}, std::nullopt, value));
  return value;
}

/// The quantisation itself, as functions of real numbers.
Value Stripper::makeSteps(QuantizeLinearOp op, const Grid &grid) {
  const UnaryKind rounding = op.getRounding() == RoundingMode::Floor  ? UnaryKind::Floor
                             : op.getRounding() == RoundingMode::Ceil ? UnaryKind::Ceil
                                                                      : UnaryKind::Round;
  const int64_t lowest = op.getLow(), highest = op.getHigh();
  const double low = static_cast<double>(lowest), high = static_cast<double>(highest);
  const bool shifts = llvm::any_of(grid.zeroPoints, [](int64_t zero) { return zero != 0; });
  Value x = op.getInput(), scales = constant(grid.scales, grid.axis, x);
  Value zeros = shifts ? constant(grid.zeroPoints, grid.axis, x) : Value();
  x = binary(BinaryKind::Div, x, scales);
  x = UnaryOp::create(builder, loc, rounding, x, FloatAttr(), FloatAttr());
  if (shifts)
    x = binary(BinaryKind::Add, x, zeros);
  x = clip(x, low, high);
  if (shifts)
    x = binary(BinaryKind::Sub, x, zeros);
  x = binary(BinaryKind::Mul, x, scales);
  if (grid.isUniform())
    ranges.set(x, {grid.toReal(low), grid.toReal(high)});
  return x;
}

/// The real numbers that `op` quantises, within its range where that ends at 0.
Value Stripper::limit(QuantizeLinearOp op, const Grid &grid) {
  const int64_t low = op.getLow(), high = op.getHigh();
  if (high - low + 1 < fewestNumbers)
    return makeSteps(op, grid);
  Value input = op.getInput();
  const NumberRange range = ranges.get(input);
  const auto endsAt = [&](int64_t end) {
    return llvm::all_of(grid.zeroPoints, [&](int64_t zero) { return zero == end; });
  };
  const double most = grid.isUniform() ? grid.toReal(static_cast<double>(high)) : NumberRange().high;
  const double least = grid.isUniform() ? grid.toReal(static_cast<double>(low)) : NumberRange().low;
  if (endsAt(low) && range.low < 0)
    return range.high > most ? clip(input, 0, most) : Value(ReluOp::create(builder, loc, input));
  if (endsAt(high) && range.high > 0)
    return clip(input, range.low < least ? least : NumberRange().low, 0);
  return input;
}

void Stripper::visitQuantize(QuantizeLinearOp op) {
  const Grid grid = gridOf(op);
  coded[op.getResult()] = {limit(op, grid), grid};
}

void Stripper::visitDequantize(DequantizeLinearOp op) {
  const Grid grid = gridOf(op);
  const Coded *input = find(op.getInput());
  Value real;
  if (input && input->grid == grid) {
    real = input->real;
  } else if (input && input->grid.isUniform() && grid.isUniform()) {
    // The same integers read on another grid.
    const double factor = grid.getScale() / input->grid.getScale();
    real = affine(input->real, factor, grid.toReal(input->grid.getZeroPoint()));
  } else {
    real = CastOp::create(builder, loc, op.getType(), op.getInput());
    if (llvm::any_of(grid.zeroPoints, [](int64_t zero) { return zero != 0; }))
      real = binary(BinaryKind::Sub, real, constant(grid.zeroPoints, grid.axis, real));
    if (llvm::any_of(grid.scales, [](float scale) { return scale != 1; }))
      real = binary(BinaryKind::Mul, real, constant(grid.scales, grid.axis, real));
  }
  op.getResult().replaceAllUsesWith(real);
}

/// Between integers and the same integers as floats.
void Stripper::visitCast(CastOp op) {
  Value input = op.getInput();
  if (const Coded *known = find(input); known && known->grid.isUniform()) {
    const Coded copy = *known;
    coded[op.getResult()] = copy;
    if (isInteger(input) && !isInteger(op.getResult()))
      casts.push_back(op);
    return;
  }
  // ConvInteger and MatMulInteger: the product is an integer only while its inputs are.
  const bool isProduct = isa_and_nonnull<ConvOp, MatMulOp, GemmOp>(input.getDefiningOp());
  if (isProduct && getElementTypeOrSelf(op.getType()).isSignlessInteger(32))
    coded[op.getResult()] = {input, {{1}, {0}, std::nullopt}};
}

/// A clip or Relu of integers.
void Stripper::visitFunction(Operation *op) {
  const Coded *known = find(op->getOperand(0));
  if (!known || !known->grid.isUniform())
    return;
  const Coded input = *known;
  auto unary = dyn_cast<UnaryOp>(op);
  if (unary && unary.getKind() != UnaryKind::Clip)
    return;
  if (!unary && input.grid.getZeroPoint() == 0) {
    coded[op->getResult(0)] = {ReluOp::create(builder, loc, input.real), input.grid};
    return;
  }
  const double low = unary ? unary.getAlpha()->convertToFloat() : 0;
  const double high = unary ? unary.getBeta()->convertToFloat() : NumberRange().high;
  coded[op->getResult(0)] = {clip(input.real, input.grid.toReal(low), input.grid.toReal(high)), input.grid};
}

/// Whether `value` is a constant, perhaps of integers that have been cast.
bool isCastConstant(Value value) {
  auto cast = value.getDefiningOp<CastOp>();
  return isConstant(cast ? cast.getInput() : value);
}

/// The sum of integers of one scale, or of integers and a constant: a bias of ConvInteger or MatMulInteger.
void Stripper::visitSum(Operation *op) {
  const Coded *lhs = find(op->getOperand(0)), *rhs = find(op->getOperand(1));
  if (!lhs || !lhs->grid.isUniform() || (rhs && (!rhs->grid.isUniform() || rhs->grid.scales != lhs->grid.scales)))
    return;
  Coded sum = *lhs;
  IRMapping mapping;
  mapping.map(op->getOperand(0), lhs->real);
  if (rhs) {
    mapping.map(op->getOperand(1), rhs->real);
    sum.grid.zeroPoints[0] += rhs->grid.zeroPoints[0];
  } else if (isCastConstant(op->getOperand(1))) {
    mapping.map(op->getOperand(1), affine(op->getOperand(1), sum.grid.getScale(), 0));
  } else {
    return;
  }
  sum.real = builder.clone(*op, mapping)->getResult(0);
  coded[op->getResult(0)] = sum;
}

/// What only moves integers, or takes the largest, does the same with the real numbers.
void Stripper::visitMovement(Operation *op) {
  IRMapping mapping;
  std::optional<Grid> grid;
  for (Value operand : op->getOperands()) {
    const Coded *known = find(operand);
    if (!known || !known->grid.isUniform() || (grid && !(*grid == known->grid)))
      return;
    grid = known->grid;
    mapping.map(operand, known->real);
  }
  if (!grid)
    return;
  Operation *clone = builder.clone(*op, mapping);
  clone->getResult(0).setType(withFloats(op->getResult(0).getType()));
  if (auto pad = dyn_cast<PadOp>(clone))
    pad.setValue(APFloat(static_cast<float>(grid->toReal(pad.getValue().convertToFloat()))));
  coded[op->getResult(0)] = {clone->getResult(0), *grid};
}

void Stripper::visit(Operation *op) {
  loc = op->getLoc();
  builder.setInsertionPoint(op);
  llvm::TypeSwitch<Operation *>(op)
      .Case([&](QuantizeLinearOp quantize) { visitQuantize(quantize); })
      .Case([&](DequantizeLinearOp dequantize) { visitDequantize(dequantize); })
      .Case([&](CastOp cast) { visitCast(cast); })
      .Case<UnaryOp, ReluOp>([&](Operation *pointwise) { visitFunction(pointwise); })
      .Case([&](AddOp add) { visitSum(add); })
      .Case([&](BinaryOp op) { op.getKind() == BinaryKind::Add ? visitSum(op) : void(); })
      .Case<MaxPoolOp, ReshapeOp, TransposeOp, SliceOp, ConcatOp, PadOp, GatherOp>(
          [&](Operation *movement) { visitMovement(movement); });
  for (Value result : op->getResults())
    ranges.get(result);
}

/// What still looks at integers as floats gets them from the real numbers.
void Stripper::resolveCasts() {
  for (CastOp cast : casts) {
    const bool isUsed = llvm::any_of(
        cast->getUsers(), [&](Operation *user) { return user->getNumResults() == 0 || !find(user->getResult(0)); });
    if (!isUsed)
      continue;
    const Coded input = coded.lookup(cast.getResult());
    loc = cast.getLoc();
    builder.setInsertionPoint(cast);
    cast.getResult().replaceAllUsesWith(affine(input.real, 1 / input.grid.getScale(), input.grid.getZeroPoint()));
  }
}

void Stripper::eraseDead() {
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(function.getBody().front())))
    if (isOpTriviallyDead(&op))
      op.erase();
}

void Stripper::run() {
  SmallVector<Operation *> ops;
  for (Operation &op : function.getBody().front())
    ops.push_back(&op);
  for (Operation *op : ops)
    visit(op);
  resolveCasts();
  eraseDead();
}

int64_t numberIn(DictionaryAttr counts, StringRef name) {
  auto number = counts.getAs<IntegerAttr>(name);
  return number ? number.getValue().getLimitedValue(INT64_MAX) : 0;
}

/// One warning for the whole network, where integers cannot stay what they were.
void warn(ModuleOp module, DictionaryAttr counts) {
  const int64_t scales = numberIn(counts, "scales"), other = numberIn(counts, "not_power_of_two");
  const int64_t zeroPoints = numberIn(counts, "zero_points");
  if (other == 0 && zeroPoints == 0)
    return;
  emitWarning(module.getLoc()) << "the network is quantised: " << other << " of its " << scales
                               << " scales are no powers of two and " << zeroPoints
                               << " of its zero points are not 0; its weights are dequantised and quantised again";
}

struct StripQuantizationPass : impl::StripQuantizationBase<StripQuantizationPass> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    for (auto function : module.getOps<func::FuncOp>())
      if (function.getBody().hasOneBlock())
        Stripper(function).run();
    if (auto counts = module->getAttrOfType<DictionaryAttr>(quantizedAttr))
      warn(module, counts);
    module->removeAttr(quantizedAttr);
  }
};

} // namespace
} // namespace wage::onnxir
