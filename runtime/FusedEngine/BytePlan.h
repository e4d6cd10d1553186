//===- BytePlan.h - a lifted program as stages of bytes ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// A network that is a chain of linear layers, each with Relu, pool and Q_A or some of them, in 8 bits or fewer, is recognised in
// the operations lifted from the cores' streams, all of them: any operation that does not fit what a stage computes makes the
// whole program one for the plain engine. So nothing is computed here that the streams do not say.
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_FUSEDENGINE_BYTEPLAN_H
#define WAGE_RUNTIME_FUSEDENGINE_BYTEPLAN_H

#include "runtime/FusedEngine/Lift.h"
#include "runtime/Kernels/ByteStages.h"

#include <optional>

namespace wage::rt {

constexpr uint32_t noTensor = 0xffffffffu;

/// One linear layer and what follows it.
struct ByteStage {
  uint32_t layer = noIndex;
  LinearBlock geometry;                ///< over the plane of its input, also where the layer is a matrix product
  bool isSigned = false;               ///< its input: stored plus 128
  ByteQuantizer quantizer;             ///< not of the last stage, whose sums are the logits
  int64_t outHeight = 1, outWidth = 1; ///< behind the pool

  // Training. An error reaches the stage's sums, and behind its layer the previous stage's activations.
  bool hasError = false, handsErrorOn = false, learns = false;
  int errorShift = 0, errorBits = 8; ///< Q_E: shift by the error's exponent and this
  /// Tensors of the lifted program, which hold one number each.
  uint32_t errorMaximum = noTensor, errorExponent = noTensor, gradientMaximum = noTensor, gradientExponent = noTensor;
};

/// What a phase does, in order.
struct ByteAction {
  enum Kind { Forward, Loss, ErrorExponent, Backward, GradientMaximum, GradientExponent, Update } kind;
  uint32_t stage = 0;
};

struct BytePlan {
  std::vector<ByteStage> stages;
  std::vector<std::vector<ByteAction>> phases; ///< by phase of the program
  int targetShift = 0;                         ///< the one-hot target is 2^targetShift
};

/// The plan of a program, or none if it is not such a chain.
std::optional<BytePlan> planBytes(const Program &program, const FusedProgram &fused);

} // namespace wage::rt

#endif // WAGE_RUNTIME_FUSEDENGINE_BYTEPLAN_H
