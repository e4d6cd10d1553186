//===- ReadProgramIR.cpp - chip IR as a program ===//
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

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringMap.h"

using namespace mlir;

namespace wage::chip {

namespace {

FailureOr<ProgramOp> onlyProgram(ModuleOp module) {
  auto programs = module.getOps<ProgramOp>();
  if (!llvm::hasSingleElement(programs))
    return module.emitError() << "needs exactly one chip.program, found " << llvm::range_size(programs);
  return *programs.begin();
}

FailureOr<rt::ChipDescription> chipOf(ProgramOp op) {
  rt::ChipDescription chip;
  if (failed(chipFromAttribute(op.getDescription(), chip, [&] { return op.emitOpError(); })))
    return failure();
  return chip;
}

class IRReader {
public:
  explicit IRReader(ModuleOp module) : module(module) {}

  FailureOr<rt::Program> read(bool withImages) {
    const FailureOr<ProgramOp> found = onlyProgram(module);
    if (failed(found))
      return failure();
    op = *found;
    if (failed(readConfig()) || failed(readHeader()) || failed(readTables()) || failed(readTemplates()) ||
        failed(readCores()) || failed(readRoutes()) || failed(readAssemblies()) || failed(readBiases(module, p)))
      return failure();
    if (withImages && failed(packImages(module, p)))
      return failure();
    return std::move(p);
  }

private:
  LogicalResult readConfig() {
    auto config = module->getAttrOfType<ConfigAttr>(WageDialect::configAttr);
    if (!config)
      return module.emitError("needs the attribute wage.config");
    p.config = toProgramConfig(config);
    readHostAttributes(module, p);
    return success();
  }

  LogicalResult readHeader() {
    p.name = op.getSymName().str();
    if (auto producer = op->getAttrOfType<StringAttr>("producer"))
      p.producer = producer.str();
    ArrayRef<int64_t> shape = op.getInputShape(), state = op.getState();
    p.inputChannels = shape[0], p.inputHeight = shape[1], p.inputWidth = shape[2];
    p.classes = op.getClasses();
    p.encoderTable = op.getEncoderTable().vec();
    p.inferPhases = op.getInferPhases();
    p.logits = op.getLogits().value_or(rt::noIndex);
    p.state = {static_cast<uint64_t>(state[0]), static_cast<uint64_t>(state[1]), static_cast<uint64_t>(state[2])};
    p.inputType = elementType(op.getInputType());
    FailureOr<rt::ChipDescription> chip = chipOf(op);
    if (failed(chip))
      return failure();
    p.chip = std::move(*chip);
    return success();
  }

  static rt::ElementType elementType(Type type) {
    const unsigned bits = type.getIntOrFloatBitWidth();
    return bits == 1    ? rt::ElementType::Mask
           : bits == 8  ? rt::ElementType::Int8
           : bits == 16 ? rt::ElementType::Int16
           : bits == 32 ? rt::ElementType::Int32
                        : rt::ElementType::Int64;
  }

  /// The layer before `layer` whose weights it has too.
  FailureOr<uint32_t> readOriginal(LayerOp layer) {
    for (uint32_t i = 0; i < p.layers.size(); ++i)
      if (p.layers[i].name == *layer.getCopyOf() && !p.layers[i].isCopy())
        return i;
    return layer.emitOpError() << "copy_of must name a layer before it that is no copy, got @" << *layer.getCopyOf();
  }

  static rt::LinearBlock readGeometry(LayerOp layer) {
    rt::LinearBlock g;
    const auto pair = [](ArrayRef<int64_t> list, int32_t &y, int32_t &x) {
      y = static_cast<int32_t>(list[0]), x = static_cast<int32_t>(list[1]);
    };
    pair(layer.getInputPlane(), g.height, g.width);
    pair(layer.getKernel(), g.kernelHeight, g.kernelWidth);
    pair(layer.getStrides(), g.strideY, g.strideX);
    pair(layer.getPads(), g.padTop, g.padLeft);
    pair(layer.getOutputPlane(), g.outHeight, g.outWidth);
    g.rowEnd = static_cast<int64_t>(layer.getRows());
    g.neurons = static_cast<int64_t>(layer.getNeurons());
    if (layer.getDilations())
      pair(*layer.getDilations(), g.dilationY, g.dilationX);
    g.groups = static_cast<int64_t>(layer.getGroups().value_or(1));
    return g;
  }

  LogicalResult readLayer(LayerOp layer) {
    auto global = dyn_cast_or_null<ml_program::GlobalOp>(module.lookupSymbol(layer.getWeights()));
    if (!global)
      return layer.emitOpError() << "weights must name an ml_program.global, and there is no @" << layer.getWeights();
    rt::Layer l;
    l.name = layer.getSymName().str();
    l.weightName = layer.getWeights().str();
    l.ordinal = layer.getOrdinal();
    for (int64_t extent : cast<ShapedType>(global.getType()).getShape())
      l.weightShape.push_back(static_cast<uint32_t>(extent));
    l.axonsFirst = layer.getAxonsFirst();
    l.scaleLog2 = layer.getScaleLog2().vec();
    l.biasName = layer.getBias().value_or("").str();
    l.frozen = layer.getFrozen();
    if (layer.getCopyOf()) {
      const FailureOr<uint32_t> original = readOriginal(layer);
      if (failed(original))
        return failure();
      l.copyOf = *original;
    }
    l.geometry = readGeometry(layer);
    layers[layer.getSymName()] = static_cast<uint32_t>(p.layers.size());
    p.layers.push_back(std::move(l));
    return success();
  }

  void readPool(PoolOp pool) {
    const auto n = [](ArrayRef<int64_t> list, int i) { return static_cast<uint32_t>(list[i]); };
    p.pools.push_back({n(pool.getInputPlane(), 0), n(pool.getInputPlane(), 1), n(pool.getKernel(), 0),
                       n(pool.getKernel(), 1), n(pool.getStrides(), 0), n(pool.getStrides(), 1), n(pool.getPads(), 0),
                       n(pool.getPads(), 1), n(pool.getOutputPlane(), 0), n(pool.getOutputPlane(), 1)});
  }

  LogicalResult readTables() {
    for (LayerOp layer : op.getBody().getOps<LayerOp>())
      if (failed(readLayer(layer)))
        return failure();
    for (PoolOp pool : op.getBody().getOps<PoolOp>())
      readPool(pool);
    for (TablesOp tables : op.getBody().getOps<TablesOp>())
      p.tables.push_back({tables.getBits(), elementType(tables.getType()), tables.getEntries().vec()});
    for (MoveOp move : op.getBody().getOps<MoveOp>())
      p.moves.push_back({static_cast<int64_t>(move.getInElements()),
                         static_cast<int64_t>(move.getOutElements()),
                         {move.getSizes().vec(), move.getFrom().vec(), move.getTo().vec()}});
    for (PhaseOp phase : op.getBody().getOps<PhaseOp>()) {
      phases[phase.getSymName()] = static_cast<uint32_t>(p.phases.size());
      p.phases.push_back({phase.getSymName().str(), phase.getPerSample()});
    }
    return success();
  }

  /// Tables of names within one template.
  struct Names {
    llvm::StringMap<int32_t> parameters, buffers;
  };

  static rt::Operand operand(Attribute attribute, const Names &names) {
    if (auto number = dyn_cast<IntegerAttr>(attribute))
      return {static_cast<int32_t>(number.getInt()), false};
    return {names.parameters.lookup(cast<StringAttr>(attribute).getValue()), true};
  }

  void readInstruction(InstOp inst, const Names &in, rt::Template &t) {
    const rt::OpcodeInfo &info = *rt::findOpcode(std::string_view(inst.getMnemonic()));
    rt::Instruction instruction{info.opcode, {}};
    for (const rt::FieldInfo &field : info.fields) {
      Attribute value = inst.getFields().get(StringRef(field.name));
      if (field.isBuffer())
        instruction.operands.push_back({in.buffers.lookup(cast<FlatSymbolRefAttr>(value).getValue()), false});
      else
        instruction.operands.push_back(operand(value, in));
    }
    rt::encodeInstruction(instruction, t.words);
  }

  LogicalResult readTemplates() {
    for (TemplateOp source : op.getBody().getOps<TemplateOp>()) {
      rt::Template t;
      Names &in = names.emplace_back();
      t.name = source.getSymName().str();
      for (auto name : source.getParameters().getAsRange<StringAttr>()) {
        in.parameters[name.getValue()] = static_cast<int32_t>(t.parameters.size());
        t.parameters.push_back(name.str());
      }
      for (BufferOp buffer : source.getBody().getOps<BufferOp>()) {
        in.buffers[buffer.getSymName()] = static_cast<int32_t>(t.buffers.size());
        t.buffers.push_back({buffer.getSymName().str(), elementType(buffer.getType()),
                             *enumOf<rt::Lifetime>(lifetimeWords(), buffer.getLifetime()),
                             operand(buffer.getElements(), in), operand(buffer.getAddress(), in),
                             buffer.getAssembly().value_or(rt::noIndex), buffer.getTables().value_or(rt::noIndex),
                             buffer.getFirstEntry() ? operand(*buffer.getFirstEntry(), in) : rt::Operand(),
                             buffer.getSlots().value_or(1)});
      }
      std::vector<StreamOp> streams(p.phases.size());
      for (StreamOp stream : source.getBody().getOps<StreamOp>())
        streams[phases.lookup(stream.getPhase())] = stream;
      for (StreamOp stream : streams) {
        t.phaseBegin.push_back(static_cast<uint32_t>(t.words.size() / rt::instructionWords));
        if (stream)
          for (InstOp inst : stream.getBody().getOps<InstOp>())
            readInstruction(inst, in, t);
      }
      t.phaseBegin.push_back(static_cast<uint32_t>(t.words.size() / rt::instructionWords));
      templates[t.name] = static_cast<uint32_t>(p.templates.size());
      p.templates.push_back(std::move(t));
    }
    return success();
  }

  LogicalResult readCores() {
    for (CoreOp source : op.getBody().getOps<CoreOp>()) {
      auto found = templates.find(source.getTemplateName());
      if (found == templates.end())
        return source.emitOpError() << "there is no template @" << source.getTemplateName();
      rt::Core core;
      core.templateIndex = found->second;
      if (auto layer = source.getLayer()) {
        auto at = layers.find(*layer);
        if (at == layers.end())
          return source.emitOpError() << "there is no layer @" << *layer;
        core.layer = at->second;
      }
      auto n = [](int64_t value) { return static_cast<uint32_t>(value); };
      core.rowBegin = n(source.getRows()[0]), core.rowEnd = n(source.getRows()[1]);
      core.neuronBegin = n(source.getNeurons()[0]), core.neuronEnd = n(source.getNeurons()[1]);
      if (core.layer != rt::noIndex &&
          !p.layers[core.layer].geometry.hasPart(core.rowBegin, core.rowEnd, core.neuronBegin, core.neuronEnd))
        return source.emitOpError() << "rows [" << source.getRows() << "] and neurons [" << source.getNeurons()
                                    << "] are no block of layer @" << *source.getLayer();
      core.parameters.assign(source.getParameters().begin(), source.getParameters().end());
      if (core.parameters.size() != p.templates[core.templateIndex].parameters.size())
        return source.emitOpError() << "has " << core.parameters.size() << " parameters, but template @"
                                    << source.getTemplateName() << " has "
                                    << p.templates[core.templateIndex].parameters.size();
      ArrayRef<int32_t> links = source.getLinks();
      for (size_t i = 0; i < links.size(); i += 2)
        core.links.push_back({static_cast<uint32_t>(links[i]), static_cast<uint32_t>(links[i + 1])});
      auto position = source.getPosition();
      core.x = position ? n((*position)[0]) : unplaced;
      core.y = position ? n((*position)[1]) : unplaced;
      p.cores.push_back(std::move(core));
    }
    return success();
  }

  LogicalResult readAssemblies() {
    for (AssemblyOp source : op.getBody().getOps<AssemblyOp>()) {
      rt::Assembly &assembly = p.assemblies.emplace_back();
      for (auto [name, begin, elements] :
           llvm::zip_equal(source.getSources(), source.getBegins(), source.getElements())) {
        rt::Segment part{rt::noIndex, 0, static_cast<uint64_t>(begin), static_cast<uint64_t>(elements)};
        if (auto symbol = dyn_cast<SymbolRefAttr>(name)) {
          auto found = templates.find(symbol.getRootReference().getValue());
          if (found == templates.end() || !names[found->second].buffers.count(symbol.getLeafReference().getValue()))
            return source.emitOpError() << "takes a part of " << name << ", which is not there";
          part.templateIndex = found->second;
          part.buffer =
              static_cast<uint32_t>(names[found->second].buffers.lookup(symbol.getLeafReference().getValue()));
        }
        assembly.segments.push_back(part);
      }
    }
    return success();
  }

  LogicalResult readRoutes() {
    for (RouteOp route : op.getBody().getOps<RouteOp>()) {
      ArrayRef<int32_t> to = route.getDestinations();
      p.routes.push_back(
          {static_cast<uint32_t>(route.getSource()), std::vector<uint32_t>(to.begin(), to.end()),
           static_cast<uint32_t>(route.getElements()), elementType(route.getType()),
           rt::spikeCodeOf(std::string_view(route.getCode().value_or("dense"))).value_or(rt::SpikeCode::Dense)});
    }
    for (HostPortOp port : op.getBody().getOps<HostPortOp>())
      p.hostPorts.push_back({static_cast<uint32_t>(port.getRoute()),
                             *enumOf<rt::HostData>(hostDataWords(), port.getData()),
                             static_cast<uint32_t>(port.getOffset())});
    for (TraceOp trace : op.getBody().getOps<TraceOp>()) {
      auto found = templates.find(trace.getTemplateName());
      auto phase = phases.find(trace.getPhase());
      if (found == templates.end() || phase == phases.end())
        return trace.emitOpError("names a template or phase that is not there");
      Names &in = names[found->second];
      auto buffer = in.buffers.find(trace.getBuffer());
      auto offset = in.parameters.find(trace.getOffsetParameter().value_or(""));
      if (buffer == in.buffers.end() || (trace.getOffsetParameter() && offset == in.parameters.end()))
        return trace.emitOpError("names a buffer or parameter that its template does not have");
      p.tracePoints.push_back({trace.getTraceName().str(), *enumOf<rt::TraceKind>(traceKindWords(), trace.getKind()),
                               phase->second, found->second, static_cast<uint32_t>(buffer->second),
                               trace.getOffsetParameter() ? static_cast<uint32_t>(offset->second) : rt::noIndex,
                               std::vector<uint32_t>(trace.getShape().begin(), trace.getShape().end())});
      if (trace.getRows())
        p.tracePoints.back().firstRow = static_cast<uint32_t>((*trace.getRows())[0]),
        p.tracePoints.back().rows = static_cast<uint32_t>((*trace.getRows())[1]);
    }
    return success();
  }

  ModuleOp module;
  ProgramOp op;
  rt::Program p;
  std::vector<Names> names;
  llvm::StringMap<uint32_t> layers, phases, templates;
};

} // namespace

rt::Config toProgramConfig(ConfigAttr config) {
  rt::Config result;
  result.mode = config.getMode() == Mode::Train ? rt::Mode::Train : rt::Mode::Infer;
  result.weightBits = static_cast<uint8_t>(config.getWeights());
  result.activationBits = static_cast<uint8_t>(config.getActivations());
  result.gradientBits = static_cast<uint8_t>(config.getGradients());
  result.errorBits = static_cast<uint8_t>(config.getErrors());
  result.randomBits = static_cast<uint8_t>(config.getRandom());
  result.rounding = config.getRounding() == Rounding::HalfAway ? rt::Rounding::HalfAway : rt::Rounding::HalfEven;
  result.maxBatch = static_cast<uint32_t>(config.getBatch());
  return result;
}

FailureOr<rt::ChipDescription> readChipIR(ModuleOp module) {
  const FailureOr<ProgramOp> op = onlyProgram(module);
  if (failed(op))
    return failure();
  return chipOf(*op);
}

FailureOr<rt::Program> readProgramIR(ModuleOp module, bool withImages) { return IRReader(module).read(withImages); }

} // namespace wage::chip
