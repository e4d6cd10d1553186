//===- FileFormats.h - readers of idx, .npy and CIFAR-10 files --------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_DATA_FILEFORMATS_H
#define WAGE_RUNTIME_DATA_FILEFORMATS_H

#include "runtime/Support/Status.h"

#include <cstdint>
#include <string>
#include <vector>

namespace wage::rt {

/// What one image file holds.
struct ImageFile {
  uint64_t count = 0; ///< at least 1
  uint32_t channels = 0, height = 0, width = 0;
  std::vector<uint8_t> pixels;  ///< [count][channels][height][width]
  std::vector<uint32_t> labels; ///< `count`, or none
};

/// Whether the name says CIFAR-10: it ends in ".bin" or ".bin.gz".
bool hasCifarName(const std::string &path);

/// Reads the images of one file. Formats and errors: Dataset.h.
Expected<ImageFile> readImageFile(const std::string &path);

/// Reads the labels of one file. Formats and errors: Dataset.h.
Expected<std::vector<uint32_t>> readLabelFile(const std::string &path);

} // namespace wage::rt

#endif // WAGE_RUNTIME_DATA_FILEFORMATS_H
