//===- GraphPlan.h - what each node of a network becomes ------- -*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_CONVERSION_ONNXTOWAGE_GRAPHPLAN_H
#define WAGE_COMPILER_CONVERSION_ONNXTOWAGE_GRAPHPLAN_H

#include "compiler/Conversion/OnnxToWage/Movement.h"
#include "compiler/Conversion/OnnxToWage/Parameters.h"
#include "compiler/Quantization/HostFormats.h"
#include "compiler/Quantization/LayerBits.h"
#include "compiler/Quantization/PixelValues.h"
#include "dialects/wage/IR/WageTypes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"

#include <algorithm>
#include <vector>

namespace wage {

/// A linear layer: a node whose weights are trained, or whose weights are constants.
struct LayerPlan {
  mlir::Operation *op;
  mlir::StringAttr weightName;
  mlir::SmallVector<int64_t, 4> weightShape; ///< of the initializer, in its own layout
  std::vector<float> weights;                ///< empty where they are drawn
  bool axonsFirst;                           ///< [K, N] instead of [N, K]
  int64_t neurons, fanIn;
  int bits;                       ///< k_W of this layer
  std::vector<int32_t> scaleLog2; ///< x_c of each channel
  bool trains;                    ///< its weights are to change

  /// Bits of its weights: those stored have as many more than those in use as in the whole network.
  WeightWidths getWidths(ConfigAttr config) const;
  int finestScale() const { return scaleLog2.empty() ? 0 : *std::max_element(scaleLog2.begin(), scaleLog2.end()); }
};

/// A constant that a node adds per channel.
struct BiasPlan {
  mlir::StringAttr name;
  std::vector<int64_t> steps; ///< on the grid of the accumulator it is added to
};

/// A function of an activation: its entries for the integers -2^(k-1) to 2^(k-1) - 1, of all channels or each.
struct TablePlan {
  mlir::Value base;
  GridType input, result;
  std::vector<int16_t> entries;
};

/// How an operand is changed for one use: rounded to `input` where that is another grid than the operand's, then, with
/// entries, mapped by a table.
using OperandPlan = TablePlan;

/// The encoding of the host's input, and what its integers are worth.
struct EncodingPlan {
  GridType grid;
  std::vector<int16_t> entries; ///< for the 256 bytes of all channels or each; empty: the rule of section 2
};

/// All that the conversion decides before it writes: the order of `layers` is that of their ordinals.
struct GraphPlan {
  GraphPlan(mlir::func::FuncOp main, InputFormat input, OutputFormat output)
      : main(main), input(std::move(input)), output(std::move(output)) {}

  mlir::func::FuncOp main;
  InputFormat input;
  OutputFormat output;
  EncodingPlan encoding;
  double outputStep = 1;   ///< what an integer of the output is worth
  double outputFactor = 1; ///< of the output against the model's own, a power of two
  std::vector<LayerPlan> layers;
  llvm::DenseMap<mlir::Operation *, size_t> layerOf; ///< index into `layers`
  llvm::DenseMap<mlir::Operation *, BiasPlan> biasOf;
  llvm::DenseMap<mlir::Value, GridType> quantized; ///< values that a Q_A follows
  llvm::DenseMap<mlir::Value, TablePlan> tables;   ///< values that a table gives
  llvm::DenseMap<mlir::OpOperand *, OperandPlan> operands;
  llvm::DenseMap<mlir::OpOperand *, Box> broadcasts;
  llvm::DenseMap<mlir::Operation *, llvm::SmallVector<Box>> movements;
  llvm::DenseSet<mlir::Operation *> factors; ///< change what a step is worth, and no integer
  llvm::DenseSet<mlir::Value> made;          ///< by an operation of their own: not the host's, nor inside a table
};

/// How the parameters are made, and what else a user chose.
struct PlanOptions {
  ConfigAttr config; ///< null where the widths are wrong: then only the graph is checked
  bool readsWeights; ///< the model's own weights are used, not drawn
  bool fitsScales;   ///< each channel gets the scale that fits its weights best
  bool infers;       ///< section 9 holds: tables, copies, products; in training only where no error passes
  bool keepsMeans;   ///< a mean over n values is one, not the sum divided by a power of two (section 4)
  int64_t gain;
  PixelValues pixels;
  mlir::ArrayRef<std::string> trainLayers; ///< which layers learn, by node or weight tensor; empty: all that may
};

/// Plans the conversion of `module`'s @main.
///
/// Errors: nothing, after one diagnostic for each problem, naming the node.
/// Source: arithmetic.md sections 3, 4 and 9.
mlir::FailureOr<GraphPlan> planGraph(mlir::ModuleOp module, const PlanOptions &options);

} // namespace wage

#endif // WAGE_COMPILER_CONVERSION_ONNXTOWAGE_GRAPHPLAN_H
