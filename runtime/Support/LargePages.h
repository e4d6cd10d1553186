//===- LargePages.h - memory in pages of 2 MiB ---------------------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_SUPPORT_LARGEPAGES_H
#define WAGE_RUNTIME_SUPPORT_LARGEPAGES_H

#include <cstddef>

namespace wage::rt {

/// Has the heap of this process grow in large pages for its next `reserveBytes`, which are reserved and not yet taken, and
/// keep what is freed. For a tool's main(), before it allocates or starts a thread: a library must not decide this.
///
/// A program that sizes its memory once takes most of its start-up time for the first touch of each page of 4 KiB.
///
/// Errors: none. Where the system has no large pages, or does not let so much be reserved, the heap stays as it is.
void useLargePages(size_t reserveBytes);

} // namespace wage::rt

#endif // WAGE_RUNTIME_SUPPORT_LARGEPAGES_H
