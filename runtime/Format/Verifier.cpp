//===- Verifier.cpp - configuration, chip and tables; the order of all parts ---------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Format/Verifier.h"

#include "runtime/Format/VerifierParts.h"

#include <algorithm>
#include <functional>

namespace wage::rt {

namespace {

/// As the compiler's, and so that a bias and the sum of a layer's products fit 64 bits together.
constexpr int64_t largestBias = int64_t(1) << 61;
/// Memory stays bounded by what a chip could hold.
constexpr uint64_t largestGrid = uint64_t(1) << 22;

using verify::largestExtent, verify::largestTensor, verify::number;

bool isExtent(int64_t value) { return value >= 1 && value <= static_cast<int64_t>(largestExtent); }

/// Whether a tensor of these extents is small enough. The product of three can run over 64 bits, that of two cannot.
bool isTensor(uint64_t a, uint64_t b, uint64_t c) { return a * b <= largestTensor && a * b * c <= largestTensor; }

//===----------------------------------------------------------------------===//
// Configuration and chip
//===----------------------------------------------------------------------===//

Status verifyConfig(const Program &p) {
  const Config &c = p.config;
  auto between = [](unsigned value, unsigned low, unsigned high) { return value >= low && value <= high; };
  if (!between(c.weightBits, 1, 8) || !between(c.activationBits, 2, 16) || !between(c.gradientBits, 2, 16) ||
      !between(c.errorBits, 2, 16) || !between(c.randomBits, 1, 16) || c.gradientBits < c.weightBits)
    return Status::error("bits " + number(c.weightBits) + "-" + number(c.activationBits) + "-" +
                         number(c.gradientBits) + "-" + number(c.errorBits) + "-" + number(c.randomBits) +
                         ", needed 1…8, 2…16, 2…16 (not below the first), 2…16, 1…16");
  if (c.mode > Mode::Train || c.rounding > Rounding::HalfAway)
    return Status::error("mode or rounding is none of the two there are");
  if (c.maxBatch < 1 || c.maxBatch > largestExtent)
    return Status::error("largest batch " + number(c.maxBatch) + ", needed 1 to " + number(largestExtent));
  if (p.encoderTable.size() != 256 && p.encoderTable.size() != uint64_t(p.inputChannels) * 256)
    return Status::error("encoder table has " + number(p.encoderTable.size()) + " entries, needed 256, or " +
                         number(uint64_t(p.inputChannels) * 256) + " for all channels");
  if (!between(p.inputBits(), 2, 16))
    return Status::error("input activations of " + number(p.inputBits()) + " bits, needed 2 to 16");
  const int64_t limit = largestInteger(static_cast<int>(p.inputBits()));
  for (int32_t entry : p.encoderTable)
    if (entry < -limit || entry > limit)
      return Status::error("encoder table holds " + std::to_string(entry) + ", needed at most " + number(limit) +
                           " in magnitude");
  if (p.inputType != (p.inputBits() <= 8 ? ElementType::Int8 : ElementType::Int16))
    return Status::error("input element type does not fit the activation width");
  if (!isExtent(p.inputChannels) || !isExtent(p.inputHeight) || !isExtent(p.inputWidth) || !isExtent(p.classes) ||
      !isTensor(p.inputHeight, p.inputWidth, p.inputChannels))
    return Status::error("input shape or classes out of range");
  return Status();
}

/// The codes that the chip's messages may have, and those that they have.
Status verifySpikes(const Program &p) {
  const SpikeDescription &s = p.chip.spikes;
  const std::string where = "chip '" + p.chip.name + "': ";
  for (size_t i = 0; i < s.codes.size(); ++i)
    if (static_cast<unsigned>(s.codes[i]) >= spikeCodeCount ||
        std::find(s.codes.begin(), s.codes.begin() + static_cast<int64_t>(i), s.codes[i]) !=
            s.codes.begin() + static_cast<int64_t>(i))
      return Status::error(where + "a spike code is not known or listed twice, needed dense, graded, rate or phase");
  if (!p.hasEvents())
    return Status();
  // Of windows of 2^15 ticks, 2^31 events and a million cores no cost is then more than 64 bits.
  constexpr uint32_t most = 1 << 20;
  if (s.eventBytes == 0 || s.tickCycles == 0 || s.eventBytes > most || s.tickCycles > most)
    return Status::error(where + "events of " + number(s.eventBytes) + " bytes and ticks of " + number(s.tickCycles) +
                         " cycles, needed 1 to " + number(most) + " where routes carry events");
  for (size_t r = 0; r < p.routes.size(); ++r)
    if (p.routes[r].carriesEvents() && !s.speaks(p.routes[r].code))
      return Status::error("route " + number(r) + ": carries events in " + spikeCodeName(p.routes[r].code) +
                           " code, which chip '" + p.chip.name + "' does not speak");
  return Status();
}

Status verifyChip(const Program &p) {
  const ChipDescription &c = p.chip;
  const uint64_t columns = uint64_t(c.gridColumns) * c.chipColumns, rows = uint64_t(c.gridRows) * c.chipRows;
  if (!isExtent(c.gridColumns) || !isExtent(c.gridRows) || !isExtent(c.chipColumns) || !isExtent(c.chipRows) ||
      columns > largestExtent || rows > largestExtent || columns * rows > largestGrid)
    return Status::error("chip '" + c.name + "': grid out of range, at most " + number(largestGrid) + " cores");
  if (c.noc.linkBytesPerCycle == 0)
    return Status::error("chip '" + c.name + "': links carry 0 bytes per cycle");
  if (c.offChip.bytes > 0 &&
      (c.offChip.bytesPerCycle == 0 || c.offChip.portX >= p.systemColumns() || c.offChip.portY >= p.systemRows()))
    return Status::error("chip '" + c.name + "': off-chip memory without bandwidth or with a port outside the grid");
  if (Status status = verifySpikes(p); !status.ok())
    return status;
  if (std::adjacent_find(c.faultyCores.begin(), c.faultyCores.end(), std::greater_equal<>()) != c.faultyCores.end())
    return Status::error("chip '" + c.name + "': faulty cores are not in ascending order, each once");
  if (!c.faultyCores.empty() && c.faultyCores.back() >= columns * rows)
    return Status::error("chip '" + c.name + "': faulty core " + number(c.faultyCores.back()) +
                         ", needed less than the grid's " + number(columns * rows));
  if (c.groups.empty())
    return Status::error("chip '" + c.name + "': no core groups");
  for (const CoreGroup &g : c.groups)
    for (const uint32_t width : g.weightBits)
      if (width < 1 || width > 8)
        return Status::error("chip '" + c.name + "': core group '" + g.name + "' offers weights of " + number(width) +
                             " bits, needed 1 to 8");
  for (const CoreGroup &g : c.groups)
    if (g.axonsPerWeight.size() != g.weightBits.size())
      return Status::error("chip '" + c.name + "': core group '" + g.name + "' has " + number(g.weightBits.size()) +
                           " weight widths and axons per weight for " + number(g.axonsPerWeight.size()));
  for (const CoreGroup &g : c.groups)
    if (g.columns == 0 || g.rows == 0 || g.firstX >= c.gridColumns || g.columns > c.gridColumns - g.firstX ||
        g.firstY >= c.gridRows || g.rows > c.gridRows - g.firstY || g.macsPerCycle == 0 || g.dataBytesPerCycle == 0)
      return Status::error("chip '" + c.name + "': core group '" + g.name +
                           "' lies outside the grid, or computes or moves nothing per cycle");
  return Status();
}

//===----------------------------------------------------------------------===//
// Layers, pools, phases
//===----------------------------------------------------------------------===//

/// Where windows may lie: kernels lay out the whole plane that windows touch, so that it is bounded on all sides.
Status verifyWindows(const LinearBlock &g, const std::string &where) {
  const int64_t height = g.windowHeight() * 64, width = g.windowWidth() * 64;
  if (g.padTop < 0 || g.padLeft < 0 || g.padTop > height || g.padLeft > width)
    return Status::error(where + "padding out of range");
  const int64_t lastY = int64_t(g.outHeight - 1) * g.strideY, lastX = int64_t(g.outWidth - 1) * g.strideX;
  if (lastY > int64_t(g.height) + g.padTop + height || lastX > int64_t(g.width) + g.padLeft + width)
    return Status::error(where + "a window lies outside the plane and its padding");
  // Dilations, padding and strides make the plane larger than the input and the weights are.
  constexpr auto most = static_cast<int64_t>(largestTensor);
  const int64_t rows = lastY + g.windowHeight(), columns = lastX + g.windowWidth();
  if (rows > most || columns > most || rows * columns > most / g.channelEnd())
    return Status::error(where + "its input with all padding has over 2^31 elements");
  return Status();
}

Status verifyLayer(const Program &p, const Layer &layer) {
  const LinearBlock &g = layer.geometry;
  const std::string where = "layer '" + layer.name + "': ";
  for (int64_t extent : {int64_t(g.height), int64_t(g.width), int64_t(g.kernelHeight), int64_t(g.kernelWidth),
                         int64_t(g.strideY), int64_t(g.strideX), int64_t(g.dilationY), int64_t(g.dilationX),
                         int64_t(g.outHeight), int64_t(g.outWidth), g.rowEnd, g.neurons})
    if (!isExtent(extent))
      return Status::error(where + "an extent is " + std::to_string(extent) + ", needed 1 to " + number(largestExtent));
  if (g.rowBegin != 0 || g.rowEnd % g.window() != 0)
    return Status::error(where + number(g.rowEnd) + " rows are no multiple of the kernel's " + number(g.window()));
  if (g.groups < 1 || g.rowEnd / g.window() % g.groups != 0 || g.neurons % g.groups != 0)
    return Status::error(where + std::to_string(g.groups) + " groups do not divide its " +
                         number(g.rowEnd / g.window()) + " channels and " + number(g.neurons) + " neurons");
  if (Status status = verifyWindows(g, where); !status.ok())
    return status;
  if (!isTensor(g.height, g.width, g.channelEnd()) || !isTensor(g.outHeight, g.outWidth, g.neurons) ||
      g.weights() > static_cast<int64_t>(largestTensor))
    return Status::error(where + "its input, output or weights have over 2^31 elements");
  uint64_t weights = 1; // four extents of 2^24 would run over 64 bits
  for (uint32_t extent : layer.weightShape)
    weights = isExtent(extent) && weights <= largestTensor ? weights * extent : 0;
  if (layer.weightShape.size() > 4 || weights != static_cast<uint64_t>(g.weights()) ||
      (layer.axonsFirst && (layer.weightShape.size() != 2 || g.groups != 1)))
    return Status::error(where + "weight tensor '" + layer.weightName + "' does not have rows x neurons elements");
  if (layer.scaleLog2.size() != static_cast<size_t>(g.neurons))
    return Status::error(where + number(layer.scaleLog2.size()) + " scales for " + number(g.neurons) + " neurons");
  for (int32_t scale : layer.scaleLog2)
    if (scale < -8 || scale > 32)
      return Status::error(where + "a scale is 2^" + std::to_string(-int64_t(scale)) + ", needed 2^-32 to 2^8");
  if (layer.biasName.empty() ? !layer.bias.empty() : layer.bias.size() != static_cast<size_t>(g.neurons))
    return Status::error(where + number(layer.bias.size()) + " biases for " + number(g.neurons) + " neurons");
  for (int64_t steps : layer.bias)
    if (steps < -largestBias || steps > largestBias)
      return Status::error(where + "a bias is " + std::to_string(steps) + ", needed at most 2^61 either way");
  if (layer.frozen && p.config.mode != Mode::Train)
    return Status::error(where + "is frozen in a program in which no layer learns");
  if (const size_t tensors = p.weightTensors(); layer.ordinal >= tensors)
    return Status::error(where + "ordinal " + number(layer.ordinal) + ", needed less than " + number(tensors));
  return Status();
}

/// A copy has its original's weights; only the stretch of rows that it computes is its own.
Status verifyCopy(const Layer &copy, const Layer &original) {
  const LinearBlock &a = copy.geometry, &b = original.geometry;
  const bool isSame = copy.ordinal == original.ordinal && copy.weightName == original.weightName &&
                      copy.weightShape == original.weightShape && copy.axonsFirst == original.axonsFirst &&
                      copy.scaleLog2 == original.scaleLog2 && copy.biasName == original.biasName &&
                      copy.bias == original.bias && copy.frozen == original.frozen && a.rowEnd == b.rowEnd &&
                      a.neurons == b.neurons && a.groups == b.groups && a.kernelHeight == b.kernelHeight &&
                      a.kernelWidth == b.kernelWidth && a.strideY == b.strideY && a.strideX == b.strideX &&
                      a.dilationY == b.dilationY && a.dilationX == b.dilationX && a.padLeft == b.padLeft &&
                      a.width == b.width && a.outWidth == b.outWidth;
  return isSame ? Status()
                : Status::error("layer '" + copy.name + "': is no copy of layer '" + original.name +
                                "', of which only rows and padding above may differ");
}

Status verifyTables(const Program &p) {
  std::vector<bool> seen(p.layers.size(), false);
  for (const Layer &layer : p.layers) {
    if (Status status = verifyLayer(p, layer); !status.ok())
      return status;
    if (layer.isCopy()) {
      if (Status status = verifyCopy(layer, p.layers[layer.copyOf]); !status.ok())
        return status;
      continue;
    }
    if (seen[layer.ordinal])
      return Status::error("layer '" + layer.name + "': ordinal " + number(layer.ordinal) + " is taken already");
    seen[layer.ordinal] = true;
  }
  for (size_t i = 0; i < p.pools.size(); ++i) {
    const Pool &q = p.pools[i];
    for (uint32_t extent :
         {q.height, q.width, q.kernelHeight, q.kernelWidth, q.strideY, q.strideX, q.outHeight, q.outWidth})
      if (!isExtent(extent))
        return Status::error("pool " + number(i) + ": an extent is " + number(extent) + ", needed 1 to " +
                             number(largestExtent));
    if (!isTensor(q.height, q.width, 1) || !isTensor(q.outHeight, q.outWidth, 1))
      return Status::error("pool " + number(i) + ": a plane of its input or output has over 2^31 elements");
    // Every window must touch the plane, and none may begin beyond it.
    if (q.padTop >= q.kernelHeight || q.padLeft >= q.kernelWidth ||
        uint64_t(q.outHeight - 1) * q.strideY >= uint64_t(q.height) + q.padTop ||
        uint64_t(q.outWidth - 1) * q.strideX >= uint64_t(q.width) + q.padLeft)
      return Status::error("pool " + number(i) + ": a window lies outside the plane");
  }
  if (p.phases.empty() || p.inferPhases < 1 || p.inferPhases > p.phases.size())
    return Status::error(number(p.inferPhases) + " inference phases of " + number(p.phases.size()));
  return Status();
}

} // namespace

int64_t largestStoredWeight(const Program &program, const Layer &layer) {
  const auto weightBits = static_cast<int>(program.config.weightBits);
  return program.learns(layer) ? masterLimit(weightBits, static_cast<int>(program.storedWeightBits(layer)))
                               : largestWeightInUse(weightBits);
}

Status verifyStreams(const Program &program) {
  for (Status (*part)(const Program &) : {verifyConfig, verify::hostFormats, verifyTables, verify::references,
                                          verify::templates, verify::movement, verify::instructions, verify::messages})
    if (Status status = part(program); !status.ok())
      return status;
  return Status();
}

Status verifyProgram(const Program &program) {
  for (Status (*part)(const Program &) :
       {verifyConfig, verify::hostFormats, verifyChip, verifyTables, verify::cores, verify::movement,
        verify::instructions, verify::needs, verify::messages, verify::events, verify::waits, verify::sharing})
    if (Status status = part(program); !status.ok())
      return status;
  return Status();
}

} // namespace wage::rt
