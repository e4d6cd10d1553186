//===- VerifyCores.cpp - cores, their weights and their memories ----------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Format/Extents.h"
#include "runtime/Format/Liveness.h"
#include "runtime/Format/Positions.h"
#include "runtime/Format/Verifier.h"
#include "runtime/Format/VerifierParts.h"

#include <algorithm>
#include <array>
#include <tuple>

namespace wage::rt::verify {

namespace {

Status verifyPosition(const Program &p, size_t i) {
  const Core &core = p.cores[i];
  const std::string where = coreName(p, i) + ": ";
  if (core.x >= p.systemColumns() || core.y >= p.systemRows())
    return Status::error(where + "outside the grid of " + number(p.systemColumns()) + " x " + number(p.systemRows()));
  const uint64_t index = uint64_t(core.y) * p.systemColumns() + core.x;
  if (std::binary_search(p.chip.faultyCores.begin(), p.chip.faultyCores.end(), index))
    return Status::error(where + "the chip's description calls this core faulty");
  if (!p.chip.groupAt(core.x, core.y))
    return Status::error(where + "no core group covers this position");
  return Status();
}

/// Indices that a core's streams and block are read by.
Status verifyReferences(const Program &p, size_t i) {
  const Core &core = p.cores[i];
  const std::string where = coreName(p, i) + ": ";
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
  const std::string where = coreName(p, i) + ": ";
  const CoreGroup &group = *p.chip.groupAt(core.x, core.y);
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
    const Core &first = p.cores[blocks.front()];
    const CoreGroup &group = *p.chip.groupAt(first.x, first.y);
    const uint32_t axons = group.axonsFor(p.config.weightBits);
    if (rows > axons || neurons > group.neurons || bytes > group.synapseBytes)
      return Status::error(coreName(p, blocks.front()) + ": " + number(blocks.size()) + " blocks of " + number(rows) +
                           " rows, " + number(neurons) + " neurons and " + number(bytes) +
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
  const int64_t limit = largestStoredWeight(p, layer);
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
    return Status::error(coreName(p, i) + ": weight[" + number(first + (wrong - part.begin())) + "] is " +
                         std::to_string(*wrong) + ", needed at most " + std::to_string(limit) + " in magnitude");
  }
  return Status();
}

/// Every buffer inside its memory.
Status verifyMemory(const Program &p, size_t i) {
  const Core &core = p.cores[i];
  const uint64_t coreLines = p.chip.groupAt(core.x, core.y)->dataBytes / addressLineBytes;
  for (const BufferDecl &buffer : p.templates[core.templateIndex].buffers) {
    const std::string where = coreName(p, i) + ", buffer '" + buffer.name + "': ";
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
        return Status::error(coreName(p, extents[k].core) + ": two buffers share " + memory + " memory at " +
                             number(extents[k].begin * addressLineBytes) + ", which are needed at the same time");
  return Status();
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
      return Status::error(coreName(p, c) + ": no core of layer '" + p.layers[std::get<0>(key)].name +
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

} // namespace

std::string coreName(const Program &p, size_t core) {
  return "core (" + number(p.cores[core].x) + ", " + number(p.cores[core].y) + ")";
}

Status references(const Program &p) {
  for (size_t i = 0; i < p.cores.size(); ++i)
    if (Status status = verifyReferences(p, i); !status.ok())
      return status;
  return Status();
}

Status cores(const Program &p) {
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
  if (Status status = templates(p); !status.ok())
    return status;
  for (size_t i = 0; i < p.cores.size(); ++i)
    if (Status status = verifyMemory(p, i); !status.ok())
      return status;
  if (Status status = verifyTiling(p); !status.ok())
    return status;
  return verifyCopies(p);
}

Status sharing(const Program &p) {
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

} // namespace wage::rt::verify
