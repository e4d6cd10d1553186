//===- CopyPositions.cpp - layers computed in bands of rows -----------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// Every value with rows is known by its bands, one or several. An operation whose operand comes in bands is done for each of
// them; where it needs other rows than a band has, these are joined. A layer's products are formed by its copies: forward from
// the rows of its input that the copy's band needs; the errors of these rows add up where copies share rows; the gradients are
// summed. Pools are done alike, in as many bands as their input comes in; one whose windows take all rows is done once, of all
// bands joined.
//
//===---------------------------------------------------------------------------===//

#include "compiler/Conversion/IntegerToChip/CopyPositions.h"

#include "compiler/Conversion/IntegerToChip/LoweringHelpers.h"
#include "compiler/Conversion/IntegerToChip/Passes.h"

#include "mlir/IR/Builders.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace wage::chip {

#define GEN_PASS_DEF_INTEGERCOPYPOSITIONSPASS
#include "compiler/Conversion/IntegerToChip/Passes.h.inc"

using namespace integer;

namespace {

/// The rows of a tensor from `begin` on that a value has.
struct Band {
  int64_t begin = 0;
  Value value;
  int64_t end() const { return begin + rowsOf(value); }
};
using Bands = SmallVector<Band>;

/// What the forward pass did of a layer or of a pool.
struct LayerCopies {
  Value input;                ///< as it was in the function
  std::vector<int64_t> edges; ///< of the bands
  Bands inputs;               ///< of each copy
  std::vector<SmallVector<int64_t>> pads;
  size_t count() const { return edges.size() - 1; }
};

class Copier {
public:
  Copier(func::FuncOp function, ArrayRef<int64_t> copies) : function(function), builder(function.getContext()) {
    for (const auto &[index, layer] : llvm::enumerate(linearLayers(function)))
      edges[layer] = bandEdges(layer, index < copies.size() ? copies[index] : 1);
  }

  void run() {
    for (Operation &op : llvm::make_early_inc_range(function.getBody().front())) {
      builder.setInsertionPointAfter(&op);
      visit(&op);
    }
    for (Operation *op : llvm::reverse(replaced))
      op->erase();
  }

private:
  void visit(Operation *op) {
    llvm::TypeSwitch<Operation *>(op)
        .Case([&](Conv2DOp conv) { visitConv(conv); })
        .Case([&](Conv2DTransposedOp product) { visitTransposed(product); })
        .Case([&](Conv2DOuterOp product) { visitOuter(product); })
        .Case([&](MatmulOp matmul) {
          flatInputs[globalName(matmul.getWeights())] = flattened.lookup(matmul.getInput());
          takeWhole(op);
        })
        .Case([&](MatmulTransposedOp product) {
          if (Value input = flatInputs.lookup(globalName(product.getWeights())))
            flatErrors[product.getResult()] = input;
          takeWhole(op);
        })
        .Case<MaxPoolOp, SumPoolOp>([&](auto) { visitPool(op); })
        .Case([&](MaxPoolScatterOp scatter) { visitScatter(scatter); })
        .Case([&](SumPoolSpreadOp spread) { visitSpread(spread); })
        .Case([&](ReshapeOp reshape) { visitReshape(reshape); })
        .Case([&](MaxAbsOp maximum) { visitMaxAbs(maximum); })
        .Default([&](Operation *other) { worksByRow(other) ? visitByRow(other) : takeWhole(other); });
  }

  //===--- bands --------------------------------------------------------------===//

  bool isInBands(Value value) const { return bands.count(value) && bands.lookup(value).size() > 1; }

  Bands bandsOf(Value value) const {
    auto found = bands.find(value);
    return found != bands.end() ? found->second : Bands{{0, value}};
  }

  /// Rows [begin, end) of a value: one of its bands, or joined from several.
  Value rows(Value value, int64_t begin, int64_t end) {
    SmallVector<Value> parts;
    SmallVector<int64_t> begins;
    for (const Band &band : bandsOf(value)) {
      if (band.begin == begin && band.end() == end)
        return band.value;
      if (band.begin < end && band.end() > begin)
        parts.push_back(band.value), begins.push_back(band.begin);
    }
    Value &join = joins[{value, {begin, end}}];
    if (!join)
      join = JoinRowsOp::create(builder, value.getLoc(), withRows(value, end - begin), parts, begins, begin);
    return join;
  }

  /// Lets an operation have whole operands: what is not known to work in bands.
  void takeWhole(Operation *op) {
    builder.setInsertionPoint(op);
    for (OpOperand &operand : op->getOpOperands())
      if (bands.count(operand.get()))
        operand.set(rows(operand.get(), 0, rowsOf(operand.get())));
    builder.setInsertionPointAfter(op);
  }

  /// `op` as its layer's copy `index` does it: on these operands, its results with rows from `begin` to `end`.
  Operation *copy(Operation *op, ArrayRef<Value> operands, int64_t index, int64_t begin, int64_t end) {
    Operation *clone = builder.clone(*op);
    clone->setOperands(operands);
    for (auto [result, original] : llvm::zip_equal(clone->getResults(), op->getResults()))
      if (hasRows(result)) {
        result.setType(withRows(result, end - begin));
        bands[original].push_back({begin, result});
      }
    if (hasRows(op->getResult(0)))
      setTracedRows(clone, begin, rowsOf(op->getResult(0)));
    if (isa<Conv2DOp, Conv2DOuterOp, AlignChannelsOp>(op))
      setCopy(clone, index);
    return clone;
  }

  //===--- row by row -----------------------------------------------------------===//

  /// Does `op` for each stretch of rows between two edges, on the same rows of all operands that have any.
  void copyByRow(Operation *op, ArrayRef<int64_t> at) {
    for (size_t i = 0; i + 1 < at.size(); ++i) {
      SmallVector<Value> operands;
      for (Value operand : op->getOperands())
        operands.push_back(hasRows(operand) ? rows(operand, at[i], at[i + 1]) : operand);
      copy(op, operands, static_cast<int64_t>(i), at[i], at[i + 1]);
    }
    replaced.push_back(op);
  }

  void visitByRow(Operation *op) {
    auto align = dyn_cast<AlignChannelsOp>(op);
    const StringRef ofLayer = align ? alignedFor(align) : StringRef();
    // A layer takes its errors in its own bands, whichever those are in; one without copies takes them whole.
    if (auto layer = layers.find(ofLayer); !ofLayer.empty() && layer != layers.end())
      return layer->second.count() > 1 ? copyByRow(op, layer->second.edges) : takeWhole(op);
    // An error goes to where its mask is; of others the first operand in bands decides.
    auto mask = dyn_cast<ApplyMaskOp>(op);
    Value leader = mask ? mask.getMask() : op->getOperand(0);
    for (Value operand : op->getOperands())
      if (!mask && !isInBands(leader) && isInBands(operand))
        leader = operand;
    if (!isInBands(leader))
      return takeWhole(op);
    std::vector<int64_t> at{0};
    for (const Band &band : bandsOf(leader))
      at.push_back(band.end());
    copyByRow(op, at);
  }

  //===--- pools ----------------------------------------------------------------===//

  /// A pool of bands: each band's windows are those that begin in it.
  void visitPool(Operation *op) {
    const RowWindows windows = windowsOf(op);
    LayerCopies pool{op->getOperand(0), {0}, {}, {}};
    for (const Band &band : bandsOf(pool.input))
      if (const int64_t end = windows.countBefore(band.end()); end > pool.edges.back() && end < windows.rowsOut)
        pool.edges.push_back(end);
    pool.edges.push_back(windows.rowsOut);
    if (pool.count() == 1)
      return takeWhole(op);
    const auto pads = op->getAttrOfType<DenseI64ArrayAttr>("pads").asArrayRef();
    for (size_t i = 0; i < pool.count(); ++i) {
      InputRows from = inputRows(windows, pool.edges[i], pool.edges[i + 1]);
      if (i + 1 == pool.count()) // with rows that no window takes
        from.end = windows.rowsIn, from.padBottom = pads[2];
      copyOnWindows(op, pool, i, from, pads);
    }
    if (auto maximum = dyn_cast<MaxPoolOp>(op))
      pools[maximum.getPositions()] = pool;
    replaced.push_back(op);
  }

  /// `op`, which reads windows, as its copy `index` does it, on these rows of the input.
  void copyOnWindows(Operation *op, LayerCopies &layer, size_t index, const InputRows &from, ArrayRef<int64_t> pads) {
    layer.inputs.push_back({from.begin, rows(layer.input, from.begin, from.end)});
    layer.pads.push_back({from.padTop, pads[1], from.padBottom, pads[3]});
    SmallVector<Value> operands(op->getOperands());
    operands[0] = layer.inputs.back().value;
    setPads(copy(op, operands, static_cast<int64_t>(index), layer.edges[index], layer.edges[index + 1]),
            layer.pads.back());
  }

  void setPads(Operation *op, ArrayRef<int64_t> pads) { op->setAttr("pads", builder.getDenseI64ArrayAttr(pads)); }

  /// The largest magnitude of all bands is that of the tensor.
  void visitMaxAbs(MaxAbsOp op) {
    SmallVector<Value> operands;
    for (Value input : op.getInputs())
      for (const Band &band : bandsOf(input))
        operands.push_back(band.value);
    op->setOperands(operands);
  }

  /// Errors of the rows that a pool's bands took; those of a pool that was done once go back at once.
  void visitScatter(MaxPoolScatterOp op) {
    const auto found = pools.find(op.getPositions());
    if (found == pools.end())
      return takeWhole(op);
    returnErrors(op, found->second, [&](Operation *clone, size_t index) {
      const Band band = bandsOf(op.getPositions())[index];
      clone->setOperand(1, band.value);
    });
  }

  /// Every band of the error is spread on the rows where its windows begin: what other bands' windows add there is joined.
  void visitSpread(SumPoolSpreadOp op) {
    const RowWindows windows = windowsOf(op);
    std::vector<int64_t> at{0};
    for (const Band &band : bandsOf(op.getError()))
      if (const int64_t row = windows.begin(band.end()); band.end() < windows.rowsOut && row > at.back())
        at.push_back(row);
    at.push_back(windows.rowsIn);
    if (at.size() == 2)
      return takeWhole(op);
    for (size_t i = 0; i + 1 < at.size(); ++i) {
      const int64_t first = windows.firstReaching(at[i]), last = windows.countBefore(at[i + 1]);
      const int64_t padTop = at[i] - windows.begin(first);
      const int64_t padBottom = std::max<int64_t>(0, windows.begin(last - 1) + windows.reach - at[i + 1]);
      Operation *clone = copy(op, {rows(op.getError(), first, last)}, static_cast<int64_t>(i), at[i], at[i + 1]);
      setPads(clone, {padTop, op.getPads()[1], padBottom, op.getPads()[3]});
    }
    replaced.push_back(op);
  }

  //===--- products -------------------------------------------------------------===//

  void visitConv(Conv2DOp conv) {
    LayerCopies &layer = layers[globalName(conv.getWeights())];
    layer = {conv.getInput(), edges.at(conv), {}, {}};
    if (layer.count() == 1) {
      takeWhole(conv);
      layer.inputs.push_back({0, conv.getInput()});
      layer.pads.emplace_back(conv.getPads());
      return;
    }
    for (size_t i = 0; i < layer.count(); ++i)
      copyOnWindows(conv, layer, i, inputRows(windowsOf(conv), layer.edges[i], layer.edges[i + 1]), conv.getPads());
    replaced.push_back(conv);
  }

  void visitTransposed(Conv2DTransposedOp op) {
    const auto found = layers.find(globalName(op.getWeights()));
    if (found == layers.end() || (found->second.count() == 1 && !isInBands(found->second.input)))
      return takeWhole(op);
    returnErrors(op, found->second,
                 [](Operation *clone, size_t index) { setCopy(clone, static_cast<int64_t>(index)); });
  }

  /// The backward rule of what was done in bands: the errors of the rows that each band read, added up for each band of the
  /// input. Operand 0 of `op` is the error; `finish` does what else the rule of a band needs.
  void returnErrors(Operation *op, const LayerCopies &layer, llvm::function_ref<void(Operation *, size_t)> finish) {
    SmallVector<Value> products;
    SmallVector<int64_t> begins;
    for (size_t i = 0; i < layer.count(); ++i) {
      Value error = rows(op->getOperand(0), layer.edges[i], layer.edges[i + 1]);
      Operation *clone = builder.clone(*op);
      clone->setOperand(0, error);
      clone->getResult(0).setType(withRows(op->getResult(0), rowsOf(layer.inputs[i].value)));
      setPads(clone, layer.pads[i]);
      finish(clone, i);
      products.push_back(clone->getResult(0));
      begins.push_back(layer.inputs[i].begin);
    }
    addRows(op->getResult(0), layer.input, products, begins, isa<MaxPoolScatterOp>(op) ? layer.inputs : Bands());
    replaced.push_back(op);
  }

  /// `error` comes in the bands of the value that it is the error of: sums of the products that belong to rows of theirs. A
  /// product of the pool that took a band as it is, one of `whole`, stands where the band does.
  void addRows(Value error, Value input, ValueRange products, ArrayRef<int64_t> begins, const Bands &whole = {}) {
    Bands parts;
    for (const Band &band : bandsOf(input)) {
      SmallVector<Value> others;
      SmallVector<int64_t> otherBegins;
      Value own;
      for (const auto &[i, product] : llvm::enumerate(products))
        if (i < whole.size() && whole[i].value == band.value)
          own = product;
        else if (begins[i] < band.end() && begins[i] + rowsOf(product) > band.begin)
          others.push_back(product), otherBegins.push_back(begins[i]);
      if (others.empty() && !own) // no window takes these rows
        others.push_back(products.front()), otherBegins.push_back(begins.front());
      Value sum = own;
      if (!others.empty())
        sum = AddRowsOp::create(builder, error.getLoc(), withRows(error, rowsOf(band.value)), band.value, others,
                                otherBegins, band.begin);
      if (own && sum != own)
        sum = AddOp::create(builder, error.getLoc(), sum.getType(), sum, own, ArrayRef<int32_t>{0, 0});
      parts.push_back({band.begin, sum});
    }
    bands[error] = parts;
  }

  void visitOuter(Conv2DOuterOp op) {
    const auto found = layers.find(updatedWeights(op.getResult()));
    if (found == layers.end() || found->second.count() == 1)
      return takeWhole(op);
    const LayerCopies &layer = found->second;
    SmallVector<Value> gradients;
    for (size_t i = 0; i < layer.count(); ++i) {
      Value error = rows(op.getError(), layer.edges[i], layer.edges[i + 1]);
      auto product = cast<Conv2DOuterOp>(copy(op, {error, layer.inputs[i].value}, static_cast<int64_t>(i), 0, 0));
      product.setPads(layer.pads[i]);
      gradients.push_back(product.getResult());
    }
    // Not before it is used: the backward pass goes on sample by sample, a sum is formed once in a step.
    Operation *first = nullptr;
    for (Operation *user : op->getUsers())
      if (!first || user->isBeforeInBlock(first))
        first = user;
    if (first)
      builder.setInsertionPoint(first);
    auto sum = SumOp::create(builder, op.getLoc(), op.getResult().getType(), gradients);
    for (Value gradient : gradients)
      moveTrace(gradient.getDefiningOp(), sum);
    op.getResult().replaceAllUsesWith(sum.getResult());
    replaced.push_back(op);
  }

  /// A vector that is read from bands returns its error to them.
  void visitReshape(ReshapeOp op) {
    Value input = op.getInput(), result = op.getResult();
    if (isInBands(input) && !hasRows(result))
      flattened[result] = input;
    else if (Value rows = flattened.lookup(input))
      flattened[result] = rows;
    takeWhole(op);
    Value source = flatErrors.lookup(input);
    if (!source)
      return;
    if (cast<ShapedType>(source.getType()).getShape() == cast<ShapedType>(result.getType()).getShape())
      addRows(result, source, result, {0});
    else
      flatErrors[result] = source;
  }

  func::FuncOp function;
  OpBuilder builder;
  llvm::DenseMap<Operation *, std::vector<int64_t>> edges; ///< by layer
  llvm::DenseMap<Value, Bands> bands;                      ///< of values that others stand for
  llvm::DenseMap<std::pair<Value, std::pair<int64_t, int64_t>>, Value> joins;
  llvm::StringMap<LayerCopies> layers;      ///< by the weights' global
  llvm::DenseMap<Value, LayerCopies> pools; ///< by the positions of maxima
  llvm::DenseMap<Value, Value> flattened;   ///< by vector: the value in bands that it was reshaped from
  llvm::StringMap<Value> flatInputs;        ///< by the weights' global: that value of the layer's input
  llvm::DenseMap<Value, Value> flatErrors;  ///< by error of such a vector: the value
  std::vector<Operation *> replaced;
};

struct IntegerCopyPositions : impl::IntegerCopyPositionsPassBase<IntegerCopyPositions> {
  using IntegerCopyPositionsPassBase::IntegerCopyPositionsPassBase;

  void runOnOperation() override {
    FailureOr<func::FuncOp> entry = entryFunction(getOperation());
    if (failed(entry))
      return signalPassFailure();
    llvm::Expected<std::vector<int64_t>> counts = readCopies(*entry, copies);
    if (!counts) {
      getOperation().emitError() << toString(counts.takeError());
      return signalPassFailure();
    }
    copyPositions(*entry, *counts);
  }
};

} // namespace

void copyPositions(func::FuncOp function, ArrayRef<int64_t> copies) { Copier(function, copies).run(); }

} // namespace wage::chip
