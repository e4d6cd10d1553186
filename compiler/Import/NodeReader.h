//===- NodeReader.h - attributes of an ONNX node -------------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_IMPORT_NODEREADER_H
#define WAGE_COMPILER_IMPORT_NODEREADER_H

#include "onnx/onnx_pb.h"

#include "mlir/IR/Location.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"

namespace wage {

/// Reads one node, and reports each thing about it that wage cannot take. The first problem does not end the reading, so
/// that the user learns them all at once.
class NodeReader {
public:
  /// `file` is where errors are reported; `index` names a node that has neither a name nor outputs. `shownType` is the
  /// operator that errors name, where the node stands for a part of another one.
  NodeReader(const onnx::NodeProto &node, int64_t opset, int index, mlir::Location file,
             llvm::StringRef shownType = {});

  const onnx::NodeProto &getNode() const { return node; }
  llvm::StringRef getOpType() const { return node.op_type(); }
  llvm::StringRef getShownType() const { return shownType; }
  /// The node's name, or that of its first output.
  llvm::StringRef getName() const { return name; }
  /// Gives the node a number behind its name if another has it already: files may use a name twice, layers need one each.
  void makeNameDistinct(llvm::StringMap<int> &taken);
  mlir::Location getLoc() const;

  /// Reports `conv2 (Conv, opset 11): <text>`.
  void error(const llvm::Twine &text);
  bool hasErrors() const { return errors; }

  /// Name of input `i`, empty if it is left out.
  llvm::StringRef getInput(int i) const;
  /// Name of output `i`, empty if it is left out.
  llvm::StringRef getOutput(int i) const;

  bool hasAttribute(llvm::StringRef attribute) const;
  int64_t getInt(llvm::StringRef attribute, int64_t byDefault);
  double getFloat(llvm::StringRef attribute, double byDefault);
  llvm::StringRef getString(llvm::StringRef attribute, llvm::StringRef byDefault);
  llvm::SmallVector<int64_t> getInts(llvm::StringRef attribute, llvm::ArrayRef<int64_t> byDefault);
  /// The attribute, marked as read; null if the node has none of this name and type.
  const onnx::AttributeProto *find(llvm::StringRef attribute, onnx::AttributeProto::AttributeType type);

  /// Reports the attribute unless it is absent or `needed`.
  void requireInt(llvm::StringRef attribute, int64_t byDefault, int64_t needed);
  /// Marks an attribute as read whose value does not matter.
  void ignore(llvm::StringRef attribute) { seen.insert(attribute); }
  /// Reports every attribute that nobody has asked for: it could change the node's meaning.
  void refuseOtherAttributes();

private:
  const onnx::NodeProto &node;
  int64_t opset;
  mlir::Location file;
  std::string name, shownType;
  llvm::StringSet<> seen;
  bool errors = false;
};

} // namespace wage

#endif // WAGE_COMPILER_IMPORT_NODEREADER_H
