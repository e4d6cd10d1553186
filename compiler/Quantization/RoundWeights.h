//===- RoundWeights.h - weights rounded with their inputs in view  -*- C++ -*- ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_QUANTIZATION_ROUNDWEIGHTS_H
#define WAGE_COMPILER_QUANTIZATION_ROUNDWEIGHTS_H

#include "compiler/Quantization/SampledGraph.h"

namespace wage {

/// Replaces the weights of the linear layers of `graph` by numbers of their grids: those that fitScale chooses. One weight of
/// each neuron is rounded after the other, and what that changes in the neuron's sum on the samples is made up for by the
/// weights still to be rounded.
///
/// Errors: those of the float evaluator; reported. Source: Frantar et al., GPTQ: Accurate Post-Training Quantization for
/// Generative Pre-trained Transformers, ICLR 2023.
llvm::LogicalResult roundWeights(const SampledGraph &graph);

} // namespace wage

#endif // WAGE_COMPILER_QUANTIZATION_ROUNDWEIGHTS_H
