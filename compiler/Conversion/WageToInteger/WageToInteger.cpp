//===- WageToInteger.cpp - quantisers to shifts, clips and compares ----------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// One pattern per wage op, each writing out the rule that its description states. The grids in the types decide the
// shifts here for the last time; behind this pass a shift is a number.
//
//===---------------------------------------------------------------------------===//

#include "compiler/Conversion/WageToInteger/HostTensors.h"
#include "compiler/Conversion/WageToInteger/Passes.h"
#include "dialects/integer/IR/IntegerOps.h"
#include "dialects/wage/IR/WageOps.h"

#include "mlir/Dialect/Func/Transforms/FuncConversions.h"
#include "mlir/Dialect/MLProgram/IR/MLProgram.h"
#include "mlir/Transforms/DialectConversion.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/TypeSwitch.h"

#define DEBUG_TYPE "convert-wage-to-integer"

using namespace mlir;

namespace wage {

#define GEN_PASS_DEF_CONVERTWAGETOINTEGER
#include "compiler/Conversion/WageToInteger/Passes.h.inc"

namespace {

/// Grids to integers: k bits to i8 or i16, exact accumulators to i64 until their bounds are proved.
class GridConverter : public TypeConverter {
public:
  GridConverter() {
    addConversion([](Type type) { return type; });
    addConversion([](RankedTensorType type) -> Type {
      const auto grid = dyn_cast<GridType>(type.getElementType());
      if (!grid)
        return type;
      const unsigned width = grid.getRole() == Role::Z ? 64 : grid.getBits() <= 8 ? 8 : 16;
      return type.clone(IntegerType::get(type.getContext(), width));
    });
  }
};

/// What later levels must still find: wage.trace and whatever else was attached.
void carryAttributes(Operation *from, Operation *to) {
  for (NamedAttribute attribute : from->getDiscardableAttrs())
    to->setDiscardableAttr(attribute.getName(), attribute.getValue());
}

template <typename Source> class Pattern : public OpConversionPattern<Source> {
public:
  using OpConversionPattern<Source>::OpConversionPattern;
  using Adaptor = typename OpConversionPattern<Source>::OpAdaptor;

protected:
  Type convertedType(Value value) const { return this->getTypeConverter()->convertType(value.getType()); }

  /// Builds the op that makes the first result of `op`.
  template <typename Target, typename... Arguments>
  Target create(Source op, ConversionPatternRewriter &rewriter, Arguments &&...arguments) const {
    auto created = Target::create(rewriter, op.getLoc(), std::forward<Arguments>(arguments)...);
    carryAttributes(op, created);
    return created;
  }
};

/// max x - x_c of every channel.
SmallVector<int32_t> alignmentOf(ArrayRef<int32_t> scaleLog2) {
  const int32_t finest = *llvm::max_element(scaleLog2);
  return llvm::map_to_vector(scaleLog2, [&](int32_t scale) { return finest - scale; });
}

bool isHalfAway(Rounding rounding) { return rounding == Rounding::HalfAway; }

//===----------------------------------------------------------------------===//
// Input, weights
//===----------------------------------------------------------------------===//

/// p / 127.5 - 1 on the grid of `bits` bits, ties impossible: clip(round((2p - 255) * 2^(bits-1) / 255), bits).
/// Source: arithmetic.md section 2.
int64_t encodeByte(int64_t byte, int bits) {
  const int64_t numerator = (2 * byte - 255) * (int64_t(1) << (bits - 1)), limit = (int64_t(1) << (bits - 1)) - 1;
  // floor(x + 1/2) with x = numerator / 255, all on the integers of the doubled denominator
  const int64_t doubled = 2 * numerator + 255;
  const int64_t rounded = doubled >= 0 ? doubled / 510 : -((-doubled + 509) / 510);
  return std::clamp(rounded, -limit, limit);
}

struct EncodeInputPattern : Pattern<EncodeInputOp> {
  using Pattern::Pattern;
  LogicalResult matchAndRewrite(EncodeInputOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    const Type type = convertedType(op.getResult());
    const auto element = cast<IntegerType>(getElementTypeOrSelf(type));
    SmallVector<APInt, 0> entries;
    if (const auto given = op.getTable())
      for (const APInt &entry : given->getValues<APInt>())
        entries.push_back(entry.sextOrTrunc(element.getWidth()));
    else
      for (int64_t byte = 0; byte < 256; ++byte)
        entries.emplace_back(element.getWidth(), encodeByte(byte, getGrid(op.getResult()).getBits()),
                             /*isSigned=*/true);
    SmallVector<int64_t> shape{256};
    if (const auto given = op.getTable())
      shape.assign(given->getType().getShape().begin(), given->getType().getShape().end());
    const auto table = DenseIntElementsAttr::get(RankedTensorType::get(shape, element), entries);
    rewriter.replaceOp(op, create<integer::TableOp>(op, rewriter, type, adaptor.getInput(), table));
    return success();
  }
};

/// A change of role is no change of number: only the storage may differ.
template <typename Source> struct RelabelPattern : Pattern<Source> {
  using Pattern<Source>::Pattern;
  LogicalResult matchAndRewrite(Source op, typename Source::Adaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    const Type type = this->convertedType(op.getResult());
    const Value grid = std::is_same_v<Source, AsGridOp> ? Value(op.getResult()) : Value(op.getInput());
    if (adaptor.getInput().getType() != type) {
      rewriter.replaceOp(
          op, this->template create<integer::ClipOp>(op, rewriter, type, adaptor.getInput(), getGrid(grid).getLimit()));
      return success();
    }
    if (Operation *maker = adaptor.getInput().getDefiningOp())
      rewriter.modifyOpInPlace(maker, [&] { carryAttributes(op, maker); });
    rewriter.replaceOp(op, adaptor.getInput());
    return success();
  }
};

struct QuantizeWeightPattern : Pattern<QuantizeWeightOp> {
  using Pattern::Pattern;
  LogicalResult matchAndRewrite(QuantizeWeightOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    const Type type = convertedType(op.getResult());
    const int bits = getGrid(op.getResult()).getBits();
    if (bits == 1)
      rewriter.replaceOp(op, create<integer::SignOp>(op, rewriter, type, adaptor.getInput()));
    else
      rewriter.replaceOp(op, create<integer::ShiftClipOp>(op, rewriter, type, adaptor.getInput(), op.getShift(), bits,
                                                          isHalfAway(op.getRounding())));
    return success();
  }
};

//===----------------------------------------------------------------------===//
// Linear layers
//===----------------------------------------------------------------------===//

/// Replaces a layer by its product, its channels on the finest grid among theirs. What the wage level says of the layer (the
/// trace of its accumulator) holds for the last op.
void replaceByAligned(Operation *layer, Operation *product, ArrayRef<int32_t> scaleLog2,
                      ConversionPatternRewriter &rewriter) {
  Operation *last = product;
  if (!llvm::all_equal(scaleLog2))
    last = integer::AlignChannelsOp::create(rewriter, layer->getLoc(), product->getResult(0).getType(),
                                            product->getResult(0), alignmentOf(scaleLog2));
  carryAttributes(layer, last);
  rewriter.replaceOp(layer, last->getResults());
}

/// An error, its channels multiplied by the scale they had forward. Source: section 6.
Value alignError(Location loc, Value error, ArrayRef<int32_t> scaleLog2, ConversionPatternRewriter &rewriter) {
  if (llvm::all_equal(scaleLog2))
    return error;
  const Type wide = cast<RankedTensorType>(error.getType()).clone(rewriter.getI64Type());
  return integer::AlignChannelsOp::create(rewriter, loc, wide, error, alignmentOf(scaleLog2));
}

struct Conv2DPattern : Pattern<Conv2DOp> {
  using Pattern::Pattern;
  LogicalResult matchAndRewrite(Conv2DOp op, OpAdaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    Operation *product = integer::Conv2DOp::create(rewriter, op.getLoc(), convertedType(op.getResult()),
                                                   adaptor.getInput(), adaptor.getWeights(), op.getStrides(),
                                                   op.getPads(), op.getDilations(), op.getGroups());
    replaceByAligned(op, product, op.getScaleLog2(), rewriter);
    return success();
  }
};

struct Conv2DTransposedPattern : Pattern<Conv2DTransposedOp> {
  using Pattern::Pattern;
  LogicalResult matchAndRewrite(Conv2DTransposedOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    const Value error = alignError(op.getLoc(), adaptor.getError(), op.getScaleLog2(), rewriter);
    rewriter.replaceOp(op, create<integer::Conv2DTransposedOp>(op, rewriter, convertedType(op.getResult()), error,
                                                               adaptor.getWeights(), op.getStrides(), op.getPads()));
    return success();
  }
};

struct Conv2DOuterPattern : Pattern<Conv2DOuterOp> {
  using Pattern::Pattern;
  LogicalResult matchAndRewrite(Conv2DOuterOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    rewriter.replaceOp(op,
                       create<integer::Conv2DOuterOp>(op, rewriter, convertedType(op.getResult()), adaptor.getError(),
                                                      adaptor.getInput(), op.getStrides(), op.getPads()));
    return success();
  }
};

struct MatmulPattern : Pattern<MatmulOp> {
  using Pattern::Pattern;
  LogicalResult matchAndRewrite(MatmulOp op, OpAdaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    Operation *product = integer::MatmulOp::create(rewriter, op.getLoc(), convertedType(op.getResult()),
                                                   adaptor.getInput(), adaptor.getWeights(), op.getAxonsFirst());
    replaceByAligned(op, product, op.getScaleLog2(), rewriter);
    return success();
  }
};

struct MatmulTransposedPattern : Pattern<MatmulTransposedOp> {
  using Pattern::Pattern;
  LogicalResult matchAndRewrite(MatmulTransposedOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    const Value error = alignError(op.getLoc(), adaptor.getError(), op.getScaleLog2(), rewriter);
    rewriter.replaceOp(op, create<integer::MatmulTransposedOp>(op, rewriter, convertedType(op.getResult()), error,
                                                               adaptor.getWeights(), op.getAxonsFirst()));
    return success();
  }
};

struct MatmulOuterPattern : Pattern<MatmulOuterOp> {
  using Pattern::Pattern;
  LogicalResult matchAndRewrite(MatmulOuterOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    rewriter.replaceOp(op, create<integer::MatmulOuterOp>(op, rewriter, convertedType(op.getResult()),
                                                          adaptor.getError(), adaptor.getInput(), op.getAxonsFirst()));
    return success();
  }
};

struct AddBiasPattern : Pattern<AddBiasOp> {
  using Pattern::Pattern;
  LogicalResult matchAndRewrite(AddBiasOp op, OpAdaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    rewriter.replaceOp(op, create<integer::AddBiasOp>(op, rewriter, convertedType(op.getResult()), adaptor.getInput(),
                                                      adaptor.getBias()));
    return success();
  }
};

//===----------------------------------------------------------------------===//
// Activations, pooling, masks
//===----------------------------------------------------------------------===//

/// Ops that are the same on both levels: one operand, one result.
template <typename Source, typename Target> struct UnaryPattern : Pattern<Source> {
  using Pattern<Source>::Pattern;
  LogicalResult matchAndRewrite(Source op, typename Source::Adaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    rewriter.replaceOp(
        op, this->template create<Target>(op, rewriter, this->convertedType(op.getResult()), adaptor.getInput()));
    return success();
  }
};

struct QuantizeActivationPattern : Pattern<QuantizeActivationOp> {
  using Pattern::Pattern;
  LogicalResult matchAndRewrite(QuantizeActivationOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    rewriter.replaceOp(op, create<integer::ShiftClipOp>(op, rewriter, convertedType(op.getResult()), adaptor.getInput(),
                                                        op.getShift(), getGrid(op.getResult()).getBits(),
                                                        isHalfAway(op.getRounding())));
    return success();
  }
};

struct MaxPoolPattern : Pattern<MaxPoolOp> {
  using Pattern::Pattern;
  LogicalResult matchAndRewrite(MaxPoolOp op, OpAdaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    rewriter.replaceOp(op, create<integer::MaxPoolOp>(op, rewriter, convertedType(op.getValues()),
                                                      op.getPositions().getType(), adaptor.getInput(), op.getKernel(),
                                                      op.getStrides(), op.getPads()));
    return success();
  }
};

struct MaxPoolScatterPattern : Pattern<MaxPoolScatterOp> {
  using Pattern::Pattern;
  LogicalResult matchAndRewrite(MaxPoolScatterOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    rewriter.replaceOp(op, create<integer::MaxPoolScatterOp>(op, rewriter, convertedType(op.getResult()),
                                                             adaptor.getError(), adaptor.getPositions(), op.getKernel(),
                                                             op.getStrides(), op.getPads()));
    return success();
  }
};

struct AveragePoolPattern : Pattern<AveragePoolOp> {
  using Pattern::Pattern;
  LogicalResult matchAndRewrite(AveragePoolOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    rewriter.replaceOp(op, create<integer::SumPoolOp>(op, rewriter, convertedType(op.getResult()), adaptor.getInput(),
                                                      op.getKernel(), op.getStrides(), op.getPads()));
    return success();
  }
};

struct AveragePoolSpreadPattern : Pattern<AveragePoolSpreadOp> {
  using Pattern::Pattern;
  LogicalResult matchAndRewrite(AveragePoolSpreadOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    rewriter.replaceOp(op,
                       create<integer::SumPoolSpreadOp>(op, rewriter, convertedType(op.getResult()), adaptor.getError(),
                                                        op.getKernel(), op.getStrides(), op.getPads()));
    return success();
  }
};

struct AddPattern : Pattern<AddOp> {
  using Pattern::Pattern;
  LogicalResult matchAndRewrite(AddOp op, OpAdaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    const int finest = getGrid(op.getResult()).getExponent();
    const SmallVector<int32_t> shifts{getGrid(op.getLhs()).getExponent() - finest,
                                      getGrid(op.getRhs()).getExponent() - finest};
    rewriter.replaceOp(op, create<integer::AddOp>(op, rewriter, convertedType(op.getResult()), adaptor.getLhs(),
                                                  adaptor.getRhs(), shifts));
    return success();
  }
};

/// The table's entries in the elements of the result.
struct LookupPattern : Pattern<LookupOp> {
  using Pattern::Pattern;
  LogicalResult matchAndRewrite(LookupOp op, OpAdaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    const Type type = convertedType(op.getResult());
    const auto element = cast<IntegerType>(getElementTypeOrSelf(type));
    const DenseElementsAttr tables =
        op.getTables().mapValues(element, [&](const APInt &entry) { return entry.sextOrTrunc(element.getWidth()); });
    rewriter.replaceOp(
        op, create<integer::LookupOp>(op, rewriter, type, adaptor.getInput(), cast<DenseIntElementsAttr>(tables)));
    return success();
  }
};

struct MultiplyPattern : Pattern<MultiplyOp> {
  using Pattern::Pattern;
  LogicalResult matchAndRewrite(MultiplyOp op, OpAdaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    rewriter.replaceOp(op, create<integer::MultiplyOp>(op, rewriter, convertedType(op.getResult()), adaptor.getLhs(),
                                                       adaptor.getRhs()));
    return success();
  }
};

struct ConcatPattern : Pattern<ConcatOp> {
  using Pattern::Pattern;
  LogicalResult matchAndRewrite(ConcatOp op, OpAdaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    rewriter.replaceOp(op, create<integer::ConcatOp>(op, rewriter, convertedType(op.getResult()), adaptor.getInputs()));
    return success();
  }
};

struct RearrangePattern : Pattern<RearrangeOp> {
  using Pattern::Pattern;
  LogicalResult matchAndRewrite(RearrangeOp op, OpAdaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    rewriter.replaceOp(op, create<integer::RearrangeOp>(op, rewriter, convertedType(op.getResult()), adaptor.getInput(),
                                                        op.getSizes(), op.getFrom(), op.getTo()));
    return success();
  }
};

struct WithinPattern : Pattern<WithinOp> {
  using Pattern::Pattern;
  LogicalResult matchAndRewrite(WithinOp op, OpAdaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    rewriter.replaceOp(
        op, create<integer::WithinOp>(op, rewriter, op.getResult().getType(), adaptor.getInput(), op.getLimit()));
    return success();
  }
};

struct ApplyMaskPattern : Pattern<ApplyMaskOp> {
  using Pattern::Pattern;
  LogicalResult matchAndRewrite(ApplyMaskOp op, OpAdaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    rewriter.replaceOp(op, create<integer::ApplyMaskOp>(op, rewriter, convertedType(op.getResult()), adaptor.getInput(),
                                                        adaptor.getMask()));
    return success();
  }
};

//===----------------------------------------------------------------------===//
// Loss, Q_E, Q_G, update
//===----------------------------------------------------------------------===//

struct OutputErrorPattern : Pattern<OutputErrorOp> {
  using Pattern::Pattern;
  LogicalResult matchAndRewrite(OutputErrorOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    rewriter.replaceOp(op, create<integer::SubtractOneHotOp>(op, rewriter, convertedType(op.getResult()),
                                                             adaptor.getLogits(), adaptor.getLabels(),
                                                             -getGrid(op.getLogits()).getExponent()));
    return success();
  }
};

struct QuantizeErrorPattern : Pattern<QuantizeErrorOp> {
  using Pattern::Pattern;
  LogicalResult matchAndRewrite(QuantizeErrorOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    const int bits = getGrid(op.getResult()).getBits();
    const Value largest = integer::MaxAbsOp::create(rewriter, op.getLoc(), adaptor.getInput());
    const Value exponent = integer::ShiftExponentOp::create(rewriter, op.getLoc(), largest);
    const Value result = create<integer::ShiftClipByOp>(op, rewriter, convertedType(op.getResult()), adaptor.getInput(),
                                                        exponent, 1 - bits, bits, isHalfAway(op.getRounding()));
    rewriter.replaceOp(op, {result, exponent});
    return success();
  }
};

struct QuantizeGradientPattern : Pattern<QuantizeGradientOp> {
  using Pattern::Pattern;
  LogicalResult matchAndRewrite(QuantizeGradientOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    const Location loc = op.getLoc();
    const Type type = convertedType(op.getResult());
    const Type randomType = cast<RankedTensorType>(type).clone(rewriter.getI32Type());
    const Value largest = integer::MaxAbsOp::create(rewriter, loc, adaptor.getGradient());
    const Value exponent = integer::ShiftExponentOp::create(rewriter, loc, largest);
    const Value random = integer::RandomBitsOp::create(rewriter, loc, randomType, adaptor.getSeed(), adaptor.getStep(),
                                                       op.getOrdinal(), op.getRandomBits());
    const Value step = create<integer::StochasticStepOp>(op, rewriter, type, adaptor.getGradient(), exponent,
                                                         adaptor.getLearningRateLog2(), random,
                                                         getGrid(op.getResult()).getBits(), op.getRandomBits());
    rewriter.replaceOp(op, {step, exponent});
    return success();
  }
};

struct UpdatePattern : Pattern<UpdateOp> {
  using Pattern::Pattern;
  LogicalResult matchAndRewrite(UpdateOp op, OpAdaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    auto type = cast<RankedTensorType>(convertedType(op.getResult()));
    const Value difference = integer::SubOp::create(rewriter, op.getLoc(), type.clone(rewriter.getI64Type()),
                                                    adaptor.getMaster(), adaptor.getStep());
    rewriter.replaceOp(op, create<integer::ClipOp>(op, rewriter, type, difference, op.getLimit()));
    return success();
  }
};

void populatePatterns(RewritePatternSet &patterns, const TypeConverter &converter) {
  patterns.add<EncodeInputPattern, RelabelPattern<AsGridOp>, RelabelPattern<AsIntegersOp>, QuantizeWeightPattern,
               Conv2DPattern, Conv2DTransposedPattern, Conv2DOuterPattern, MatmulPattern, MatmulTransposedPattern,
               MatmulOuterPattern, AddBiasPattern, UnaryPattern<ReluOp, integer::ReluOp>,
               UnaryPattern<ReshapeOp, integer::ReshapeOp>, UnaryPattern<PositiveOp, integer::PositiveOp>,
               QuantizeActivationPattern, MaxPoolPattern, MaxPoolScatterPattern, AveragePoolPattern,
               AveragePoolSpreadPattern, AddPattern, LookupPattern, MultiplyPattern, ConcatPattern, RearrangePattern,
               WithinPattern, ApplyMaskPattern, OutputErrorPattern, QuantizeErrorPattern, QuantizeGradientPattern,
               UpdatePattern>(converter, patterns.getContext());
  populateFunctionOpInterfaceTypeConversionPattern<func::FuncOp>(patterns, converter);
  populateReturnOpTypeConversionPattern(patterns, converter);
}

struct ConvertWageToIntegerPass : impl::ConvertWageToIntegerBase<ConvertWageToIntegerPass> {
  void runOnOperation() override {
    stateHostTensors(getOperation());
    const GridConverter converter;
    RewritePatternSet patterns(&getContext());
    populatePatterns(patterns, converter);
    ConversionTarget target(getContext());
    target.addLegalDialect<integer::IntegerDialect, ml_program::MLProgramDialect>();
    target.addIllegalDialect<WageDialect>();
    target.addLegalOp<ModuleOp>();
    target.addDynamicallyLegalOp<func::FuncOp>(
        [&](func::FuncOp op) { return converter.isSignatureLegal(op.getFunctionType()); });
    target.addDynamicallyLegalOp<func::ReturnOp>([&](func::ReturnOp op) { return converter.isLegal(op); });
    target.markUnknownOpDynamicallyLegal([&](Operation *op) { return converter.isLegal(op); });
    if (failed(applyFullConversion(getOperation(), target, std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
} // namespace wage
