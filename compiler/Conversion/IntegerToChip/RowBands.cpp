//===- RowBands.cpp - bands of rows that layers and pools work on -----------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Conversion/IntegerToChip/RowBands.h"

#include "compiler/Conversion/IntegerToChip/LoweringHelpers.h"
#include "dialects/integer/IR/IntegerOps.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/MathExtras.h"

#include <numeric>

using namespace mlir;

namespace wage::chip {

using namespace integer;

namespace {

/// How many rows of a value should stay together for what follows within its layer: those of a window, where windows of a pool
/// neither overlap nor reach past an edge. A pool that takes all rows is done of all bands together.
int64_t rowsTogether(Value value, llvm::DenseMap<Value, int64_t> &known) {
  if (auto found = known.find(value); found != known.end())
    return found->second;
  int64_t rows = 1;
  for (Operation *user : value.getUsers()) {
    if (worksByRow(user))
      rows = std::lcm(rows, rowsTogether(user->getResult(0), known));
    if (!isa<MaxPoolOp, SumPoolOp>(user))
      continue;
    const RowWindows windows = windowsOf(user);
    if (windows.reach == windows.stride && !windows.padTop && !windows.padBottom && windows.rowsOut > 1)
      rows = std::lcm(rows, windows.stride * rowsTogether(user->getResult(0), known));
  }
  return known[value] = rows;
}

} // namespace

//===----------------------------------------------------------------------===//
// Rows and windows
//===----------------------------------------------------------------------===//

bool hasRows(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  return type && type.getRank() == 4 && type.isDynamicDim(0);
}

int64_t rowsOf(Value value) { return cast<RankedTensorType>(value.getType()).getDimSize(2); }

RankedTensorType withRows(Value value, int64_t rows) {
  SmallVector<int64_t> shape(cast<RankedTensorType>(value.getType()).getShape());
  shape[2] = rows;
  return cast<RankedTensorType>(value.getType()).clone(shape);
}

bool worksByRow(Operation *op) {
  return isa<ReluOp, ShiftClipOp, ShiftClipByOp, WithinOp, PositiveOp, ApplyMaskOp, AddBiasOp, AlignChannelsOp,
             LookupOp, AddOp, MultiplyOp, ConcatOp>(op) &&
         hasRows(op->getResult(0));
}

int64_t RowWindows::countBefore(int64_t row) const {
  return std::clamp<int64_t>(llvm::divideCeilSigned(row + padTop, stride), 0, rowsOut);
}

int64_t RowWindows::firstReaching(int64_t row) const {
  return std::max<int64_t>(0, llvm::divideFloorSigned(row + padTop - reach, stride) + 1);
}

RowWindows windowsOf(Operation *op) {
  auto windows = [](auto op, Value input, Value output, int64_t reach) {
    return RowWindows{reach, op.getStrides()[0], op.getPads()[0], op.getPads()[2], rowsOf(input), rowsOf(output)};
  };
  return llvm::TypeSwitch<Operation *, RowWindows>(op)
      .Case([&](Conv2DOp conv) {
        const int64_t kernel = conv.getWeights().getType().getDimSize(2);
        return windows(conv, conv.getInput(), conv.getResult(), conv.getDilations()[0] * (kernel - 1) + 1);
      })
      .Case<MaxPoolOp, SumPoolOp>(
          [&](auto pool) { return windows(pool, pool.getInput(), pool->getResult(0), pool.getKernel()[0]); })
      .Case<MaxPoolScatterOp, SumPoolSpreadOp>(
          [&](auto spread) { return windows(spread, spread.getResult(), spread.getError(), spread.getKernel()[0]); });
}

InputRows inputRows(const RowWindows &windows, int64_t begin, int64_t end) {
  const int64_t first = windows.begin(begin), last = windows.begin(end - 1) + windows.reach;
  return {std::max<int64_t>(0, first), std::min(windows.rowsIn, last), std::max<int64_t>(0, -first),
          std::max<int64_t>(0, last - windows.rowsIn)};
}

//===----------------------------------------------------------------------===//
// Copies of layers
//===----------------------------------------------------------------------===//

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
  const int64_t pieces = rows / together;
  copies = std::min(copies, pieces);
  std::vector<int64_t> edges{0};
  for (int64_t i = 1; i < copies; ++i)
    edges.push_back(pieces * i / copies * together);
  edges.push_back(rows);
  for (size_t i = 0; i + 1 < edges.size(); ++i)
    if (const InputRows from = inputRows(windowsOf(layer), edges[i], edges[i + 1]); from.begin >= from.end)
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
      const InputRows from = inputRows(windowsOf(layer), edges[i], edges[i + 1]);
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

} // namespace wage::chip
