//===- CalibrationData.cpp - samples to calibrate with -----------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Quantization/CalibrationData.h"

#include "compiler/FloatEvaluator/FloatNpy.h"
#include "dialects/onnx/IR/OnnxShapes.h"
#include "runtime/Data/Dataset.h"

#include "llvm/Support/Error.h"

#include <algorithm>
#include <cmath>

using namespace mlir;

namespace wage {

namespace {

llvm::Error makeError(const Twine &text) { return llvm::createStringError(text); }

/// The sample's elements go from the chip's order to the argument's.
void placeImage(const uint8_t *bytes, int64_t plane, const PixelValues &pixels, const Layout &layout, float *sample) {
  const ArrayRef<int64_t> sizes = layout.getSizes(), strides = layout.getStrides();
  SmallVector<int64_t> index(sizes.size(), 0);
  const int64_t count = floats::product(sizes);
  for (int64_t i = 0; i < count; ++i) {
    int64_t to = 0, rest = i;
    for (size_t d = sizes.size(); d-- > 0; rest /= sizes[d])
      to += rest % sizes[d] * strides[d];
    const int64_t channel = i / plane;
    sample[to] = static_cast<float>(bytes[i] * pixels.getScale(channel) + pixels.getOffset(channel));
  }
}

llvm::Expected<floats::FloatTensor> readImages(const SampleSource &source, const InputFormat &format,
                                               ArrayRef<int64_t> argument) {
  rt::Expected<rt::Dataset> data = rt::readDataset(source.images.str(), "");
  if (!data)
    return makeError(data.status().text());
  const ArrayRef<int64_t> sizes = format.layout.getSizes();
  const SmallVector<int64_t> image{data->channels, data->height, data->width};
  // A network of vectors takes the pixels of an image as they lie.
  const bool isVector = llvm::count_if(sizes, [](int64_t size) { return size != 1; }) <= 1;
  if (sizes != ArrayRef<int64_t>(image) &&
      !(isVector && floats::product(sizes) == static_cast<int64_t>(data->imageBytes())))
    return makeError(source.images + ": images have shape " + onnxir::printShape(image) + ", the network takes " +
                     onnxir::printShape(sizes));
  if (!source.pixels.fits(data->channels))
    return makeError("pixel values are given for " +
                     Twine(std::max(source.pixels.scale.size(), source.pixels.offset.size())) +
                     " channels, images have " + Twine(data->channels));
  SmallVector<int64_t> shape(argument);
  shape[0] = std::min<int64_t>(static_cast<int64_t>(data->count), source.limit);
  floats::FloatTensor samples(shape);
  for (int64_t i = 0; i < shape[0]; ++i)
    placeImage(data->image(i), int64_t(data->height) * data->width, source.pixels, format.layout,
               samples.mutableData() + i * static_cast<int64_t>(data->imageBytes()));
  return samples;
}

llvm::Expected<floats::FloatTensor> readReals(const SampleSource &source, ArrayRef<int64_t> argument) {
  llvm::Expected<floats::FloatTensor> tensor = floats::readFloatNpy(source.input);
  if (!tensor)
    return tensor.takeError();
  SmallVector<int64_t> shape(argument);
  if (!tensor->shape.empty())
    shape[0] = tensor->shape[0];
  if (tensor->shape != shape || shape[0] < 1)
    return makeError(source.input + ": samples have shape " + onnxir::printShape(tensor->shape) +
                     ", the network takes " + onnxir::printShape(argument));
  if (!std::all_of(tensor->data(), tensor->data() + tensor->size(), [](float x) { return std::isfinite(x); }))
    return makeError(source.input + ": samples must be finite, found infinite ones or what is no number");
  if (shape[0] <= source.limit)
    return tensor;
  return takeSamples(*tensor, 0, source.limit);
}

} // namespace

llvm::Expected<floats::FloatTensor> readSamples(const SampleSource &source, const InputFormat &format) {
  // What the format is of: the value's own graph has one argument.
  const auto argument = cast<ShapedType>(format.argument.getType()).getShape();
  return source.images.empty() ? readReals(source, argument) : readImages(source, format, argument);
}

} // namespace wage
