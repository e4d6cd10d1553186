//===- TensorReader.h - numbers of a tensor in an ONNX file --------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_IMPORT_TENSORREADER_H
#define WAGE_COMPILER_IMPORT_TENSORREADER_H

#include "dialects/onnx/IR/OnnxShapes.h"

#include "onnx/onnx_pb.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBuffer.h"

#include <cstdint>
#include <string>
#include <vector>

namespace wage {

/// Text from a file as it may stand in a one-line message: control characters and quotes are escaped.
std::string printable(llvm::StringRef text);

using onnxir::printShape;

/// A number as a message shows it: short, and exact enough to find it again.
std::string printNumber(double number);

/// The name of an ONNX element type as the standard spells it.
std::string printElementType(int32_t type);

/// Element types of opset 21, which the installed ONNX library does not know.
constexpr int32_t uint4Type = 21, int4Type = 22;

/// Whether elements of ONNX type `type` are read as float32: float, double and float16.
bool isFloatType(int32_t type);
/// Whether they are read as integers: bool and the integers of 4 to 64 bits.
bool isIntegerType(int32_t type);

/// Reads tensors, whichever of ONNX's four ways their numbers are stored in. Nothing is allocated before the bytes that
/// a shape claims have been found.
class TensorReader {
public:
  /// `directory` is where the model lies; tensors stored outside the model are looked for in it and below.
  explicit TensorReader(llvm::StringRef directory) : directory(directory) {}

  /// The shape of `tensor`.
  ///
  /// Errors: a negative dimension, or more elements than `onnxir::maxElements`.
  static llvm::Expected<llvm::SmallVector<int64_t>> readShape(const onnx::TensorProto &tensor);

  /// The elements of a float, double or float16 tensor as float32, row-major, times `scale`.
  ///
  /// Errors: another element type, fewer or more bytes than the shape needs, an element that is not finite in float32
  ///         unless `finite` is false.
  llvm::Expected<std::vector<float>> readFloats(const onnx::TensorProto &tensor, double scale, bool finite = true);

  /// The elements of a tensor of integers or truth values.
  ///
  /// Errors: another element type, fewer or more bytes than the shape needs.
  llvm::Expected<std::vector<int64_t>> readIntegers(const onnx::TensorProto &tensor);

private:
  llvm::Expected<llvm::StringRef> readBytes(const onnx::TensorProto &tensor, uint64_t needed);
  llvm::Expected<llvm::StringRef> readExternal(const onnx::TensorProto &tensor, uint64_t needed);
  llvm::Expected<llvm::MemoryBuffer *> openExternal(llvm::StringRef location);

  std::string directory;
  llvm::StringMap<std::unique_ptr<llvm::MemoryBuffer>> externalFiles;
};

} // namespace wage

#endif // WAGE_COMPILER_IMPORT_TENSORREADER_H
