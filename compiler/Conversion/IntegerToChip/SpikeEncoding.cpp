//===- SpikeEncoding.cpp - messages of integers as events -------------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Conversion/IntegerToChip/SpikeEncoding.h"

#include "compiler/Conversion/IntegerToChip/Passes.h"
#include "dialects/chip/Program/ProgramIR.h"
#include "dialects/integer/IR/IntegerOps.h"
#include "runtime/Format/Events.h"
#include "runtime/Format/Streams.h"
#include "runtime/Format/Verifier.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace wage::chip {

#define GEN_PASS_DEF_CHIPENCODESPIKESPASS
#include "compiler/Conversion/IntegerToChip/Passes.h.inc"

llvm::Expected<rt::SpikeCode> chooseCode(StringRef name, const rt::ChipDescription &chip) {
  // Chips that are older than events say nothing of codes.
  const std::vector<rt::SpikeCode> codes =
      chip.spikes.codes.empty() ? std::vector{rt::SpikeCode::Dense} : chip.spikes.codes;
  if (name.empty())
    return codes.front();
  const std::optional<rt::SpikeCode> code = rt::spikeCodeOf(std::string_view(name));
  if (code && llvm::is_contained(codes, *code))
    return *code;
  std::string spoken;
  for (const rt::SpikeCode one : codes)
    spoken += (spoken.empty() ? "" : one == codes.back() ? " or " : ", ") + std::string(rt::spikeCodeName(one));
  return llvm::createStringError("spike code '" + name + "': chip '" + chip.name + "' does not speak it, needed " +
                                 spoken);
}

llvm::Expected<Sharing> sharingOfEvents(Sharing asked) {
  if (asked == Sharing::On)
    return llvm::createStringError(
        "--pack=on: found messages that are events, and the windows of two blocks on a core would "
        "lie over each other; needed off, fit or --spike-code=dense");
  return Sharing::Off;
}

bool mayBeNegative(Value value) {
  Operation *op = value.getDefiningOp();
  if (!op)
    return true;
  return llvm::TypeSwitch<Operation *, bool>(op)
      .Case([](integer::ReluOp) { return false; })
      .Case([](integer::TableOp table) {
        return llvm::any_of(table.getTable().getValues<APInt>(), [](const APInt &entry) { return entry.isNegative(); });
      })
      .Case([](integer::LookupOp lookup) {
        return llvm::any_of(lookup.getTables().getValues<APInt>(),
                            [](const APInt &entry) { return entry.isNegative(); });
      })
      .Case<integer::ShiftClipOp, integer::ReshapeOp, integer::MaxPoolOp, integer::ConcatOp, integer::JoinRowsOp,
            integer::RearrangeOp, integer::AddOp, integer::SumPoolOp, integer::MultiplyOp>(
          [](Operation *from) { return llvm::any_of(from->getOperands(), mayBeNegative); })
      .Default([](Operation *) { return true; });
}

namespace {

/// The last instruction before `end` that writes `buffer`; SIZE_MAX if there is none.
size_t lastWriter(ArrayRef<rt::Instruction> stream, int32_t buffer, size_t end) {
  for (size_t i = end; i-- > 0;) {
    const rt::OpcodeInfo &info = *rt::findOpcode(static_cast<uint16_t>(stream[i].opcode));
    for (size_t k = 0; k < info.fields.size(); ++k)
      if (info.fields[k].isBuffer() && info.fields[k].kind != rt::FieldKind::BufIn &&
          stream[i].operands[k].value == buffer)
        return i;
  }
  return SIZE_MAX;
}

/// Streams as lists of instructions, which are edited and then written back.
class Streams {
public:
  explicit Streams(rt::Program &program) : program(program), streams(rt::decodeStreams(program)) {}

  std::vector<rt::Instruction> &of(size_t t) { return streams[t]; }

  /// Takes away instruction `index` of a template.
  void erase(size_t t, size_t index) {
    streams[t].erase(streams[t].begin() + static_cast<int64_t>(index));
    for (uint32_t &begin : program.templates[t].phaseBegin)
      begin -= begin > index;
  }

  void writeBack() {
    for (size_t t = 0; t < streams.size(); ++t) {
      program.templates[t].words.clear();
      for (const rt::Instruction &in : streams[t])
        rt::encodeInstruction(in, program.templates[t].words);
    }
  }

private:
  rt::Program &program;
  std::vector<std::vector<rt::Instruction>> streams;
};

/// A Relu (or none) and a rounding, and the max pool in front of both (or none), as instructions of a template.
struct Activation {
  size_t pool = SIZE_MAX, relu = SIZE_MAX, round = SIZE_MAX;
  bool keepsRelu = false; ///< others read what it gives
};

class Encoder {
public:
  Encoder(rt::Program &program, rt::SpikeCode code) : program(program), code(code), streams(program) {}

  /// Returns what is known of the values that routes carry.
  std::vector<rt::KnownValues> run() {
    if (rt::isBinary(code))
      for (size_t t = 0; t < program.templates.size(); ++t)
        while (fireNext(t)) {
        }
    chooseRoutes();
    streams.writeBack();
    std::vector<rt::KnownValues> known = rt::knownValuesOfRoutes(program);
    integrate(known);
    dropUnusedBuffers();
    return known;
  }

private:
  bool isOpcode(size_t t, size_t i, rt::Opcode opcode) { return i != SIZE_MAX && streams.of(t)[i].opcode == opcode; }

  /// Makes the first rounding of a template that is left a firing; false if there is none.
  bool fireNext(size_t t) {
    std::vector<rt::Instruction> &stream = streams.of(t);
    Activation at;
    for (size_t i = 0; i < stream.size() && at.round == SIZE_MAX; ++i)
      if (stream[i].opcode == rt::Opcode::ShiftClip)
        at.round = i;
    if (at.round == SIZE_MAX)
      return false;
    const int32_t rounded = stream[at.round].operands[0].value;
    at.relu = lastWriter(stream, rounded, at.round);
    if (!isOpcode(t, at.relu, rt::Opcode::Relu))
      at.relu = SIZE_MAX;
    const size_t first = at.relu == SIZE_MAX ? at.round : at.relu;
    at.keepsRelu = at.relu != SIZE_MAX && isReadBesides(t, rounded, at.relu, at.round);
    // What others read of the pool, or of the Relu behind it, is the maximum of sums: then neurons fire by that.
    const int32_t pooled = stream[first].operands[0].value;
    at.pool = lastWriter(stream, pooled, first);
    if (!isOpcode(t, at.pool, rt::Opcode::MaxPool) || stream[at.pool].operands[1].value != pooled || at.keepsRelu ||
        isReadBesides(t, pooled, at.pool, first))
      at.pool = SIZE_MAX;
    rewrite(t, at, first);
    return true;
  }

  /// Whether another instruction than `reader` reads what `writer` has left in `buffer`, which may be written anew behind it.
  bool isReadBesides(size_t t, int32_t buffer, size_t writer, size_t reader) {
    const std::vector<rt::Instruction> &stream = streams.of(t);
    for (size_t i = writer + 1; i < stream.size(); ++i) {
      const rt::OpcodeInfo &info = *rt::findOpcode(static_cast<uint16_t>(stream[i].opcode));
      bool isOverwritten = false;
      for (size_t k = 0; k < info.fields.size(); ++k) {
        if (!info.fields[k].isBuffer() || stream[i].operands[k].value != buffer)
          continue;
        if (info.fields[k].kind == rt::FieldKind::BufOut)
          isOverwritten = true;
        else if (i != reader)
          return true;
      }
      if (isOverwritten)
        return false;
    }
    return false;
  }

  void rewrite(size_t t, const Activation &at, size_t first) {
    std::vector<rt::Instruction> &stream = streams.of(t);
    const rt::Instruction round = stream[at.round];
    const int32_t sums = stream[at.pool == SIZE_MAX ? first : at.pool].operands[0].value;
    const int32_t isSigned = at.relu == SIZE_MAX;
    int32_t spikes = round.operands[1].value;
    if (at.pool != SIZE_MAX)
      spikes = addBufferLike(t, sums, spikes);
    rt::Instruction fire{rt::Opcode::Fire, {{sums}, {spikes}, round.operands[2], round.operands[3], {isSigned}}};
    if (at.pool == SIZE_MAX) {
      stream[at.round] = fire;
    } else {
      rt::Instruction pool = stream[at.pool];
      pool.operands[0] = {spikes}, pool.operands[1] = round.operands[1];
      stream[at.pool] = fire;
      stream[at.round] = pool;
    }
    if (at.relu != SIZE_MAX && !at.keepsRelu)
      streams.erase(t, at.relu);
  }

  /// A buffer with as many elements as `shape` and the type of `like`.
  int32_t addBufferLike(size_t index, int32_t shape, int32_t like) {
    rt::Template &t = program.templates[index];
    rt::BufferDecl buffer;
    buffer.name = t.buffers[like].name + ".spikes";
    buffer.type = t.buffers[like].type;
    buffer.elements = t.buffers[shape].elements;
    t.parameters.push_back(buffer.name + ".address");
    buffer.address = {static_cast<int32_t>(t.parameters.size()) - 1, true};
    for (rt::Core &core : program.cores)
      if (core.templateIndex == index)
        core.parameters.push_back(0);
    t.buffers.push_back(std::move(buffer));
    return static_cast<int32_t>(t.buffers.size()) - 1;
  }

  /// Of what is copied into buffers that a `forward` multiplies; with graded events also all else of few bits, errors above all.
  void chooseRoutes() {
    std::vector<std::vector<bool>> multiplied;
    for (size_t t = 0; t < program.templates.size(); ++t) {
      multiplied.emplace_back(program.templates[t].buffers.size(), false);
      for (const rt::Instruction &in : streams.of(t))
        if (in.opcode == rt::Opcode::Forward)
          multiplied[t][in.operands[0].value] = true;
    }
    for (const rt::Core &core : program.cores)
      for (const rt::Instruction &in : streams.of(core.templateIndex)) {
        if (in.opcode != rt::Opcode::Receive || in.operands[3].value != 0)
          continue;
        for (const rt::Link &link : rt::linksOf(in, core)) {
          rt::Route &route = program.routes[link.route];
          const bool isNarrow = route.type == rt::ElementType::Int8 || route.type == rt::ElementType::Int16;
          if (multiplied[core.templateIndex][in.operands[0].value] || (isNarrow && code == rt::SpikeCode::Graded))
            route.code = code;
        }
      }
  }

  /// Every `forward` sums events, with a channel for the sign where some packet may need it.
  void integrate(ArrayRef<rt::KnownValues> known) {
    for (const rt::Core &core : program.cores) {
      std::vector<rt::Instruction> &stream = streams.of(core.templateIndex);
      for (rt::Instruction &in : stream) {
        if (!rt::isForwardProduct(in.opcode))
          continue;
        if (in.opcode == rt::Opcode::Forward) {
          in.opcode = rt::Opcode::Integrate;
          in.operands.insert(in.operands.end(), {{static_cast<int32_t>(code)}, {0}, {0}});
        }
        for (const rt::Instruction &receive : stream)
          if (receive.opcode == rt::Opcode::Receive && receive.operands[0].value == in.operands[0].value)
            describeAxons(core, receive, known, in);
      }
    }
    streams.writeBack();
  }

  void describeAxons(const rt::Core &core, const rt::Instruction &receive, ArrayRef<rt::KnownValues> known,
                     rt::Instruction &integrate) {
    for (const rt::Link &link : rt::linksOf(receive, core)) {
      integrate.operands[8].value =
          std::max(integrate.operands[8].value, static_cast<int32_t>(program.eventBits(program.routes[link.route])));
      integrate.operands[9].value |= !known[link.route].isNotNegative;
    }
  }

  void dropUnusedBuffers() {
    for (size_t t = 0; t < program.templates.size(); ++t) {
      std::vector<rt::BufferDecl> &buffers = program.templates[t].buffers;
      std::vector<bool> isUsed(buffers.size(), false);
      for (const rt::Instruction &in : streams.of(t))
        forEachBuffer(in, [&](const rt::Operand &operand) { isUsed[operand.value] = true; });
      std::vector<uint32_t> place(buffers.size());
      std::vector<rt::BufferDecl> kept;
      for (size_t b = 0; b < buffers.size(); ++b) {
        place[b] = static_cast<uint32_t>(kept.size());
        if (isUsed[b])
          kept.push_back(buffers[b]);
      }
      buffers = std::move(kept);
      for (rt::Instruction &in : streams.of(t))
        forEachBuffer(in, [&](rt::Operand &operand) { operand.value = static_cast<int32_t>(place[operand.value]); });
      llvm::erase_if(program.tracePoints,
                     [&](const rt::TracePoint &point) { return point.templateIndex == t && !isUsed[point.buffer]; });
      for (rt::TracePoint &point : program.tracePoints)
        if (point.templateIndex == t)
          point.buffer = place[point.buffer];
      for (rt::Assembly &assembly : program.assemblies)
        for (rt::Segment &part : assembly.segments)
          if (part.templateIndex == t)
            part.buffer = place[part.buffer];
    }
    streams.writeBack();
  }

  template <typename In, typename F> static void forEachBuffer(In &in, F f) {
    const rt::OpcodeInfo &info = *rt::findOpcode(static_cast<uint16_t>(in.opcode));
    for (size_t k = 0; k < info.fields.size(); ++k)
      if (info.fields[k].isBuffer())
        f(in.operands[k]);
  }

  rt::Program &program;
  const rt::SpikeCode code;
  Streams streams;
};

std::string layerOf(const rt::Program &program, const rt::Core &core) {
  return core.layer == rt::noIndex ? program.templates[core.templateIndex].name : program.layers[core.layer].name;
}

std::string layerOf(const rt::Program &program, uint32_t core) {
  return core == rt::hostNode ? "" : layerOf(program, program.cores[core]);
}

/// Obstacles of an encoded program: what crosses between cores and is no event that a neuron has fired.
class ObstacleFinder {
public:
  ObstacleFinder(const rt::Program &program, rt::SpikeCode code, std::vector<rt::KnownValues> known)
      : program(program), code(code), known(std::move(known)), streams(rt::decodeStreams(program)) {}

  std::vector<SpikeObstacle> run() {
    for (size_t r = 0; r < program.routes.size(); ++r) {
      const rt::Route &route = program.routes[r];
      const bool isOfHost = route.source == rt::hostNode || llvm::is_contained(route.destinations, rt::hostNode);
      if (!route.carriesEvents()) {
        if (!isOfHost && !program.chip.spikes.speaks(rt::SpikeCode::Dense))
          add("no dense messages",
              route.type == rt::ElementType::Int32 || route.type == rt::ElementType::Int64
                  ? "partial sums are integers, which spikes do not carry"
                  : "values cross that no layer multiplies",
              layerOf(program, route.source));
        continue;
      }
      if (!rt::isBinary(code))
        continue;
      if (!known[r].wasFired)
        add("fired activations", "values cross that '" + writerOf(r) + "' gives", layerOf(program, route.source));
      else if (known[r].bits > program.eventBits(route))
        add("activations within a window",
            std::to_string(known[r].bits) + " bits, the window holds " + std::to_string(program.eventBits(route)),
            layerOf(program, route.source));
    }
    findForeignSums();
    findMixedWindows();
    return std::move(found);
  }

private:
  void add(const char *need, std::string reason, std::string layer) {
    SpikeObstacle obstacle{need, std::move(reason), std::move(layer)};
    if (!llvm::is_contained(found, obstacle))
      found.push_back(std::move(obstacle));
  }

  /// Where nothing but spikes crosses, a neuron fires by what it has integrated: its layer's sums, scaled and biased. Cores
  /// that also exchange integers have the instructions for other sums too.
  void findForeignSums() {
    if (!rt::isBinary(code) || program.chip.spikes.speaks(rt::SpikeCode::Dense))
      return;
    for (size_t t = 0; t < streams.size(); ++t)
      for (size_t i = 0; i < streams[t].size(); ++i)
        if (streams[t][i].opcode == rt::Opcode::Fire)
          if (const size_t writer = lastWriter(streams[t], streams[t][i].operands[0].value, i);
              writer != SIZE_MAX && !isOfLayer(streams[t][writer].opcode))
            add("sums of one layer", "neurons would fire by what '" + mnemonicOf(streams[t][writer]) + "' gives",
                nameOf(t));
  }

  /// The operation whose result a route carries; of cores that pass it on, `receive`.
  std::string writerOf(size_t r) const {
    if (program.routes[r].source == rt::hostNode)
      return "the host";
    const rt::Core &core = program.cores[program.routes[r].source];
    const std::vector<rt::Instruction> &stream = streams[core.templateIndex];
    for (size_t i = 0; i < stream.size(); ++i)
      if (stream[i].opcode == rt::Opcode::Send &&
          llvm::any_of(rt::linksOf(stream[i], core), [&](const rt::Link &link) { return link.route == r; }))
        if (const size_t writer = lastWriter(stream, stream[i].operands[0].value, i); writer != SIZE_MAX)
          return mnemonicOf(stream[writer]);
    return "nothing";
  }

  static std::string mnemonicOf(const rt::Instruction &in) {
    return std::string(rt::findOpcode(static_cast<uint16_t>(in.opcode))->mnemonic);
  }

  /// Whether what an instruction leaves is a layer's sum.
  static bool isOfLayer(rt::Opcode opcode) {
    return llvm::is_contained(
        {rt::Opcode::Integrate, rt::Opcode::AddBias, rt::Opcode::AlignChannels, rt::Opcode::Receive}, opcode);
  }

  std::string nameOf(size_t t) const {
    for (uint32_t c = 0; c < program.cores.size(); ++c)
      if (program.cores[c].templateIndex == t)
        return layerOf(program, c);
    return program.templates[t].name;
  }

  /// Axons of one layer have one window: the longest that some core's packets need, on all cores of the template.
  void findMixedWindows() {
    if (!rt::isBinary(code))
      return;
    for (const rt::Core &core : program.cores) {
      const std::vector<rt::Instruction> &stream = streams[core.templateIndex];
      for (const rt::Instruction &integrate : stream)
        for (const rt::Instruction &receive : stream)
          if (integrate.opcode == rt::Opcode::Integrate && receive.opcode == rt::Opcode::Receive &&
              integrate.operands[0].value == receive.operands[0].value &&
              hasOtherWindows(rt::linksOf(receive, core), rt::windowOf(integrate).bits))
            add("one width of inputs", "the image's windows are longer or shorter than those of activations",
                layerOf(program, core));
    }
  }

  bool hasOtherWindows(const rt::LinkSpan &links, int bits) const {
    return llvm::any_of(links, [&](const rt::Link &link) {
      return static_cast<int>(program.eventBits(program.routes[link.route])) != bits;
    });
  }

  const rt::Program &program;
  const rt::SpikeCode code;
  const std::vector<rt::KnownValues> known;
  const std::vector<std::vector<rt::Instruction>> streams;
  std::vector<SpikeObstacle> found;
};

struct ChipEncodeSpikes : impl::ChipEncodeSpikesPassBase<ChipEncodeSpikes> {
  using ChipEncodeSpikesPassBase::ChipEncodeSpikesPassBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    // Most programs stay dense; of these nothing but the chip is read.
    const FailureOr<rt::ChipDescription> chip = readChipIR(module);
    if (failed(chip))
      return signalPassFailure();
    llvm::Expected<rt::SpikeCode> chosen = chooseCode(code, *chip);
    if (!chosen) {
      module.emitError() << llvm::toString(chosen.takeError());
      return signalPassFailure();
    }
    if (*chosen == rt::SpikeCode::Dense)
      return;
    FailureOr<rt::Program> program = readProgramIR(module, /*withImages=*/false);
    if (failed(program))
      return signalPassFailure();
    if (program->hasEvents()) {
      module.emitError("the program's messages are events already");
      return signalPassFailure();
    }
    if (rt::Status status = rt::verifyStreams(*program); !status.ok()) {
      module.emitError() << status.text();
      return signalPassFailure();
    }
    const std::vector<SpikeObstacle> obstacles = encodeSpikes(*program, *chosen);
    if (!obstacles.empty()) {
      auto diagnostic = module.emitError() << "cannot exchange " << rt::spikeCodeName(*chosen) << " events";
      for (const SpikeObstacle &one : obstacles)
        diagnostic.attachNote() << (one.layer.empty() ? "" : "layer '" + one.layer + "': ") << "needs " << one.need
                                << " (" << one.reason << ")";
      return signalPassFailure();
    }
    rewriteProgramIR(*program, module);
  }
};

} // namespace

std::vector<SpikeObstacle> encodeSpikes(rt::Program &program, rt::SpikeCode code) {
  std::vector<SpikeObstacle> found;
  if (rt::isBinary(code) && program.config.mode == rt::Mode::Train)
    found.push_back({"inference only", "errors have a sign and a payload, which --spike-code=graded carries", ""});
  if (rt::isBinary(code) && program.config.rounding != rt::Rounding::HalfAway)
    found.push_back({"--rounding=half-away", "a neuron that fires rounds ties away from zero", ""});
  if (!found.empty() || code == rt::SpikeCode::Dense)
    return found;
  std::vector<rt::KnownValues> known = Encoder(program, code).run();
  return ObstacleFinder(program, code, std::move(known)).run();
}

} // namespace wage::chip
