//===- AugmentFlag.cpp - what --augment says -----------------------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "tools/wage-run/AugmentFlag.h"

#include "tools/wage-run/Arguments.h"

namespace wage::run {

rt::Expected<rt::Augmentation> parseAugmentation(const std::string &flag, const std::string &text) {
  constexpr uint64_t largestPad = 65535;
  rt::Augmentation result;
  if (text == "none")
    return result;
  for (const std::string &part : splitAtCommas(text)) {
    const uint64_t pad = part.rfind("pad=", 0) == 0 ? parseUnsigned(part.substr(4)).value_or(0) : 0;
    if (part == "flip" && !result.flip)
      result.flip = true;
    else if (pad >= 1 && pad <= largestPad && result.pad == 0)
      result.pad = static_cast<uint32_t>(pad);
    else
      return rt::Status::error(flag + ": found '" + part + "' in '" + text + "', none, or pad=P (P from 1 to " +
                               std::to_string(largestPad) + ") and flip, each at most once, are needed");
  }
  return result;
}

} // namespace wage::run
