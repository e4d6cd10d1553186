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

/// How many dimensions of space the attributes speak of.
size_t guessSpace(NodeReader &node) {
  size_t found = node.hasAttribute("kernel_shape") ? node.getInts("kernel_shape", {}).size() : 2;
  return found >= 1 && found <= 3 ? found : 2;
}

} // namespace

mlir::DenseI64ArrayAttr Window::getDilationsAttr(mlir::MLIRContext *context) const {
  if (all_of(dilations, [](int64_t n) { return n == 1; }))
    return {};
  return mlir::DenseI64ArrayAttr::get(context, dilations);
}

Window readWindow(NodeReader &node, size_t space, bool isPool) {
  Window window;
  if (space == 0)
    space = guessSpace(node);
  if (node.hasAttribute("kernel_shape"))
    window.kernel = readNumbers(node, "kernel_shape", space, 1);
  window.strides = readNumbers(node, "strides", space, 1);
  window.pads = readNumbers(node, "pads", 2 * space, 0);
  window.dilations = readNumbers(node, "dilations", space, 1);
  if (isPool)
    window.ceilMode = node.getInt("ceil_mode", 0) != 0;
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

SmallVector<int64_t> resolvePads(const Window &window, ArrayRef<int64_t> images) {
  if (window.autoPad == "NOTSET")
    return window.pads;
  size_t space = window.kernel.size();
  SmallVector<int64_t> pads(2 * space, 0);
  for (size_t i = 0; i < space && window.autoPad != "VALID"; ++i)
    std::tie(pads[i], pads[i + space]) =
        samePads(images[i + 2], onnxir::dilatedKernel(window.kernel[i], window.dilations[i]), window.strides[i],
                 /*moreBefore=*/window.autoPad == "SAME_LOWER");
  return pads;
}

SmallVector<int64_t> resolveOverhang(const Window &window, ArrayRef<int64_t> pads, ArrayRef<int64_t> images) {
  size_t space = window.kernel.size();
  SmallVector<int64_t> overhang(space, 0);
  for (size_t i = 0; i < space && window.ceilMode; ++i) {
    int64_t stride = window.strides[i], padded = images[i + 2] + pads[i] + pads[i + space];
    int64_t room = padded - onnxir::dilatedKernel(window.kernel[i], window.dilations[i]);
    if (room < 0) { // not even one window without it
      overhang[i] = -room < stride ? -room : 0;
      continue;
    }
    int64_t rest = room % stride;
    bool beginsInside = rest && (room / stride + 1) * stride < images[i + 2] + pads[i];
    if (beginsInside)
      overhang[i] = stride - rest;
  }
  return overhang;
}

} // namespace wage
