//===- Dataset.h - images and labels from the usual files -------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// Which format a file has, each also as .gz (recognised by its content):
//
// | first bytes, else name     | format    | images                              | labels               |
// |----------------------------|-----------|-------------------------------------|----------------------|
// | "\x93NUMPY"                | .npy      | uint8 [n,c,h,w] or [n,h,w], C order | integers [n]         |
// | name ends in .bin, .bin.gz | CIFAR-10  | 3072 of each record's 3073 bytes    | the record's first   |
// | two zero bytes             | idx       | ubyte [n,h,w] or [n,c,h,w]          | ubyte [n]            |
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_DATA_DATASET_H
#define WAGE_RUNTIME_DATA_DATASET_H

#include "runtime/Support/Status.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace wage::rt {

/// Images, and their labels where there are any.
struct Dataset {
  std::string imagePath, labelPath; ///< as given, for errors
  uint64_t count = 0;               ///< images, at least 1
  uint32_t channels = 0, height = 0, width = 0;
  std::vector<uint8_t> pixels;  ///< [count][channels][height][width]
  std::vector<uint32_t> labels; ///< `count` of them, or none

  size_t imageBytes() const { return size_t(channels) * height * width; }
  const uint8_t *image(uint64_t index) const { return pixels.data() + index * imageBytes(); }
};

/// The files that `paths` names: one, or several separated by commas. A file that has the whole text as its name comes first.
std::vector<std::string> splitPaths(const std::string &paths);

/// Whether `paths` names files that carry their own labels (CIFAR-10, told by the name), so that a tool can ask for the
/// missing labels before it reads anything.
bool carriesLabels(const std::string &paths);

/// Reads images from `imagePaths` (one file, or several of one image shape, separated by commas) and labels from
/// `labelPaths`, likewise. An empty `labelPaths` takes the labels inside the image files, or none.
///
/// Errors: a file cannot be read, has no format of the table above, is cut short, runs on, or holds no image; image
/// shapes differ between files; the numbers of images and labels differ; a label is negative or above 2^32 - 1.
Expected<Dataset> readDataset(const std::string &imagePaths, const std::string &labelPaths);

/// Labels alone, of one file or several separated by commas. `samples` names what they are for in the error.
/// Errors: a file cannot be read or holds no labels; there are not `count` of them.
Expected<std::vector<uint32_t>> readLabels(const std::string &labelPaths, uint64_t count, const std::string &samples);

/// Errors: the images have another shape than channels x height x width, or a label is not below `classes`. For a network that
/// takes a row of numbers, or one per channel, images of as many elements will do.
Status checkDataset(const Dataset &data, uint32_t channels, uint32_t height, uint32_t width, uint32_t classes);

/// Errors: a label, of `path`, is not below `classes`.
Status checkLabels(const std::vector<uint32_t> &labels, const std::string &path, uint32_t classes);

} // namespace wage::rt

#endif // WAGE_RUNTIME_DATA_DATASET_H
