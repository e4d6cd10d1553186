//===- GraphPlan.h - what each node of a network becomes ------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_CONVERSION_ONNXTOWAGE_GRAPHPLAN_H
#define WAGE_COMPILER_CONVERSION_ONNXTOWAGE_GRAPHPLAN_H

#include "dialects/wage/IR/WageTypes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"

#include <algorithm>
#include <vector>

namespace wage {

/// A linear layer: a node whose weights are trained.
struct LayerPlan {
  mlir::Operation *op;
  mlir::StringAttr weightName;
  mlir::SmallVector<int64_t, 4> weightShape; ///< of the initializer, in its own layout
  std::vector<float> weights;                ///< empty where they are drawn
  bool axonsFirst;                           ///< [K, N] instead of [N, K]
  int64_t neurons, fanIn;
  std::vector<int32_t> scaleLog2; ///< x_c of each channel

  int finestScale() const { return scaleLog2.empty() ? 0 : *std::max_element(scaleLog2.begin(), scaleLog2.end()); }
};

/// A constant that a node adds per channel.
struct BiasPlan {
  mlir::StringAttr name;
  std::vector<int64_t> steps; ///< on the grid of the accumulator it is added to
};

/// All that the conversion decides before it writes: the order of `layers` is that of their ordinals.
struct GraphPlan {
  mlir::func::FuncOp main;
  std::vector<LayerPlan> layers;
  llvm::DenseMap<mlir::Operation *, size_t> layerOf; ///< index into `layers`
  llvm::DenseMap<mlir::Operation *, BiasPlan> biasOf;
  llvm::DenseSet<mlir::Value> quantized; ///< values that a Q_A follows
};

/// How the parameters are made.
struct ParameterOptions {
  ConfigAttr config; ///< null where the widths are wrong: then only the graph is checked
  bool readsWeights; ///< the model's own weights are used, not drawn
  bool fitsScales;   ///< each channel gets the scale that fits its weights best
  int64_t gain;
};

/// The name of the ONNX node that `location` stands for; empty where there is none.
mlir::StringRef getNodeName(mlir::Location location);

/// Plans the conversion of `module`'s @main.
///
/// Errors: nothing, after one diagnostic for each problem, naming the node.
/// Source: arithmetic.md sections 3 and 4.
mlir::FailureOr<GraphPlan> planGraph(mlir::ModuleOp module, const ParameterOptions &options);

} // namespace wage

#endif // WAGE_COMPILER_CONVERSION_ONNXTOWAGE_GRAPHPLAN_H
