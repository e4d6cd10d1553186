//===- ByteTile.cpp - the instruction set of tiles of bytes ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Kernels/ByteTile.h"

#include "runtime/Kernels/Isa.h"

using namespace wage::rt;

const ByteTileBody &wage::rt::currentByteTile() {
#if defined(__x86_64__)
  switch (currentIsa()) {
  case Isa::Portable: return portableByteTile;
  case Isa::Avx2: return avx2ByteTile;
  case Isa::Avx512: return avx512ByteTile;
  case Isa::Avx512Vnni: return avx512VnniByteTile;
  }
#endif
  return portableByteTile;
}
