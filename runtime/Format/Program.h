//===- Program.h - a chip binary in memory ----------------------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// What the FlatBuffers file says, as plain vectors: the encoder fills it, the writer and the reader convert it, the
// verifier proves it, the engines run it.
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_FORMAT_PROGRAM_H
#define WAGE_RUNTIME_FORMAT_PROGRAM_H

#include "runtime/Format/ChipDescription.h"
#include "runtime/Format/HostFormat.h"
#include "runtime/Format/Movement.h"
#include "runtime/Format/Opcodes.h"
#include "runtime/Kernels/LinearProducts.h"
#include "runtime/Numerics/Rounding.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace wage::rt {

constexpr uint16_t formatMajor = 1;
constexpr uint16_t formatMinor = 6;
/// What is written where no route carries events, all that 1.6 adds; where besides no buffer holds several samples and no
/// gradient is formed from the batch, all that 1.5 adds; where besides no layer has copies and no core holds several blocks, all
/// that 1.4 adds; and where no layer is frozen either, all that 1.3 adds.
constexpr uint16_t formatMinorWithoutEvents = 5, formatMinorWithoutSlots = 4, formatMinorBeforeMapper = 3,
                   formatMinorWithoutFrozen = 2;
/// Source or destination of a route that is not a core.
constexpr uint32_t hostNode = 0xFFFFFFFFu;
/// "No layer", "no index".
constexpr uint32_t noIndex = 0xFFFFFFFFu;

enum class Mode : uint8_t { Infer = 0, Train = 1 };

/// Bit widths and other choices of the whole network. Source: arithmetic.md section 1.
struct Config {
  Mode mode = Mode::Infer;
  uint8_t weightBits = 0, activationBits = 0, gradientBits = 0, errorBits = 0, randomBits = 0;
  Rounding rounding = Rounding::HalfEven;
  uint32_t maxBatch = 0;
};

/// A linear layer: a matrix of `rows` axons by `neurons`, applied at every output position.
struct Layer {
  std::string name;                  ///< ONNX node
  std::string weightName;            ///< ONNX initializer
  uint32_t ordinal = 0;              ///< number of the weight tensor; counter word of its random bits
  std::vector<uint32_t> weightShape; ///< the initializer's own: [N, C / groups, k_h, k_w], [N, K] or [K, N]
  bool axonsFirst = false;           ///< the initializer is [K, N]
  LinearBlock geometry;              ///< of the whole layer: rows [0, K), all neurons
  std::vector<int32_t> scaleLog2;    ///< x_c of each neuron
  std::string biasName;              ///< empty if there is no bias
  std::vector<int64_t> bias;         ///< on the accumulator's grid, one per neuron, or empty
  bool frozen = false;               ///< in a program that trains: holds weights in use, and they never change
  /// Index of the layer, before this one, that has the same weights and computes other positions; noIndex: of none.
  uint32_t copyOf = noIndex;

  bool isCopy() const { return copyOf != noIndex; }

  /// max x: the grid that all channels are brought to.
  int32_t finestScale() const { return *std::max_element(scaleLog2.begin(), scaleLog2.end()); }
  /// Index in the initializer, row-major, of neuron n and row k of those that it sees: n * neuronStride + k * rowStride.
  int64_t neuronStride() const { return axonsFirst ? 1 : geometry.rowsPerNeuron(); }
  int64_t rowStride() const { return axonsFirst ? geometry.neurons : 1; }

  /// Calls visit(index in the initializer) for each weight of a block, in the order of images: neuron by neuron, the rows
  /// that it sees.
  template <typename F>
  void forEachWeight(int64_t rowBegin, int64_t rowEnd, int64_t neuronBegin, int64_t neuronEnd, F visit) const {
    for (int64_t n = neuronBegin; n < neuronEnd; ++n) {
      const int64_t first = geometry.firstRowOf(n), last = first + geometry.rowsPerNeuron();
      for (int64_t k = std::max(rowBegin, first); k < std::min(rowEnd, last); ++k)
        visit(n * neuronStride() + (k - first) * rowStride());
    }
  }
};

/// Pooling windows of one MaxPool.
struct Pool {
  uint32_t height = 1, width = 1, kernelHeight = 1, kernelWidth = 1, strideY = 1, strideX = 1, padTop = 0, padLeft = 0,
           outHeight = 1, outWidth = 1;
};

/// How long a buffer's contents are needed, hence how often it exists in the core's memory.
enum class Lifetime : uint8_t {
  Sample = 0, ///< within one pass over one sample
  Batch = 1,  ///< one slot per sample of the batch, from one phase to a later one
  Step = 2    ///< one slot for the whole step
};

struct BufferDecl {
  std::string name;
  ElementType type = ElementType::Int8;
  Lifetime lifetime = Lifetime::Sample;
  Operand elements; ///< per slot
  Operand address;  ///< in lines of `addressLineBytes`; off chip where it has `offChipBit`
  /// Index in Program::assemblies of what packets fill it with; noIndex: a whole tensor of other cores, or nothing.
  uint32_t assembly = noIndex;
  uint32_t tables = noIndex; ///< index in Program::tables of what it holds from the start, never written
  Operand firstEntry;        ///< of those tables
  /// Of the sample: samples that have a place, where packets of the next ones land while one is computed on. With one place
  /// packets wait outside the core until the `receive`.
  uint32_t slots = 1;
};

/// An address names a line of 16 bytes; bit 31 selects off-chip memory.
constexpr uint32_t addressLineBytes = 16;
constexpr uint32_t offChipBit = 0x80000000u;

/// Bits one element takes in the chip's memories and packets (in host memory a mask takes a byte).
constexpr uint32_t chipBits(ElementType type) {
  return type == ElementType::Mask ? 1 : 8 * static_cast<uint32_t>(hostBytes(type));
}

/// A phase of a step. Every template's stream has a part for each.
struct PhaseDecl {
  std::string name;
  bool perSample = false; ///< run for each sample of the batch; otherwise once per step
};

/// One instruction stream for all cores of a role, in phases.
struct Template {
  std::string name;
  std::vector<std::string> parameters; ///< names of the columns of its cores' rows
  std::vector<BufferDecl> buffers;
  std::vector<uint32_t> phaseBegin; ///< first instruction of each phase, and the end: phases + 1 entries
  std::vector<uint32_t> words;      ///< instructionWords per instruction
};

/// One end of a route at a core: which elements of the buffer it carries.
struct Link {
  uint32_t route = 0, offset = 0;
};

/// One block on a core of the chip. Several may stand on one position, as far as that core holds them together (Positions.h).
struct Core {
  uint32_t x = 0, y = 0; ///< position in the whole system's grid of cores
  uint32_t templateIndex = 0;
  uint32_t layer = noIndex;                                          ///< whose weights it holds
  uint32_t rowBegin = 0, rowEnd = 0, neuronBegin = 0, neuronEnd = 0; ///< block of the layer
  uint64_t imageOffset = 0, imageBytes = 0;                          ///< its packed weights in Program::images
  std::vector<uint32_t> parameters;
  std::vector<Link> links;
};

/// A packet stream from one node to one or more cores (or the host): `elements` elements of `type` per packet, one packet
/// per sample in a per-sample phase, one per step otherwise. With a code other than dense it carries the events of those
/// elements, each a packet of its own, over the ticks of a window.
struct Route {
  uint32_t source = 0;
  std::vector<uint32_t> destinations;
  uint32_t elements = 0;
  ElementType type = ElementType::Int8;
  SpikeCode code = SpikeCode::Dense;

  bool carriesEvents() const { return code != SpikeCode::Dense; }
};

/// What the host puts on a route, or reads from it.
enum class HostData : uint8_t {
  Image = 0,   ///< encoded input elements, from the flat offset
  Labels = 1,  ///< one class number per sample
  Control = 2, ///< three 64-bit numbers per step: learning rate (log2), step, seed
  Logits = 3   ///< output accumulators from the class `offset`
};
struct HostPort {
  uint32_t route = 0;
  HostData data = HostData::Image;
  uint32_t offset = 0;
};

/// Where a tensor can be read for tracing and reports.
enum class TraceKind : uint8_t {
  Slice = 0,         ///< the buffer is elements [parameter, …) of each sample of the tensor
  Weights = 1,       ///< the buffer is the core's block of a weight tensor
  Step = 2,          ///< the step subtracted by the template's Update instruction
  Masters = 3,       ///< the masters after the Update
  ErrorExponent = 4, ///< a scalar; any core's copy
  GradientExponent = 5
};
struct TracePoint {
  std::string name; ///< the golden model's: "out", "error.0", …; exponents: "exponent.error.0", …
  TraceKind kind = TraceKind::Slice;
  uint32_t phase = 0; ///< read at the end of this phase
  uint32_t templateIndex = 0;
  uint32_t buffer = 0;
  uint32_t offsetParameter = noIndex; ///< Slice: column that holds the slice's first element
  std::vector<uint32_t> shape;        ///< per sample
  /// Slice: of a tensor [C, H, W] only the rows from `firstRow` on are there, `rows` of them; 0: all.
  uint32_t firstRow = 0, rows = 0;

  /// Elements per sample, of the rows that are there.
  uint64_t elements() const {
    uint64_t product = 1;
    for (size_t i = 0; i < shape.size(); ++i)
      product = std::min<uint64_t>(product * (rows && i == 1 ? rows : shape[i]), uint64_t(1) << 40);
    return product;
  }
};

struct TrainingState {
  uint64_t step = 0, seed = 0, samplePosition = 0;
};

/// Bits of one stored weight in use: the narrowest width of the chip that holds k_W bits, since a chip of 8-bit weights holds
/// narrower ones unchanged. Cores without that width take no part.
inline uint32_t usedBits(const ChipDescription &chip, const Config &config) {
  uint32_t narrowest = 0;
  for (const CoreGroup &group : chip.groups)
    if (const uint32_t width = group.widthFor(config.weightBits); width && (!narrowest || width < narrowest))
      narrowest = width;
  return narrowest ? narrowest : config.weightBits;
}

/// Bits of one stored weight of a layer: masters of k_G bits where it learns, else weights in use.
inline uint32_t storedBits(const ChipDescription &chip, const Config &config, bool learns) {
  return learns ? config.gradientBits : usedBits(chip, config);
}

struct Program {
  /// Of the file that was read. What is written is of the newest that it needs.
  uint16_t readMajor = formatMajor, readMinor = formatMinor;
  std::string name, producer;
  Config config;
  ChipDescription chip;
  uint32_t inputChannels = 0, inputHeight = 0, inputWidth = 0, classes = 0;
  std::vector<int32_t> encoderTable; ///< byte to input activation: 256 entries, or [inputChannels][256]
  ElementType inputType = ElementType::Int8;
  std::vector<Layer> layers;
  std::vector<Pool> pools;
  std::vector<Tables> tables;
  std::vector<Move> moves;
  std::vector<Assembly> assemblies;
  uint32_t logits = noIndex; ///< index in `assemblies` of the classes; noIndex: one tensor's own order
  std::vector<PhaseDecl> phases;
  uint32_t inferPhases = 0; ///< leading phases that give the logits
  std::vector<Template> templates;
  std::vector<Core> cores;
  std::vector<Route> routes;
  std::vector<HostPort> hostPorts;
  std::vector<TracePoint> tracePoints;
  TrainingState state;
  std::vector<uint8_t> images; ///< packed weights of all cores
  /// The model's own tensors, where the compiler has said how they relate to the chip's.
  std::optional<HostInput> input;
  std::optional<HostOutput> output;

  /// Whether training changes a layer's weights: then they are masters, else weights in use.
  bool learns(const Layer &layer) const { return config.mode == Mode::Train && !layer.frozen; }
  /// Weight tensors: copies of a layer have one among them.
  size_t weightTensors() const {
    return std::count_if(layers.begin(), layers.end(), [](const Layer &layer) { return !layer.isCopy(); });
  }
  /// The place of a layer's weight tensor among those of all layers, in their order.
  size_t tensorIndex(uint32_t layer) const {
    const auto end = layers.begin() + originalOf(layer);
    return std::count_if(layers.begin(), end, [](const Layer &other) { return !other.isCopy(); });
  }
  /// The layer whose weights `layer` has: itself, or what it is a copy of.
  uint32_t originalOf(uint32_t layer) const { return layers[layer].isCopy() ? layers[layer].copyOf : layer; }
  bool hasFrozenLayers() const {
    return std::any_of(layers.begin(), layers.end(), [](const Layer &layer) { return layer.frozen; });
  }
  /// Bits of one stored weight of a layer.
  uint32_t storedWeightBits(const Layer &layer) const { return storedBits(chip, config, learns(layer)); }
  bool hasEvents() const {
    return std::any_of(routes.begin(), routes.end(), [](const Route &route) { return route.carriesEvents(); });
  }
  /// Bits of the integers whose events a route carries in rate or phase code, hence the length of its window.
  uint32_t eventBits(const Route &route) const {
    return route.source == hostNode ? inputBits() : config.activationBits;
  }
  /// Bits of an input activation.
  uint32_t inputBits() const { return input ? input->bits : config.activationBits; }
  /// Elements of one image.
  uint64_t inputElements() const { return uint64_t(inputChannels) * inputHeight * inputWidth; }
  uint32_t systemColumns() const { return chip.gridColumns * chip.chipColumns; }
  uint32_t systemRows() const { return chip.gridRows * chip.chipRows; }
};

/// The block of its layer that a core with weights holds.
inline LinearBlock blockOf(const Program &program, const Core &core) {
  return program.layers[core.layer].geometry.part(core.rowBegin, core.rowEnd, core.neuronBegin, core.neuronEnd);
}
/// Whether a core holds the first rows that its neurons see, or no weights: then it is a root, where their sums meet.
inline bool isRootCore(const Program &program, const Core &core) {
  return core.layer == noIndex || core.rowBegin == program.layers[core.layer].geometry.firstRowOf(core.neuronBegin);
}

/// Reads instruction `index` of a template's words. The verifier has proved opcode and fields.
Instruction decodeInstruction(const std::vector<uint32_t> &words, size_t index);
/// Appends an instruction to a template's words.
void encodeInstruction(const Instruction &instruction, std::vector<uint32_t> &words);
/// The operand's value on a core.
inline int64_t operandValue(const Operand &operand, const Core &core) {
  return operand.isParameter ? static_cast<int64_t>(core.parameters[operand.value]) : operand.value;
}

/// The slots a buffer has in memory.
inline uint64_t bufferSlots(const BufferDecl &buffer, const Config &config) {
  return buffer.lifetime == Lifetime::Batch ? config.maxBatch : buffer.lifetime == Lifetime::Sample ? buffer.slots : 1;
}
/// Bytes of one slot on the chip, and of the whole buffer in lines.
inline uint64_t slotBytes(ElementType type, uint64_t elements) { return (elements * chipBits(type) + 7) / 8; }
inline uint64_t bufferLines(ElementType type, uint64_t elements, uint64_t slots) {
  return (slotBytes(type, elements) * slots + addressLineBytes - 1) / addressLineBytes;
}
/// Bytes of a core's packed weights: `bits` each, little-endian bit order, the block row-major [neuron][row].
inline uint64_t packedBytes(uint64_t weights, uint32_t bits) { return (weights * bits + 7) / 8; }

/// Packs and unpacks signed numbers of `bits` (1…16) bits. One bit means -1 or +1 for weights in use of k_W = 1.
void packWeights(const int16_t *values, uint64_t count, uint32_t bits, uint8_t *bytes);
void unpackWeights(const uint8_t *bytes, uint64_t count, uint32_t bits, int16_t *values);

} // namespace wage::rt

#endif // WAGE_RUNTIME_FORMAT_PROGRAM_H
