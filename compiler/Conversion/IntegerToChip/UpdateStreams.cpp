//===- UpdateStreams.cpp - maxima, exponents, updates, tables ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Analysis/IntegerConstants.h"
#include "compiler/Conversion/IntegerToChip/LoweringHelpers.h"
#include "compiler/Conversion/IntegerToChip/StreamLowering.h"
#include "dialects/wage/IR/WageTypes.h"

#include "llvm/ADT/MapVector.h"

using namespace mlir;

namespace wage::chip {

//===----------------------------------------------------------------------===//
// Maxima and exponents
//===----------------------------------------------------------------------===//

bool StreamLowering::visitMaxAbs(integer::MaxAbsOp op) {
  std::vector<Place> found;
  for (Value input : op.getInputs()) {
    found.push_back(places[input]);
    if (found.back().stage < 0) {
      op.emitOpError("takes the maximum of a value that no core has");
      return false;
    }
  }
  const Place place = Place::join(found);
  createScalar(op.getResult(), place, rt::ElementType::Int64);
  for (int t : templatesOf(place))
    builder.emit(t, 0, rt::Opcode::Clear, {bufferOperand(op.getResult(), t)});
  for (Value input : op.getInputs()) {
    if (auto errors = batchErrors.find(input); errors != batchErrors.end()) {
      const int index = places[input].stage;
      emitBlockProduct(index, phaseOf(op), rt::Opcode::OuterMax,
                       {&errors->second, &stageInputs[index], &buffers[input], &buffers[op.getResult()]});
      continue;
    }
    for (int t : templatesOf(places[input]))
      builder.emit(t, phaseOf(op), rt::Opcode::MaxAbs, {bufferOperand(input, t), bufferOperand(op.getResult(), t)});
  }
  return true;
}

/// Nobody may round before the largest magnitude of the whole layer is known: maxima climb a tree, and its root tells all. Of
/// several stages each has a tree, and their roots one among them.
void StreamLowering::reduceMaximum(Place place, Value maximum, size_t phase) {
  std::vector<std::pair<int64_t, int64_t>> climbs;
  std::vector<int64_t> cores, heads;
  int64_t fanIn = std::numeric_limits<int64_t>::max();
  for (int index : place.stages())
    fanIn = std::min(fanIn, treeFanIn(stages[index]));
  auto climb = [&](const std::vector<int64_t> &nodes) {
    for (size_t i = 1; i < nodes.size(); ++i)
      climbs.push_back({nodes[i], nodes[treeParent(static_cast<int64_t>(i), fanIn)]});
  };
  for (int index : place.stages()) {
    const Stage &stage = stages[index];
    std::vector<int64_t> own;
    for (int64_t n = 0; n < stage.partition.neuronBlocks(); ++n)
      for (int64_t k = 0; k < (place.kind == Place::Roots ? 1 : stage.partition.rowBlocks()); ++k)
        own.push_back(stage.core(k, n));
    climb(own);
    heads.push_back(own.front());
    cores.insert(cores.end(), own.begin(), own.end());
  }
  if (cores.size() == 1)
    return;
  const BufferMap &map = buffers[maximum];
  const std::string name = valueName(maximum);
  auto exchange = [&](const std::vector<std::pair<int64_t, int64_t>> &pairs, const std::string &what) {
    std::vector<Transfer> transfers;
    for (const auto &[from, to] : pairs)
      transfers.push_back({from, 0, {{to, 0}}, 1});
    if (!transfers.empty())
      builder.exchange(phase, name + what, rt::ElementType::Int64, transfers, map, map, 2, /*receiveFirst=*/true);
  };
  exchange(climbs, ".reduce");
  climbs.clear();
  climb(heads);
  exchange(climbs, ".reduce");
  Transfer tell{cores[0], 0, {}, 1};
  for (size_t i = 1; i < cores.size(); ++i)
    tell.destinations.push_back({cores[i], 0});
  builder.exchange(phase, name + ".broadcast", rt::ElementType::Int64, {tell}, map, map, 0);
}

bool StreamLowering::visitShiftExponent(integer::ShiftExponentOp op) {
  const Place place = places[op.getInput()];
  const size_t phase = phaseOf(op);
  reduceMaximum(place, op.getInput(), phase);
  createScalar(op.getResult(), place, rt::ElementType::Int32);
  for (int t : templatesOf(place))
    builder.emit(t, phase, rt::Opcode::ShiftExponent,
                 {bufferOperand(op.getInput(), t), bufferOperand(op.getResult(), t)});
  return true;
}

/// Gradients of a layer's copies, block by block: they climb a tree of the copies, and its root tells the sum to all.
bool StreamLowering::visitSum(integer::SumOp op) {
  std::vector<Place> parts;
  BufferMap map;
  for (Value input : op.getInputs()) {
    parts.push_back(places[input]);
    if (places[input].kind != Place::Blocks) {
      op.emitOpError("sums what are no gradients of a layer's copies");
      return false;
    }
    map.insert(buffers[input].begin(), buffers[input].end());
  }
  const Place place = Place::join(parts);
  const llvm::SmallVector<int> copies = place.stages();
  const Stage &first = stages[copies[0]];
  std::vector<Transfer> climb, tell;
  for (int64_t n = 0; n < first.partition.neuronBlocks(); ++n)
    for (int64_t k = 0; k < first.partition.rowBlocks(); ++k) {
      const rt::Core &core = builder.program.cores[first.core(k, n)];
      const int64_t elements = int64_t(core.rowEnd - core.rowBegin) * (core.neuronEnd - core.neuronBegin);
      tell.push_back({first.core(k, n), 0, {}, elements});
      for (size_t i = 1; i < copies.size(); ++i) {
        const int64_t parent = treeParent(static_cast<int64_t>(i), treeFanIn(first));
        climb.push_back({stages[copies[i]].core(k, n), 0, {{stages[copies[parent]].core(k, n), 0}}, elements});
        tell.back().destinations.push_back({stages[copies[i]].core(k, n), 0});
      }
    }
  places[op.getResult()] = place;
  buffers[op.getResult()] = map;
  if (!climb.empty()) {
    const std::string name = valueName(op.getResult());
    const rt::ElementType type = elementType(op.getResult());
    builder.exchange(phaseOf(op), name + ".copies", type, climb, map, map, 1, /*receiveFirst=*/true);
    builder.exchange(phaseOf(op), name + ".told", type, tell, map, map, 0);
  }
  addTracePoints(op, rt::TraceKind::Weights, place, op.getResult());
  return true;
}

//===----------------------------------------------------------------------===//
// Update
//===----------------------------------------------------------------------===//

/// Learning rate, step and seed reach every core of the stage in one multicast packet per step.
void StreamLowering::receiveControl(int stageIndex, size_t phase) {
  const Stage &stage = stages[stageIndex];
  BufferMap map;
  Transfer transfer{rt::hostNode, 0, {}, 3};
  for (int t : stage.templates()) {
    map[t] = builder.addBuffer(t, "control", rt::ElementType::Int64, rt::Lifetime::Step,
                               std::vector<int64_t>(builder.coresOf(t).size(), 3));
    for (int64_t core : builder.coresOf(t))
      transfer.destinations.push_back({core, 0});
  }
  controlBuffers[stageIndex] = map;
  builder.exchangeWithHost(phase, "control", rt::HostData::Control, rt::ElementType::Int64, {transfer}, map);
}

/// clip(master - step(gradient)) is one instruction; the chip's generator makes the random bits on the core that owns the
/// weight, from the weight's index in the whole tensor.
bool StreamLowering::visitStore(ml_program::GlobalStoreOp op) {
  auto clip = op.getValue().getDefiningOp<integer::ClipOp>();
  auto sub = clip ? clip.getInput().getDefiningOp<integer::SubOp>() : nullptr;
  auto step = sub ? sub.getRhs().getDefiningOp<integer::StochasticStepOp>() : nullptr;
  auto random = step ? step.getRandom().getDefiningOp<integer::RandomBitsOp>() : nullptr;
  auto found = stagesOfWeights.find(op.getGlobal().getLeafReference());
  if (!random || found == stagesOfWeights.end()) {
    op.emitOpError(
        "must store clip(master - stochastic_step(gradient)) to a layer's weights: the chip has no other update");
    return false;
  }
  const rt::Layer &layer = builder.program.layers[stages[found->second.front()].layer];
  const int64_t limit = rt::masterLimit(config.weightBits, config.gradientBits);
  if (static_cast<int64_t>(clip.getLimit()) != limit || step.getBits() != config.gradientBits ||
      random.getBits() != config.randomBits || random.getOrdinal() != layer.ordinal) {
    op.emitOpError() << "update of '" << layer.weightName << "' must use the widths of wage.config (limit " << limit
                     << ", " << int(config.gradientBits) << " bits, " << int(config.randomBits)
                     << " random bits, ordinal " << layer.ordinal << ")";
    return false;
  }
  const size_t phase = phaseOf(op);
  std::vector<Place> copies;
  for (int index : found->second) {
    receiveControl(index, phase);
    const BufferMap &gradient = buffers[step.getGradient()], &exponent = buffers[step.getExponent()];
    if (auto errors = batchErrors.find(step.getGradient()); errors != batchErrors.end())
      emitBlockProduct(index, phase, rt::Opcode::OuterUpdate,
                       {&errors->second, &stageInputs[index], &gradient, &exponent, &controlBuffers[index]});
    else
      emitBlockProduct(index, phase, rt::Opcode::Update, {&gradient, &exponent, &controlBuffers[index]});
    copies.push_back({Place::Blocks, index});
  }
  const Place place = Place::join(copies);
  updatePhase = phase;
  addTracePoints(step, rt::TraceKind::Step, place, step.getGradient());
  addTracePoints(clip, rt::TraceKind::Masters, place, step.getGradient());
  return true;
}

/// Weights are quantised where the crossbar reads them, so the operation must be the one that the configuration names.
bool StreamLowering::visitWeights(Operation *op) {
  using namespace wage::integer;
  for (Value result : op->getResults())
    places[result] = {Place::Weights};
  if (auto load = dyn_cast<ml_program::GlobalLoadConstOp>(op))
    biasNames[load.getResult()] = load.getGlobal().getLeafReference().str();
  if (auto load = dyn_cast<ml_program::GlobalLoadOp>(op))
    biasNames[load.getResult()] = load.getGlobal().getLeafReference().str();
  auto clip = dyn_cast<ShiftClipOp>(op);
  const bool matches =
      !isa<ShiftClipOp, SignOp>(op) || (clip ? config.weightBits > 1 && clip.getBits() == config.weightBits &&
                                                   clip.getShift() == config.gradientBits - config.weightBits &&
                                                   clip.getHalfAway() == (config.rounding == rt::Rounding::HalfAway)
                                             : config.weightBits == 1);
  if (!matches)
    op->emitOpError() << "weights are quantised otherwise than wage.config says (" << int(config.gradientBits) << " to "
                      << int(config.weightBits) << " bits)";
  return matches;
}

void StreamLowering::readBias(integer::AddBiasOp op, rt::Layer &layer) {
  layer.biasName = biasNames.lookup(op.getBias());
  auto global = module.lookupSymbol<ml_program::GlobalOp>(layer.biasName);
  // One whose data is absent is refused with the binary that needs it, as weights are.
  layer.bias = readIntegers(global ? global.getValueAttr() : Attribute()).value_or(std::vector<int64_t>());
}

//===----------------------------------------------------------------------===//
// Results
//===----------------------------------------------------------------------===//

/// The parts of the logits leave from the roots that own them.
void StreamLowering::sendLogits(Value logits, size_t phase) {
  const View view = viewOf(logits);
  llvm::MapVector<Value, std::vector<Transfer>> transfers;
  int64_t at = 0;
  for (const ViewPart &part : view) {
    const Stage &stage = stages[places[part.whole].stage];
    const int64_t elements = elementsPerSample(part.whole);
    for (int64_t n = 0; n < stage.partition.neuronBlocks(); ++n) {
      const int64_t own = stage.sliceBegin(n, elements), first = std::max(part.begin, own);
      const int64_t last = std::min(part.begin + part.elements, stage.sliceBegin(n + 1, elements));
      if (first < last)
        transfers[part.whole].push_back(
            {stage.root(n), first - own, {{int64_t(rt::hostNode), at + first - part.begin}}, last - first});
    }
    at += part.elements;
  }
  for (const auto &[whole, list] : transfers)
    builder.exchangeWithHost(phase, "logits", rt::HostData::Logits, elementType(logits), list, buffers[whole]);
  if (!isWhole(view))
    builder.program.logits = static_cast<uint32_t>(assemblyOf(logits));
}

bool StreamLowering::visitReturn(func::ReturnOp op) {
  Value logits = op.getNumOperands() == 0 ? Value() : op.getOperand(0);
  Operation *origin = logits ? originOf(logits) : nullptr;
  if (!origin || isa<integer::TableOp>(origin)) {
    op.emitOpError("must return what the network makes of its input first");
    return false;
  }
  const size_t phase = phaseOf(origin);
  // The image comes from the host: cores that take a part of it can send it back.
  if (llvm::any_of(viewOf(logits), [&](const ViewPart &part) { return places[part.whole].kind != Place::Roots; }) &&
      !inputStage(origin, logits))
    return false;
  rt::Program &program = builder.program;
  program.classes = static_cast<uint32_t>(elementsPerSample(logits));
  program.inferPhases = static_cast<uint32_t>(phase) + 1;
  sendLogits(logits, phase);
  // Behind the errors' exponents stand those of the trained weight tensors by ordinal.
  std::vector<size_t> ordinals;
  for (const rt::Layer &layer : program.layers)
    if (program.learns(layer) && !layer.isCopy())
      ordinals.push_back(layer.ordinal);
  llvm::sort(ordinals);
  const size_t exponents = op.getNumOperands() - 1;
  for (size_t i = 0; i < exponents; ++i) {
    const bool isError = i + ordinals.size() < exponents;
    const size_t index = isError ? i : ordinals[i + ordinals.size() - exponents];
    traceExponent(op.getOperand(1 + i), (isError ? "exponent.error." : "exponent.grad.") + std::to_string(index),
                  isError ? rt::TraceKind::ErrorExponent : rt::TraceKind::GradientExponent);
  }
  return true;
}

void StreamLowering::traceExponent(Value exponent, const std::string &name, rt::TraceKind kind) {
  // Every core of the place has the same number; the roots' copy is read.
  const int t = stages[places[exponent].stage].rootTemplate;
  builder.program.tracePoints.push_back({name,
                                         kind,
                                         static_cast<uint32_t>(phaseOf(exponent.getDefiningOp())),
                                         static_cast<uint32_t>(t),
                                         static_cast<uint32_t>(bufferAt(exponent, t)),
                                         rt::noIndex,
                                         {}});
}

void StreamLowering::addTracePoints(Operation *op, rt::TraceKind kind, Place place, Value value) {
  auto name = op->getAttrOfType<StringAttr>(WageDialect::traceAttr);
  if (!name)
    return;
  if (place.stage < 0)
    return; // stands on no core
  const Stage &stage = stages[place.stage];
  rt::TracePoint point;
  point.name = name.str();
  point.kind = kind;
  point.phase = static_cast<uint32_t>(kind == rt::TraceKind::Step || kind == rt::TraceKind::Masters
                                          ? updatePhase
                                          : phaseOf(originOf(op->getResult(0))));
  for (int64_t extent : sampleShape(value))
    point.shape.push_back(static_cast<uint32_t>(extent));
  if (auto rows = op->getAttrOfType<DenseI64ArrayAttr>(WageDialect::tracedRowsAttr)) {
    point.firstRow = static_cast<uint32_t>(rows[0]), point.rows = point.shape[1];
    point.shape[1] = static_cast<uint32_t>(rows[1]);
  }
  for (int t : templatesOf(place)) {
    point.templateIndex = static_cast<uint32_t>(t);
    point.buffer = static_cast<uint32_t>(bufferAt(value, t));
    if (kind == rt::TraceKind::Slice)
      point.offsetParameter = static_cast<uint32_t>(sliceBeginColumn(stage, value, valueName(value) + ".begin").value);
    builder.program.tracePoints.push_back(point);
  }
}

rt::Operand StreamLowering::sliceBeginColumn(const Stage &stage, Value value, const std::string &name) {
  std::vector<int64_t> begins;
  for (int64_t n = 0; n < stage.partition.neuronBlocks(); ++n)
    begins.push_back(stage.sliceBegin(n, elementsPerSample(value)));
  return builder.addColumn(stage.rootTemplate, name, begins);
}

} // namespace wage::chip
