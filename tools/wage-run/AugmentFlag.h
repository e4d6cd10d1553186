//===- AugmentFlag.h - what --augment says -------------------------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_TOOLS_WAGERUN_AUGMENTFLAG_H
#define WAGE_TOOLS_WAGERUN_AUGMENTFLAG_H

#include "runtime/Data/Augmentation.h"

namespace wage::run {

/// `text` is "none", or "pad=P" (P from 1 to 65535) and "flip", each at most once, in any order, with a comma between.
/// Errors (usage): another text. `flag` names the place.
rt::Expected<rt::Augmentation> parseAugmentation(const std::string &flag, const std::string &text);

} // namespace wage::run

#endif // WAGE_TOOLS_WAGERUN_AUGMENTFLAG_H
