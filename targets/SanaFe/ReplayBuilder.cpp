//===- ReplayBuilder.cpp - what each layer did with a sample ------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "targets/SanaFe/Replay.h"

#include "runtime/Api/Engine.h"
#include "runtime/CoreEngine/CoreEngine.h"
#include "runtime/Format/Cost.h"
#include "runtime/Format/Events.h"
#include "runtime/Format/Streams.h"
#include "runtime/Kernels/EventProduct.h"

#include "llvm/Support/MathExtras.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

using namespace wage::rt;

namespace wage::sanafe {

namespace {

/// SANA-FE's leaky_integrate_fire keeps potentials in 64ths, as a 32-bit integer.
constexpr int64_t largestLeakyPotential = int64_t(1) << 25;
/// Of the other model, which has doubles: integers and halves of them stay exact, with room for the gate.
constexpr int64_t largestPotential = int64_t(1) << 49;
/// Beyond it no potential of these is near the threshold, and the half of one not exact.
constexpr int largestThresholdLog2 = 48;
/// A layer whose channels' scales or whose bias are larger only sums, so that nothing here overflows.
constexpr int32_t largestScaleLog2 = 24;
constexpr int64_t largestBias = int64_t(1) << 48;
/// Entries of spike trains are shorter than synapses.
constexpr uint64_t trainEntriesPerEdge = 16;

class Builder {
public:
  explicit Builder(const Program &program)
      : program(program), streams(decodeStreams(program)), known(knownValuesOfRoutes(program)),
        axonsOfRoute(program.routes.size(), SIZE_MAX) {
    replay.program = &program;
  }

  Expected<Replay> run(const uint8_t *image, uint64_t edgeLimit) {
    if (Status status = checkProgram(); !status.ok())
      return status;
    if (Status status = checkHostMemory(CoreEngine::leastHostMemory(program)); !status.ok())
      return status;
    CoreEngine engine(program, 1);
    StepInput input;
    input.images = image;
    input.count = 1;
    StepOutput output;
    if (Status status = engine.run(input, output); !status.ok())
      return status;
    replay.counters = engine.counters();
    replay.logits = output.logits;
    for (uint32_t c = 0; c < program.cores.size(); ++c)
      if (Status status = addBlock(c, engine); !status.ok())
        return status;
    for (const Block &block : replay.blocks) {
      replay.steps = std::max(replay.steps, block.lastStep());
      reach(block.place);
    }
    for (const Axons &axons : replay.axons)
      reach(axons.place);
    if (Status status = checkEdges(edgeLimit); !status.ok())
      return status;
    if (Status status = checkTrains(edgeLimit); !status.ok())
      return status;
    for (Block &block : replay.blocks)
      if (Status status = finish(block); !status.ok())
        return status;
    return std::move(replay);
  }

private:
  Status checkProgram() const {
    if (program.config.mode == Mode::Train)
      return Status::error("found a program that trains, needed one that infers (--mode=infer)");
    if (!program.hasEvents())
      return Status::error(
          "found dense messages, needed a program that exchanges events (--spike-code=rate, phase or graded)");
    // Neurons of one model, and one length of the windows behind which potentials go on doubling.
    std::optional<SpikeCode> code;
    for (const std::vector<Instruction> &stream : streams)
      for (const Instruction &in : stream)
        if (in.opcode == Opcode::Integrate && windowOf(in).code != code.value_or(windowOf(in).code))
          return Status::error(std::string("found ") + spikeCodeName(*code) + " and " +
                               spikeCodeName(windowOf(in).code) + " events in one program, needed one code");
        else if (in.opcode == Opcode::Integrate)
          code = windowOf(in).code;
    return Status();
  }

  std::string layerName(const Core &core) const { return program.layers[core.layer].name; }

  Status addBlock(uint32_t c, const CoreEngine &engine) {
    const Core &core = program.cores[c];
    const std::vector<Instruction> &stream = streams[core.templateIndex];
    const auto found = std::find_if(stream.begin(), stream.end(),
                                    [](const Instruction &in) { return in.opcode == Opcode::Integrate; });
    if (found == stream.end())
      return Status();
    if (std::any_of(found + 1, stream.end(), [](const Instruction &in) { return in.opcode == Opcode::Integrate; }))
      return Status::error("layer '" + layerName(core) + "': found several 'integrate' on one core, needed one");
    Block block;
    block.core = c;
    block.name = groupName(layerName(core)) + "_b" + std::to_string(c);
    block.gate = groupName(layerName(core)) + "_g" + std::to_string(c);
    block.place = {core.x, core.y, false};
    block.geometry = blockOf(program, core);
    const EventWindow window = windowOf(*found);
    block.code = window.code;
    block.bits = window.bits;
    block.inputBytes = chipBits(program.templates[core.templateIndex].buffers[found->operands[0].value].type) / 8;
    block.synapsesPerCycle = groupOf(program, core).macsPerCycle;
    readWeights(core, block);
    describeFiring(core, stream, size_t(found - stream.begin()), block);
    if (Status status = addFeeds(core, stream, found->operands[0].value, engine, block); !status.ok())
      return status;
    replay.blocks.push_back(std::move(block));
    return Status();
  }

  void readWeights(const Core &core, Block &block) const {
    std::vector<int16_t> stored(size_t(block.geometry.weights()));
    unpackWeights(&program.images[core.imageOffset], stored.size(),
                  program.storedWeightBits(program.layers[core.layer]), stored.data());
    block.weights.assign(stored.begin(), stored.end());
    block.scaleLog2.assign(size_t(block.geometry.neurons), 0);
    block.bias.assign(size_t(block.geometry.neurons), 0);
  }

  /// Whether the block fires by its own sums, with nothing but its channels' scales and its bias in between.
  void describeFiring(const Core &core, const std::vector<Instruction> &stream, size_t integrate, Block &block) const {
    const Layer &layer = program.layers[core.layer];
    std::vector<int32_t> scale = block.scaleLog2;
    std::vector<int64_t> bias = block.bias;
    int32_t sums = stream[integrate].operands[1].value;
    for (size_t i = integrate + 1; i < stream.size(); ++i) {
      const Instruction &in = stream[i];
      const bool takesSums = in.operands[0].value == sums;
      if (in.opcode == Opcode::Fire && takesSums) {
        const bool isPlain = in.operands[4].value == 0 && in.operands[2].value <= largestThresholdLog2;
        if (!isPlain || block.code != SpikeCode::Rate)
          return;
        block.fires = true;
        block.thresholdLog2 = in.operands[2].value;
        block.spikeBits = in.operands[3].value;
        block.scaleLog2 = std::move(scale);
        block.bias = std::move(bias);
        return;
      }
      if (in.opcode == Opcode::AlignChannels && takesSums) {
        for (size_t n = 0; n < scale.size(); ++n) {
          const int32_t shift = layer.finestScale() - layer.scaleLog2[core.neuronBegin + n];
          scale[n] += shift;
          if (scale[n] > largestScaleLog2 || std::abs(bias[n]) > largestBias >> largestScaleLog2)
            return;
          bias[n] *= int64_t(1) << shift;
        }
        sums = in.operands[1].value;
      } else if (in.opcode == Opcode::AddBias && takesSums) {
        for (size_t n = 0; n < bias.size(); ++n) {
          if (std::abs(layer.bias[core.neuronBegin + n]) > largestBias || std::abs(bias[n]) > largestBias)
            return;
          bias[n] += layer.bias[core.neuronBegin + n];
        }
        sums = in.operands[1].value;
      } else if (writes(in, sums)) {
        return;
      }
    }
  }

  static bool writes(const Instruction &in, int32_t buffer) {
    const OpcodeInfo &info = *findOpcode(static_cast<uint16_t>(in.opcode));
    for (size_t k = 0; k < info.fields.size(); ++k)
      if (info.fields[k].isBuffer() && info.fields[k].kind != FieldKind::BufIn && in.operands[k].value == buffer)
        return true;
    return false;
  }

  Status addFeeds(const Core &core, const std::vector<Instruction> &stream, int32_t input, const CoreEngine &engine,
                  Block &block) {
    const std::string missing = "layer '" + layerName(core) + "': found axons that ";
    for (const Instruction &in : stream) {
      if (!writes(in, input))
        continue;
      if (in.opcode != Opcode::Receive || in.operands[3].value != 0)
        return Status::error(missing + "'" + std::string(findOpcode(static_cast<uint16_t>(in.opcode))->mnemonic) +
                             "' fills, needed events of other cores or of the host");
      for (const Link &link : linksOf(in, core)) {
        if (!program.routes[link.route].carriesEvents())
          return Status::error(missing + "dense messages fill, needed events");
        block.feeds.push_back({axonsOf(link.route, engine), link.offset});
      }
    }
    return Status();
  }

  size_t axonsOf(uint32_t r, const CoreEngine &engine) {
    size_t &index = axonsOfRoute[r];
    if (index != SIZE_MAX)
      return index;
    index = replay.axons.size();
    const Route &route = program.routes[r];
    const bool isOfHost = route.source == hostNode;
    Axons axons;
    axons.place =
        isOfHost ? Place{0, 0, true} : Place{program.cores[route.source].x, program.cores[route.source].y, false};
    axons.name = groupName(nameOfSource(route)) + "_r" + std::to_string(r);
    axons.code = route.code;
    axons.bits = int(program.eventBits(route));
    axons.hasSign = !known[r].isNotNegative;
    const BufferView packet = engine.packetOf(r);
    for (uint32_t e = 0; e < route.elements; ++e)
      axons.values.push_back(elementAt(packet.data, packet.type, e));
    replay.axons.push_back(std::move(axons));
    return index;
  }

  std::string nameOfSource(const Route &route) const {
    if (route.source == hostNode)
      return "input";
    const Core &core = program.cores[route.source];
    return core.layer == noIndex ? program.templates[core.templateIndex].name : layerName(core);
  }

  Status checkEdges(uint64_t limit) const {
    const uint64_t edges = replay.edges();
    if (edges <= limit)
      return Status();
    uint64_t most = 0;
    std::string layer;
    for (const Block &block : replay.blocks)
      if (const uint64_t synapses = block.geometry.weights() * uint64_t(block.geometry.positions()); synapses > most)
        most = synapses, layer = layerName(program.cores[block.core]);
    return Status::error("layer '" + layer + "' and others: found " + std::to_string(edges) +
                         " synapses where every position has neurons of its own, needed at most " +
                         std::to_string(limit) + " (--edge-limit)");
  }

  Status checkTrains(uint64_t edgeLimit) const {
    uint64_t entries = 0;
    for (const Axons &axons : replay.axons)
      for (size_t neuron = 0; neuron < axons.neurons(); ++neuron)
        entries += axons.spikesOf(neuron) ? uint64_t(windowTicks(axons.code, axons.bits)) : 0;
    if (entries / trainEntriesPerEdge <= edgeLimit)
      return Status();
    return Status::error("axons: found " + std::to_string(entries) + " entries of spike trains, needed at most " +
                         std::to_string(trainEntriesPerEdge) + " for each of " + std::to_string(edgeLimit) +
                         " synapses (--edge-limit)");
  }

  void reach(const Place &place) {
    replay.columns = std::max(replay.columns, place.x + 1);
    replay.rows = std::max(replay.rows, place.y + 1);
  }

  Status finish(Block &block) const {
    const std::string layer = layerName(program.cores[block.core]);
    const int64_t largest = block.largestSum();
    // Phase: doubled in every time-step, also after the window.
    const int64_t most = block.code == SpikeCode::Phase
                             ? largestLeakyPotential >> std::min<int64_t>(replay.steps - block.lastStep() + 1, 62)
                             : largestPotential;
    if (largest >= most)
      return Status::error("layer '" + layer + "': found potentials up to " + std::to_string(largest) +
                           ", needed less than " + std::to_string(most) + " for SANA-FE's neurons");
    sumUp(block);
    if (!block.fires)
      return Status();
    int64_t bias = 0;
    for (const int64_t one : block.bias)
      bias = std::max(bias, std::abs(one));
    block.hold = int64_t(llvm::PowerOf2Ceil(uint64_t(largest + bias + block.halfThreshold() + 1)));
    const int64_t positions = block.geometry.positions();
    for (size_t i = 0; i < block.results.size(); ++i) {
      const size_t n = i / size_t(positions);
      const int64_t potential = block.results[i] * (int64_t(1) << block.scaleLog2[n]) + block.bias[n];
      block.results[i] = fire(potential, block.thresholdLog2, block.spikeBits, false);
      block.remaining.push_back(
          double(potential + block.halfThreshold() - (block.closes(replay.steps) ? block.hold : 0)) -
          std::ldexp(double(block.results[i]), block.thresholdLog2));
    }
    return Status();
  }

  /// The runtime's own product, so that the exported synapses can be compared with it.
  void sumUp(Block &block) const {
    const LinearBlock &geometry = block.geometry;
    std::vector<int16_t> input(size_t((geometry.channelEnd() - geometry.channelBegin()) * geometry.plane()), 0);
    for (const Feed &feed : block.feeds) {
      const std::vector<int64_t> &values = replay.axons[feed.axons].values;
      std::copy(values.begin(), values.end(), input.begin() + feed.firstElement);
    }
    block.results.assign(block.neurons(), 0);
    EventProduct product(geometry);
    product.setWeights(block.weights.data());
    block.synapticEvents = product
                               .integrate(block.code, block.bits, {input.data(), ElementType::Int16, 0},
                                          {block.results.data(), ElementType::Int64, 0})
                               .synapticEvents;
  }

  const Program &program;
  const std::vector<std::vector<Instruction>> streams;
  const std::vector<KnownValues> known;
  std::vector<size_t> axonsOfRoute; ///< index in Replay::axons; SIZE_MAX: not there yet
  Replay replay;
};

} // namespace

Expected<Replay> replaySample(const Program &program, const uint8_t *image, uint64_t edgeLimit) {
  return Builder(program).run(image, edgeLimit);
}

} // namespace wage::sanafe
