//===- VerifyStreams.cpp - instructions ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Format/BlockNeeds.h"
#include "runtime/Format/Streams.h"
#include "runtime/Format/VerifierParts.h"
#include "runtime/Kernels/MovementKernels.h"

#include <algorithm>

namespace wage::rt::verify {

namespace {

/// One instruction on one core: what it needs of its buffers.
class InstructionCheck {
public:
  InstructionCheck(const Program &p, const Core &core, const Instruction &in, bool perSample, size_t index)
      : p(p), core(core), t(p.templates[core.templateIndex]), in(in),
        info(*findOpcode(static_cast<uint16_t>(in.opcode))), perSample(perSample), index(index) {}

  /// Empty, or what was found and what was needed.
  std::string run() {
    checkTables();
    checkLifetimes();
    switch (in.opcode) {
    case Opcode::Receive:
    case Opcode::Send: message(); break;
    case Opcode::Forward:
    case Opcode::Transposed:
    case Opcode::Outer: product(); break;
    case Opcode::Integrate: integrate(); break;
    case Opcode::Fire: fires(); break;
    case Opcode::MaxPool:
    case Opcode::MaxPoolScatter:
    case Opcode::SumPool:
    case Opcode::SumPoolSpread: pool(); break;
    case Opcode::Update: update(); break;
    case Opcode::OuterMax: outerMax(); break;
    case Opcode::OuterUpdate: outerUpdate(); break;
    case Opcode::Lookup: lookup(); break;
    case Opcode::Multiply: multiply(); break;
    case Opcode::Rearrange: rearrange(); break;
    default: elementwise();
    }
    return problem;
  }

private:
  const BufferDecl &buffer(const char *field) const { return t.buffers[in.operands[info.fieldIndex(field)].value]; }
  ElementType type(const char *field) const { return buffer(field).type; }
  int64_t elements(const char *field) const { return operandValue(buffer(field).elements, core); }
  int64_t value(const char *field) const {
    const Operand &operand = in.operands[info.fieldIndex(field)];
    return operand.isParameter ? static_cast<int32_t>(core.parameters[operand.value]) : operand.value;
  }
  void need(bool ok, const std::string &text) {
    if (!ok && problem.empty())
      problem = text;
  }
  void needElements(const char *field, int64_t wanted) {
    need(elements(field) == wanted, "'" + std::string(field) + "' has " + std::to_string(elements(field)) +
                                        " elements, needed " + std::to_string(wanted));
  }
  void needType(const char *field, std::initializer_list<ElementType> wanted) {
    need(std::find(wanted.begin(), wanted.end(), type(field)) != wanted.end(),
         "'" + std::string(field) + "' has an element type that '" + std::string(info.mnemonic) + "' does not take");
  }
  void needHolds(const char *field, int64_t bits) {
    need(bits >= 1 && bits <= chipBits(type(field)) && type(field) != ElementType::Mask,
         "'" + std::string(field) + "' cannot hold " + std::to_string(bits) + " bits");
  }

  /// Samples share no slot: within a sample only sums, maxima and what the step knows already may be of the step.
  void checkLifetimes() {
    for (size_t i = 0; i < info.fields.size(); ++i) {
      if (!info.fields[i].isBuffer())
        continue;
      const BufferDecl &b = t.buffers[in.operands[i].value];
      const std::string_view name = info.fields[i].name;
      const bool mayBeStep = name == "gradient" || name == "maximum" || name == "exponent" || name == "tables";
      const bool isStep = b.lifetime == Lifetime::Step;
      const bool fits = perSample                                                      ? isStep == mayBeStep
                        : isOfBatch(in.opcode) && (name == "error" || name == "input") ? b.lifetime == Lifetime::Batch
                                                                                       : isStep;
      need(fits, "buffer '" + b.name + "' has the wrong lifetime for a phase that runs " +
                     (perSample ? "per sample" : "per step"));
    }
  }

  /// Tables are only looked up in: what holds them from the start is never written, sent or computed with.
  void checkTables() {
    for (size_t i = 0; i < info.fields.size(); ++i)
      if (info.fields[i].isBuffer())
        need((info.fields[i].name == "tables") == (t.buffers[in.operands[i].value].tables != noIndex),
             "field '" + std::string(info.fields[i].name) + "' names a buffer that " +
                 (info.fields[i].name == "tables" ? "holds no tables" : "holds tables"));
  }

  void message() {
    const int64_t first = value("links"), count = value("link_count");
    need(first >= 0 && count >= 0 && first + count <= static_cast<int64_t>(core.links.size()),
         "links [" + std::to_string(first) + ", +" + std::to_string(count) + ") of " + number(core.links.size()));
    if (!problem.empty())
      return;
    if (in.opcode == Opcode::Receive) {
      need(value("mode") >= 0 && value("mode") <= 2, "mode " + std::to_string(value("mode")) + ", needed 0, 1 or 2");
      need(value("mode") != 2 || type("buffer") == ElementType::Int64, "a maximum needs a buffer of i64");
      need(value("mode") != 1 || type("buffer") != ElementType::Mask, "masks cannot be added");
    }
    for (int64_t i = first; i < first + count; ++i) {
      const Route &route = p.routes[core.links[i].route];
      need(uint64_t(core.links[i].offset) + route.elements <= static_cast<uint64_t>(elements("buffer")),
           "route " + number(core.links[i].route) + " carries " + number(route.elements) + " elements to or from " +
               number(core.links[i].offset) + ", past the buffer's " + number(elements("buffer")));
      need(route.type == type("buffer"), "route " + number(core.links[i].route) + " carries another element type");
    }
  }

  void layerAndRanges(bool withRows) {
    need(core.layer != noIndex && value("layer") == core.layer,
         "layer " + std::to_string(value("layer")) + ", but the core holds another's weights");
    need(value("neuron_begin") == core.neuronBegin && value("neuron_end") == core.neuronEnd &&
             (!withRows || (value("row_begin") == core.rowBegin && value("row_end") == core.rowEnd)),
         "its ranges are not those of the core's block");
  }

  void product() {
    layerAndRanges(true);
    if (!problem.empty())
      return;
    const LinearBlock block = blockOf(p, core);
    need(isForwardProduct(in.opcode) || !p.layers[core.layer].geometry.isForwardOnly(),
         "the layer has groups or dilations, which no product but 'forward' takes");
    const int64_t inputs = (block.channelEnd() - block.channelBegin()) * block.plane();
    const int64_t outputs = block.neurons * block.positions();
    const auto activation = {ElementType::Int8, ElementType::Int16};
    const auto error = {ElementType::Int8, ElementType::Int16, ElementType::Int32};
    const auto accumulator = {ElementType::Int32, ElementType::Int64};
    if (isForwardProduct(in.opcode)) {
      needElements("input", inputs), needType("input", activation);
      needElements("output", outputs), needType("output", accumulator);
    } else if (in.opcode == Opcode::Transposed) {
      needElements("error", outputs), needType("error", error);
      needElements("output", inputs), needType("output", accumulator);
    } else {
      needElements("error", outputs), needType("error", error);
      needElements("input", inputs), needType("input", activation);
      if (in.opcode == Opcode::Outer)
        needElements("gradient", block.weights()), needType("gradient", accumulator);
    }
  }

  /// A field that says yes or no.
  void needFlag(const char *field) {
    need(value(field) == 0 || value(field) == 1,
         "'" + std::string(field) + "' is " + std::to_string(value(field)) + ", needed 0 or 1");
  }

  void integrate() {
    product();
    need(value("code") >= 1 && value("code") < spikeCodeCount,
         "code " + std::to_string(value("code")) + ", needed 1 (graded), 2 (rate) or 3 (phase)");
    need(value("bits") >= 2 && value("bits") <= 16, "bits " + std::to_string(value("bits")) + ", needed 2 to 16");
    needFlag("is_signed");
    need(perSample, "a window belongs to a sample, and the phase runs once");
  }

  void fires() {
    needElements("output", elements("input"));
    need(type("input") != ElementType::Mask, "masks are no potentials");
    needType("output", {ElementType::Int8, ElementType::Int16});
    const int64_t threshold = value("threshold_log2");
    need(threshold > -64 && threshold < 64, "a threshold of 2^" + std::to_string(threshold) + ", needed 2^-63 to 2^63");
    needHolds("output", value("bits"));
    need(value("bits") >= 2, "bits " + std::to_string(value("bits")) + ", needed at least 2");
    needFlag("is_signed");
    need(p.config.rounding == Rounding::HalfAway, "neurons that fire round ties away from zero, the program to even");
  }

  void pool() {
    need(value("pool") >= 0 && value("pool") < static_cast<int64_t>(p.pools.size()),
         "pool " + std::to_string(value("pool")) + " of " + number(p.pools.size()));
    need(value("channels") >= 0 && value("channels") <= (1 << 24), "channels " + std::to_string(value("channels")));
    if (!problem.empty())
      return;
    const Pool &q = p.pools[value("pool")];
    const int64_t in2d = value("channels") * q.height * q.width, out2d = value("channels") * q.outHeight * q.outWidth;
    const bool sums = in.opcode == Opcode::SumPool || in.opcode == Opcode::SumPoolSpread;
    const bool forward = in.opcode == Opcode::MaxPool || in.opcode == Opcode::SumPool;
    needElements(forward ? "input" : "error", forward ? in2d : out2d);
    needElements("output", forward ? out2d : in2d);
    need(type(forward ? "input" : "error") != ElementType::Mask && type("output") != ElementType::Mask,
         "masks cannot be pooled");
    if (sums) {
      need(type(forward ? "input" : "error") <= type("output"), "'output' is narrower than what is summed");
      return;
    }
    needElements("positions", out2d);
    needType("positions", {ElementType::Int8, ElementType::Int16});
    need(int64_t(q.kernelHeight) * q.kernelWidth - 1 <= largestInteger(static_cast<int>(chipBits(type("positions")))),
         "'positions' cannot hold every place in the window");
    if (forward)
      need(type("input") == type("output"), "'input' and 'output' differ in type");
    else
      positionsComeFromPool(q);
  }

  /// A scatter writes where its positions point, so they must come from a pool over the same windows.
  void positionsComeFromPool(const Pool &q) {
    const int32_t positions = in.operands[info.fieldIndex("positions")].value;
    bool written = false;
    for (size_t i = 0; i < t.words.size() / instructionWords; ++i) {
      const Instruction other = decodeInstruction(t.words, i);
      const OpcodeInfo &otherInfo = *findOpcode(static_cast<uint16_t>(other.opcode));
      for (size_t k = 0; k < otherInfo.fields.size(); ++k) {
        const FieldKind kind = otherInfo.fields[k].kind;
        if ((kind != FieldKind::BufOut && kind != FieldKind::BufInOut) || other.operands[k].value != positions)
          continue;
        if (other.opcode == Opcode::Send)
          continue;
        const bool isPool = other.opcode == Opcode::MaxPool && otherInfo.fields[k].name == "positions";
        const Operand &pool = other.operands[otherInfo.fieldIndex("pool") < 0 ? 0 : otherInfo.fieldIndex("pool")];
        const bool same = isPool && !pool.isParameter && pool.value >= 0 &&
                          static_cast<size_t>(pool.value) < p.pools.size() && equal(p.pools[pool.value], q);
        need(same, "'positions' are written by an instruction other than a max_pool over the same windows");
        written |= same && i < index;
      }
    }
    need(written, "'positions' are not written by a max_pool before");
  }
  static bool equal(const Pool &a, const Pool &b) {
    return a.height == b.height && a.width == b.width && a.kernelHeight == b.kernelHeight &&
           a.kernelWidth == b.kernelWidth && a.strideY == b.strideY && a.strideX == b.strideX && a.padTop == b.padTop &&
           a.padLeft == b.padLeft && a.outHeight == b.outHeight && a.outWidth == b.outWidth;
  }

  /// Whether the core's layer may change.
  void updatedLayer() {
    need(p.config.mode == Mode::Train, "updates weights in a program for inference");
    need(!problem.empty() || !p.layers[core.layer].frozen, "updates a frozen layer");
    need(problem.empty() && !p.layers[core.layer].geometry.isForwardOnly(),
         "updates a layer with groups or dilations, which has no gradient");
  }
  void exponentAndControl() {
    needElements("exponent", 1), needType("exponent", {ElementType::Int32});
    needElements("control", 3), needType("control", {ElementType::Int64});
  }

  void update() {
    layerAndRanges(true);
    updatedLayer();
    if (!problem.empty())
      return;
    needElements("gradient", blockOf(p, core).weights());
    needType("gradient", {ElementType::Int32, ElementType::Int64});
    exponentAndControl();
  }

  /// Sums hold the gradients of whole neurons.
  void gradientOfBatch() {
    need(!perSample, "goes through the batch in a phase that runs per sample");
    product();
    if (!problem.empty())
      return;
    const int64_t rows = blockOf(p, core).rows(), weights = blockOf(p, core).weights(), sums = elements("sums");
    need(sums >= rows && sums % rows == 0 && sums <= weights,
         "'sums' has " + std::to_string(sums) + " elements, needed a multiple of the block's " + std::to_string(rows) +
             " rows, at most " + std::to_string(weights));
    needType("sums", {ElementType::Int32, ElementType::Int64});
  }
  void outerMax() {
    gradientOfBatch();
    needElements("maximum", 1), needType("maximum", {ElementType::Int64});
  }
  void outerUpdate() {
    gradientOfBatch();
    updatedLayer();
    exponentAndControl();
  }

  void lookup() {
    const auto code = {ElementType::Int8, ElementType::Int16};
    needType("input", code), needType("output", code);
    needElements("output", elements("input"));
    need(type("tables") == type("output"), "'tables' and 'output' differ in type");
    need(value("span") >= 1 && value("begin") >= 0, "span " + std::to_string(value("span")) + " or begin " +
                                                        std::to_string(value("begin")) + ", needed 1 and 0 or more");
    if (!problem.empty())
      return;
    const auto bits = static_cast<int>(p.tables[buffer("tables").tables].bits);
    const TableRange range{bits, value("span"), value("begin")};
    needElements("tables", range.tables(elements("input")) << bits);
    const int64_t first = operandValue(buffer("tables").firstEntry, core);
    need(first == value("begin") / value("span") << bits,
         "'tables' begins with entry " + std::to_string(first) + ", needed that of the first element's table");
  }

  void multiply() {
    needElements("other", elements("input")), needElements("output", elements("input"));
    need(type("input") <= type("output") && type("other") <= type("output"), "'output' is narrower than a factor");
    need(type("input") != ElementType::Mask && type("other") != ElementType::Mask, "masks cannot be multiplied");
  }

  /// What the part of the result needs must be in the part of the input.
  void rearrange() {
    need(value("move") >= 0 && value("move") < static_cast<int64_t>(p.moves.size()),
         "move " + std::to_string(value("move")) + " of " + number(p.moves.size()));
    need(type("input") == type("output") && type("input") != ElementType::Mask,
         "'input' and 'output' differ in type or are masks");
    if (!problem.empty())
      return;
    const Move &move = p.moves[value("move")];
    const int64_t in0 = value("input_begin"), in1 = in0 + elements("input");
    const int64_t out0 = value("output_begin"), out1 = out0 + elements("output");
    need(in0 >= 0 && in1 <= move.inElements && out0 >= 0 && out1 <= move.outElements,
         "a buffer reaches beyond its tensor");
    const auto [first, last] = sourceReach(move.rearrangement, out0, out1);
    need(first > last || (first >= in0 && last < in1), "'output' needs elements " + std::to_string(first) + " to " +
                                                           std::to_string(last) + ", 'input' has " +
                                                           std::to_string(in0) + " to " + std::to_string(in1 - 1));
  }

  void elementwise() {
    if (info.fieldIndex("input") >= 0 && info.fieldIndex("output") >= 0)
      needElements("output", elements("input"));
    switch (in.opcode) {
    case Opcode::AddBias:
      layerAndRanges(false);
      needType("output", {ElementType::Int32, ElementType::Int64});
      need(problem.empty() && !p.layers[core.layer].bias.empty(), "the layer has no bias");
      need(problem.empty() && elements("output") % (core.neuronEnd - core.neuronBegin) == 0,
           "'output' is no whole number of planes");
      need(type("input") <= type("output"), "'output' is narrower than 'input'");
      break;
    case Opcode::AlignChannels:
      layerAndRanges(false);
      need(problem.empty() && elements("output") % (core.neuronEnd - core.neuronBegin) == 0,
           "'output' is no whole number of planes");
      need(type("input") <= type("output") && type("input") != ElementType::Mask, "'output' is narrower than 'input'");
      break;
    case Opcode::Add:
      needElements("other", elements("input"));
      need(type("input") <= type("output") && type("other") <= type("output"), "'output' is narrower than a summand");
      need(type("input") != ElementType::Mask && type("other") != ElementType::Mask, "masks cannot be added");
      for (const char *shift : {"shift", "other_shift"})
        need(value(shift) >= 0 && value(shift) < 64,
             "'" + std::string(shift) + "' is " + std::to_string(value(shift)) + ", needed 0 to 63");
      break;
    case Opcode::Relu:
    case Opcode::ApplyMask:
      need(type("input") == type("output"), "'input' and 'output' differ in type");
      if (in.opcode == Opcode::ApplyMask)
        needElements("mask", elements("input")), needType("mask", {ElementType::Mask});
      break;
    case Opcode::ShiftClip:
    case Opcode::ShiftClipBy: {
      const int64_t shift = value(in.opcode == Opcode::ShiftClip ? "shift" : "offset");
      need(shift > -64 && shift < 64, "shift " + std::to_string(shift) + ", needed -63 to 63");
      needHolds("output", value("bits"));
      need(value("bits") <= 16, "bits " + std::to_string(value("bits")) + ", needed at most 16");
      if (in.opcode == Opcode::ShiftClipBy)
        needElements("exponent", 1), needType("exponent", {ElementType::Int32});
      break;
    }
    case Opcode::Within:
    case Opcode::Positive:
      needType("output", {ElementType::Mask});
      need(in.opcode == Opcode::Positive || value("limit_high") >= 0, "the limit is negative");
      break;
    case Opcode::SubtractOneHot:
      need(value("class_begin") >= 0 && value("class_begin") + elements("input") <= p.classes,
           "classes [" + std::to_string(value("class_begin")) + ", +" + std::to_string(elements("input")) + ") of " +
               number(p.classes));
      needElements("labels", 1), needType("labels", {ElementType::Int32});
      need(value("shift") >= 0 && value("shift") < 62, "shift " + std::to_string(value("shift")) + ", needed 0 to 61");
      need(type("input") <= type("output") && type("output") >= ElementType::Int32, "'output' is too narrow");
      break;
    case Opcode::MaxAbs: needElements("maximum", 1), needType("maximum", {ElementType::Int64}); break;
    case Opcode::ShiftExponent:
      needElements("maximum", 1), needType("maximum", {ElementType::Int64});
      needElements("output", 1), needType("output", {ElementType::Int32});
      break;
    default: break;
    }
  }

  const Program &p;
  const Core &core;
  const Template &t;
  const Instruction &in;
  const OpcodeInfo &info;
  const bool perSample;
  const size_t index;
  std::string problem;
};

} // namespace

Status instructions(const Program &p) {
  const std::vector<std::vector<Instruction>> streams = decodeStreams(p);
  for (size_t c = 0; c < p.cores.size(); ++c) {
    const Core &core = p.cores[c];
    const Template &t = p.templates[core.templateIndex];
    for (size_t phase = 0; phase < p.phases.size(); ++phase)
      for (size_t i = t.phaseBegin[phase]; i < t.phaseBegin[phase + 1]; ++i) {
        const Instruction &in = streams[core.templateIndex][i];
        const std::string problem = InstructionCheck(p, core, in, p.phases[phase].perSample, i).run();
        if (!problem.empty())
          return Status::error(coreName(p, c) + ", template '" + t.name + "', instruction " + number(i) + " ('" +
                               std::string(findOpcode(static_cast<uint16_t>(in.opcode))->mnemonic) + "'): " + problem);
      }
  }
  return Status();
}

Status needs(const Program &p) {
  NeedsReader reader(p);
  for (size_t c = 0; c < p.cores.size(); ++c) {
    const CoreGroup &group = *p.chip.groupAt(p.cores[c].x, p.cores[c].y);
    if (const std::optional<Shortage> shortage = findShortage(reader.read(p.cores[c]), group))
      return Status::error(coreName(p, c) + ": " + shortage->text() + " on cores of group '" + group.name + "'");
  }
  return Status();
}

} // namespace wage::rt::verify
