//===- GraphImporter.h - an ONNX graph node by node ----------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_IMPORT_GRAPHIMPORTER_H
#define WAGE_COMPILER_IMPORT_GRAPHIMPORTER_H

#include "compiler/Import/NodeReader.h"
#include "compiler/Import/TensorReader.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/SymbolTable.h"

#include <deque>
#include <memory>
#include <optional>

namespace wage {

/// Builds the onnx level's function from a graph. A value that could not be made is kept as unknown: the nodes behind it
/// are still checked as far as their own attributes and constants go, so that one run lists everything.
class GraphImporter {
public:
  /// `file` is where errors are reported; `module` is filled.
  GraphImporter(const onnx::GraphProto &graph, int64_t opset, llvm::StringRef directory, mlir::Location file,
                mlir::ModuleOp module);

  /// Errors: all reported; the module is then of no use.
  llvm::LogicalResult run();

private:
  /// A tensor that stands in the file: an initializer or the value of a Constant node.
  struct FileTensor {
    std::string name;
    const onnx::TensorProto *proto;
    bool isNode;            ///< of a Constant node
    mlir::Value loaded;     ///< null before the first use as numbers
    double loadedScale = 1; ///< what the numbers were multiplied by
    llvm::SmallVector<int64_t> loadedShape;
  };
  /// What a name of the graph stands for. Neither value nor tensor: it could not be made, and that has been reported.
  struct Entry {
    mlir::Value value;
    FileTensor *tensor = nullptr;
    llvm::SmallVector<int64_t> shape; ///< of the value or, possibly reshaped, of the tensor
    bool isComputed = false;          ///< a node's result, made or not, as against a tensor
  };
  /// How a node of one operator is taken.
  struct OpRule {
    llvm::StringRef opType;
    int minInputs, maxInputs, maxOutputs;
    void (GraphImporter::*import)(NodeReader &);
  };
  static llvm::ArrayRef<OpRule> getRules();

  // The graph as a whole (GraphImporter.cpp).
  void error(const llvm::Twine &text);
  void readInitializers();
  bool readInput();
  void indexNames();
  void importNode(const onnx::NodeProto &node, int index);
  void finishOutput();

  // Names.
  /// The entry of input `i`; null, reported, if the graph never makes it or makes it later.
  const Entry *lookUp(NodeReader &node, int i);
  /// Input `i` as a value that depends on the graph's input; null if it is not (reported) or unknown.
  mlir::Value getValue(NodeReader &node, int i);
  /// Input `i` as a tensor that stands in the file; null if it is not (reported) or unknown.
  const Entry *getTensor(NodeReader &node, int i, llvm::StringRef role);
  void define(llvm::StringRef name, Entry entry);
  void defineValue(NodeReader &node, mlir::Value value);
  /// The integers of input `i`.
  std::optional<std::vector<int64_t>> getIntegers(NodeReader &node, int i, llvm::StringRef role);
  /// The numbers of `entry` as a value of the function: made at the first use. Null, reported, if they cannot be read.
  mlir::Value load(NodeReader &node, const Entry &entry, double scale = 1);
  std::string uniqueName(llvm::StringRef name);
  mlir::RankedTensorType getType(llvm::ArrayRef<int64_t> shape) const;

  // Operators (LinearNodes.cpp, PoolNodes.cpp, ShapeNodes.cpp).
  /// A pool whose input, windows and result have been found to agree.
  struct Pool {
    mlir::Value input;
    mlir::RankedTensorType type;
    llvm::SmallVector<int64_t> kernel, strides, pads;
  };
  std::optional<Pool> readPool(NodeReader &node);
  /// Input 0 as a value of shape [batch, C, H, W]; null if it is not (reported) or unknown.
  mlir::Value getImages(NodeReader &node);
  /// Reports a second output that something takes.
  void refuseSecondOutput(NodeReader &node, llvm::StringRef role);
  void importConv(NodeReader &node);
  void importGemm(NodeReader &node);
  void importMatMul(NodeReader &node);
  void importAdd(NodeReader &node);
  void importRelu(NodeReader &node);
  void importMaxPool(NodeReader &node);
  void importAveragePool(NodeReader &node);
  void importGlobalAveragePool(NodeReader &node);
  void importFlatten(NodeReader &node);
  void importReshape(NodeReader &node);
  void importIdentity(NodeReader &node);
  void importDropout(NodeReader &node);
  void importConstant(NodeReader &node);
  std::optional<llvm::SmallVector<int64_t>> inferReshape(NodeReader &node, llvm::ArrayRef<int64_t> from,
                                                         llvm::ArrayRef<int64_t> wanted);

  const onnx::GraphProto &graph;
  int64_t opset;
  mlir::Location file;
  mlir::ModuleOp module;
  mlir::OpBuilder builder;
  TensorReader tensors;
  mlir::func::FuncOp function;
  std::deque<FileTensor> fileTensors;        ///< a deque: entries point into it
  std::deque<onnx::TensorProto> madeTensors; ///< tensors that Constant nodes write as plain attributes
  llvm::StringMap<Entry> entries;
  llvm::StringMap<std::string> laterNodes; ///< node that makes a name, for every name not yet made
  llvm::StringSet<> usedNames;             ///< names that a node or the graph's output takes
  llvm::StringSet<> parameterNames;
  std::optional<int64_t> fixedBatch; ///< the batch the file fixes
  bool errors = false;
};

} // namespace wage

#endif // WAGE_COMPILER_IMPORT_GRAPHIMPORTER_H
