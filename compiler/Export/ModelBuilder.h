//===- ModelBuilder.h - an ONNX model, node by node ----------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_EXPORT_MODELBUILDER_H
#define WAGE_COMPILER_EXPORT_MODELBUILDER_H

#include "onnx/onnx_pb.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/ADT/StringSet.h"

#include <cstdint>
#include <string>

namespace wage {

/// The element types of exported tensors. Of integers runtimes compute with these; those of 16 bits they only store.
enum class TensorType { Uint8, Int8, Int32, Int64, Float, Double };

/// The number by which ONNX knows `type`.
onnx::TensorProto::DataType protoType(TensorType type);

/// An attribute of a node: an integer or a list of them.
struct NodeAttribute {
  NodeAttribute(llvm::StringRef name, int64_t value) : name(name), integers({value}) {}
  NodeAttribute(llvm::StringRef name, llvm::ArrayRef<int64_t> values) : name(name), integers(values), isList(true) {}

  llvm::StringRef name;
  llvm::SmallVector<int64_t, 4> integers;
  bool isList = false;
};

/// Puts a model together. Names are made here and are unique; every name returned is that of a tensor.
class ModelBuilder {
public:
  ModelBuilder();

  /// Declare the graph's input and output. A negative dimension is open and called `batch`.
  void addInput(llvm::StringRef name, TensorType type, llvm::ArrayRef<int64_t> shape);
  /// `tensor` is the result of a node; the output is a copy of it under the name of its own.
  void addOutput(llvm::StringRef name, llvm::StringRef tensor, TensorType type, llvm::ArrayRef<int64_t> shape);

  /// Returns a constant of `layer`: `elements`, row-major, which `type` holds. Equal small constants are one.
  std::string addConstant(llvm::StringRef layer, TensorType type, llvm::ArrayRef<int64_t> shape,
                          llvm::ArrayRef<int64_t> elements);
  /// Returns the powers of two 2^`exponents` as Float or Double, a scalar if there is one.
  std::string addPowers(llvm::StringRef layer, TensorType type, llvm::ArrayRef<int32_t> exponents);
  /// Returns the only result of a node of `operation`, which belongs to `layer` (may be empty).
  std::string addNode(llvm::StringRef operation, llvm::StringRef layer, llvm::ArrayRef<std::string> inputs,
                      llvm::ArrayRef<NodeAttribute> attributes = {});

  /// The size of the file.
  size_t countBytes() const { return model.ByteSizeLong(); }
  /// The file, less than 2 GiB. The same model gives the same bytes.
  std::string serialize() const { return model.SerializeAsString(); }

private:
  std::string makeName(llvm::StringRef layer, llvm::StringRef what);
  std::string addInitializer(llvm::StringRef layer, onnx::TensorProto tensor);

  onnx::ModelProto model;
  llvm::StringSet<> names;
  llvm::StringMap<std::string> smallConstants; ///< by type, shape and bytes
};

} // namespace wage

#endif // WAGE_COMPILER_EXPORT_MODELBUILDER_H
