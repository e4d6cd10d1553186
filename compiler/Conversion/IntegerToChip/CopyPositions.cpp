//===- CopyPositions.cpp - layers computed in bands of rows -----------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// Every value with rows is known by its bands, one or several. An operation whose operand comes in bands is done for each of them;
// where it needs other rows than a band has, these are joined. A layer's products are formed by its copies: forward from the rows
// of its input that the copy's band needs; the errors of these rows add up where copies share rows; the gradients are summed.
//
//===---------------------------------------------------------------------------===//

#include "compiler/Conversion/IntegerToChip/CopyPositions.h"

#include "compiler/Conversion/IntegerToChip/LoweringHelpers.h"
#include "compiler/Conversion/IntegerToChip/Passes.h"

#include "mlir/IR/Builders.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/TypeSwitch.h"

#include <numeric>

using namespace mlir;

namespace wage::chip {

#define GEN_PASS_DEF_INTEGERCOPYPOSITIONSPASS
#include "compiler/Conversion/IntegerToChip/Passes.h.inc"

using namespace integer;

namespace {

RankedTensorType typeOf(Value value) { return cast<RankedTensorType>(value.getType()); }

/// Whether a value has a batch and planes: only these come in bands.
bool hasRows(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  return type && type.getRank() == 4 && type.isDynamicDim(0);
}

int64_t rowsOf(Value value) { return typeOf(value).getDimSize(2); }

RankedTensorType withRows(Value value, int64_t rows) {
  SmallVector<int64_t> shape(typeOf(value).getShape());
  shape[2] = rows;
  return typeOf(value).clone(shape);
}

/// Whether an operation does the same to every row, whatever stands in the others.
bool worksByRow(Operation *op) {
  return isa<ReluOp, ShiftClipOp, ShiftClipByOp, WithinOp, PositiveOp, ApplyMaskOp, AddBiasOp, AlignChannelsOp,
             LookupOp, AddOp, MultiplyOp, ConcatOp>(op) &&
         hasRows(op->getResult(0));
}

/// Rows that a pool takes together, if its windows neither overlap nor reach past an edge; 0 otherwise.
int64_t separateRows(Operation *op) {
  return llvm::TypeSwitch<Operation *, int64_t>(op)
      .Case<MaxPoolOp, SumPoolOp, MaxPoolScatterOp, SumPoolSpreadOp>([](auto pool) {
        const ArrayRef<int64_t> pads = pool.getPads();
        const int64_t rows = pool.getKernel()[0];
        return rows == pool.getStrides()[0] && pads[0] == 0 && pads[2] == 0 ? rows : int64_t(0);
      })
      .Default([](Operation *) { return int64_t(0); });
}

/// How many rows of a value must stay together for what follows within its layer; 0: all of them.
int64_t rowsTogether(Value value, llvm::DenseMap<Value, int64_t> &known) {
  if (auto found = known.find(value); found != known.end())
    return found->second;
  int64_t rows = 1;
  for (Operation *user : value.getUsers()) {
    int64_t needed = 1;
    if (worksByRow(user))
      needed = rowsTogether(user->getResult(0), known);
    else if (isa<MaxPoolOp, SumPoolOp>(user))
      needed = separateRows(user) * rowsTogether(user->getResult(0), known);
    rows = needed == 0 || rows == 0 ? 0 : std::lcm(rows, needed);
  }
  return known[value] = rows;
}

/// The rows of its input that rows [begin, end) of a convolution's output need, and the padding around these.
struct InputRows {
  int64_t begin, end, padTop, padBottom;
};
InputRows inputRows(Conv2DOp conv, int64_t begin, int64_t end) {
  const int64_t stride = conv.getStrides()[0], height = rowsOf(conv.getInput());
  const int64_t reach = conv.getDilations()[0] * (typeOf(conv.getWeights()).getDimSize(2) - 1) + 1;
  const int64_t first = begin * stride - conv.getPads()[0], last = (end - 1) * stride - conv.getPads()[0] + reach;
  return {std::max<int64_t>(0, first), std::min(height, last), std::max<int64_t>(0, -first),
          std::max<int64_t>(0, last - height)};
}

//===----------------------------------------------------------------------===//
// Rewriting
//===----------------------------------------------------------------------===//

/// The rows of a tensor from `begin` on that a value has.
struct Band {
  int64_t begin = 0;
  Value value;
  int64_t end() const { return begin + rowsOf(value); }
};
using Bands = SmallVector<Band>;

/// What the forward pass did of a layer.
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
        .Case([&](MaxPoolScatterOp spread) { visitSpread(op, spread.getPositions()); })
        .Case([&](SumPoolSpreadOp spread) { visitSpread(op, spread.getError()); })
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
    if (auto layer = layers.find(ofLayer); !ofLayer.empty() && layer != layers.end() && layer->second.count() > 1)
      return copyByRow(op, layer->second.edges);
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

  /// Pools of bands, where no window crosses an edge.
  void visitPool(Operation *op) {
    const int64_t together = separateRows(op);
    const Bands inputs = bandsOf(op->getOperand(0));
    const bool fits = together && llvm::all_of(inputs, [&](const Band &band) { return band.begin % together == 0; });
    if (inputs.size() == 1 || !fits)
      return takeWhole(op);
    for (const auto &[index, band] : llvm::enumerate(inputs)) {
      const bool isLast = index + 1 == inputs.size();
      copy(op, {band.value}, static_cast<int64_t>(index), band.begin / together,
           isLast ? rowsOf(op->getResult(0)) : band.end() / together);
    }
    replaced.push_back(op);
  }

  /// The backward rule of a pool; `leader` has the pool's output rows.
  void visitSpread(Operation *op, Value leader) {
    const int64_t together = separateRows(op);
    const Bands outputs = bandsOf(leader);
    if (outputs.size() == 1 || !together)
      return takeWhole(op);
    for (const auto &[index, band] : llvm::enumerate(outputs)) {
      SmallVector<Value> operands;
      for (Value operand : op->getOperands())
        operands.push_back(rows(operand, band.begin, band.end()));
      const bool isLast = index + 1 == outputs.size();
      copy(op, operands, static_cast<int64_t>(index), band.begin * together,
           isLast ? rowsOf(op->getResult(0)) : band.end() * together);
    }
    replaced.push_back(op);
  }

  /// The largest magnitude of all bands is that of the tensor.
  void visitMaxAbs(MaxAbsOp op) {
    SmallVector<Value> operands;
    for (Value input : op.getInputs())
      for (const Band &band : bandsOf(input))
        operands.push_back(band.value);
    op->setOperands(operands);
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
    for (size_t i = 0; i < layer.count(); ++i) {
      const InputRows from = inputRows(conv, layer.edges[i], layer.edges[i + 1]);
      layer.inputs.push_back({from.begin, rows(layer.input, from.begin, from.end)});
      layer.pads.push_back({from.padTop, conv.getPads()[1], from.padBottom, conv.getPads()[3]});
      Operation *clone = copy(conv, {layer.inputs[i].value, conv.getWeights()}, static_cast<int64_t>(i), layer.edges[i],
                              layer.edges[i + 1]);
      cast<Conv2DOp>(clone).setPads(layer.pads[i]);
    }
    replaced.push_back(conv);
  }

  /// The errors of the rows that copies read, added up for each band of the input.
  void visitTransposed(Conv2DTransposedOp op) {
    const auto found = layers.find(globalName(op.getWeights()));
    if (found == layers.end() || (found->second.count() == 1 && !isInBands(found->second.input)))
      return takeWhole(op);
    const LayerCopies &layer = found->second;
    SmallVector<Value> products;
    SmallVector<int64_t> begins;
    for (size_t i = 0; i < layer.count(); ++i) {
      Value error = rows(op.getError(), layer.edges[i], layer.edges[i + 1]);
      Operation *clone = builder.clone(*op);
      clone->setOperand(0, error);
      clone->getResult(0).setType(withRows(op.getResult(), rowsOf(layer.inputs[i].value)));
      cast<Conv2DTransposedOp>(clone).setPads(layer.pads[i]);
      setCopy(clone, static_cast<int64_t>(i));
      products.push_back(clone->getResult(0));
      begins.push_back(layer.inputs[i].begin);
    }
    addRows(op.getResult(), layer.input, products, begins);
    replaced.push_back(op);
  }

  /// `error` comes in the bands of the value that it is the error of.
  void addRows(Value error, Value input, ValueRange products, ArrayRef<int64_t> begins) {
    Bands parts;
    for (const Band &band : bandsOf(input))
      parts.push_back({band.begin, AddRowsOp::create(builder, error.getLoc(), withRows(error, rowsOf(band.value)),
                                                     band.value, products, begins, band.begin)});
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
    if (typeOf(source).getShape() == typeOf(result).getShape())
      addRows(result, source, result, {0});
    else
      flatErrors[result] = source;
  }

  func::FuncOp function;
  OpBuilder builder;
  llvm::DenseMap<Operation *, std::vector<int64_t>> edges; ///< by layer
  llvm::DenseMap<Value, Bands> bands;                      ///< of values that others stand for
  llvm::DenseMap<std::pair<Value, std::pair<int64_t, int64_t>>, Value> joins;
  llvm::StringMap<LayerCopies> layers;     ///< by the weights' global
  llvm::DenseMap<Value, Value> flattened;  ///< by vector: the value in bands that it was reshaped from
  llvm::StringMap<Value> flatInputs;       ///< by the weights' global: that value of the layer's input
  llvm::DenseMap<Value, Value> flatErrors; ///< by error of such a vector: the value
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

std::vector<Operation *> linearLayers(func::FuncOp function) {
  std::vector<Operation *> layers;
  for (Operation &op : function.getBody().front())
    if (isa<Conv2DOp, MatmulOp>(op))
      layers.push_back(&op);
  return layers;
}

std::vector<int64_t> bandEdges(Operation *layer, int64_t copies) {
  auto conv = dyn_cast<Conv2DOp>(layer);
  if (!conv || !hasRows(conv.getResult()))
    return {0, 1};
  llvm::DenseMap<Value, int64_t> known;
  const int64_t rows = rowsOf(conv.getResult()), together = rowsTogether(conv.getResult(), known);
  const int64_t pieces = together ? rows / together : 0;
  copies = std::min(copies, pieces);
  std::vector<int64_t> edges{0};
  for (int64_t i = 1; i < copies; ++i)
    edges.push_back(pieces * i / copies * together);
  edges.push_back(rows);
  for (size_t i = 0; i + 1 < edges.size(); ++i)
    if (const InputRows from = inputRows(conv, edges[i], edges[i + 1]); from.begin >= from.end)
      return {0, rows}; // of padding alone nothing is computed
  return edges;
}

std::vector<CopyChoice> copyChoices(Operation *layer) {
  std::vector<CopyChoice> choices{CopyChoice()};
  for (int64_t copies : {2, 3, 4, 6, 8, 12, 16, 24, 32}) {
    const std::vector<int64_t> edges = bandEdges(layer, copies);
    if (static_cast<int64_t>(edges.size()) != copies + 1)
      break;
    auto conv = cast<Conv2DOp>(layer);
    CopyChoice choice{copies, 0, 0};
    for (size_t i = 0; i + 1 < edges.size(); ++i) {
      const InputRows from = inputRows(conv, edges[i], edges[i + 1]);
      choice.ofOutput = std::max(choice.ofOutput, double(edges[i + 1] - edges[i]) / double(edges.back()));
      choice.ofInput = std::max(choice.ofInput, double(from.end - from.begin) / double(rowsOf(conv.getInput())));
    }
    choices.push_back(choice);
  }
  return choices;
}

llvm::Expected<std::vector<int64_t>> readCopies(func::FuncOp function, ArrayRef<std::string> texts) {
  const std::vector<Operation *> layers = linearLayers(function);
  std::vector<int64_t> copies(layers.size(), 1);
  for (StringRef text : texts) {
    const auto [name, number] = text.contains(':') ? text.rsplit(':') : std::pair<StringRef, StringRef>("", text);
    int64_t count = 0;
    if (number.getAsInteger(10, count) || count < 1)
      return llvm::createStringError("copies '" + text + "': needed N or LAYER:N with N from 1");
    bool isThere = name.empty();
    for (auto [layer, slot] : llvm::zip_equal(layers, copies))
      if (name.empty() || layerName(layer) == name)
        slot = count, isThere = true;
    if (!isThere)
      return llvm::createStringError("copies '" + text + "': no layer '" + name + "'");
  }
  return copies;
}

void copyPositions(func::FuncOp function, ArrayRef<int64_t> copies) { Copier(function, copies).run(); }

} // namespace wage::chip
