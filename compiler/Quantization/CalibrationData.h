//===- CalibrationData.h - samples to calibrate with ----------- -*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_QUANTIZATION_CALIBRATIONDATA_H
#define WAGE_COMPILER_QUANTIZATION_CALIBRATIONDATA_H

#include "compiler/FloatEvaluator/FloatTensor.h"
#include "compiler/Quantization/HostFormats.h"
#include "compiler/Quantization/PixelValues.h"

namespace wage {

/// Where samples come from: images (bytes) or real numbers, whichever path is not empty.
struct SampleSource {
  llvm::StringRef images, input;
  int64_t limit; ///< at most so many samples, the first ones
  PixelValues pixels;
};

/// Reads samples for the network whose input is `format`.
///
/// Shape:  [samples, the argument's own shape]; images are [channels, height, width] in the order that the chip sees.
/// Errors: a file that cannot be read, samples of another shape, pixel values for another number of channels; all as text.
llvm::Expected<floats::FloatTensor> readSamples(const SampleSource &source, const InputFormat &format);

} // namespace wage

#endif // WAGE_COMPILER_QUANTIZATION_CALIBRATIONDATA_H
