//===- HostFormat.h - the model's own tensors, and the chip's ----------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// What the host does in front of the chip and behind it, so that a user gives and gets the tensors of the ONNX model: its
// shapes, its order of elements, real values.
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_FORMAT_HOSTFORMAT_H
#define WAGE_RUNTIME_FORMAT_HOSTFORMAT_H

#include "runtime/Numerics/Rearrangement.h"

#include <cstdint>
#include <string>
#include <vector>

namespace wage::rt {

/// What the host computes of the real output, in double precision.
enum class HostFunctionKind : uint8_t {
  Softmax = 0,    ///< exp(x) / sum(exp(x)) along the axis
  LogSoftmax = 1, ///< its logarithm
  ArgMax = 2,     ///< index of the largest along the axis; nothing but a reshape may follow
  Sigmoid = 3,
  Tanh = 4,
  Relu = 5,
  Softplus = 6, ///< log(1 + exp(x))
  Exp = 7,
  Reshape = 8 ///< to another shape of as many elements
};
constexpr unsigned hostFunctionKinds = 9;

struct HostFunction {
  HostFunctionKind kind = HostFunctionKind::Softmax;
  uint32_t axis = 0;           ///< Softmax, LogSoftmax, ArgMax: counted as in ONNX, the batch being axis 0; at least 1
  bool keepDims = false;       ///< ArgMax: the axis stays, with extent 1
  bool last = false;           ///< ArgMax: of equal numbers the last counts, else the first
  std::vector<uint32_t> shape; ///< Reshape: the new shape, without the batch
};

/// How real values in the model's own shape become the chip's input.
struct HostInput {
  std::vector<uint32_t> shape; ///< the model's own, without the batch
  uint32_t batch = 0;          ///< the batch that the model's file fixes; 0: any
  /// Element x of channel c of the chip's input is clip(round((x * scale[c] + offset[c]) / step), bits), ties to even. One entry
  /// for all channels, or one each; none: 1 and 0.
  std::vector<double> scale, offset;
  double step = 1;   ///< real value of one integer
  uint32_t bits = 8; ///< of an input activation
  /// From the model's order to the chip's [channels][height][width]. Without sizes: as they are.
  Rearrangement order;
};

/// How the chip's output becomes real values in the model's own shape.
struct HostOutput {
  std::vector<uint32_t> shape;         ///< the model's own, without the batch, in front of the functions
  uint32_t batch = 0;                  ///< the batch that the model's file fixes; 0: any
  double step = 1;                     ///< real value of one integer of the logits
  Rearrangement order;                 ///< from the chip's order to the model's, likewise
  std::vector<HostFunction> functions; ///< in order, after `order` and `step`

  /// Whether the values are indices: ArgMax is among the functions.
  bool givesIndices() const;
  /// The model's own shape behind all functions, without the batch. Requires a verified program.
  std::vector<uint32_t> finalShape() const;
};

/// Whether an order changes nothing.
inline bool isIdentity(const Rearrangement &order) { return order.sizes.empty(); }

/// The shape that a function gives of `shape`. Requires a verified program.
std::vector<uint32_t> shapeAfter(const HostFunction &function, std::vector<uint32_t> shape);

/// Elements of a shape; saturates at 2^63 for absurd ones.
uint64_t elementsOf(const std::vector<uint32_t> &shape);

/// The name of a function, "arg_max".
const char *hostFunctionName(HostFunctionKind kind);

} // namespace wage::rt

#endif // WAGE_RUNTIME_FORMAT_HOSTFORMAT_H
