//===- HostTensors.h - real values in front of the chip and behind it --*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// The host's own arithmetic, in double precision. Nothing on the chip depends on it: integers go in and come out.
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_API_HOSTTENSORS_H
#define WAGE_RUNTIME_API_HOSTTENSORS_H

#include "runtime/Format/Program.h"

namespace wage::rt {

/// What the binary says of its input; where it says nothing, the chip's own shape, in steps of 2^(1-k_A).
HostInput inputFormat(const Program &program);

/// Whether an output is one number per class, the largest of which is the prediction: one dimension of more than one element,
/// in the chip's order. Also where the binary says nothing of its output.
bool hasClassAxis(const Program &program);

/// (value * scale + offset) / step of an element of a channel of the chip's input, rounded to the nearest integer but not
/// clipped.
///
/// Units:  `value` as the model's input; the result in steps of the input's grid.
/// Source: arithmetic.md section 1 (round to nearest, ties to even).
double inputInteger(const HostInput &format, uint64_t channel, double value);

/// clip(round((value * scale + offset) / step), k) of every element, in the chip's order; what the order leaves out is 0.
///
/// Shape:  `values` [count][elements of the format's shape]; `activations` [count][inputElements()], all written.
/// Errors: none. Requires values that are numbers; infinite ones are clipped.
/// Source: arithmetic.md section 1 (round to nearest, ties to even).
void quantizeInput(const Program &program, const HostInput &format, const double *values, uint32_t count,
                   int16_t *activations);

/// One sample's logits as real values in the model's order, with the functions applied.
///
/// Shape:  `logits` Program::classes integers; the result has format.finalShape().
/// Units:  as the model; indices where format.givesIndices().
std::vector<double> realOutput(const HostOutput &format, const int64_t *logits);

} // namespace wage::rt

#endif // WAGE_RUNTIME_API_HOSTTENSORS_H
