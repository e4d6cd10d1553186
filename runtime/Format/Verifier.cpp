//===- Verifier.cpp - tables, cores and memories ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Format/Verifier.h"

#include "runtime/Format/Extents.h"
#include "runtime/Format/Liveness.h"
#include "runtime/Format/Positions.h"
#include "runtime/Format/VerifierParts.h"

#include <algorithm>
#include <array>
#include <functional>
#include <tuple>

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
  if (static_cast<unsigned>(c.mode) > 1 || static_cast<unsigned>(c.rounding) > 1)
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

//===----------------------------------------------------------------------===//
// Cores and memories
//===----------------------------------------------------------------------===//

Status verifyPosition(const Program &p, size_t i) {
  const Core &core = p.cores[i];
  const std::string where = verify::coreName(p, i) + ": ";
  if (core.x >= p.systemColumns() || core.y >= p.systemRows())
    return Status::error(where + "outside the grid of " + number(p.systemColumns()) + " x " + number(p.systemRows()));
  const uint64_t index = uint64_t(core.y) * p.systemColumns() + core.x;
  if (std::binary_search(p.chip.faultyCores.begin(), p.chip.faultyCores.end(), index))
    return Status::error(where + "the chip's description calls this core faulty");
  if (!verify::findGroup(p, core))
    return Status::error(where + "no core group covers this position");
  return Status();
}

/// Indices that a core's streams and block are read by.
Status verifyReferences(const Program &p, size_t i) {
  const Core &core = p.cores[i];
  const std::string where = verify::coreName(p, i) + ": ";
  if (core.templateIndex >= p.templates.size())
    return Status::error(where + "template " + number(core.templateIndex) + " of " + number(p.templates.size()));
  if (core.parameters.size() != p.templates[core.templateIndex].parameters.size())
    return Status::error(where + number(core.parameters.size()) + " parameters, needed " +
                         number(p.templates[core.templateIndex].parameters.size()));
  for (const Link &link : core.links)
    if (link.route >= p.routes.size())
      return Status::error(where + "link to route " + number(link.route) + " of " + number(p.routes.size()));
  if (core.layer == noIndex) {
    if (core.imageBytes != 0 || core.rowBegin != 0 || core.rowEnd != 0 || core.neuronBegin > core.neuronEnd)
      return Status::error(where + "weights or rows without a layer");
    return Status();
  }
  if (core.layer >= p.layers.size())
    return Status::error(where + "layer " + number(core.layer) + " of " + number(p.layers.size()));
  const LinearBlock &g = p.layers[core.layer].geometry;
  if (!g.hasPart(core.rowBegin, core.rowEnd, core.neuronBegin, core.neuronEnd))
    return Status::error(where + "block outside its layer's matrix of " + number(g.rowEnd) + " x " + number(g.neurons) +
                         (g.groups == 1 ? "" : ", or with parts of some of its " + number(g.groups) + " groups"));
  return Status();
}

Status verifyBlock(const Program &p, size_t i) {
  if (Status status = verifyReferences(p, i); !status.ok() || p.cores[i].layer == noIndex)
    return status;
  const Core &core = p.cores[i];
  const std::string where = verify::coreName(p, i) + ": ";
  const CoreGroup &group = *verify::findGroup(p, core);
  const uint64_t rows = core.rowEnd - core.rowBegin, neurons = core.neuronEnd - core.neuronBegin;
  const uint64_t bytes = packedBytes(blockOf(p, core).weights(), p.storedWeightBits(p.layers[core.layer]));
  const uint32_t axons = group.axonsFor(p.config.weightBits);
  if (rows > axons || neurons > group.neurons || bytes > group.synapseBytes)
    return Status::error(where + "block of " + number(rows) + " x " + number(neurons) + " and " + number(bytes) +
                         " bytes, the core has " + number(axons) + " axons, " + number(group.neurons) +
                         " neurons and " + number(group.synapseBytes) + " bytes of synapses");
  if (core.imageBytes != bytes || core.imageOffset > p.images.size() || bytes > p.images.size() - core.imageOffset)
    return Status::error(where + "image of " + number(core.imageBytes) + " bytes at " + number(core.imageOffset) +
                         ", needed " + number(bytes) + " inside " + number(p.images.size()));
  if (group.widthFor(p.config.weightBits) == 0)
    return Status::error(where + "weights of " + number(p.config.weightBits) + " bits, which cores of group '" +
                         group.name + "' do not offer");
  return Status();
}

/// Blocks that share a core fit its crossbar together: each has rows, neurons and synapses of its own.
Status verifyCrossbars(const Program &p) {
  const Positions positions(p);
  for (uint32_t position = 0; position < positions.size(); ++position) {
    const Positions::Blocks blocks = positions.blocksOf(position);
    uint64_t rows = 0, neurons = 0, bytes = 0;
    for (uint32_t c : blocks)
      if (const Core &core = p.cores[c]; core.layer != noIndex)
        rows += core.rowEnd - core.rowBegin, neurons += core.neuronEnd - core.neuronBegin, bytes += core.imageBytes;
    const CoreGroup &group = *verify::findGroup(p, p.cores[blocks.front()]);
    const uint32_t axons = group.axonsFor(p.config.weightBits);
    if (rows > axons || neurons > group.neurons || bytes > group.synapseBytes)
      return Status::error(verify::coreName(p, blocks.front()) + ": " + number(blocks.size()) + " blocks of " +
                           number(rows) + " rows, " + number(neurons) + " neurons and " + number(bytes) +
                           " bytes in all, the core has " + number(axons) + " axons, " + number(group.neurons) +
                           " neurons and " + number(group.synapseBytes) + " bytes of synapses");
  }
  return Status();
}

/// Two's complement has a number more than arithmetic.md, and a damaged file may have others that no training reaches.
Status verifyWeights(const Program &p, size_t i) {
  const Core &core = p.cores[i];
  const Layer &layer = p.layers[core.layer];
  const uint32_t bits = p.storedWeightBits(layer);
  const int64_t limit =
      p.learns(layer) ? masterLimit(int(p.config.weightBits), int(bits)) : largestWeightInUse(int(p.config.weightBits));
  const auto count = static_cast<uint64_t>(blockOf(p, core).weights());
  // A part begins on a byte and stays in the cache. Behind a last, shorter one stand weights that have passed.
  std::array<int16_t, 4096> part = {};
  for (uint64_t first = 0; first < count; first += part.size()) {
    const uint64_t size = std::min<uint64_t>(part.size(), count - first);
    unpackWeights(&p.images[core.imageOffset + first * bits / 8], size, bits, part.data());
    const auto isWrong = [limit = static_cast<int16_t>(limit)](int16_t weight) {
      return weight < -limit || weight > limit;
    };
    bool anyWrong = false; // without a branch: this loop sees every weight of the file
    for (int16_t weight : part)
      anyWrong |= isWrong(weight);
    if (!anyWrong)
      continue;
    const auto *wrong = std::find_if(part.begin(), part.end(), isWrong);
    return Status::error(verify::coreName(p, i) + ": weight[" + number(first + (wrong - part.begin())) + "] is " +
                         std::to_string(*wrong) + ", needed at most " + std::to_string(limit) + " in magnitude");
  }
  return Status();
}

/// Every buffer inside its memory.
Status verifyMemory(const Program &p, size_t i) {
  const Core &core = p.cores[i];
  const uint64_t coreLines = verify::findGroup(p, core)->dataBytes / addressLineBytes;
  for (const BufferDecl &buffer : p.templates[core.templateIndex].buffers) {
    const std::string where = verify::coreName(p, i) + ", buffer '" + buffer.name + "': ";
    const int64_t elements = operandValue(buffer.elements, core);
    if (elements < 0 || elements > static_cast<int64_t>(largestTensor))
      return Status::error(where + std::to_string(elements) + " elements");
    const Extent extent = extentOf(p, core, buffer);
    const uint64_t limit =
        extent.isOffChip ? p.chip.offChip.bytes * p.chip.chipColumns * p.chip.chipRows / addressLineBytes : coreLines;
    if (extent.end > limit)
      return Status::error(where + number(extent.lines() * addressLineBytes) + " bytes at " +
                           number(extent.begin * addressLineBytes) + " of " + (extent.isOffChip ? "off-chip" : "core") +
                           " memory, which has " + number(limit * addressLineBytes));
  }
  return Status();
}

/// The memory of a buffer of `core`, and when it is needed.
struct Occupied : Extent {
  size_t core;
  LiveRange range;
};

/// Sorts and checks that extents overlap only where they are a block's own and needed at different times.
Status verifyOverlaps(const Program &p, std::vector<Occupied> &extents, const char *memory) {
  std::sort(extents.begin(), extents.end(), [](const Occupied &a, const Occupied &b) { return a.begin < b.begin; });
  for (size_t i = 0; i < extents.size(); ++i)
    for (size_t k = i + 1; k < extents.size() && extents[k].begin < extents[i].end; ++k)
      if (extents[i].core != extents[k].core || extents[i].range.meets(extents[k].range))
        return Status::error(verify::coreName(p, extents[k].core) + ": two buffers share " + memory + " memory at " +
                             number(extents[k].begin * addressLineBytes) + ", which are needed at the same time");
  return Status();
}

/// No buffer over another that is needed at the same time. Requires sound streams.
Status verifySharing(const Program &p) {
  std::vector<Liveness> liveness;
  for (const Template &t : p.templates)
    liveness.emplace_back(p, t);
  const Positions positions(p);
  std::vector<Occupied> offChip;
  for (uint32_t position = 0; position < positions.size(); ++position) {
    std::vector<Occupied> own; // of all blocks there
    for (uint32_t i : positions.blocksOf(position)) {
      const Core &core = p.cores[i];
      const Template &t = p.templates[core.templateIndex];
      for (size_t b = 0; b < t.buffers.size(); ++b) {
        const Extent extent = extentOf(p, core, t.buffers[b]);
        if (extent.lines())
          (extent.isOffChip ? offChip : own).push_back({extent, i, liveness[core.templateIndex].rangeOf(b, core)});
      }
    }
    if (Status status = verifyOverlaps(p, own, "core"); !status.ok())
      return status;
  }
  return verifyOverlaps(p, offChip, "off-chip");
}

/// Copies of a layer are cut alike, and hold the same weights.
Status verifyCopies(const Program &p) {
  using Key = std::tuple<uint32_t, uint32_t, uint32_t, uint32_t>; // layer, first neuron and row, core
  std::vector<Key> originals;
  if (p.weightTensors() == p.layers.size())
    return Status();
  for (uint32_t c = 0; c < p.cores.size(); ++c)
    if (const Core &core = p.cores[c]; core.layer != noIndex && !p.layers[core.layer].isCopy())
      originals.push_back({core.layer, core.neuronBegin, core.rowBegin, c});
  std::sort(originals.begin(), originals.end());
  for (size_t c = 0; c < p.cores.size(); ++c) {
    const Core &core = p.cores[c];
    if (core.layer == noIndex || !p.layers[core.layer].isCopy())
      continue;
    const Key key{p.layers[core.layer].copyOf, core.neuronBegin, core.rowBegin, 0};
    const auto found = std::lower_bound(originals.begin(), originals.end(), key);
    const Core *other = found == originals.end() ? nullptr : &p.cores[std::get<3>(*found)];
    const bool isSame =
        other && other->layer == std::get<0>(key) && other->neuronBegin == core.neuronBegin &&
        other->rowBegin == core.rowBegin && other->neuronEnd == core.neuronEnd && other->rowEnd == core.rowEnd &&
        other->imageBytes == core.imageBytes &&
        std::equal(p.images.begin() + core.imageOffset, p.images.begin() + core.imageOffset + core.imageBytes,
                   p.images.begin() + other->imageOffset);
    if (!isSame)
      return Status::error(verify::coreName(p, c) + ": no core of layer '" + p.layers[std::get<0>(key)].name +
                           "' holds the same block with the same weights");
  }
  return Status();
}

/// The blocks of each layer cover its matrix once (of groups: what they see of it): no weight is missing or doubled.
Status verifyTiling(const Program &p) {
  std::vector<std::vector<const Core *>> blocksOf(p.layers.size());
  for (const Core &core : p.cores)
    if (core.layer != noIndex)
      blocksOf[core.layer].push_back(&core);
  for (uint32_t layer = 0; layer < p.layers.size(); ++layer) {
    std::vector<const Core *> &blocks = blocksOf[layer];
    std::sort(blocks.begin(), blocks.end(), [](const Core *a, const Core *b) {
      return std::make_pair(a->neuronBegin, a->rowBegin) < std::make_pair(b->neuronBegin, b->rowBegin);
    });
    const LinearBlock &g = p.layers[layer].geometry;
    const std::string where = "layer '" + p.layers[layer].name + "': its blocks do not tile the matrix: ";
    // Columns of blocks side by side, in each column blocks one under the other.
    uint32_t neuron = 0;
    for (size_t i = 0; i < blocks.size();) {
      const Core &first = *blocks[i];
      int64_t row = g.firstRowOf(first.neuronBegin);
      for (; i < blocks.size() && blocks[i]->neuronBegin == first.neuronBegin; ++i) {
        if (first.neuronBegin != neuron || blocks[i]->neuronEnd != first.neuronEnd || blocks[i]->rowBegin != row)
          return Status::error(where + "rows from " + number(row) + " of neurons from " + number(neuron) +
                               " are missing or doubled");
        row = blocks[i]->rowEnd;
      }
      if (row != g.lastRowOf(first.neuronEnd))
        return Status::error(where + "rows from " + number(row) + " of neurons from " + number(neuron) +
                             " are missing");
      neuron = first.neuronEnd;
    }
    if (neuron != g.neurons)
      return Status::error(where + "neurons from " + number(neuron) + " on are missing");
  }
  return Status();
}

Status verifyAllReferences(const Program &p) {
  for (size_t i = 0; i < p.cores.size(); ++i)
    if (Status status = verifyReferences(p, i); !status.ok())
      return status;
  return Status();
}

Status verifyCores(const Program &p) {
  for (size_t i = 0; i < p.cores.size(); ++i) {
    if (Status status = verifyPosition(p, i); !status.ok())
      return status;
    if (Status status = verifyBlock(p, i); !status.ok())
      return status;
    if (p.cores[i].layer != noIndex)
      if (Status status = verifyWeights(p, i); !status.ok())
        return status;
  }
  if (Status status = verifyCrossbars(p); !status.ok())
    return status;
  if (Status status = verify::templates(p); !status.ok())
    return status;
  for (size_t i = 0; i < p.cores.size(); ++i)
    if (Status status = verifyMemory(p, i); !status.ok())
      return status;
  if (Status status = verifyTiling(p); !status.ok())
    return status;
  return verifyCopies(p);
}

} // namespace

namespace verify {

std::string coreName(const Program &p, size_t core) {
  return "core (" + number(p.cores[core].x) + ", " + number(p.cores[core].y) + ")";
}

const CoreGroup *findGroup(const Program &p, const Core &core) {
  const uint32_t column = core.x % p.chip.gridColumns, row = core.y % p.chip.gridRows;
  for (const CoreGroup &g : p.chip.groups)
    if (column >= g.firstX && column - g.firstX < g.columns && row >= g.firstY && row - g.firstY < g.rows)
      return &g;
  return nullptr;
}

} // namespace verify

Status verifyStreams(const Program &program) {
  for (Status (*part)(const Program &) : {verifyConfig, verify::hostFormats, verifyTables, verifyAllReferences,
                                          verify::templates, verify::movement, verify::instructions, verify::messages})
    if (Status status = part(program); !status.ok())
      return status;
  return Status();
}

Status verifyProgram(const Program &program) {
  for (Status (*part)(const Program &) :
       {verifyConfig, verify::hostFormats, verifyChip, verifyTables, verifyCores, verify::movement,
        verify::instructions, verify::needs, verify::messages, verify::events, verify::waits, verifySharing})
    if (Status status = part(program); !status.ok())
      return status;
  return Status();
}

} // namespace wage::rt
