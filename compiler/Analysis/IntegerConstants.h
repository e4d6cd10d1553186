//===- IntegerConstants.h - integers out of attributes -------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_ANALYSIS_INTEGERCONSTANTS_H
#define WAGE_COMPILER_ANALYSIS_INTEGERCONSTANTS_H

#include "mlir/IR/Attributes.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace wage {

/// Returns the elements of a dense or dense_resource attribute of integers, row-major.
///
/// Units:  sign-extended, but unsigned and one-bit elements are taken as they stand (a mask is 0 or 1).
/// Errors: no value if the attribute is of another kind, is not of integers of 1 to 64 bits, or names a resource
///         whose bytes are absent or do not fill its type.
std::optional<std::vector<int64_t>> readIntegers(mlir::Attribute attribute);

} // namespace wage

#endif // WAGE_COMPILER_ANALYSIS_INTEGERCONSTANTS_H
