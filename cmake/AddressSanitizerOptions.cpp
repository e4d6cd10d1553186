//===- AddressSanitizerOptions.cpp - what the sanitizer may assume ---------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// Linked into the programs that use MLIR when the address sanitizer is on. LLVM's bump allocator is partly inline: our
// instrumented code poisons the rest of a slab that it starts, and the packaged library, which is not instrumented, hands
// that memory out without unpoisoning it. Every such use would be reported. Poisoning by hand is therefore off; what the
// sanitizer does by itself (heap, stack, globals, leaks) stays on, and programs without MLIR keep both.
//
//===---------------------------------------------------------------------------===//

extern "C" const char *__asan_default_options();

extern "C" const char *__asan_default_options() { return "allow_user_poisoning=0"; }
