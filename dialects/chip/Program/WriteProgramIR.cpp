//===- WriteProgramIR.cpp - a program as chip IR ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "dialects/chip/Program/ProgramIR.h"
#include "dialects/chip/Program/Weights.h"
#include "dialects/chip/Program/Words.h"
#include "dialects/wage/IR/WageOps.h"

#include "mlir/Dialect/MLProgram/IR/MLProgram.h"
#include "mlir/IR/Builders.h"

using namespace mlir;

namespace wage::chip {

namespace {

class IRWriter {
public:
  IRWriter(const rt::Program &program, ModuleOp module) : p(program), module(module), b(module.getContext()) {}

  void write() {
    for (auto old : llvm::make_early_inc_range(module.getOps<ProgramOp>()))
      old.erase();
    const rt::Config &c = p.config;
    module->setAttr(WageDialect::configAttr,
                    ConfigAttr::get(b.getContext(), c.mode == rt::Mode::Train ? Mode::Train : Mode::Infer, c.weightBits,
                                    c.activationBits, c.gradientBits, c.errorBits, c.randomBits,
                                    c.rounding == rt::Rounding::HalfAway ? Rounding::HalfAway : Rounding::HalfEven,
                                    static_cast<int>(c.maxBatch)));
    writeHostAttributes(p, module);
    b.setInsertionPointToEnd(module.getBody());
    auto op = ProgramOp::create(b, loc(), p.name, chipToAttribute(p.chip, b.getContext()),
                                numbers({p.inputChannels, p.inputHeight, p.inputWidth}),
                                static_cast<int32_t>(p.classes), type(p.inputType),
                                b.getDenseI32ArrayAttr(p.encoderTable), static_cast<int32_t>(p.inferPhases),
                                numbers({static_cast<int64_t>(p.state.step), static_cast<int64_t>(p.state.seed),
                                         static_cast<int64_t>(p.state.samplePosition)}),
                                index(p.logits));
    op->setAttr("producer", b.getStringAttr(p.producer));
    b.setInsertionPointToStart(&op.getBody().emplaceBlock());
    writeTables();
    for (const rt::Template &t : p.templates)
      writeTemplate(t);
    for (const rt::Core &core : p.cores)
      writeCore(core);
    writeRoutes();
  }

private:
  Location loc() { return b.getUnknownLoc(); }
  Type type(rt::ElementType t) { return b.getIntegerType(rt::chipBits(t)); }
  TypeAttr typeAttr(rt::ElementType t) { return TypeAttr::get(type(t)); }
  DenseI64ArrayAttr numbers(std::initializer_list<int64_t> list) {
    return b.getDenseI64ArrayAttr(llvm::to_vector(list));
  }
  template <typename T> DenseI64ArrayAttr numbersOf(const std::vector<T> &list) {
    return b.getDenseI64ArrayAttr(SmallVector<int64_t>(list.begin(), list.end()));
  }
  DenseI32ArrayAttr words(const std::vector<uint32_t> &list) {
    return b.getDenseI32ArrayAttr(SmallVector<int32_t>(list.begin(), list.end()));
  }
  FlatSymbolRefAttr ref(StringRef name) { return FlatSymbolRefAttr::get(b.getContext(), name); }

  void writeTables() {
    for (const rt::Layer &l : p.layers) {
      const rt::LinearBlock &g = l.geometry;
      LayerOp::create(b, loc(), l.name, l.weightName, l.biasName.empty() ? FlatSymbolRefAttr() : ref(l.biasName),
                      static_cast<int32_t>(l.ordinal), g.rowEnd, g.neurons, numbers({g.height, g.width}),
                      numbers({g.kernelHeight, g.kernelWidth}), numbers({g.strideY, g.strideX}),
                      numbers({g.padTop, g.padLeft}), numbers({g.outHeight, g.outWidth}),
                      b.getDenseI32ArrayAttr(l.scaleLog2), l.axonsFirst,
                      g.dilationY == 1 && g.dilationX == 1 ? DenseI64ArrayAttr() : numbers({g.dilationY, g.dilationX}),
                      g.groups == 1 ? IntegerAttr() : b.getI64IntegerAttr(g.groups), l.frozen,
                      l.isCopy() ? ref(p.layers[l.copyOf].name) : FlatSymbolRefAttr());
    }
    for (const rt::Pool &q : p.pools)
      PoolOp::create(b, loc(), numbers({q.height, q.width}), numbers({q.kernelHeight, q.kernelWidth}),
                     numbers({q.strideY, q.strideX}), numbers({q.padTop, q.padLeft}),
                     numbers({q.outHeight, q.outWidth}));
    writeMovement();
    for (const rt::PhaseDecl &phase : p.phases)
      PhaseOp::create(b, loc(), phase.name, phase.perSample);
  }

  /// A position in a table; null for none.
  IntegerAttr index(uint32_t i) {
    return i == rt::noIndex ? IntegerAttr() : b.getI32IntegerAttr(static_cast<int32_t>(i));
  }

  void writeMovement() {
    for (const rt::Tables &tables : p.tables)
      TablesOp::create(b, loc(), static_cast<int32_t>(tables.bits), type(tables.type),
                       b.getDenseI16ArrayAttr(tables.entries));
    for (const rt::Move &move : p.moves)
      MoveOp::create(b, loc(), move.inElements, move.outElements, numbersOf(move.rearrangement.sizes),
                     numbersOf(move.rearrangement.from), numbersOf(move.rearrangement.to));
    for (const rt::Assembly &assembly : p.assemblies) {
      SmallVector<Attribute> sources;
      SmallVector<int64_t> begins, elements;
      for (const rt::Segment &part : assembly.segments) {
        const bool isImage = part.templateIndex == rt::noIndex;
        const rt::Template *t = isImage ? nullptr : &p.templates[part.templateIndex];
        sources.push_back(isImage ? Attribute(b.getStringAttr("image"))
                                  : SymbolRefAttr::get(b.getContext(), t->name, {ref(t->buffers[part.buffer].name)}));
        begins.push_back(static_cast<int64_t>(part.begin));
        elements.push_back(static_cast<int64_t>(part.elements));
      }
      AssemblyOp::create(b, loc(), b.getArrayAttr(sources), begins, elements);
    }
  }

  /// A number, or the name of the parameter.
  Attribute operand(const rt::Operand &o, const rt::Template &t) {
    if (o.isParameter)
      return b.getStringAttr(t.parameters[o.value]);
    return b.getI32IntegerAttr(o.value);
  }

  void writeTemplate(const rt::Template &t) {
    OpBuilder::InsertionGuard guard(b);
    auto op = TemplateOp::create(b, loc(), t.name,
                                 b.getStrArrayAttr(SmallVector<StringRef>(t.parameters.begin(), t.parameters.end())));
    b.setInsertionPointToStart(&op.getBody().emplaceBlock());
    for (const rt::BufferDecl &buffer : t.buffers)
      BufferOp::create(b, loc(), buffer.name, type(buffer.type), lifetimeWord(buffer.lifetime),
                       operand(buffer.elements, t), operand(buffer.address, t), index(buffer.assembly),
                       index(buffer.tables), buffer.tables == rt::noIndex ? Attribute() : operand(buffer.firstEntry, t),
                       buffer.slots == 1 ? IntegerAttr() : b.getI32IntegerAttr(static_cast<int32_t>(buffer.slots)));
    for (size_t phase = 0; phase < p.phases.size(); ++phase) {
      if (t.phaseBegin[phase] == t.phaseBegin[phase + 1])
        continue;
      OpBuilder::InsertionGuard streamGuard(b);
      auto stream = StreamOp::create(b, loc(), p.phases[phase].name);
      b.setInsertionPointToStart(&stream.getBody().emplaceBlock());
      for (size_t i = t.phaseBegin[phase]; i < t.phaseBegin[phase + 1]; ++i)
        writeInstruction(rt::decodeInstruction(t.words, i), t);
    }
  }

  void writeInstruction(const rt::Instruction &instruction, const rt::Template &t) {
    const rt::OpcodeInfo &info = *rt::findOpcode(static_cast<uint16_t>(instruction.opcode));
    SmallVector<NamedAttribute> fields;
    for (size_t i = 0; i < info.fields.size(); ++i) {
      const rt::Operand &o = instruction.operands[i];
      Attribute value = info.fields[i].isBuffer() ? Attribute(ref(t.buffers[o.value].name)) : operand(o, t);
      fields.push_back(b.getNamedAttr(StringRef(info.fields[i].name), value));
    }
    InstOp::create(b, loc(), StringRef(info.mnemonic), b.getDictionaryAttr(fields));
  }

  void writeCore(const rt::Core &core) {
    SmallVector<int32_t> links;
    for (const rt::Link &link : core.links) {
      links.push_back(static_cast<int32_t>(link.route));
      links.push_back(static_cast<int32_t>(link.offset));
    }
    CoreOp::create(b, loc(), p.templates[core.templateIndex].name,
                   core.layer == rt::noIndex ? FlatSymbolRefAttr() : ref(p.layers[core.layer].name),
                   b.getDenseI64ArrayAttr({core.rowBegin, core.rowEnd}),
                   b.getDenseI64ArrayAttr({core.neuronBegin, core.neuronEnd}), words(core.parameters),
                   b.getDenseI32ArrayAttr(links),
                   core.x == unplaced ? DenseI64ArrayAttr() : b.getDenseI64ArrayAttr({core.x, core.y}));
  }

  void writeRoutes() {
    for (const rt::Route &r : p.routes)
      RouteOp::create(b, loc(), static_cast<int32_t>(r.source), words(r.destinations).asArrayRef(),
                      static_cast<int32_t>(r.elements), type(r.type),
                      r.carriesEvents() ? b.getStringAttr(rt::spikeCodeName(r.code)) : StringAttr());
    for (const rt::HostPort &h : p.hostPorts)
      HostPortOp::create(b, loc(), hostDataWord(h.data), static_cast<int32_t>(h.route), static_cast<int32_t>(h.offset));
    for (const rt::TracePoint &t : p.tracePoints) {
      const rt::Template &in = p.templates[t.templateIndex];
      TraceOp::create(b, loc(), b.getStringAttr(t.name), b.getStringAttr(traceKindWord(t.kind)),
                      ref(p.phases[t.phase].name), ref(in.name), ref(in.buffers[t.buffer].name),
                      t.offsetParameter == rt::noIndex ? StringAttr()
                                                       : b.getStringAttr(in.parameters[t.offsetParameter]),
                      numbersOf(t.shape), t.rows ? numbers({t.firstRow, t.rows}) : DenseI64ArrayAttr());
    }
  }

  const rt::Program &p;
  ModuleOp module;
  OpBuilder b;
};

} // namespace

void updateCoresIR(const rt::Program &program, ModuleOp module) {
  Builder b(module.getContext());
  ProgramOp op = *module.getOps<ProgramOp>().begin();
  op.setDescriptionAttr(chipToAttribute(program.chip, b.getContext()));
  for (auto [core, of] : llvm::zip_equal(program.cores, op.getBody().getOps<CoreOp>())) {
    const std::vector<uint32_t> &row = core.parameters;
    of.setParameters(ArrayRef(reinterpret_cast<const int32_t *>(row.data()), row.size()));
    if (core.x != unplaced)
      of.setPositionAttr(b.getDenseI64ArrayAttr({core.x, core.y}));
  }
  for (auto [t, of] : llvm::zip_equal(program.templates, op.getBody().getOps<TemplateOp>()))
    for (auto [buffer, declared] : llvm::zip_equal(t.buffers, of.getBody().getOps<BufferOp>()))
      declared.setSlots(buffer.slots == 1 ? std::optional<uint32_t>() : buffer.slots);
}

void rewriteProgramIR(const rt::Program &program, ModuleOp module) { IRWriter(program, module).write(); }

void writeProgramIR(const rt::Program &program, ModuleOp module) {
  module.getContext()->loadDialect<ChipDialect, WageDialect, ml_program::MLProgramDialect>();
  writeGlobals(program, module);
  IRWriter(program, module).write();
}

} // namespace wage::chip
