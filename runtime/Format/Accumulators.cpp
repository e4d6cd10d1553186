//===- Accumulators.cpp - how wide a core's sums can become ----------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Format/Accumulators.h"

#include "runtime/Format/Streams.h"
#include "runtime/Numerics/Rounding.h"

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <set>

namespace wage::rt {

namespace {

/// Saturates: 2^31 terms of a 32-bit error times a weight, and those of a large batch, are more than 64 bits.
uint64_t product(std::initializer_list<uint64_t> factors) {
  uint64_t all = 1;
  for (const uint64_t factor : factors)
    if (__builtin_mul_overflow(all, factor, &all))
      return ~uint64_t(0);
  return all;
}

/// The largest sums that a layer's products can have.
struct Sums {
  const Program &program;
  const Layer &layer;

  uint64_t weight() const { return uint64_t(largestWeightInUse(int(program.config.weightBits))); }
  uint64_t activation() const {
    return largestInteger(static_cast<int>(std::max<uint32_t>(program.config.activationBits, program.inputBits())));
  }
  uint64_t error(ElementType type) const {
    return largestInteger(type == ElementType::Int32 ? 32 : program.config.errorBits);
  }

  uint64_t forward() const {
    uint64_t bias = 0;
    for (int64_t value : layer.bias)
      bias = std::max<uint64_t>(bias, value < 0 ? -static_cast<uint64_t>(value) : value);
    // The sums of all row blocks meet on one core; there channels are brought to the finest grid among theirs. Their shift is at
    // most 40, and 2^24 rows of 15-bit activations times 7-bit weights are less than 2^46.
    const uint64_t sum = layer.geometry.rowsPerNeuron() * activation() * weight();
    const int shift = layer.finestScale() - *std::min_element(layer.scaleLog2.begin(), layer.scaleLog2.end());
    return sum >> (62 - shift) ? ~uint64_t(0) : (sum << shift) + bias;
  }
  uint64_t transposed(ElementType type) const {
    return product({uint64_t(layer.geometry.neurons), uint64_t(layer.geometry.window()), error(type), weight()});
  }
  uint64_t outer(ElementType type) const {
    return product({uint64_t(layer.geometry.positions()), program.config.maxBatch, error(type), activation()});
  }
};

uint32_t signedBits(uint64_t magnitude) {
  uint32_t bits = 1;
  for (; magnitude; magnitude >>= 1)
    ++bits;
  return bits;
}

/// What a neuron adds to its potential before it fires.
uint64_t halfThreshold(int thresholdLog2) {
  return thresholdLog2 <= 0 ? 0 : thresholdLog2 > 64 ? ~uint64_t(0) : uint64_t(1) << (thresholdLog2 - 1);
}

uint64_t saturatingAdd(uint64_t a, uint64_t b) { return a + b < a ? ~uint64_t(0) : a + b; }

/// The most that a buffer's element can be.
uint64_t largestOf(ElementType type) { return uint64_t(1) << (chipBits(type) - 1); }

/// Channels that are aligned may take a wider type than their product.
ElementType alignedType(const Template &t, ElementType type) {
  for (size_t i = 0; i < t.words.size() / instructionWords; ++i)
    if (const Instruction in = decodeInstruction(t.words, i); in.opcode == Opcode::AlignChannels)
      type = std::max(type, t.buffers[in.operands[1].value].type);
  return type;
}

/// What is known of sums in a buffer, in the order in which a layer makes them.
enum class Sum { None, Products, Aligned, Biased };

/// By buffer of a template.
std::vector<Sum> findLayerSums(const Template &t) {
  std::vector<Sum> sums(t.buffers.size(), Sum::None);
  auto resultOf = [&](const Instruction &in) {
    if (isForwardProduct(in.opcode))
      return Sum::Products;
    const Sum input = sums[in.operands[0].value];
    switch (in.opcode) {
    case Opcode::AlignChannels: return input == Sum::Products ? Sum::Aligned : Sum::None;
    case Opcode::AddBias: return input == Sum::Products || input == Sum::Aligned ? Sum::Biased : Sum::None;
    case Opcode::MaxPool:
    case Opcode::Relu: return input;
    default: return Sum::None;
    }
  };
  for (size_t i = 0; i < t.words.size() / instructionWords; ++i) {
    const Instruction in = decodeInstruction(t.words, i);
    const int output = findOpcode(static_cast<uint16_t>(in.opcode))->fieldIndex("output");
    if (output >= 0)
      sums[in.operands[output].value] = resultOf(in);
  }
  return sums;
}

/// The largest sum that a buffer of template `index` receives as copies, if all are sums that other cores' layers have made.
std::optional<uint64_t> receivedSum(const Program &program, uint32_t index, int32_t buffer) {
  std::set<uint32_t> routes;
  for (const Instruction &in : decodeStream(program.templates[index])) {
    if (in.opcode != Opcode::Receive || in.operands[0].value != buffer)
      continue;
    if (!copiesPackets(in))
      return std::nullopt;
    for (const Core &core : program.cores)
      for (const Link &link : core.templateIndex == index ? linksOf(in, core) : LinkSpan())
        routes.insert(link.route);
  }
  const std::vector<std::vector<Instruction>> streams = decodeStreams(program);
  uint64_t largest = 0;
  for (const Core &core : program.cores)
    for (const Instruction &in : streams[core.templateIndex])
      for (const Link &link : in.opcode == Opcode::Send && core.layer != noIndex ? linksOf(in, core) : LinkSpan())
        if (routes.count(link.route) &&
            findLayerSums(program.templates[core.templateIndex])[in.operands[0].value] != Sum::None) {
          largest = std::max(largest, Sums{program, program.layers[core.layer]}.forward());
          routes.erase(link.route);
        }
  return routes.empty() && largest ? std::optional(largest) : std::nullopt; // else some come from elsewhere
}

/// The largest potential that a `fire` in template `index` can have, of layer sums, its own or received; nothing of other sums.
std::optional<uint64_t> largestPotential(const Program &program, const Core &core, int32_t buffer) {
  const Template &t = program.templates[core.templateIndex];
  if (findLayerSums(t)[buffer] != Sum::None)
    return Sums{program, program.layers[core.layer]}.forward();
  // A copy may pass maxima of what it has received on.
  for (size_t i = t.words.size() / instructionWords; i-- > 0;)
    if (const Instruction in = decodeInstruction(t.words, i);
        (in.opcode == Opcode::MaxPool || in.opcode == Opcode::Relu || in.opcode == Opcode::Rearrange) &&
        in.operands[1].value == buffer)
      buffer = in.operands[0].value;
  return receivedSum(program, core.templateIndex, buffer);
}

} // namespace

uint32_t accumulatorBitsNeeded(const Program &program, const Core &core) {
  const Template &t = program.templates[core.templateIndex];
  // Cores without weights have no products; what they add or multiply is as wide as its type.
  static const Layer none;
  const Sums sums{program, core.layer == noIndex ? none : program.layers[core.layer]};
  uint32_t needed = 0;
  auto consider = [&](uint64_t magnitude, ElementType type) {
    needed = std::max(needed, std::min(signedBits(magnitude), chipBits(type)));
  };
  // Half a threshold comes on top of what a neuron has integrated, so that both together may be wider than the buffer's type. Of
  // other sums nothing is known but their type.
  auto considerFire = [&](const Instruction &fire) {
    const ElementType type = t.buffers[fire.operands[0].value].type;
    const std::optional<uint64_t> potential = largestPotential(program, core, fire.operands[0].value);
    if (!potential)
      return consider(~uint64_t(0), type);
    const uint64_t held = std::min(*potential, largestOf(type));
    needed = std::max(needed, signedBits(saturatingAdd(held, halfThreshold(fire.operands[2].value))));
  };
  for (size_t i = 0; i < t.words.size() / instructionWords; ++i) {
    const Instruction in = decodeInstruction(t.words, i);
    const OpcodeInfo &info = *findOpcode(static_cast<uint16_t>(in.opcode));
    auto type = [&](const char *field) { return t.buffers[in.operands[info.fieldIndex(field)].value].type; };
    if (isForwardProduct(in.opcode)) // on the way through a window no sum is larger than at its end could be
      consider(sums.forward(), alignedType(t, type("output")));
    else if (in.opcode == Opcode::Fire)
      considerFire(in);
    else if (in.opcode == Opcode::Transposed)
      consider(sums.transposed(type("error")), type("output"));
    else if (in.opcode == Opcode::Outer)
      consider(sums.outer(type("error")), type("gradient"));
    else if (isOfBatch(in.opcode))
      consider(sums.outer(type("error")), type("sums"));
    else if ((in.opcode == Opcode::Add || in.opcode == Opcode::SumPool || in.opcode == Opcode::Multiply) &&
             chipBits(type("output")) > 16)
      consider(~uint64_t(0), type("output"));
  }
  return needed;
}

} // namespace wage::rt
