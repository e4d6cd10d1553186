//===- IndexNodes.cpp - Concat, Split, Slice, Pad, Gather, Resize and Upsample ---===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Import/GraphImporter.h"

#include "dialects/onnx/IR/OnnxShapes.h"

#include <cmath>
#include <numeric>

using namespace mlir;
using llvm::Twine;

namespace wage {

void GraphImporter::importConcat(NodeReader &node) {
  int64_t axis = node.getInt("axis", 1);
  if (!node.hasAttribute("axis"))
    node.error("attribute 'axis' is missing");
  node.refuseOtherAttributes();
  SmallVector<Value> inputs;
  SmallVector<onnxir::Shape> shapes;
  for (int i = 0; i < node.getNode().input_size(); ++i) {
    inputs.push_back(getOperand(node, i));
    if (inputs.back())
      shapes.push_back(onnxir::Shape(shapeOf(inputs.back())));
  }
  if (node.hasErrors() || shapes.size() != inputs.size())
    return;
  Type element = getElementTypeOrSelf(inputs[0].getType());
  for (Value input : inputs)
    if (getElementTypeOrSelf(input.getType()) != element)
      return node.error("inputs have different element types");
  auto resolved = resolveAxis(node, axis, shapes[0].size());
  if (!resolved)
    return;
  auto shape = check(node, onnxir::inferConcat(shapes, *resolved));
  if (shape)
    defineValue(node, onnxir::ConcatOp::create(builder, node.getLoc(), getType(*shape, element), inputs, *resolved));
}

Value GraphImporter::slice(NodeReader &node, Value value, ArrayRef<int64_t> starts, ArrayRef<int64_t> steps,
                           ArrayRef<int64_t> shape) {
  RankedTensorType type = getType(shape, getElementTypeOrSelf(value.getType()));
  return onnxir::SliceOp::create(builder, node.getLoc(), type, value, starts, steps);
}

void GraphImporter::importSplit(NodeReader &node) {
  int64_t axis = node.getInt("axis", 0), outputs = node.getNode().output_size();
  bool present = false;
  auto sizes = getList(node, "split", 1, /*isInput=*/opset >= 13, present);
  if (opset >= 18 && node.getInt("num_outputs", outputs) != outputs)
    node.error("num_outputs disagrees with the " + Twine(outputs) + " outputs");
  node.refuseOtherAttributes();
  Value input = getOperand(node, 0);
  if (node.hasErrors() || !input || !sizes)
    return;
  SmallVector<int64_t> shape(shapeOf(input)), starts(shape.size(), 0), steps(shape.size(), 1);
  auto resolved = resolveAxis(node, axis, shape.size());
  if (!resolved)
    return;
  int64_t whole = shape[*resolved];
  if (whole == ShapedType::kDynamic)
    return node.error("axis = " + Twine(axis) + " is the batch, which is left open");
  if (!present) {
    int64_t each = (whole + outputs - 1) / outputs, left = whole;
    for (int64_t i = 0; i < outputs; ++i, left -= sizes->back())
      sizes->push_back(std::min(each, left));
  }
  int64_t sum = 0;
  for (int64_t size : *sizes)
    sum = size < 0 || size > whole || sum > whole ? whole + 1 : sum + size;
  if (sum != whole || static_cast<int64_t>(sizes->size()) != outputs || (!present && opset < 18 && whole % outputs))
    return node.error("split = " + printShape(*sizes) + " does not cut " + Twine(whole) + " elements into " +
                      Twine(outputs) + " outputs");
  for (auto [i, size] : llvm::enumerate(*sizes)) {
    shape[*resolved] = size;
    if (!node.getOutput(i).empty())
      defineValue(node, slice(node, input, starts, steps, shape), i);
    starts[*resolved] += size;
  }
}

GraphImporter::Range GraphImporter::Range::of(int64_t start, int64_t end, int64_t step, int64_t size) {
  step = std::clamp(step, -onnxir::maxElements, onnxir::maxElements);
  start += start < 0 ? size : 0;
  end += end < 0 ? size : 0;
  start = std::clamp<int64_t>(start, 0, step > 0 ? size : size - 1);
  end = std::clamp<int64_t>(end, step > 0 ? 0 : -1, step > 0 ? size : size - 1);
  const int64_t room = step > 0 ? end - start : start - end, stride = std::abs(step);
  const int64_t count = size == 0 || room <= 0 ? 0 : (room + stride - 1) / stride;
  return {count == 0 ? 0 : start, step, count};
}

void GraphImporter::importSlice(NodeReader &node) {
  bool isInput = opset >= 10, hasStarts = false, hasEnds = false, hasAxes = false, hasSteps = false;
  auto starts = getList(node, "starts", 1, isInput, hasStarts), ends = getList(node, "ends", 2, isInput, hasEnds);
  auto axes = getList(node, "axes", 3, isInput, hasAxes), steps = getList(node, "steps", 4, true, hasSteps);
  node.refuseOtherAttributes();
  Value input = getOperand(node, 0);
  if (node.hasErrors() || !input || !starts || !ends || !axes || !steps)
    return;
  SmallVector<int64_t> from(shapeOf(input)), shape(from), firsts(from.size(), 0), strides(from.size(), 1);
  if (!hasAxes) {
    axes->resize(starts->size());
    std::iota(axes->begin(), axes->end(), 0);
  }
  if (!hasSteps)
    steps->assign(starts->size(), 1);
  if (starts->size() != ends->size() || axes->size() != starts->size() || steps->size() != starts->size())
    return node.error("starts, ends, axes and steps have " + Twine(starts->size()) + ", " + Twine(ends->size()) + ", " +
                      Twine(axes->size()) + " and " + Twine(steps->size()) + " numbers, needed as many");
  auto resolved = resolveAxes(node, *axes, from.size());
  if (!resolved)
    return;
  for (auto [i, axis] : llvm::enumerate(*resolved)) {
    int64_t size = from[axis], step = (*steps)[i], start = (*starts)[i], end = (*ends)[i];
    if (step == 0)
      return node.error("steps = " + printShape(*steps) + " must not be 0");
    if (size == ShapedType::kDynamic) {
      if (start == 0 && step == 1 && end >= INT32_MAX)
        continue;
      return node.error("a part of the batch, which is left open, cannot be taken");
    }
    const Range range = Range::of(start, end, step, size);
    shape[axis] = range.count;
    firsts[axis] = range.first;
    strides[axis] = range.step;
  }
  defineValue(node, slice(node, input, firsts, strides, shape));
}

/// The number that a pad puts around a value: an attribute of old opsets, and where it counts an input of newer ones.
float GraphImporter::readPadValue(NodeReader &node, bool isInput) {
  if (opset < 11)
    return static_cast<float>(node.getFloat("value", 0));
  const Entry *entry = isInput && has(node, 2) ? lookUp(node, 2) : nullptr;
  if (!entry)
    return 0;
  if (entry->constant && !isFloatType(entry->constant->elementType)) {
    auto integers = getIntegers(node, 2, "constant_value");
    return integers && !integers->empty() ? static_cast<float>(integers->front()) : 0;
  }
  auto numbers = getNumbers(node, 2, "constant_value");
  return numbers && !numbers->empty() ? numbers->front() : 0;
}

void GraphImporter::importPad(NodeReader &node) {
  StringRef modeName = node.getString("mode", "constant");
  std::optional<onnxir::PadMode> mode = onnxir::symbolizePadMode(modeName);
  if (!mode)
    node.error("mode = '" + printable(modeName) + "' is not supported, only constant, reflect, edge and wrap");
  bool isInput = opset >= 11, hasPads = false, hasAxes = false;
  auto pads = getList(node, "pads", 1, isInput, hasPads), axes = getList(node, "axes", 3, true, hasAxes);
  const float value = readPadValue(node, isInput && mode == onnxir::PadMode::Constant);
  node.refuseOtherAttributes();
  Value input = getOperand(node, 0);
  if (node.hasErrors() || !input || !pads || !axes)
    return;
  SmallVector<int64_t> from(shapeOf(input)), before(from.size(), 0), after(from.size(), 0);
  if (!hasAxes) {
    axes->resize(from.size());
    std::iota(axes->begin(), axes->end(), 0);
  }
  auto resolved = resolveAxes(node, *axes, from.size());
  if (!resolved)
    return;
  if (pads->size() != 2 * resolved->size())
    return node.error("pads = " + printShape(*pads) + " have " + Twine(pads->size()) + " numbers, needed " +
                      Twine(2 * resolved->size()));
  // A negative pad takes away.
  SmallVector<int64_t> cut(from), starts(from.size(), 0), steps(from.size(), 1);
  for (auto [i, axis] : llvm::enumerate(*resolved)) {
    before[axis] = std::max((*pads)[i], -onnxir::maxElements); // enough to take all away, and to be negated
    after[axis] = std::max((*pads)[i + resolved->size()], -onnxir::maxElements);
    int64_t front = std::max<int64_t>(-before[axis], 0), back = std::max<int64_t>(-after[axis], 0);
    if (front == 0 && back == 0)
      continue;
    bool fits = cut[axis] != ShapedType::kDynamic && front <= cut[axis] && back <= cut[axis] - front;
    if (!fits)
      return node.error("pads = " + printShape(*pads) + " take more away than " + printShape(from) + " has");
    cut[axis] -= front + back;
    starts[axis] = cut[axis] == 0 ? 0 : front;
    before[axis] = std::max<int64_t>(before[axis], 0);
    after[axis] = std::max<int64_t>(after[axis], 0);
  }
  if (cut != from)
    input = slice(node, input, starts, steps, cut);
  auto shape = check(node, onnxir::inferPad(cut, before, after));
  if (!shape)
    return;
  for (size_t d = 0; d < cut.size() && *mode != onnxir::PadMode::Constant; ++d)
    if (int64_t most = std::max(before[d], after[d]);
        most > 0 && cut[d] <= (*mode == onnxir::PadMode::Reflect ? most : 0))
      return node.error("pads = " + printShape(*pads) + " need more elements than " + printShape(cut) + " has");
  if (*shape == cut)
    return defineValue(node, input);
  defineValue(node,
              onnxir::PadOp::create(builder, node.getLoc(), getType(*shape, getElementTypeOrSelf(input.getType())),
                                    *mode, input, before, after, llvm::APFloat(value)));
}

Value GraphImporter::gather(NodeReader &node, Value value, int64_t axis, ArrayRef<int64_t> indices) {
  SmallVector<int64_t> shape(shapeOf(value));
  shape[axis] = indices.size();
  RankedTensorType type = getType(shape, getElementTypeOrSelf(value.getType()));
  return onnxir::GatherOp::create(builder, node.getLoc(), type, value, axis, indices);
}

void GraphImporter::importGather(NodeReader &node) {
  int64_t axis = node.getInt("axis", 0);
  node.refuseOtherAttributes();
  auto indices = getIntegers(node, 1, "indices");
  Value input = getOperand(node, 0);
  if (node.hasErrors() || !input || !indices)
    return;
  ArrayRef<int64_t> from = shapeOf(input), indexShape = lookUp(node, 1)->constant->shape;
  auto resolved = resolveAxis(node, axis, from.size());
  if (!resolved)
    return;
  int64_t size = from[*resolved];
  if (size == ShapedType::kDynamic)
    return node.error("axis = " + Twine(axis) + " is the batch, which is left open");
  for (int64_t &index : *indices) {
    if (index < -size || index >= size)
      return node.error("index " + Twine(index) + " is not in the " + Twine(size) + " elements of axis " + Twine(axis));
    index += index < 0 ? size : 0;
  }
  // Indices of several dimensions, or of none, are written in a row first.
  SmallVector<int64_t> shape(from.take_front(*resolved));
  llvm::append_range(shape, indexShape);
  llvm::append_range(shape, from.drop_front(*resolved + 1));
  if (!onnxir::countPerSample(shape))
    return node.error("its result has the shape " + printShape(shape) + ", needed at most " +
                      Twine(onnxir::maxElements) + " elements");
  defineValue(node, reshape(node, gather(node, input, *resolved, *indices), shape));
}

//===----------------------------------------------------------------------===//
// Resize and Upsample
//===----------------------------------------------------------------------===//

namespace {

/// Where element `i` of a dimension resized from `from` to `to` elements looks; not yet rounded.
///
/// Source: ONNX operator specification, Resize, attribute coordinate_transformation_mode.
std::optional<double> sourceCoordinate(StringRef mode, int64_t i, double scale, int64_t from, int64_t to) {
  double x = static_cast<double>(i);
  if (mode == "half_pixel")
    return (x + 0.5) / scale - 0.5;
  if (mode == "half_pixel_symmetric") {
    double adjustment = static_cast<double>(to) / (scale * static_cast<double>(from));
    return static_cast<double>(from) / 2 * (1 - adjustment) + (x + 0.5) / scale - 0.5;
  }
  if (mode == "pytorch_half_pixel")
    return to > 1 ? (x + 0.5) / scale - 0.5 : 0;
  if (mode == "align_corners")
    return to > 1 ? x * static_cast<double>(from - 1) / static_cast<double>(to - 1) : 0;
  if (mode == "asymmetric")
    return x / scale;
  if (mode == "tf_half_pixel_for_nn")
    return (x + 0.5) / scale;
  return std::nullopt;
}

std::optional<double> roundCoordinate(StringRef mode, double x) {
  if (mode == "round_prefer_floor")
    return std::ceil(x - 0.5);
  if (mode == "round_prefer_ceil")
    return std::floor(x + 0.5);
  if (mode == "floor")
    return std::floor(x);
  if (mode == "ceil")
    return std::ceil(x);
  return std::nullopt;
}

/// Which element of a dimension of `from` elements each of the `to` resized ones is a copy of.
SmallVector<int64_t> nearestElements(StringRef coordinates, StringRef rounding, double scale, int64_t from,
                                     int64_t to) {
  SmallVector<int64_t> indices;
  for (int64_t i = 0; i < to; ++i) {
    const double x = *roundCoordinate(rounding, *sourceCoordinate(coordinates, i, scale, from, to));
    indices.push_back(static_cast<int64_t>(std::clamp(x, 0.0, static_cast<double>(from - 1))));
  }
  return indices;
}

} // namespace

/// By how much each dimension grows, or to how many elements: sizes where the node has both. Neither, if they are unknown.
GraphImporter::ResizeTargets GraphImporter::readResizeTargets(NodeReader &node) {
  const bool isUpsample = node.getOpType() == "Upsample", isOld = isUpsample || opset < 11;
  const int scalesInput = isOld ? 1 : 2;
  ResizeTargets targets;
  if (isUpsample && opset < 9) {
    if (const onnx::AttributeProto *found = node.find("scales", onnx::AttributeProto::FLOATS))
      targets.scales = std::vector<float>(found->floats().begin(), found->floats().end());
  } else if (has(node, scalesInput)) {
    targets.scales = getNumbers(node, scalesInput, "scales");
  }
  if (!isOld && has(node, 3)) {
    targets.sizes = getIntegers(node, 3, "sizes");
    targets.scales.reset();
  }
  return targets;
}

void GraphImporter::importResize(NodeReader &node) {
  bool isUpsample = node.getOpType() == "Upsample", isOld = isUpsample || opset < 11;
  if (node.getString("mode", "nearest") != "nearest")
    node.error("mode = '" + printable(node.getString("mode", "")) + "' is not supported, only nearest");
  StringRef coordinates = isOld ? "asymmetric" : node.getString("coordinate_transformation_mode", "half_pixel");
  StringRef rounding = isOld ? "floor" : node.getString("nearest_mode", "round_prefer_floor");
  if (!sourceCoordinate(coordinates, 0, 1, 1, 1))
    node.error("coordinate_transformation_mode = '" + printable(coordinates) + "' is not supported");
  if (!roundCoordinate(rounding, 0))
    node.error("nearest_mode = '" + printable(rounding) + "' is not supported");
  for (StringRef unused : {"cubic_coeff_a", "exclude_outside", "extrapolation_value", "antialias"})
    node.ignore(unused); // of the other modes
  if (node.getString("keep_aspect_ratio_policy", "stretch") != "stretch")
    node.error("keep_aspect_ratio_policy is not supported, only stretch");
  bool hasAxes = node.hasAttribute("axes");
  SmallVector<int64_t> axes = node.getInts("axes", {});
  const auto [scales, sizes] = readResizeTargets(node);
  node.refuseOtherAttributes();
  Value input = getOperand(node, 0);
  if (node.hasErrors() || !input)
    return;
  if (!scales && !sizes)
    return node.error("has neither scales nor sizes that are known");
  ArrayRef<int64_t> from = shapeOf(input);
  if (!hasAxes) {
    axes.resize(from.size());
    std::iota(axes.begin(), axes.end(), 0);
  }
  auto resolved = resolveAxes(node, axes, from.size());
  size_t found = sizes ? sizes->size() : scales->size();
  if (!resolved)
    return;
  if (found != resolved->size())
    return node.error("has " + Twine(found) + " scales or sizes, needed " + Twine(resolved->size()));
  SmallVector<std::pair<int64_t, SmallVector<int64_t>>> steps;
  SmallVector<int64_t> shape(from);
  for (auto [i, axis] : llvm::enumerate(*resolved)) {
    int64_t size = from[axis];
    if (size == ShapedType::kDynamic) {
      bool keeps = sizes ? (*sizes)[i] == openDim || (*sizes)[i] == fixedBatch : (*scales)[i] == 1;
      if (!keeps)
        return node.error("the batch, which is left open, cannot be resized");
      continue;
    }
    double scaled = sizes ? 0 : std::floor(static_cast<double>(size) * (*scales)[i]);
    if (sizes ? (*sizes)[i] < 0 : !(scaled >= 0 && scaled <= onnxir::maxElements))
      return node.error("a scale or size of dimension " + Twine(axis) + " is out of range");
    shape[axis] = sizes ? (*sizes)[i] : static_cast<int64_t>(scaled);
    bool tooLong = std::max(size, shape[axis]) > longestList;
    if (tooLong || !onnxir::countPerSample(shape) || (size == 0 && shape[axis] > 0))
      return node.error("its result would have the shape " + printShape(shape));
    double scale = sizes ? static_cast<double>(shape[axis]) / static_cast<double>(size) : (*scales)[i];
    SmallVector<int64_t> indices = nearestElements(coordinates, rounding, scale, size, shape[axis]);
    if (!llvm::equal(indices, llvm::seq<int64_t>(size)))
      steps.push_back({axis, std::move(indices)});
  }
  for (auto &[axis, indices] : steps)
    input = gather(node, input, axis, indices);
  defineValue(node, input);
}

} // namespace wage
