//===- WindowReader.cpp - kernel, strides and padding of an ONNX node --------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Import/WindowReader.h"

#include "compiler/Import/TensorReader.h"
#include "dialects/onnx/IR/OnnxShapes.h"

using namespace llvm;

namespace wage {

namespace {

/// Reads a list of `count` numbers from `least` up; what is wrong is reported and replaced by the default.
SmallVector<int64_t> readNumbers(NodeReader &node, StringRef attribute, size_t count, int64_t least) {
  SmallVector<int64_t> byDefault(count, least);
  SmallVector<int64_t> found = node.getInts(attribute, byDefault);
  bool inRange = all_of(found, [&](int64_t n) { return n >= least && n < onnxir::maxElements; });
  if (found.size() == count && inRange)
    return found;
  node.error(attribute + " = " + printShape(found) + " is not supported, only " + Twine(count) +
             " numbers, none below " + Twine(least));
  return byDefault;
}

/// Pads before and after one dimension so that windows stand at every stride-th element of it.
std::pair<int64_t, int64_t> samePads(int64_t size, int64_t kernel, int64_t stride, bool moreBefore) {
  int64_t windows = (size + stride - 1) / stride;
  int64_t total = std::max<int64_t>((windows - 1) * stride + kernel - size, 0);
  int64_t less = total / 2, more = total - less;
  return moreBefore ? std::pair(more, less) : std::pair(less, more);
}

} // namespace

Window readWindow(NodeReader &node) {
  Window window;
  if (node.hasAttribute("kernel_shape"))
    window.kernel = readNumbers(node, "kernel_shape", 2, 1);
  window.strides = readNumbers(node, "strides", 2, 1);
  window.pads = readNumbers(node, "pads", 4, 0);
  SmallVector<int64_t> dilations = node.getInts("dilations", {1, 1});
  if (any_of(dilations, [](int64_t n) { return n != 1; }))
    node.error("dilations = " + printShape(dilations) + " is not supported, only dilations = [1, 1]");
  window.autoPad = node.getString("auto_pad", "NOTSET");
  if (!is_contained({"NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID"}, window.autoPad)) {
    node.error("auto_pad = '" + printable(window.autoPad) +
               "' is not supported, only NOTSET, SAME_UPPER, SAME_LOWER and VALID");
    window.autoPad = "NOTSET";
  }
  // ONNX forbids both; some exporters write zeros that mean nothing.
  if (window.autoPad != "NOTSET" && any_of(window.pads, [](int64_t n) { return n != 0; }))
    node.error("pads = " + printShape(window.pads) + " and auto_pad = " + window.autoPad + " exclude each other");
  return window;
}

SmallVector<int64_t> resolvePads(const Window &window, int64_t height, int64_t width) {
  if (window.autoPad == "NOTSET")
    return window.pads;
  if (window.autoPad == "VALID")
    return {0, 0, 0, 0};
  bool moreBefore = window.autoPad == "SAME_LOWER";
  auto [top, bottom] = samePads(height, window.kernel[0], window.strides[0], moreBefore);
  auto [left, right] = samePads(width, window.kernel[1], window.strides[1], moreBefore);
  return {top, left, bottom, right};
}

std::optional<SmallVector<int64_t>> inferWindowedShape(NodeReader &node, const Window &window, ArrayRef<int64_t> pads,
                                                       ArrayRef<int64_t> image, int64_t channels) {
  auto height = onnxir::countWindows(image[2], window.kernel[0], window.strides[0], pads[0], pads[2]);
  auto width = onnxir::countWindows(image[3], window.kernel[1], window.strides[1], pads[1], pads[3]);
  if (!height || !width) {
    node.error("kernel " + printShape(window.kernel) + " with pads " + printShape(pads) + " is larger than its input " +
               printShape(image));
    return std::nullopt;
  }
  if (!onnxir::countElements({channels, *height, *width})) {
    node.error("its result has " + Twine(channels) + " x " + Twine(*height) + " x " + Twine(*width) +
               " elements, needed at most " + Twine(onnxir::maxElements));
    return std::nullopt;
  }
  return SmallVector<int64_t>{image[0], channels, *height, *width};
}

} // namespace wage
