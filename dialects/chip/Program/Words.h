//===- Words.h - the words of chip IR for enumerations ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_DIALECTS_CHIP_PROGRAM_WORDS_H
#define WAGE_DIALECTS_CHIP_PROGRAM_WORDS_H

#include "runtime/Format/Program.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <optional>

namespace wage::chip {

// Each list is in the order of its enumeration's values; the verifiers of the dialect accept the same words.
inline llvm::ArrayRef<llvm::StringRef> lifetimeWords() {
  static const llvm::StringRef words[] = {"sample", "batch", "step"};
  return words;
}
inline llvm::ArrayRef<llvm::StringRef> hostDataWords() {
  static const llvm::StringRef words[] = {"image", "labels", "control", "logits"};
  return words;
}
inline llvm::ArrayRef<llvm::StringRef> traceKindWords() {
  static const llvm::StringRef words[] = {"slice", "weights", "step", "masters", "error_exponent", "gradient_exponent"};
  return words;
}

inline llvm::StringRef lifetimeWord(rt::Lifetime v) { return lifetimeWords()[static_cast<size_t>(v)]; }
inline llvm::StringRef hostDataWord(rt::HostData v) { return hostDataWords()[static_cast<size_t>(v)]; }
inline llvm::StringRef traceKindWord(rt::TraceKind v) { return traceKindWords()[static_cast<size_t>(v)]; }

/// The enumeration value of a word; nothing if it is not in the list.
template <typename Enum> std::optional<Enum> enumOf(llvm::ArrayRef<llvm::StringRef> words, llvm::StringRef word) {
  for (size_t i = 0; i < words.size(); ++i)
    if (words[i] == word)
      return static_cast<Enum>(i);
  return std::nullopt;
}

} // namespace wage::chip

#endif // WAGE_DIALECTS_CHIP_PROGRAM_WORDS_H
