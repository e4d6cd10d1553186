//===- VerifierTest.cpp - what the loader refuses, and how it says so ------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
// One rule of Verifier.h per case: a program that was right, one thing wrong in it, and the text that must name the place, what
// was found and what was needed. The program "deep" is cut both ways; its cores 0 to 5 hold layer Conv0 (three row blocks for
// each of two neuron ranges), 6 to 11 Conv3, 12 to 19 Gemm6.
//
//===---------------------------------------------------------------------------===//

#include "runtime/Format/Container.h"
#include "runtime/Format/Verifier.h"
#include "test/unit/Programs/Mutations.h"
#include "test/unit/Programs/Programs.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <gtest/gtest.h>
#include <limits>

using namespace wage::rt;
using namespace wage::rt::testing;

namespace {

struct Wrong {
  const char *name;
  std::function<void(Program &)> apply;
  const char *text; ///< must stand in the refusal
};

std::ostream &operator<<(std::ostream &out, const Wrong &wrong) { return out << wrong.name; }

/// `program`, which is sound, is refused for what `wrong` does to it, and for that.
void expectRefusal(Program program, const Wrong &wrong) {
  ASSERT_TRUE(verifyProgram(program).ok());
  wrong.apply(program);
  const Status status = verifyProgram(program);
  ASSERT_FALSE(status.ok());
  EXPECT_NE(status.text().find(wrong.text), std::string::npos)
      << "found:  " << status.text() << "\nneeded: " << wrong.text;
}

const Program &deepProgram() {
  static const Program program = readTestProgram("deep");
  return program;
}

/// Word `field` (0: the opcode) of the first instruction of `opcode` in the template.
uint32_t &word(Program &p, size_t t, Opcode opcode, size_t field) {
  std::vector<uint32_t> &words = p.templates[t].words;
  for (size_t i = 0; i < words.size(); i += instructionWords)
    if (static_cast<uint16_t>(words[i]) == static_cast<uint16_t>(opcode))
      return words[i + field];
  ADD_FAILURE() << "no such instruction";
  return words[0];
}

size_t bufferNamed(const Program &p, size_t t, const std::string &name) {
  for (size_t b = 0; b < p.templates[t].buffers.size(); ++b)
    if (p.templates[t].buffers[b].name == name)
      return b;
  ADD_FAILURE() << "no buffer " << name;
  return 0;
}

uint32_t &parameter(Program &p, size_t core, const std::string &name) {
  const std::vector<std::string> &names = p.templates[p.cores[core].templateIndex].parameters;
  for (size_t i = 0; i < names.size(); ++i)
    if (names[i] == name)
      return p.cores[core].parameters[i];
  ADD_FAILURE() << "no parameter " << name;
  return p.cores[core].parameters[0];
}

uint32_t routeOfPort(const Program &p, HostData data) {
  for (const HostPort &port : p.hostPorts)
    if (port.data == data)
      return port.route;
  return 0;
}

TracePoint &tracePoint(Program &p, TraceKind kind) {
  for (TracePoint &point : p.tracePoints)
    if (point.kind == kind)
      return point;
  ADD_FAILURE() << "no such trace point";
  return p.tracePoints[0];
}

/// Moves every core's part of the first tensor traced by slices on by `step` elements.
void moveSlices(Program &p, uint32_t step) {
  const TracePoint &point = tracePoint(p, TraceKind::Slice);
  for (Core &core : p.cores)
    if (core.templateIndex == point.templateIndex)
      core.parameters[point.offsetParameter] += step;
}

/// A route between two cores, and the links at its ends.
struct InnerRoute {
  uint32_t index;
  Link *send, *receive;
  InnerRoute(Program &p) {
    for (index = 0; p.routes[index].source == hostNode || p.routes[index].destinations[0] == hostNode; ++index)
      ;
    send = find(p.cores[p.routes[index].source]);
    receive = find(p.cores[p.routes[index].destinations[0]]);
  }
  Link *find(Core &core) const {
    for (Link &link : core.links)
      if (link.route == index)
        return &link;
    return nullptr;
  }
};

class Refusals : public ::testing::TestWithParam<Wrong> {};

TEST_P(Refusals, NamePlaceFoundAndNeeded) {
  expectRefusal(deepProgram(), GetParam());
}

TEST(Verifier, TakesThePrograms) {
  for (const std::string &name : everyProgram())
    for (const char *suffix : {"", ".infer"}) {
      const Program program = readTestProgram(name + suffix);
      EXPECT_TRUE(verifyProgram(program).ok());
    }
}

std::string caseName(const ::testing::TestParamInfo<Wrong> &info) { return info.param.name; }

const Wrong configuration[] = {
    {"WeightBits", [](Program &p) { p.config.weightBits = 9; }, "bits 9-8-8-8-16, needed 1…8, 2…16"},
    {"NoWeightBits", [](Program &p) { p.config.weightBits = 0; }, "bits 0-8-8-8-16, needed 1…8"},
    {"ActivationBits", [](Program &p) { p.config.activationBits = 1; }, "bits 2-1-8-8-16, needed"},
    {"GradientsBelowWeights", [](Program &p) { p.config.weightBits = 8, p.config.gradientBits = 7; }, "bits 8-8-7-8-16, needed"},
    {"ErrorBits", [](Program &p) { p.config.errorBits = 17; }, "bits 2-8-8-17-16, needed"},
    {"RandomBits", [](Program &p) { p.config.randomBits = 0; }, "bits 2-8-8-8-0, needed"},
    {"Mode", [](Program &p) { p.config.mode = static_cast<Mode>(2); }, "mode or rounding is none of the two"},
    {"Rounding", [](Program &p) { p.config.rounding = static_cast<Rounding>(9); }, "mode or rounding is none of the two"},
    {"EmptyBatch", [](Program &p) { p.config.maxBatch = 0; }, "largest batch 0, needed 1 to 16777216"},
    {"LargeBatch", [](Program &p) { p.config.maxBatch = 1 << 25; }, "largest batch 33554432, needed 1 to 16777216"},
    {"BatchThatMemoryCannotHold", [](Program &p) { p.config.maxBatch = 1 << 12; }, "of core memory, which has 4096"},
    {"ShortEncoder", [](Program &p) { p.encoderTable.pop_back(); }, "encoder table has 255 entries, needed 256"},
    {"EncoderOfOtherChannels", [](Program &p) { p.encoderTable.resize(256 * (p.inputChannels + 1)); },
     "encoder table has 768 entries, needed 256, or 512 for all channels"},
    {"EncoderBeyondItsBits", [](Program &p) { p.encoderTable[7] = -128; }, "encoder table holds -128, needed at most 127"},
    {"InputType", [](Program &p) { p.inputType = ElementType::Int16; }, "input element type does not fit"},
    {"NoChannels", [](Program &p) { p.inputChannels = 0; }, "input shape or classes out of range"},
    {"NoClasses", [](Program &p) { p.classes = 0; }, "input shape or classes out of range"},
    {"HugeImage", [](Program &p) { p.inputHeight = p.inputWidth = 1 << 20; }, "input shape or classes out of range"},
    {"ImageOf2To64Elements", [](Program &p) { p.inputHeight = p.inputWidth = 1 << 24, p.inputChannels = 1 << 16, p.input.reset(); },
     "input shape or classes out of range"},
};
INSTANTIATE_TEST_SUITE_P(Configuration, Refusals, ::testing::ValuesIn(configuration), caseName);

/// A function of the output, as the last.
void addFunction(Program &p, HostFunctionKind kind, uint32_t axis = 0, std::vector<uint32_t> shape = {}) {
  p.output->functions.push_back({kind, axis, false, false, std::move(shape)});
}

const double notFinite = std::numeric_limits<double>::infinity();
// The program takes 2 x 5 x 5 bytes and has 7 classes.
const Wrong hostTensors[] = {
    {"InputElements", [](Program &p) { p.input->shape = {3, 5, 5}; }, "the model's input: 75 elements for 50"},
    {"InputExtent", [](Program &p) { p.input->shape[0] = 0; }, "the model's input: shape [0, 5, 5], needed at most 8 extents of 1 to"},
    {"InputDimensions", [](Program &p) { p.input->shape.insert(p.input->shape.end(), 6, 1); }, "shape [2, 5, 5, 1, 1, 1, 1, 1, 1], needed at most 8"},
    {"HugeInput", [](Program &p) { p.input->shape = {1 << 24, 1 << 24, 1 << 24}; }, "and at most 2147483648 elements"},
    {"InputBits", [](Program &p) { p.input->bits = 17; }, "input activations of 17 bits, needed 2 to 16"},
    {"FewerInputBits", [](Program &p) { p.input->bits = 7; }, "encoder table holds -127, needed at most 63"},
    {"MoreInputBits", [](Program &p) { p.input->bits = 9; }, "input element type does not fit"},
    {"InputScales", [](Program &p) { p.input->scale = {1, 1, 1}; }, "the model's input: scale has 3 entries for 2 channels"},
    {"InputOffsets", [](Program &p) { p.input->offset = {1, 1, 1}; }, "the model's input: offset has 3 entries for 2 channels"},
    {"NoScale", [](Program &p) { p.input->scale = {0}; }, "the model's input: scale holds 0.000000, needed a plain number"},
    {"InfiniteScale", [](Program &p) { p.input->scale = {1, -notFinite}; }, "scale holds -inf, needed a plain number"},
    {"HugeScale", [](Program &p) { p.input->scale = {0x1p300}; }, "scale holds 2037"},
    {"OffsetThatIsNaN", [](Program &p) { p.input->offset = {std::nan("")}; }, "offset holds nan, needed a plain number"},
    {"NoStep", [](Program &p) { p.input->step = 0; }, "the model's input: a step of 0.000000, needed a plain number above 0"},
    {"NegativeStep", [](Program &p) { p.input->step = -1; }, "a step of -1.000000, needed a plain number above 0"},
    {"StepThatIsNaN", [](Program &p) { p.output->step = std::nan(""); }, "the model's output: a step of nan, needed"},
    {"OrderWithoutTo", [](Program &p) { p.input->order = {{2}, {0, 1}, {0}}; }, "the model's input: its order of elements: to must have 2 entries, got 1"},
    {"OrderOfSizesAlone", [](Program &p) { p.input->order.sizes = {50}; }, "its order of elements: from must have 2 entries, got 0"},
    {"OrderWithoutSizes", [](Program &p) { p.input->order.from = {50}; }, "its order of elements: sizes must have 1 to 8 entries, got 0"},
    {"OrderOfManySizes", [](Program &p) { p.input->order = {std::vector<int64_t>(9, 1), std::vector<int64_t>(10), std::vector<int64_t>(10)}; },
     "its order of elements: sizes must have 1 to 8 entries, got 9"},
    {"EmptyBox", [](Program &p) { p.input->order = {{0}, {0, 1}, {0, 1}}; }, "its order of elements: sizes must be positive, got 0"},
    {"OrderReadsBeyond", [](Program &p) { p.input->order = {{50}, {1, 1}, {0, 1}}; }, "its order of elements: from reaches element 50, needs 0 to 49"},
    {"OrderReadsBefore", [](Program &p) { p.input->order = {{2}, {0, -1}, {0, 1}}; }, "from reaches element -1, needs 0 to 49"},
    {"OrderWritesBeyond", [](Program &p) { p.input->order = {{2}, {0, 1}, {49, 1}}; }, "to reaches element 50, needs 0 to 49"},
    {"OrderOverflows", [](Program &p) { p.input->order = {{3}, {0, std::numeric_limits<int64_t>::max()}, {0, 1}}; }, "from reaches element "},
    {"OrderUnderflows", [](Program &p) { p.input->order = {{2}, {0, 1}, {0, std::numeric_limits<int64_t>::min()}}; }, "to reaches element "},
    {"OrderWritesTwice", [](Program &p) { p.input->order = {{2, 3}, {0, 0, 0}, {0, 2, 1}}; }, "to must write no element twice"},
    {"OrderStandsStill", [](Program &p) { p.input->order = {{2}, {0, 1}, {0, 0}}; }, "to must write no element twice"},
    {"InputBatch", [](Program &p) { p.input->batch = (1 << 24) + 1; }, "the model's input: a batch of 16777217, needed at most 16777216"},
    {"OutputBatch", [](Program &p) { p.output->batch = ~0u; }, "the model's output: a batch of 4294967295"},
    {"OutputElements", [](Program &p) { p.output->shape = {4}; }, "the model's output: 7 elements for 4"},
    {"HugeOutput", [](Program &p) { p.output->shape = {1 << 24, 2}, p.output->order = {{1}, {0, 1}, {0, 1}}; }, "and at most 16777216 elements"},
    {"OutputOrder", [](Program &p) { p.output->order = {{7}, {1, 1}, {0, 1}}; }, "the model's output: its order of elements: from reaches element 7, needs 0 to 6"},
    {"UnknownFunction", [](Program &p) { addFunction(p, static_cast<HostFunctionKind>(9)); }, "the model's output: function 9 of 9"},
    {"FunctionOfTheBatch", [](Program &p) { addFunction(p, HostFunctionKind::Softmax, 0); }, "softmax along axis 0, needed 1 to 1"},
    {"FunctionBeyondTheShape", [](Program &p) { addFunction(p, HostFunctionKind::ArgMax, 2); }, "arg_max along axis 2, needed 1 to 1"},
    {"FunctionWithAnAxisOfAnother", [](Program &p) { addFunction(p, HostFunctionKind::Exp, 1); }, "exp with an axis, a choice or a shape of another"},
    {"FunctionWithAShapeOfAnother", [](Program &p) { addFunction(p, HostFunctionKind::Relu, 0, {7}); }, "relu with an axis, a choice or a shape of another"},
    {"FunctionWithAChoiceOfAnother", [](Program &p) { addFunction(p, HostFunctionKind::Softmax, 1), p.output->functions[0].last = true; },
     "softmax with an axis, a choice or a shape of another"},
    {"FunctionOfIndices", [](Program &p) { addFunction(p, HostFunctionKind::ArgMax, 1), addFunction(p, HostFunctionKind::Exp); },
     "the model's output: exp of indices, which an arg_max gave"},
    {"AxisThatIsGone", [](Program &p) { addFunction(p, HostFunctionKind::Reshape, 0, {}), addFunction(p, HostFunctionKind::Softmax, 1); },
     "reshape of [7] to []"},
    {"Reshape", [](Program &p) { addFunction(p, HostFunctionKind::Reshape, 0, {1, 4}); }, "reshape of [7] to [1, 4]"},
    {"HugeReshape", [](Program &p) { addFunction(p, HostFunctionKind::Reshape, 0, {1u << 31, 1u << 31}); }, "reshape: shape [2147483648, 2147483648]"},
    {"ManyFunctions", [](Program &p) { p.output->functions.resize(17, {HostFunctionKind::Relu}); }, "17 functions, needed at most 16"},
};
INSTANTIATE_TEST_SUITE_P(HostTensors, Refusals, ::testing::ValuesIn(hostTensors), caseName);

/// Everything that the format can say, written and read again.
TEST(Verifier, TakesTheModelsOwnTensors) {
  Program program = deepProgram();
  program.input = HostInput{{5, 5, 2}, 7, {0.5, -2}, {0.25}, 0.125, 8, {{2, 5, 5}, {0, 1, 10, 2}, {0, 25, 5, 1}}};
  HostFunction largest{HostFunctionKind::ArgMax, 2, true, true, {}};
  program.output = HostOutput{{2, 2}, 7, 1e-5, {{3}, {2, -1}, {1, 1}}, {{HostFunctionKind::Softmax, 1}, largest}};
  addFunction(program, HostFunctionKind::Reshape, 0, {1, 2, 1});
  ASSERT_EQ(verifyProgram(program).text(), "");
  const std::vector<uint8_t> bytes = writeProgram(program);
  const Expected<Program> again = readProgram(bytes);
  ASSERT_TRUE(static_cast<bool>(again)) << again.status().text();
  EXPECT_EQ(writeProgram(*again), bytes);
  EXPECT_EQ(again->input->offset, program.input->offset);
  EXPECT_EQ(again->input->order.from, program.input->order.from);
  EXPECT_EQ(again->output->order.from, program.output->order.from);
  EXPECT_EQ(again->output->finalShape(), (std::vector<uint32_t>{1, 2, 1}));
  EXPECT_TRUE(again->output->functions[1].last);
  program.input.reset(), program.output.reset();
  EXPECT_FALSE(readProgram(writeProgram(program))->input);
}

const Wrong chip[] = {
    {"EmptyGrid", [](Program &p) { p.chip.gridRows = 0; }, "chip 'tiny': grid out of range"},
    {"HugeGrid", [](Program &p) { p.chip.gridRows = p.chip.gridColumns = 1 << 20; }, "chip 'tiny': grid out of range"},
    {"GridOf2To32Columns", [](Program &p) { p.chip.gridColumns = p.chip.chipColumns = 1 << 16; }, "chip 'tiny': grid out of range"},
    {"IdleLinks", [](Program &p) { p.chip.noc.linkBytesPerCycle = 0; }, "links carry 0 bytes per cycle"},
    {"OffChipWithoutBandwidth", [](Program &p) { p.chip.offChip.bytesPerCycle = 0; }, "off-chip memory without bandwidth"},
    {"OffChipPortOutside", [](Program &p) { p.chip.offChip.portX = 8; }, "with a port outside the grid"},
    {"WideWeights", [](Program &p) { p.chip.groups[0].weightBits[0] = 40; }, "offers weights of 40 bits, needed 1 to 8"},
    {"WeightBeyondTheMaster", [](Program &p) { p.images[p.cores[0].imageOffset] = 0x80; },
     "core (0, 0): weight[0] is -128, needed at most 64 in magnitude"},
    {"NoGroups", [](Program &p) { p.chip.groups.clear(); }, "chip 'tiny': no core groups"},
    {"GroupOutside", [](Program &p) { p.chip.groups[0].firstX = 1; }, "core group 'core' lies outside the grid"},
    {"GroupWithoutMacs", [](Program &p) { p.chip.groups[0].macsPerCycle = 0; }, "or computes or moves nothing per cycle"},
};
INSTANTIATE_TEST_SUITE_P(Chip, Refusals, ::testing::ValuesIn(chip), caseName);

/// 2^24 by 2^24 positions of 2^16 channels: in 64 bits their number is 0.
void hugeInput(LinearBlock &g) {
  g.height = g.width = 1 << 24;
  g.rowEnd = 1 << 16;
}

/// An input of 2^12 elements, of which windows of 2^20 columns lie 2^24 apart.
void distantWindows(LinearBlock &g) {
  g.height = g.outHeight = 1 << 12;
  g.kernelWidth = 1 << 20, g.rowEnd = 1 << 20;
  g.strideX = 1 << 24, g.outWidth = 2;
}

const Wrong tables[] = {
    {"LayerExtent", [](Program &p) { p.layers[0].geometry.strideX = 0; }, "layer 'Conv0': an extent is 0, needed 1 to"},
    {"RowsAndKernel", [](Program &p) { p.layers[0].geometry.kernelWidth = 4; }, "layer 'Conv0': 18 rows are no multiple of the kernel's 12"},
    {"Padding", [](Program &p) { p.layers[0].geometry.padTop = -1; }, "layer 'Conv0': padding out of range"},
    {"HugeStride", [](Program &p) { p.layers[0].geometry.strideY = 1 << 20; }, "layer 'Conv0': a window lies outside the plane and its padding"},
    {"HugePlane", [](Program &p) { p.layers[0].geometry.height = p.layers[0].geometry.width = 1 << 16; }, "have over 2^31 elements"},
    {"InputOf2To64Elements", [](Program &p) { hugeInput(p.layers[2].geometry); }, "layer 'Gemm6': its input, output or weights have over 2^31 elements"},
    {"DistantWindows", [](Program &p) { distantWindows(p.layers[2].geometry); }, "layer 'Gemm6': its input with all padding has over 2^31 elements"},
    {"WeightShape", [](Program &p) { p.layers[1].weightShape[0] = 5; }, "layer 'Conv3': weight tensor 'p1' does not have rows x neurons"},
    {"AxonsFirst", [](Program &p) { p.layers[1].axonsFirst = true; }, "layer 'Conv3': weight tensor 'p1' does not have"},
    {"Scales", [](Program &p) { p.layers[1].scaleLog2.pop_back(); }, "layer 'Conv3': 5 scales for 6 neurons"},
    {"Biases", [](Program &p) { p.layers[2].bias.pop_back(); }, "layer 'Gemm6': 6 biases for 7 neurons"},
    {"NamelessBias", [](Program &p) { p.layers[2].biasName.clear(); }, "layer 'Gemm6': 7 biases for 7 neurons"},
    {"BiasTooLarge", [](Program &p) { p.layers[2].bias[1] = (int64_t(1) << 61) + 1; }, "layer 'Gemm6': a bias is 2305843009213693953, needed at most 2^61 either way"},
    {"BiasTooSmall", [](Program &p) { p.layers[2].bias[1] = INT64_MIN; }, "layer 'Gemm6': a bias is -9223372036854775808, needed"},
    {"Ordinal", [](Program &p) { p.layers[1].ordinal = 3; }, "layer 'Conv3': ordinal 3, needed less than 3"},
    {"OrdinalTwice", [](Program &p) { p.layers[1].ordinal = 0; }, "layer 'Conv3': ordinal 0 is taken already"},
    {"PoolExtent", [](Program &p) { p.pools[0].outWidth = 0; }, "pool 0: an extent is 0"},
    {"PoolOutside", [](Program &p) { p.pools[0].outHeight = 6; }, "pool 0: a window lies outside the plane"},
    {"PoolPadding", [](Program &p) { p.pools[0].padLeft = 3; }, "pool 0: a window lies outside the plane"},
    {"HugePoolPlane", [](Program &p) { p.pools[0].height = p.pools[0].width = 1 << 24; }, "pool 0: a plane of its input or output has over 2^31"},
    {"InferPhases", [](Program &p) { p.inferPhases = 0; }, "0 inference phases of 10"},
    {"TooManyInferPhases", [](Program &p) { p.inferPhases = 11; }, "11 inference phases of 10"},
    {"NoPhases", [](Program &p) { p.phases.clear(); }, "2 inference phases of 0"},
};
INSTANTIATE_TEST_SUITE_P(Tables, Refusals, ::testing::ValuesIn(tables), caseName);

/// Two blocks on a core whose crossbar holds both; their buffers stay where each has them.
void shareCore(Program &p) {
  p.cores[3].x = p.cores[2].x;
  p.chip.groups[0].axons = 20, p.chip.groups[0].neurons = 10, p.chip.groups[0].synapseBytes = 1024;
}

/// The same with addresses apart, which may stand there.
Program sharedProgram() {
  Program program = deepProgram();
  shareCore(program);
  Core &core = program.cores[3];
  for (const BufferDecl &buffer : program.templates[core.templateIndex].buffers)
    core.parameters[buffer.address.value] += 128;
  return program;
}

/// It is of a newer minor.
TEST(SharedCores, TakeANewerMinorOnlyWhereThereAreSome) {
  const Program program = sharedProgram();
  const Status status = verifyProgram(program);
  ASSERT_TRUE(status.ok()) << status.text();
  const Expected<Program> again = readProgram(writeProgram(program));
  ASSERT_TRUE(static_cast<bool>(again)) << again.status().text();
  EXPECT_EQ(again->readMinor, formatMinorWithoutSlots);
  EXPECT_EQ(again->cores[3].x, again->cores[2].x);
}

/// Axons, neurons and synapses are each block's own: a core needs those of all its blocks.
TEST(SharedCores, FitTheCrossbarTogether) {
  Program program = sharedProgram();
  CoreGroup &group = program.chip.groups[0];
  group.axons = 12, group.neurons = 5, group.synapseBytes = 30;
  ASSERT_TRUE(verifyProgram(program).ok()) << verifyProgram(program).text();
  const auto refusesOneLess = [&](auto &limit) {
    --limit;
    const std::string refusal = verifyProgram(program).text();
    EXPECT_NE(refusal.find("core (2, 0): 2 blocks of 12 rows, 5 neurons and 30 bytes in all"), std::string::npos) << refusal;
    ++limit;
  };
  refusesOneLess(group.axons), refusesOneLess(group.neurons), refusesOneLess(group.synapseBytes);
}

/// Buffers with places for further samples are of a newer minor still, and take memory for themselves.
TEST(BufferSlots, TakeANewerMinorOnlyWhereThereAreSome) {
  Program program = readTestProgram("buffered");
  EXPECT_EQ(program.readMinor, formatMinorWithoutEvents);
  EXPECT_EQ(writeProgram(program), programBytes("buffered"));
  uint32_t most = 1;
  for (Template &t : program.templates)
    for (BufferDecl &buffer : t.buffers) {
      most = std::max(most, buffer.slots);
      buffer.slots += buffer.slots > 1;
    }
  EXPECT_EQ(most, 4u);
  const Status status = verifyProgram(program);
  EXPECT_NE(status.text().find("which are needed at the same time"), std::string::npos) << status.text();
}

const Wrong cores[] = {
    {"Outside", [](Program &p) { p.cores[3].x = 8; }, "core (8, 0): outside the grid of 8 x 8"},
    {"SamePlace", [](Program &p) { p.cores[3].x = p.cores[2].x; }, "core (2, 0): 2 blocks of "},
    {"SamePlaceAndMemory", [](Program &p) { shareCore(p); }, ": two buffers share core memory at 0, which are needed at the same time"},
    {"Faulty", [](Program &p) { p.chip.faultyCores = {3}; }, "core (3, 0): the chip's description calls this core faulty"},
    {"UnsortedFaults", [](Program &p) { p.chip.faultyCores = {60, 50}; }, "faulty cores are not in ascending order"},
    {"FaultTwice", [](Program &p) { p.chip.faultyCores = {60, 60}; }, "faulty cores are not in ascending order, each once"},
    {"FaultOutside", [](Program &p) { p.chip.faultyCores = {50, 64}; }, "chip 'tiny': faulty core 64, needed less than the grid's 64"},
    {"Template", [](Program &p) { p.cores[3].templateIndex = 6; }, "core (3, 0): template 6 of 6"},
    {"Parameters", [](Program &p) { p.cores[3].parameters.pop_back(); }, "parameters, needed"},
    {"Link", [](Program &p) { p.cores[3].links[0].route = 10000; }, "core (3, 0): link to route 10000 of"},
    {"Layer", [](Program &p) { p.cores[3].layer = 3; }, "core (3, 0): layer 3 of 3"},
    {"LayerLess", [](Program &p) { p.cores[3].layer = noIndex; }, "core (3, 0): weights or rows without a layer"},
    {"RowsOutside", [](Program &p) { p.cores[5].rowEnd = 19; }, "core (5, 0): block outside its layer's matrix of 18 x 5"},
    {"EmptyRows", [](Program &p) { p.cores[5].rowBegin = p.cores[5].rowEnd; }, "core (5, 0): block outside its layer's matrix"},
    {"NeuronsOutside", [](Program &p) { p.cores[5].neuronEnd = 6; }, "core (5, 0): block outside its layer's matrix of 18 x 5"},
    {"TooManyAxons", [](Program &p) { p.chip.groups[0].axons = 5; }, "the core has 5 axons"},
    {"TooManyNeurons", [](Program &p) { p.chip.groups[0].neurons = 1; }, "1 neurons and 64 bytes of synapses"},
    {"TooManySynapses", [](Program &p) { p.chip.groups[0].synapseBytes = 8; }, "4 neurons and 8 bytes of synapses"},
    {"ImageBeyondTheEnd", [](Program &p) { p.cores[1].imageOffset = p.images.size() - 1; }, "core (1, 0): image of"},
    {"ImageFarBeyond", [](Program &p) { p.cores[1].imageOffset = ~uint64_t(0) - 3; }, "core (1, 0): image of"},
    {"ImageSize", [](Program &p) { p.cores[1].imageBytes -= 1; }, "core (1, 0): image of"},
    {"CannotLearn", [](Program &p) { p.chip.groups[0].learning.outerProduct = false; }, "core (0, 0): outer product needed, not there on cores of group 'core'"},
    {"NoTransposed", [](Program &p) { p.chip.groups[0].learning.transposedRead = false; }, "core (6, 0): transposed product needed, not there on cores of group 'core'"},
    {"NoMaximum", [](Program &p) { p.chip.groups[0].learning.maxReduce = false; }, ": maximum over a layer needed, not there on cores of group 'core'"},
    {"FanIn", [](Program &p) { p.chip.groups[0].reduceFanIn = 1; }, ": partial sums of one addition: 2 needed, 1 there on cores of group 'core'"},
    {"RandomBits", [](Program &p) { p.chip.groups[0].learning.randomBits = 2; }, "core (0, 0): random bits: 16 needed, 2 there on cores of group 'core'"},
    {"MasterBits", [](Program &p) { p.chip.groups[0].learning.masterBits = 7; }, "core (0, 0): bits of master weights: 8 needed, 7 there on cores of group 'core'"},
    {"Accumulator", [](Program &p) { p.chip.groups[0].accumulatorBits = 9; }, "bits of sums: "},
};
INSTANTIATE_TEST_SUITE_P(Cores, Refusals, ::testing::ValuesIn(cores), caseName);

/// Makes core 1's block `rows`, with an image of the size it needs, so that only the tiling is wrong.
void setRows(Program &p, uint32_t begin, uint32_t end) {
  p.cores[1].rowBegin = begin, p.cores[1].rowEnd = end;
  p.cores[1].imageBytes = packedBytes(uint64_t(end - begin) * (p.cores[1].neuronEnd - p.cores[1].neuronBegin), 8);
}

const Wrong tiling[] = {
    {"MissingRow", [](Program &p) { setRows(p, 7, 12); }, "layer 'Conv0': its blocks do not tile the matrix: rows from 6 of neurons from 0 are missing or doubled"},
    {"DoubledRow", [](Program &p) { setRows(p, 5, 12); }, "rows from 6 of neurons from 0 are missing or doubled"},
    {"MissingLastRows", [](Program &p) { p.cores[2].layer = 1, p.cores[2].rowEnd = 18; }, "layer 'Conv0': its blocks do not tile the matrix: rows from 12 of neurons from 0 are missing"},
    {"MissingNeurons", [](Program &p) { for (size_t c : {3, 4, 5}) p.cores[c].layer = noIndex, p.cores[c].imageBytes = p.cores[c].rowBegin = p.cores[c].rowEnd = 0; }, "neurons from 2 on are missing"},
};
INSTANTIATE_TEST_SUITE_P(Tiling, Refusals, ::testing::ValuesIn(tiling), caseName);

/// The program "grouped": its cores 0 and 1 hold two depthwise groups each, of four; 2 to 9 layer "grouped", whose two groups
/// are cut in two row blocks and two neuron ranges.
class GroupRefusals : public ::testing::TestWithParam<Wrong> {};

TEST_P(GroupRefusals, NamePlaceFoundAndNeeded) {
  expectRefusal(readTestProgram("grouped"), GetParam());
}

/// The program "frozen": its layers 'Conv0' and 'Gemm5' are frozen, 'Conv2' learns.
class FrozenRefusals : public ::testing::TestWithParam<Wrong> {};

TEST_P(FrozenRefusals, NamePlaceFoundAndNeeded) {
  expectRefusal(readTestProgram("frozen"), GetParam());
}

/// The program "recomputed": gradients are formed from the batch.
class RecomputedRefusals : public ::testing::TestWithParam<Wrong> {};

TEST_P(RecomputedRefusals, NamePlaceFoundAndNeeded) {
  const Program program = readTestProgram("recomputed");
  EXPECT_EQ(program.readMinor, formatMinorWithoutEvents);
  expectRefusal(program, GetParam());
}

/// The buffer that operand `field` of the first such instruction of core 0 names.
BufferDecl &bufferOf(Program &p, Opcode opcode, size_t field) {
  return p.templates[p.cores[0].templateIndex].buffers[word(p, p.cores[0].templateIndex, opcode, field)];
}

const Wrong recomputed[] = {
    {"PartOfANeuron", [](Program &p) { p.cores[0].parameters[bufferOf(p, Opcode::OuterMax, 3).elements.value] -= 1; }, "('outer_max'): 'sums' has "},
    {"MoreThanAll", [](Program &p) { p.cores[0].parameters[bufferOf(p, Opcode::OuterMax, 3).elements.value] *= 100; }, "('outer_max'): 'sums' has "},
    {"SumsOfTheBatch", [](Program &p) { bufferOf(p, Opcode::OuterMax, 3).lifetime = Lifetime::Batch; }, "has the wrong lifetime for a phase that runs per step"},
    {"NarrowSums", [](Program &p) { bufferOf(p, Opcode::OuterMax, 3).type = ElementType::Int16; }, "'sums' has an element type that 'outer_max' does not take"},
    {"NarrowMaximum", [](Program &p) { bufferOf(p, Opcode::OuterMax, 4).type = ElementType::Int32; }, "has an element type that 'outer_max' does not take"},
    {"ErrorsOfASample", [](Program &p) { bufferOf(p, Opcode::OuterMax, 1).lifetime = Lifetime::Sample; }, "needs what nothing has written yet"},
    {"InputsOfASample", [](Program &p) { bufferOf(p, Opcode::OuterUpdate, 2).lifetime = Lifetime::Sample; }, "needs what nothing has written yet"},
    {"AnotherLayer", [](Program &p) { word(p, p.cores[0].templateIndex, Opcode::OuterUpdate, 6) = 1; }, "('outer_update'): layer 1, but the core holds another's weights"},
};
INSTANTIATE_TEST_SUITE_P(Recomputed, RecomputedRefusals, ::testing::ValuesIn(recomputed), caseName);

/// The program "spiking.rate": spikes between four layers, of which the first has signed inputs and the third two cores.
class EventRefusals : public ::testing::TestWithParam<Wrong> {};

TEST_P(EventRefusals, NamePlaceFoundAndNeeded) {
  expectRefusal(readTestProgram("spiking.rate"), GetParam());
}

/// Makes the first instruction of `opcode` in a template another one with the same first operands.
void replaceOpcode(Program &p, size_t t, Opcode opcode, Opcode other, size_t fields) {
  uint32_t *words = &word(p, t, opcode, 0);
  words[0] = static_cast<uint32_t>(other) | (words[0] & ~0xFFFFu & ((1u << (16 + fields)) - 1));
  std::fill(words + 1 + fields, words + instructionWords, 0);
}

/// A second window over the same axons, of fewer bits.
void integrateTwice(Program &p) {
  const std::vector<Instruction> list = instructionsOf(p.templates[1]);
  const auto first =
      std::find_if(list.begin(), list.end(), [](const Instruction &in) { return in.opcode == Opcode::Integrate; });
  Instruction second = *first;
  second.operands[8].value -= 1;
  insertInstruction(p.templates[1], static_cast<size_t>(first - list.begin()) + 1, second);
}

const Wrong events[] = {
    {"NoCode", [](Program &p) { word(p, 0, Opcode::Integrate, 8) = 0; }, "('integrate'): code 0, needed 1 (graded), 2 (rate) or 3 (phase)"},
    {"UnknownCode", [](Program &p) { word(p, 0, Opcode::Integrate, 8) = 4; }, "('integrate'): code 4, needed 1 (graded)"},
    {"Bits", [](Program &p) { word(p, 0, Opcode::Integrate, 9) = 17; }, "('integrate'): bits 17, needed 2 to 16"},
    {"SignIsAFlag", [](Program &p) { word(p, 0, Opcode::Integrate, 10) = 2; }, "'is_signed' is 2, needed 0 or 1"},
    {"OtherCode", [](Program &p) { word(p, 1, Opcode::Integrate, 8) = 3; }, "core (1, 0): route 1 carries rate to axons that integrate phase events"},
    {"OtherWindow", [](Program &p) { word(p, 1, Opcode::Integrate, 9) = 5; }, "core (1, 0): route 1 carries rate spikes of 6 bits to a window of 5"},
    {"NoSign", [](Program &p) { word(p, 0, Opcode::Integrate, 10) = 0; }, "core (0, 0): route 0 carries rate events that may be negative to axons without a channel for the sign"},
    {"AxonsForTheSign", [](Program &p) { p.chip.groups[0].axons = 20; word(p, 1, Opcode::Integrate, 10) = 1; }, "axons"},
    {"SignOfFired", [](Program &p) { word(p, 1, Opcode::Fire, 5) = 1; }, "carries rate events that may be negative to axons without a channel for the sign"},
    {"DenseToAxons", [](Program &p) { p.routes[1].code = SpikeCode::Dense; }, "core (1, 0): route 1 carries dense to axons that integrate rate events"},
    {"SpikesToAProduct", [](Program &p) { replaceOpcode(p, 1, Opcode::Integrate, Opcode::Forward, 7); }, "core (1, 0): route 1 carries rate spikes to a buffer that no neuron integrates"},
    {"NotFired", [](Program &p) { replaceOpcode(p, 1, Opcode::Fire, Opcode::ShiftClip, 4); }, "route 2: carries spikes that no neuron has fired"},
    {"TooManyBits", [](Program &p) { word(p, 1, Opcode::Fire, 4) = 7; }, "route 2: carries integers of 7 bits in windows of 6"},
    {"Threshold", [](Program &p) { word(p, 0, Opcode::Fire, 3) = 64; }, "('fire'): a threshold of 2^64, needed 2^-63 to 2^63"},
    {"FiredBits", [](Program &p) { word(p, 0, Opcode::Fire, 4) = 9; }, "('fire'): 'output' cannot hold 9 bits"},
    {"OneBit", [](Program &p) { word(p, 0, Opcode::Fire, 4) = 1; }, "('fire'): bits 1, needed at least 2"},
    {"FireIsAFlag", [](Program &p) { word(p, 0, Opcode::Fire, 5) = 2; }, "'is_signed' is 2, needed 0 or 1"},
    {"TiesToEven", [](Program &p) { p.config.rounding = Rounding::HalfEven; }, "('fire'): neurons that fire round ties away from zero, the program to even"},
    {"NotSpoken", [](Program &p) { p.chip.spikes.codes = {SpikeCode::Dense, SpikeCode::Graded}; }, "carries events in rate code, which chip 'tiny' does not speak"},
    {"CodeTwice", [](Program &p) { p.chip.spikes.codes.push_back(SpikeCode::Rate); }, "chip 'tiny': a spike code is not known or listed twice"},
    {"NoEventBytes", [](Program &p) { p.chip.spikes.eventBytes = 0; }, "chip 'tiny': events of 0 bytes and ticks of 1 cycles, needed 1 to 1048576"},
    {"NoTick", [](Program &p) { p.chip.spikes.tickCycles = 0; }, "and ticks of 0 cycles, needed 1 to 1048576"},
    {"LargeEvents", [](Program &p) { p.chip.spikes.eventBytes = (1 << 20) + 1; }, "chip 'tiny': events of 1048577 bytes and ticks of 1 cycles, needed 1 to 1048576"},
    {"LongTicks", [](Program &p) { p.chip.spikes.tickCycles = UINT32_MAX; }, "and ticks of 4294967295 cycles, needed 1 to 1048576"},
    {"IntegratedTwice", integrateTwice, "template 'Conv3.root', instruction 2 ('integrate'): buffer 'MaxPool2.max_pool' is integrated twice, needed once"},
    {"WideEvents", [](Program &p) { p.routes[5].code = SpikeCode::Rate; }, "route 5: carries events of an element type that is no activation's"},
    {"Summed", [](Program &p) { word(p, 1, Opcode::Receive, 4) = 1; }, "'Conv3.root', instruction 0 ('receive')"},
    {"SharedCore", [](Program &p) { p.cores[1].x = p.cores[0].x; p.chip.groups[0].axons = p.chip.groups[0].neurons = 4096; p.chip.groups[0].synapseBytes = 1 << 20; }, "blocks share cores in a program with events, whose windows would lie over each other"},
    {"Potential", [](Program &p) { p.chip.groups[0].accumulatorBits = 12; }, "bits of sums: "},
    {"Rewritten", [](Program &p) { insertInstruction(p.templates[1], 1, {Opcode::Relu, {{0, false}, {0, false}}}); }, "writes buffer 'MaxPool2.max_pool', whose events are integrated"},
};
INSTANTIATE_TEST_SUITE_P(Events, EventRefusals, ::testing::ValuesIn(events), caseName);

/// Files without events are what they were before there were any; codes come back as they were written.
TEST(Events, TakeANewerMinorOnlyWhereThereAreSome) {
  const Program program = readTestProgram("spiking.rate");
  EXPECT_EQ(program.readMinor, formatMinor);
  EXPECT_EQ(writeProgram(program), programBytes("spiking.rate"));
  const Expected<Program> again = readProgram(writeProgram(program));
  ASSERT_TRUE(static_cast<bool>(again)) << again.status().text();
  EXPECT_EQ(again->routes[1].code, SpikeCode::Rate);
  EXPECT_EQ(again->routes[5].code, SpikeCode::Dense);
  EXPECT_TRUE(again->hasEvents());
  EXPECT_EQ(again->chip.spikes.codes, program.chip.spikes.codes);
  EXPECT_EQ(again->chip.spikes.eventBytes, 4u);
}

/// Says of a layer that learns that it is frozen, with weights in use to go with it: then only its updates are wrong.
void freeze(Program &p, size_t layer) {
  p.layers[layer].frozen = true;
  for (Core &core : p.cores)
    if (core.layer == layer)
      core.imageBytes = packedBytes(blockOf(p, core).weights(), p.storedWeightBits(p.layers[layer]));
  std::fill(p.images.begin(), p.images.end(), uint8_t(0));
}

size_t firstCoreOf(const Program &p, size_t layer) {
  return std::find_if(p.cores.begin(), p.cores.end(), [&](const Core &core) { return core.layer == layer; }) -
         p.cores.begin();
}

const Wrong frozen[] = {
    {"Update", [](Program &p) { freeze(p, 1); }, "updates a frozen layer"},
    {"NotFrozen", [](Program &p) { p.layers[0].frozen = false; }, "core (0, 0): image of "},
    {"NarrowMasters", [](Program &p) { p.layers[1].frozen = true; }, ": image of "},
    {"WideWeight", [](Program &p) { p.images[p.cores[firstCoreOf(p, 0)].imageOffset] = 2; },
     "weight[0] is -2, needed at most 1 in magnitude"},
    {"NothingLearns", [](Program &p) { p.config.mode = Mode::Infer; },
     "layer 'Conv0': is frozen in a program in which no layer learns"},
    {"TraceOfMasters",
     [](Program &p) {
       for (TracePoint &point : p.tracePoints)
         if (point.kind == TraceKind::Masters)
           point.templateIndex = p.cores[firstCoreOf(p, 0)].templateIndex;
     },
     "trace point 'master.1': "},
};
INSTANTIATE_TEST_SUITE_P(Frozen, FrozenRefusals, ::testing::ValuesIn(frozen), caseName);

/// What a file without frozen layers is, it was before there were any.
TEST(FrozenLayers, TakeANewerMinorOnlyWhereThereAreSome) {
  EXPECT_EQ(readTestProgram("deep").readMinor, formatMinorWithoutFrozen);
  Program program = readTestProgram("frozen");
  EXPECT_EQ(program.readMinor, formatMinorBeforeMapper);
  const std::vector<uint8_t> bytes = writeProgram(program);
  EXPECT_EQ(bytes, programBytes("frozen"));
  const Expected<Program> again = readProgram(bytes);
  ASSERT_TRUE(static_cast<bool>(again)) << again.status().text();
  EXPECT_TRUE(again->layers[0].frozen && !again->layers[1].frozen && again->layers[2].frozen);
  EXPECT_LT(program.images.size(), readTestProgram("learning").images.size());
}

/// Gives a core a block, and an image of the size it needs.
void setBlock(Program &p, size_t core, uint32_t rowBegin, uint32_t rowEnd, uint32_t neuronBegin, uint32_t neuronEnd) {
  Core &c = p.cores[core];
  c.rowBegin = rowBegin, c.rowEnd = rowEnd, c.neuronBegin = neuronBegin, c.neuronEnd = neuronEnd;
  if (p.layers[c.layer].geometry.hasPart(rowBegin, rowEnd, neuronBegin, neuronEnd))
    c.imageBytes = packedBytes(blockOf(p, c).weights(), p.storedWeightBits(p.layers[c.layer]));
}

const Wrong groups[] = {
    {"NoGroups", [](Program &p) { p.layers[0].geometry.groups = 0; }, "layer 'depthwise': 0 groups do not divide its 4 channels and 4 neurons"},
    {"Indivisible", [](Program &p) { p.layers[0].geometry.groups = 3; }, "layer 'depthwise': 3 groups do not divide its 4 channels and 4 neurons"},
    {"WeightsOfOtherGroups", [](Program &p) { p.layers[0].geometry.groups = 2; }, "layer 'depthwise': weight tensor 'depthwise' does not have"},
    {"Dilation", [](Program &p) { p.layers[0].geometry.dilationX = 0; }, "layer 'depthwise': an extent is 0"},
    {"HugeDilation", [](Program &p) { p.layers[0].geometry.dilationY = p.layers[0].geometry.dilationX = 1 << 20; }, "layer 'depthwise': its input with all padding has over 2^31 elements"},
    {"AxonsFirst", [](Program &p) { p.layers[1].axonsFirst = true; }, "layer 'grouped': weight tensor 'grouped' does not have"},
    {"HalfAGroup", [](Program &p) { setBlock(p, 0, 0, 17, 0, 2); }, "core (0, 0): block outside its layer's matrix of 36 x 4, or with parts of some of its 4 groups"},
    {"OtherGroupsNeurons", [](Program &p) { setBlock(p, 0, 0, 18, 1, 3); }, "or with parts of some of its 4 groups"},
    {"BesideTheDiagonal", [](Program &p) { setBlock(p, 2, 24, 36, 0, 2); }, "core (2, 0): block outside its layer's matrix of 48 x 8, or with parts of some of its 2 groups"},
    {"OneGroupLess", [](Program &p) { setBlock(p, 0, 0, 9, 0, 1); }, "layer 'depthwise': its blocks do not tile the matrix: rows from 18 of neurons from 1 are missing or doubled"},
    {"OneGroupTwice", [](Program &p) { setBlock(p, 1, 9, 27, 1, 3); }, "layer 'depthwise': its blocks do not tile the matrix: rows from 9 of neurons from 2 are missing or doubled"},
    {"RowOfAGroup", [](Program &p) { setBlock(p, 3, 13, 24, 0, 2); }, "layer 'grouped': its blocks do not tile the matrix: rows from 12 of neurons from 0 are missing or doubled"},
    {"LastRowOfAGroup", [](Program &p) { setBlock(p, 3, 12, 23, 0, 2); }, "layer 'grouped': its blocks do not tile the matrix: rows from 23 of neurons from 0 are missing"},
};
INSTANTIATE_TEST_SUITE_P(Groups, GroupRefusals, ::testing::ValuesIn(groups), caseName);

/// What has no backward rule is refused in a program that trains, wherever its training would begin.
const Wrong forwardOnly[] = {
    {"DilatedProduct", [](Program &p) { p.layers[1].geometry.dilationY = 2; }, "the layer has groups or dilations, which no product but 'forward' takes"},
};
INSTANTIATE_TEST_SUITE_P(ForwardOnly, Refusals, ::testing::ValuesIn(forwardOnly), caseName);

const Wrong memory[] = {
    {"PastTheEnd", [](Program &p) { parameter(p, 2, "images.table.address") = 255; }, "core (2, 0), buffer 'images.table':"},
    {"FarPastTheEnd", [](Program &p) { parameter(p, 2, "images.table.address") = 0x7FFFFFFF; }, "of core memory, which has 4096"},
    {"PastOffChip", [](Program &p) { parameter(p, 2, "images.table.address") = 0xFFFFFFFF; }, "of off-chip memory, which has 1048576"},
    {"Overlap", [](Program &p) { parameter(p, 2, "images.table.address") = parameter(p, 2, "Conv0.conv2d.address"); }, "core (2, 0): two buffers share core memory"},
    {"OffChipOverlap", [](Program &p) { for (size_t c : {1, 2}) parameter(p, c, "images.table.address") = offChipBit; }, "two buffers share off-chip memory"},
    {"HugeBuffer", [](Program &p) { parameter(p, 2, "images.table.elements") = 0xFFFFFFFF; }, "core (2, 0), buffer 'images.table': 4294967295 elements"},
};
INSTANTIATE_TEST_SUITE_P(Memory, Refusals, ::testing::ValuesIn(memory), caseName);

/// A buffer may begin right behind another that is needed at the same time, but not on its last line.
TEST(Verifier, TakesBuffersThatTouchButShareNoLine) {
  Program program = deepProgram();
  const uint64_t lines = bufferLines(ElementType::Int8, parameter(program, 2, "images.table.elements"), program.config.maxBatch);
  uint32_t &behind = parameter(program, 2, "Conv0.conv2d.address");
  parameter(program, 2, "images.table.address") = 100, behind = static_cast<uint32_t>(100 + lines);
  const Status touching = verifyProgram(program);
  ASSERT_TRUE(touching.ok()) << touching.text();
  --behind;
  const std::string refusal = "core (2, 0): two buffers share core memory at " + std::to_string(behind * addressLineBytes);
  EXPECT_NE(verifyProgram(program).text().find(refusal), std::string::npos) << verifyProgram(program).text();
}

const Wrong streams[] = {
    {"UnknownOpcode", [](Program &p) { word(p, 0, Opcode::Relu, 0) = 99; }, "template 'Conv0.root', instruction 7: opcode 99 is not in the opcode table"},
    {"WordsBeyondFields", [](Program &p) { word(p, 0, Opcode::Relu, 9) = 1; }, "words beyond the 2 fields of 'relu' are not zero"},
    {"FlagsBeyondFields", [](Program &p) { word(p, 0, Opcode::Relu, 0) |= 1u << 31; }, "words beyond the 2 fields of 'relu' are not zero"},
    {"BufferIndex", [](Program &p) { word(p, 0, Opcode::Relu, 1) = 99; }, "'relu': field 'input' must name one of the template's 17 buffers"},
    {"NegativeBuffer", [](Program &p) { word(p, 0, Opcode::Relu, 1) = 0xFFFFFFFF; }, "must name one of the template's 17 buffers"},
    {"BufferByParameter", [](Program &p) { word(p, 0, Opcode::Relu, 0) |= 1u << 16; }, "must name one of the template's 17 buffers"},
    {"ParameterIndex", [](Program &p) { word(p, 0, Opcode::Receive, 2) = 1000; }, "field 'links' names parameter 1000 of"},
    {"RoleThatDiffers", [](Program &p) { word(p, 0, Opcode::ShiftClip, 0) |= 1u << 18, word(p, 0, Opcode::ShiftClip, 3) = 0; }, "field 'shift' must be a number, the same on every core"},
    {"CutInstruction", [](Program &p) { p.templates[0].words.pop_back(); }, "words are no multiple of 12"},
    {"PhasesOfTemplate", [](Program &p) { p.templates[0].phaseBegin.back() -= 1; }, "template 'Conv0.root': its phases do not divide its"},
    {"PhasesBackwards", [](Program &p) { std::swap(p.templates[0].phaseBegin[1], p.templates[0].phaseBegin[2]); }, "its phases do not divide its"},
    {"NoPhasesInTemplate", [](Program &p) { p.templates[0].phaseBegin.clear(); }, "its phases do not divide its"},
    {"BufferType", [](Program &p) { p.templates[0].buffers[0].type = static_cast<ElementType>(5); }, "buffer 'images.table' has no known type or lifetime"},
    {"BufferLifetime", [](Program &p) { p.templates[0].buffers[0].lifetime = static_cast<Lifetime>(3); }, "has no known type or lifetime"},
    {"NoSlots", [](Program &p) { p.templates[0].buffers[0].slots = 0; }, "buffer 'images.table' has places for 0 samples, needed 1"},
    {"SlotsBeyondTheBatch", [](Program &p) { p.templates[0].buffers[bufferNamed(p, 0, "Conv0.conv2d")].slots = p.config.maxBatch + 1; }, "has places for"},
    {"SlotsOfTheBatch", [](Program &p) { p.templates[0].buffers[bufferNamed(p, 0, "Relu1.within")].slots = 2; }, "buffer 'Relu1.within' has places for 2 samples, needed 1"},
    {"BufferElements", [](Program &p) { p.templates[0].buffers[0].elements.value = 1000; }, "buffer 'images.table' names parameter 1000 of"},
    {"ReadBeforeWritten", [](Program &p) { dropInstruction(p.templates[0], 3); }, "needs what nothing has written yet, buffer 'images.table'"},
    {"WrittenAfterRead", [](Program &p) { insertInstruction(p.templates[0], 8, {Opcode::Relu, {{1, false}, {1, false}}}); }, "writes what was read already, buffer 'Conv0.conv2d'"},
    {"SampleAcrossPhases", [](Program &p) { p.templates[0].buffers[bufferNamed(p, 0, "Relu1.within")].lifetime = Lifetime::Sample; }, "needs what nothing has written yet in phase 'backward.1', buffer 'Relu1.within'"},
};
INSTANTIATE_TEST_SUITE_P(Streams, Refusals, ::testing::ValuesIn(streams), caseName);

const Wrong instructions[] = {
    {"Elements", [](Program &p) { parameter(p, 0, "Relu1.relu.elements") -= 1; }, "core (0, 0), template 'Conv0.root', instruction 7 ('relu'): 'output' has 49 elements, needed 50"},
    {"AnotherLayer", [](Program &p) { word(p, 0, Opcode::Forward, 3) = 1; }, "instruction 4 ('forward'): layer 1, but the core holds another's weights"},
    {"Ranges", [](Program &p) { parameter(p, 1, "row_end") += 1; }, "its ranges are not those of the core's block"},
    {"ProductType", [](Program &p) { p.templates[0].buffers[bufferNamed(p, 0, "Conv0.conv2d")].type = ElementType::Int16; }, "'output' has an element type that 'forward' does not take"},
    {"PerSampleLifetime", [](Program &p) { p.templates[0].buffers[bufferNamed(p, 0, "Conv0.conv2d")].lifetime = Lifetime::Step; }, "buffer 'Conv0.conv2d' has the wrong lifetime for a phase that runs per sample"},
    {"PerStepLifetime", [](Program &p) { p.phases[1].perSample = false; }, "has the wrong lifetime for a phase that runs per step"},
    {"Shift", [](Program &p) { word(p, 0, Opcode::ShiftClip, 3) = 64; }, "shift 64, needed -63 to 63"},
    {"Bits", [](Program &p) { word(p, 0, Opcode::ShiftClip, 4) = 9; }, "'output' cannot hold 9 bits"},
    {"NoBits", [](Program &p) { word(p, 0, Opcode::ShiftClip, 4) = 0; }, "'output' cannot hold 0 bits"},
    {"Limit", [](Program &p) { word(p, 0, Opcode::Within, 4) = 0x80000000; }, "the limit is negative"},
    {"MaskType", [](Program &p) { parameter(p, 0, "Relu1.positive.address") = parameter(p, 3, "Relu1.positive.address") = 200, p.templates[0].buffers[bufferNamed(p, 0, "Relu1.positive")].type = ElementType::Int8; }, "'output' has an element type that 'positive' does not take"},
    {"Pool", [](Program &p) { word(p, 0, Opcode::MaxPool, 4) = 2; }, "pool 2 of 2"},
    {"Channels", [](Program &p) { parameter(p, 0, "channels") = 0x7FFFFFFF; }, "channels 2147483647"},
    {"PositionsTooNarrow", [](Program &p) { for (Pool &q : p.pools) q.kernelHeight = q.kernelWidth = 30, q.strideX = q.strideY = 1; }, "'positions' cannot hold every place in the window"},
    {"PositionsOfAnotherPool", [](Program &p) { p.pools[1].padTop = 1; }, "'positions' are written by an instruction other than a max_pool over the same windows"},
    {"PositionsNotFromPool", [](Program &p) { p.config.maxBatch = 1, p.templates[0].buffers[bufferNamed(p, 0, "MaxPool2.max_pool")].lifetime = Lifetime::Batch, word(p, 0, Opcode::MaxPoolScatter, 2) = static_cast<uint32_t>(bufferNamed(p, 0, "MaxPool2.max_pool")); }, "'positions' are written by an instruction other than a max_pool"},
    {"ReceiveMode", [](Program &p) { p.templates[0].words[5 * instructionWords + 4] = 3; }, "mode 3, needed 0, 1 or 2"},
    {"Links", [](Program &p) { parameter(p, 0, "Conv0.input.receive.count") = 100; }, "links [0, +100) of"},
    {"HugeLinks", [](Program &p) { parameter(p, 0, "Conv0.input.receive.links") = 0xFFFFFFFF; }, "links [-1, +1) of"},
    {"LinkOffset", [](Program &p) { p.cores[0].links[0].offset = 1; }, "elements to or from 1, past the buffer's 25"},
    {"LinkFarOffset", [](Program &p) { p.cores[0].links[0].offset = 0xFFFFFFFF; }, "to or from 4294967295, past the buffer's 25"},
    {"BiasLess", [](Program &p) { p.layers[2].bias.clear(), p.layers[2].biasName.clear(); }, "the layer has no bias"},
    {"Classes", [](Program &p) { parameter(p, 12, "class_begin") = 5; }, "('subtract_one_hot'): classes [5, +3) of 7"},
};
INSTANTIATE_TEST_SUITE_P(Instructions, Refusals, ::testing::ValuesIn(instructions), caseName);

/// Core 0 sends its first packet to Conv3 on two links.
void sendTwice(Program &p) {
  Core &core = p.cores[0];
  const Link link = core.links[parameter(p, 0, "Conv3.input.send.links")];
  parameter(p, 0, "Conv3.input.send.links") = static_cast<uint32_t>(core.links.size());
  parameter(p, 0, "Conv3.input.send.count") = 2;
  core.links.insert(core.links.end(), 2, link);
}

const Wrong messages[] = {
    {"UnknownSource", [](Program &p) { p.routes[InnerRoute(p).index].source = 20; }, "a route comes from core 20 of 20"},
    {"UnknownDestination", [](Program &p) { p.routes[InnerRoute(p).index].destinations[0] = 20; }, "a route leads to core 20 of 20"},
    {"NoDestination", [](Program &p) { p.routes[InnerRoute(p).index].destinations.clear(); }, "has no destination, no elements or no known element type"},
    {"NotSent", [](Program &p) { uint32_t &source = p.routes[InnerRoute(p).index].source; source = source ? 0 : 1; }, "is not sent by its source"},
    {"ExtraDestination", [](Program &p) { p.routes[InnerRoute(p).index].destinations.push_back(19); }, "is not received exactly once by each of its destinations"},
    {"TwiceTheSame", [](Program &p) { Route &r = p.routes[InnerRoute(p).index]; r.destinations.push_back(r.destinations[0]); }, "is not received exactly once by each of its destinations"},
    {"SentTwice", [](Program &p) { sendTwice(p); }, "is sent twice"},
    {"LinkUsedTwice", [](Program &p) { parameter(p, 0, "Conv0.max_abs.broadcast.send.links") = parameter(p, 0, "Relu1.max_abs.broadcast.send.links"); }, "core (0, 0): two instructions use the same link to route"},
    {"Type", [](Program &p) { p.routes[InnerRoute(p).index].type = ElementType::Int64; }, "carries another element type"},
    {"LostPort", [](Program &p) { p.hostPorts.pop_back(); }, "leads from or to the host without a host port, or has a port without doing so"},
    {"PortOfInnerRoute", [](Program &p) { p.hostPorts.push_back({InnerRoute(p).index, HostData::Image, 0}); }, "or has a port without doing so"},
    {"SecondPort", [](Program &p) { p.hostPorts.push_back(p.hostPorts[0]); }, "no such route or kind, or a second port"},
    {"PortOfNoRoute", [](Program &p) { p.hostPorts[0].route = 10000; }, "host port of route 10000: no such route or kind, or a second port"},
    {"UnknownPort", [](Program &p) { p.hostPorts[0].data = static_cast<HostData>(4); }, "no such route or kind, or a second port"},
    {"ImagePastTheEnd", [](Program &p) { p.hostPorts[0].offset = 40; }, "direction, phase, element type or range do not fit"},
    {"LogitsTwice", [](Program &p) { for (HostPort &port : p.hostPorts) if (port.data == HostData::Logits) port.offset = 0; }, "direction, phase, element type or range do not fit"},
    {"LogitsMissing", [](Program &p) { p.output.reset(); p.classes += 1; }, "the logits of some class never reach the host"},
    {"TallerImage", [](Program &p) { p.input.reset(); p.inputHeight += 1; }, "image elements from 50 of 60 on reach no core"},
    {"LabelsAsControl", [](Program &p) { for (HostPort &port : p.hostPorts) if (port.route == routeOfPort(p, HostData::Labels)) port.data = HostData::Control; }, "direction, phase, element type or range do not fit"},
    {"TraceTemplate", [](Program &p) { p.tracePoints[0].templateIndex = 6; }, "template, phase, kind or buffer out of range"},
    {"TraceBuffer", [](Program &p) { p.tracePoints[0].buffer = 99; }, "template, phase, kind or buffer out of range"},
    {"TracePhase", [](Program &p) { p.tracePoints[0].phase = 10; }, "template, phase, kind or buffer out of range"},
    {"TraceOffset", [](Program &p) { tracePoint(p, TraceKind::Slice).offsetParameter = noIndex; }, "a slice needs an offset parameter"},
    {"TraceShape", [](Program &p) { tracePoint(p, TraceKind::Slice).shape = {1}; }, "elements of 1"},
    {"TraceBehindAGap", [](Program &p) { moveSlices(p, 1); }, "a core's part does not fit the tensor"},
    {"TraceNameOfAnother", [](Program &p) { tracePoint(p, TraceKind::GradientExponent).name = tracePoint(p, TraceKind::ErrorExponent).name; }, "two of this name"},
    {"TraceTwice", [](Program &p) { p.tracePoints.push_back(tracePoint(p, TraceKind::Weights)); }, "two of this name"},
    {"TraceOfTwoLayers", [](Program &p) { p.tracePoints.back().name = tracePoint(p, TraceKind::Weights).name; }, "two of this name"},
    {"TraceOfSample", [](Program &p) { tracePoint(p, TraceKind::Weights).buffer = 0; }, "must read a buffer of the step"},
    {"TraceOfIdlePhase", [](Program &p) { tracePoint(p, TraceKind::ErrorExponent).phase = 8; }, "its template does nothing in phase 'backward.2'"},
};
INSTANTIATE_TEST_SUITE_P(Messages, Refusals, ::testing::ValuesIn(messages), caseName);

/// A core that no layer's weights stand on may not train; an inference program may not hold an Update.
TEST(Verifier, RefusesUpdatesInInference) {
  Program program = deepProgram();
  program.config.mode = Mode::Infer;
  program.config.weightBits = program.config.gradientBits; // so that the images keep their size
  const Status status = verifyProgram(program);
  ASSERT_FALSE(status.ok());
  EXPECT_NE(status.text().find("updates weights in a program for inference"), std::string::npos) << status.text();
}

/// Calls visit(program, template) with every send and later receive of a phase in each other's place.
template <typename F> void forEachSwappedPair(const Program &whole, F visit) {
  for (size_t t = 0; t < whole.templates.size(); ++t)
    for (size_t phase = 0; phase < whole.phases.size(); ++phase)
      for (uint32_t i = whole.templates[t].phaseBegin[phase]; i < whole.templates[t].phaseBegin[phase + 1]; ++i)
        for (uint32_t j = i + 1; j < whole.templates[t].phaseBegin[phase + 1]; ++j) {
          if (decodeInstruction(whole.templates[t].words, i).opcode != Opcode::Send ||
              decodeInstruction(whole.templates[t].words, j).opcode != Opcode::Receive)
            continue;
          Program p = whole;
          const auto at = p.templates[t].words.begin();
          std::swap_ranges(at + i * instructionWords, at + (i + 1) * instructionWords, at + j * instructionWords);
          visit(p);
        }
}

TEST(WaitsTest, CirclesAreRefusedAndNothingElseStops) {
  int circles = 0, sound = 0;
  for (const std::string &name : everyProgram())
    forEachSwappedPair(readTestProgram(name), [&](const Program &p) {
      const Status status = verifyProgram(p);
      circles += status.text().find("which waits for it in turn") != std::string::npos;
      if (!status.ok())
        return;
      ++sound;
      EXPECT_EQ(runProgram(p, Kind::Core, 1, {{2}}).problem, "") << name;
    });
  EXPECT_GE(circles, 10);
  EXPECT_GE(sound, 10);
}

} // namespace
