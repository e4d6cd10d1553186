//===- GraphExporter.h - the ops of @infer as nodes of ONNX --------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_EXPORT_GRAPHEXPORTER_H
#define WAGE_COMPILER_EXPORT_GRAPHEXPORTER_H

#include "compiler/Analysis/BoundAnalysis.h"
#include "compiler/Export/KnownIntegers.h"
#include "compiler/Export/ModelBuilder.h"
#include "compiler/Export/RequantizedLayer.h"
#include "dialects/integer/IR/IntegerOps.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"

namespace wage {

/// Writes the ops of an integer-level function as nodes of ONNX.
///
/// A value of at most 127 in magnitude is kept as int8, any other as int32 or int64, whichever is proved to hold it. Sums and
/// products are of integers; what compares or rounds wide integers does it in float64, where that is exact.
/// docs/rationale/export.md says why each form is, and why int64 is not compared.
class GraphExporter {
public:
  GraphExporter(mlir::func::FuncOp function, const BoundAnalysis &bounds, ModelBuilder &model);

  /// Errors: failure after one diagnostic per op that cannot be written.
  mlir::LogicalResult run();

private:
  struct Tensor {
    std::string name;
    TensorType type;
  };
  /// The weights of a layer as ONNX takes them: [N, C, k_h, k_w] or [K, N].
  struct Weights {
    llvm::SmallVector<int64_t, 4> shape;
    std::vector<int64_t> elements;
    bool isConvolution = false;
  };

  // GraphExporter.cpp: the walk, and what all ops share.
  void planRequantizedLayers();
  mlir::LogicalResult visitAny(mlir::Operation *op);
  mlir::LogicalResult writeOutput(mlir::func::ReturnOp op);
  std::string get(mlir::Value value, TensorType type);
  void set(mlir::Value value, std::string name, TensorType type) { tensors[value] = {std::move(name), type}; }
  uint64_t magnitude(mlir::Value value) const { return bounds.getBound(value).magnitude; }
  TensorType wideType(mlir::Operation *op) const;
  std::string scalar(TensorType type, int64_t element);
  std::string perChannel(mlir::Operation *op, TensorType type, llvm::ArrayRef<int64_t> elements);
  std::string emit(mlir::Operation *op, llvm::StringRef operation, llvm::ArrayRef<std::string> inputs,
                   llvm::ArrayRef<NodeAttribute> attributes = {});
  std::string emitCast(mlir::Operation *op, const std::string &input, TensorType type);
  bool isKnown(mlir::Operation *op) const;
  bool hasOperands(mlir::Operation *op) const;

  // ElementNodes.cpp: shift, clip, sums, tables.
  mlir::LogicalResult visit(integer::ShiftClipOp op);
  mlir::LogicalResult visit(integer::ReluOp op);
  mlir::LogicalResult visit(integer::AddBiasOp op);
  mlir::LogicalResult visit(integer::AlignChannelsOp op);
  mlir::LogicalResult visit(integer::AddOp op);
  mlir::LogicalResult visit(integer::MultiplyOp op);
  mlir::LogicalResult visit(integer::TableOp op);
  mlir::LogicalResult visit(integer::LookupOp op);
  mlir::LogicalResult lookUp(mlir::Operation *op, mlir::ElementsAttr tables, int64_t first);
  std::string roundHalfAway(integer::ShiftClipOp op, const std::string &input);
  std::string shiftLeft(mlir::Operation *op, const std::string &input, TensorType type, int64_t shift);
  std::string clip(mlir::Operation *op, const std::string &input, TensorType type, int64_t least, int64_t most);

  // LayerNodes.cpp: linear layers.
  mlir::LogicalResult visit(integer::Conv2DOp op);
  mlir::LogicalResult visit(integer::MatmulOp op);
  mlir::LogicalResult writeLayer(mlir::Operation *op);
  mlir::LogicalResult writeBytePlanes(mlir::Operation *op, const Weights &weights);
  mlir::LogicalResult visit(const RequantizedLayer &plan);
  Weights readWeights(mlir::Operation *op) const;

  // WindowNodes.cpp: pools, shapes.
  mlir::LogicalResult visit(integer::MaxPoolOp op);
  mlir::LogicalResult visit(integer::SumPoolOp op);
  mlir::LogicalResult visit(integer::ReshapeOp op);
  mlir::LogicalResult visit(integer::ConcatOp op);
  mlir::LogicalResult visit(integer::RearrangeOp op);
  std::string maxPool(integer::MaxPoolOp op, const std::string &input, TensorType type);
  std::string appendZero(mlir::Operation *op, const std::string &input, TensorType type, int64_t rank);
  std::string reshape(mlir::Operation *op, const std::string &input, llvm::ArrayRef<int64_t> perSample);

  mlir::func::FuncOp function;
  const BoundAnalysis &bounds;
  ModelBuilder &model;
  KnownIntegers known;
  llvm::DenseMap<mlir::Value, Tensor> tensors;
  llvm::DenseMap<std::pair<mlir::Value, int>, std::string> casts;  ///< of a value to a TensorType
  llvm::DenseMap<mlir::Operation *, RequantizedLayer> requantized; ///< by their shift_clip
  llvm::DenseSet<mlir::Operation *> absorbed;                      ///< ops that are part of one
};

} // namespace wage

#endif // WAGE_COMPILER_EXPORT_GRAPHEXPORTER_H
