//===- FormLayers.cpp - products with constants as the layers that a chip has ---===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// A layer is an `onnx.gemm` on rows or an `onnx.conv` on images with two dimensions of space. Weights keep their name, and the
// order of their numbers too where there is a form that allows it: random bits of the training are counted in it.
//
//===---------------------------------------------------------------------------===//

#include "compiler/FloatTransforms/Graph.h"
#include "compiler/FloatTransforms/Passes.h"

#define DEBUG_TYPE "onnx-form-layers"

using namespace mlir;

namespace wage::onnxir {

#define GEN_PASS_DEF_FORMLAYERS
#include "compiler/FloatTransforms/Passes.h.inc"

namespace {

/// The last two dimensions of a constant whose dimensions in front are all 1.
std::optional<std::pair<int64_t, int64_t>> matrixOf(Value constant) {
  const ArrayRef<int64_t> shape = shapeOf(constant);
  if (!isConstant(constant) || llvm::any_of(shape.drop_back(2), [](int64_t dim) { return dim != 1; }))
    return std::nullopt;
  return std::pair(shape[shape.size() - 2], shape.back());
}

/// A convolution that sees one position at a time; `weights` are [neurons, channels, 1, 1].
Value makePointwise(OpBuilder &builder, Location loc, Value images, Value weights) {
  SmallVector<int64_t> shape(shapeOf(images));
  shape[1] = shapeOf(weights)[0];
  return ConvOp::create(builder, loc, typeLike(images, shape), images, weights, Value(),
                        builder.getDenseI64ArrayAttr({1, 1}), builder.getDenseI64ArrayAttr({0, 0, 0, 0}),
                        DenseI64ArrayAttr(), builder.getI64IntegerAttr(1));
}

/// Rows times a constant matrix. More dimensions of 1 than two vanish on the way.
struct RowsTimesConstant : Pattern<MatMulOp> {
  using Pattern::Pattern;
  LogicalResult matchAndRewrite(MatMulOp op, PatternRewriter &rewriter) const override {
    const ArrayRef<int64_t> shape = shapeOf(op.getInput());
    const auto matrix = matrixOf(op.getWeights());
    const bool isRow = llvm::all_of(shape.drop_front().drop_back(), [](int64_t dim) { return dim == 1; });
    if (!matrix || !isPerSample(op.getInput()) || !isRow || !hasNumbers(op.getResult()))
      return rewriter.notifyMatchFailure(op, "no rows times a constant matrix");
    Value rows = reshape(rewriter, op.getLoc(), op.getInput(), {shape[0], shape.back()});
    Value weights = constants.reshape(rewriter, op.getWeights(), {matrix->first, matrix->second});
    Value product = GemmOp::create(rewriter, op.getLoc(), typeLike(rows, {shape[0], matrix->second}), rows, weights,
                                   Value(), /*trans_b=*/false);
    rewriter.replaceOp(op, reshape(rewriter, op.getLoc(), product, shapeOf(op.getResult())));
    return success();
  }
};

/// Stacks of matrices times a constant: the last dimension holds the channels of a convolution with one position each.
struct StacksTimesConstant : Pattern<MatMulOp> {
  using Pattern::Pattern;
  LogicalResult matchAndRewrite(MatMulOp op, PatternRewriter &rewriter) const override {
    const ArrayRef<int64_t> shape = shapeOf(op.getInput());
    const auto matrix = matrixOf(op.getWeights());
    if (!matrix || !isPerSample(op.getInput()) || shape.size() < 3 || !hasNumbers(op.getInput()) ||
        !hasNumbers(op.getResult()) || shapeOf(op.getResult()).size() != shape.size())
      return rewriter.notifyMatchFailure(op, "no stack times a constant matrix");
    const std::optional<FloatTensor> weights = constants.read(op.getWeights());
    if (!weights)
      return rewriter.notifyMatchFailure(op, "the matrix has no readable numbers");
    const Location loc = op.getLoc();
    const auto [axons, neurons] = *matrix;
    FloatTensor turned(ArrayRef<int64_t>{neurons, axons, 1, 1});
    for (int64_t neuron = 0; neuron < neurons; ++neuron)
      for (int64_t axon = 0; axon < axons; ++axon)
        turned.mutableData()[neuron * axons + axon] = weights->data()[axon * neurons + neuron];

    SmallVector<int64_t> channelsFirst{0, rankOf(op.getInput()) - 1};
    llvm::append_range(channelsFirst, llvm::seq<int64_t>(1, rankOf(op.getInput()) - 1));
    const ArrayRef<int64_t> space = shape.drop_front().drop_back();
    Value images = transpose(rewriter, loc, op.getInput(), channelsFirst);
    images = reshape(rewriter, loc, images,
                     {shape[0], axons, space.size() == 1 ? 1 : space[0],
                      floats::product(space.size() == 1 ? space : space.drop_front())});
    Value product =
        makePointwise(rewriter, loc, images, makeConstant(rewriter, constants.nameOf(op.getWeights()), turned));
    SmallVector<int64_t> planes{shape[0], neurons};
    planes.append(space.begin(), space.end());
    product = reshape(rewriter, loc, product, planes);
    rewriter.replaceOp(op, transpose(rewriter, loc, product, invert(channelsFirst)));
    return success();
  }
};

/// A constant times stacks of matrices: its rows are neurons, the rows of the matrices channels.
struct ConstantTimesStacks : Pattern<MatMulOp> {
  using Pattern::Pattern;
  LogicalResult matchAndRewrite(MatMulOp op, PatternRewriter &rewriter) const override {
    Value stacks = op.getWeights(), constant = op.getInput();
    const ArrayRef<int64_t> shape = shapeOf(stacks);
    const auto matrix = matrixOf(constant);
    if (!matrix || !isPerSample(stacks) || shape.size() < 3 || !hasNumbers(stacks) || !hasNumbers(op.getResult()) ||
        shapeOf(op.getResult()).size() != shape.size())
      return rewriter.notifyMatchFailure(op, "no constant matrix times a stack");
    const Location loc = op.getLoc();
    const int64_t rank = rankOf(stacks), columns = shape.back();
    SmallVector<int64_t> rowsFirst{0, rank - 2};
    llvm::append_range(rowsFirst, llvm::seq<int64_t>(1, rank - 2));
    rowsFirst.push_back(rank - 1);
    const ArrayRef<int64_t> space = shape.drop_front().drop_back(2);
    Value images = transpose(rewriter, loc, stacks, rowsFirst);
    images = reshape(rewriter, loc, images, {shape[0], matrix->second, floats::product(space), columns});
    Value product = makePointwise(rewriter, loc, images,
                                  constants.reshape(rewriter, constant, {matrix->first, matrix->second, 1, 1}));
    SmallVector<int64_t> planes{shape[0], matrix->first};
    planes.append(space.begin(), space.end());
    planes.push_back(columns);
    product = reshape(rewriter, loc, product, planes);
    rewriter.replaceOp(op, transpose(rewriter, loc, product, invert(rowsFirst)));
    return success();
  }
};

//===----------------------------------------------------------------------===//
// One dimension of space
//===----------------------------------------------------------------------===//

/// `shape` with a height of 1.
SmallVector<int64_t> flat(ArrayRef<int64_t> shape) { return {shape[0], shape[1], 1, shape[2]}; }

/// A list with a number per dimension of space, `number` for the height in front.
DenseI64ArrayAttr widened(DenseI64ArrayAttr list, int64_t number) {
  return list ? DenseI64ArrayAttr::get(list.getContext(), {number, list[0]}) : list;
}

DenseI64ArrayAttr widenedPads(DenseI64ArrayAttr pads) {
  return DenseI64ArrayAttr::get(pads.getContext(), {0, pads[0], 0, pads[1]});
}

struct FlatConv : Pattern<ConvOp> {
  using Pattern::Pattern;
  LogicalResult matchAndRewrite(ConvOp op, PatternRewriter &rewriter) const override {
    if (rankOf(op.getInput()) != 3)
      return rewriter.notifyMatchFailure(op, "has not one dimension of space");
    Value input = reshape(rewriter, op.getLoc(), op.getInput(), flat(shapeOf(op.getInput())));
    Value weights = constants.reshape(rewriter, op.getWeights(), flat(shapeOf(op.getWeights())));
    Value result = ConvOp::create(rewriter, op.getLoc(), typeLike(op, flat(shapeOf(op.getResult()))), input, weights,
                                  op.getBias(), widened(op.getStridesAttr(), 1), widenedPads(op.getPadsAttr()),
                                  widened(op.getDilationsAttr(), 1), op.getGroupAttr());
    rewriter.replaceOp(op, reshape(rewriter, op.getLoc(), result, shapeOf(op.getResult())));
    return success();
  }
};

Value makePool(OpBuilder &builder, MaxPoolOp op, Type type, Value input) {
  return MaxPoolOp::create(builder, op.getLoc(), type, input, widened(op.getKernelAttr(), 1),
                           widened(op.getStridesAttr(), 1), widenedPads(op.getPadsAttr()),
                           widened(op.getDilationsAttr(), 1));
}

Value makePool(OpBuilder &builder, AveragePoolOp op, Type type, Value input) {
  return AveragePoolOp::create(builder, op.getLoc(), type, input, widened(op.getKernelAttr(), 1),
                               widened(op.getStridesAttr(), 1), widenedPads(op.getPadsAttr()),
                               op.getCountIncludePadAttr(), widened(op.getDilationsAttr(), 1),
                               widened(op.getOverhangAttr(), 0));
}

template <typename Pool> struct FlatPool : Pattern<Pool> {
  using Pattern<Pool>::Pattern;
  LogicalResult matchAndRewrite(Pool op, PatternRewriter &rewriter) const override {
    if (rankOf(op.getInput()) != 3)
      return rewriter.notifyMatchFailure(op, "has not one dimension of space");
    Value input = reshape(rewriter, op.getLoc(), op.getInput(), flat(shapeOf(op.getInput())));
    Value result = makePool(rewriter, op, typeLike(op, flat(shapeOf(op.getResult()))), input);
    rewriter.replaceOp(op, reshape(rewriter, op.getLoc(), result, shapeOf(op.getResult())));
    return success();
  }
};

struct FormLayersPass : impl::FormLayersBase<FormLayersPass> {
  using FormLayersBase::FormLayersBase;
  void runOnOperation() override {
    Constants constants;
    RewritePatternSet patterns(&getContext());
    addShapePatterns(patterns, constants);
    patterns.add<RowsTimesConstant>(&getContext(), constants, /*benefit=*/2);
    patterns.add<ConstantTimesStacks, FlatConv, FlatPool<MaxPoolOp>, FlatPool<AveragePoolOp>>(&getContext(), constants);
    if (!training)
      patterns.add<StacksTimesConstant>(&getContext(), constants);
    rewriteGreedily(getOperation(), std::move(patterns));
  }
};

} // namespace
} // namespace wage::onnxir
