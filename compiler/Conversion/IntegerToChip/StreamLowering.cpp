//===- StreamLowering.cpp - phases, buffers, dispatch ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Conversion/IntegerToChip/StreamLowering.h"

#include "compiler/Conversion/IntegerToChip/LoweringHelpers.h"
#include "dialects/chip/Program/ProgramIR.h"
#include "dialects/wage/IR/WageTypes.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace wage::chip {

StreamLowering::StreamLowering(ModuleOp module, func::FuncOp function, const rt::Config &config,
                               const rt::ChipDescription &chip, const rt::CoreGroup &group, ArrayRef<BlockLimit> limits,
                               ArrayRef<const rt::CoreGroup *> layerGroups, ArrayRef<std::string> recomputed,
                               rt::SpikeCode code)
    : module(module), function(function), config(config), chip(chip), group(group),
      limits(limits.begin(), limits.end()), layerGroups(layerGroups.begin(), layerGroups.end()),
      recomputed(recomputed.begin(), recomputed.end()), code(code) {}

//===----------------------------------------------------------------------===//
// The host
//===----------------------------------------------------------------------===//

/// What the host has reaches cores in three ways only: images through its table, labels by the loss, and the rest by the update.
bool StreamLowering::checkArguments() {
  for (BlockArgument argument : function.getArguments())
    for (OpOperand &use : argument.getUses()) {
      Operation *user = use.getOwner();
      auto oneHot = dyn_cast<integer::SubtractOneHotOp>(user);
      auto step = dyn_cast<integer::StochasticStepOp>(user);
      if (isa<integer::TableOp, integer::RandomBitsOp>(user) || (oneHot && &use == &oneHot.getLabelsMutable()) ||
          (step && &use == &step.getLearningRateLog2Mutable()))
        continue;
      user->emitOpError() << "takes argument " << argument.getArgNumber() << " of @" << function.getSymName()
                          << " as it is, needs images that integer.table has encoded";
      return false;
    }
  return true;
}

/// Sizes become parameters and offsets of 32 bits; from ONNX no larger tensor comes (dialects/onnx/IR/OnnxShapes.h).
static LogicalResult checkSizes(func::FuncOp function) {
  constexpr uint64_t mostElements = uint64_t(1) << 31;
  for (Operation &op : function.getBody().front())
    for (Value result : op.getResults()) {
      uint64_t elements = 1;
      if (isa<RankedTensorType>(result.getType()))
        for (int64_t extent : sampleShape(result))
          elements = llvm::SaturatingMultiply(elements, static_cast<uint64_t>(extent));
      if (elements > mostElements)
        return op.emitOpError() << "has a result of " << elements << " elements per sample, needs at most "
                                << mostElements;
    }
  return success();
}

/// Planes as far as there are any: dimensions behind the third are columns, since only the order of a sample's elements counts.
bool StreamLowering::readImageShape() {
  auto images = function.getNumArguments() ? dyn_cast<RankedTensorType>(function.getArgumentTypes()[0]) : nullptr;
  if (!images || images.getRank() < 2 || !images.isDynamicDim(0) || images.getNumDynamicDims() > 1) {
    function.emitError() << "needs images with an open batch in front as first argument of @" << function.getSymName();
    return false;
  }
  uint32_t *const extents[] = {&builder.program.inputChannels, &builder.program.inputHeight,
                               &builder.program.inputWidth};
  for (uint32_t *extent : extents)
    *extent = 1;
  for (auto [index, extent] : llvm::enumerate(images.getShape().drop_front()))
    *extents[std::min<size_t>(index, 2)] *= static_cast<uint32_t>(extent);
  return true;
}

//===----------------------------------------------------------------------===//
// Phases
//===----------------------------------------------------------------------===//

bool StreamLowering::isPerSample(Operation *op) const {
  auto hasBatch = [](Type type) {
    auto tensor = dyn_cast<RankedTensorType>(type);
    return tensor && tensor.getRank() > 0 && tensor.isDynamicDim(0);
  };
  return llvm::any_of(op->getOperandTypes(), hasBatch) || llvm::any_of(op->getResultTypes(), hasBatch);
}

/// Operations that no instruction corresponds to: weights are quantised as they are read, the update is one instruction
/// emitted at its store, a reshape only renames.
bool StreamLowering::emitsNothing(Operation *op) const {
  if (isa<ml_program::GlobalLoadOp, ml_program::GlobalLoadConstOp, integer::TableOp, integer::ReshapeOp,
          integer::RandomBitsOp, integer::StochasticStepOp, integer::SubOp, integer::ClipOp, func::ReturnOp>(op))
    return true;
  return isa<integer::ShiftClipOp, integer::SignOp>(op) && !isPerSample(op);
}

void StreamLowering::assignPhases() {
  rt::Program &program = builder.program;
  if (config.mode == rt::Mode::Train)
    program.phases.push_back({"prepare", false});
  std::optional<bool> kind;
  size_t backward = 0, exponents = 0;
  for (Operation &op : function.getBody().front()) {
    if (emitsNothing(&op))
      continue;
    const bool perSample = isPerSample(&op);
    // The logits leave in a phase that needs no labels, so that a training binary can infer by its first phases.
    const bool isLoss = isa<integer::SubtractOneHotOp>(op);
    if (kind != perSample || isLoss) {
      std::string name = !perSample ? "exponent." + std::to_string(exponents++)
                         : !kind    ? "forward"
                         : isLoss   ? "loss"
                                    : "backward." + std::to_string(backward++);
      program.phases.push_back({name, perSample});
      kind = perSample;
    }
    phases[&op] = program.phases.size() - 1;
    if (isLoss)
      lossPhase = phases[&op];
    if (isa<ml_program::GlobalStoreOp>(op))
      program.phases.back().name = "update";
  }
}

//===----------------------------------------------------------------------===//
// Buffers
//===----------------------------------------------------------------------===//

rt::Lifetime StreamLowering::lifetimeOf(Value value) const {
  Operation *origin = originOf(value);
  for (OpOperand &use : value.getUses()) {
    Operation *user = use.getOwner();
    if (isa<integer::ReshapeOp, integer::ConcatOp, integer::JoinRowsOp, integer::RearrangeOp>(user)) {
      if (lifetimeOf(user->getResult(0)) == rt::Lifetime::Batch)
        return rt::Lifetime::Batch;
      if (isa<integer::ReshapeOp>(user))
        continue;
    }
    // A layer's input is kept where it is multiplied, not at the roots it came from; of what errors are added up for, only
    // the place counts.
    const bool isPlace = isa<integer::AddRowsOp>(user) && use.getOperandNumber() == 0;
    if (emitsNothing(user) || isLayerInput(use) || isPlace)
      continue;
    if (origin && phaseOf(origin) != phaseOf(user))
      return rt::Lifetime::Batch;
  }
  return rt::Lifetime::Sample;
}

std::vector<int64_t> StreamLowering::sliceElements(const Stage &stage, Value value) const {
  const int64_t elements = elementsPerSample(value);
  std::vector<int64_t> result;
  for (int64_t n = 0; n < stage.partition.neuronBlocks(); ++n)
    result.push_back(stage.sliceBegin(n + 1, elements) - stage.sliceBegin(n, elements));
  return result;
}

Place Place::join(ArrayRef<Place> places) {
  Place result{places.front().kind, places.front().stage};
  for (const Place &place : places)
    for (int stage : place.stages())
      if (!llvm::is_contained(result.stages(), stage))
        result.others.push_back(stage);
  return result;
}

std::vector<int> StreamLowering::templatesOf(Place place) const {
  std::vector<int> templates;
  for (int index : place.stages())
    for (int t : stages[index].templates())
      if (place.kind != Place::Roots || t == stages[index].rootTemplate)
        templates.push_back(t);
  return templates;
}

void StreamLowering::createAtRoots(Value value, int stageIndex) {
  const Stage &stage = stages[stageIndex];
  places[value] = {Place::Roots, stageIndex};
  buffers[value][stage.rootTemplate] = builder.addBuffer(stage.rootTemplate, valueName(value), elementType(value),
                                                         lifetimeOf(value), sliceElements(stage, value));
}

void StreamLowering::createScalar(Value value, Place place, rt::ElementType type) {
  places[value] = place;
  for (int t : templatesOf(place))
    buffers[value][t] = builder.addBuffer(t, valueName(value), type, rt::Lifetime::Step,
                                          std::vector<int64_t>(builder.coresOf(t).size(), 1));
}

/// Lets the result of an elementwise operation stand where its operand stood, when nothing else reads the operand. This
/// halves the memory of unrounded errors, the largest thing a training chip holds.
bool StreamLowering::reuseOperand(Operation *op) {
  Value operand = op->getOperand(0), result = op->getResult(0);
  Operation *def = operand.getDefiningOp();
  // These stand where other values do, or are put together from them.
  const bool isOther =
      isa_and_nonnull<integer::ReshapeOp, integer::ConcatOp, integer::JoinRowsOp, integer::RearrangeOp>(def);
  if (!operand.hasOneUse() || !def || def->hasAttr(WageDialect::traceAttr) || isOther ||
      elementType(operand) != elementType(result))
    return false;
  shareBuffers(operand, result);
  if (lifetimeOf(result) == rt::Lifetime::Batch)
    for (const auto &[t, buffer] : buffers[result])
      builder.program.templates[t].buffers[buffer].lifetime = rt::Lifetime::Batch;
  return true;
}

/// Copies before inserting: an insertion may move the map's entries.
void StreamLowering::shareBuffers(Value from, Value to) {
  const Place place = places.lookup(from);
  BufferMap map = buffers.lookup(from);
  places[to] = place;
  buffers[to] = std::move(map);
}

rt::Operand StreamLowering::bufferOperand(Value value, int templateIndex) {
  return immediate(bufferAt(value, templateIndex));
}

BufferIndex StreamLowering::bufferAt(Value value, int templateIndex) {
  const BufferMap &map = buffers[value];
  const auto found = map.find(templateIndex);
  if (found != map.end())
    return found->second;
  if (!isMisplaced)
    mlir::emitError(value.getLoc()) << "is taken by cores '" << builder.program.templates[templateIndex].name
                                    << "', and has no buffer there: needs to be a value of their layer";
  isMisplaced = true;
  return 0;
}

/// The host encodes, before anything reaches the chip.
bool StreamLowering::visitTable(integer::TableOp op) {
  if (!builder.program.encoderTable.empty()) {
    op.emitOpError("is a second table of the input, the host encodes with one");
    return false;
  }
  places[op.getResult()] = {Place::Host};
  for (const APInt &entry : op.getTable().getValues<APInt>())
    builder.program.encoderTable.push_back(static_cast<int32_t>(entry.getSExtValue()));
  builder.program.inputType = elementType(op.getResult());
  return true;
}

//===----------------------------------------------------------------------===//
// Dispatch
//===----------------------------------------------------------------------===//

bool StreamLowering::visit(Operation *op) {
  using namespace wage::integer;
  if (auto table = dyn_cast<TableOp>(op))
    return visitTable(table);
  if (auto reshape = dyn_cast<ReshapeOp>(op)) {
    shareBuffers(reshape.getInput(), reshape.getResult());
    if (places[reshape.getInput()].kind == Place::View)
      views[reshape.getResult()] = View(views[reshape.getInput()]);
    addTracePoints(op, rt::TraceKind::Slice, places[reshape.getResult()], reshape.getResult());
    return true;
  }
  if (auto conv = dyn_cast<Conv2DOp>(op))
    return visitLinear(op, conv.getInput(), conv.getWeights());
  if (auto matmul = dyn_cast<MatmulOp>(op))
    return visitLinear(op, matmul.getInput(), matmul.getWeights());
  if (isa<Conv2DTransposedOp, MatmulTransposedOp>(op))
    return visitTransposed(op, op->getOperand(0));
  if (isa<Conv2DOuterOp, MatmulOuterOp>(op))
    return visitOuter(op, op->getOperand(0));
  if (auto pool = dyn_cast<MaxPoolOp>(op))
    return visitPool(pool);
  if (auto scatter = dyn_cast<MaxPoolScatterOp>(op))
    return visitScatter(scatter);
  if (auto pool = dyn_cast<SumPoolOp>(op))
    return visitSumPool(pool);
  if (auto spread = dyn_cast<SumPoolSpreadOp>(op))
    return visitSumPoolSpread(spread);
  if (isa<AddOp, MultiplyOp>(op))
    return visitBinary(op);
  if (auto lookup = dyn_cast<LookupOp>(op))
    return visitLookup(lookup);
  if (auto concat = dyn_cast<ConcatOp>(op))
    return visitConcat(concat);
  if (auto join = dyn_cast<JoinRowsOp>(op))
    return visitJoinRows(join);
  if (auto rows = dyn_cast<AddRowsOp>(op))
    return visitAddRows(rows);
  if (auto sum = dyn_cast<SumOp>(op))
    return visitSum(sum);
  if (auto rearrange = dyn_cast<RearrangeOp>(op))
    return visitRearrange(rearrange);
  if (auto maximum = dyn_cast<MaxAbsOp>(op))
    return visitMaxAbs(maximum);
  if (auto exponent = dyn_cast<ShiftExponentOp>(op))
    return visitShiftExponent(exponent);
  if (auto oneHot = dyn_cast<SubtractOneHotOp>(op))
    return visitOneHot(oneHot);
  if (auto store = dyn_cast<ml_program::GlobalStoreOp>(op))
    return visitStore(store);
  if (auto ret = dyn_cast<func::ReturnOp>(op))
    return visitReturn(ret);
  if (isa<ml_program::GlobalLoadOp, ml_program::GlobalLoadConstOp>(op) || emitsNothing(op))
    return visitWeights(op);
  if (isa<ReluOp, ShiftClipOp, ShiftClipByOp, WithinOp, PositiveOp, ApplyMaskOp, AddBiasOp, AlignChannelsOp>(op))
    return visitElementwise(op);
  op->emitOpError("has no instruction on the chip");
  return false;
}

std::optional<rt::Program> StreamLowering::lower() {
  if (!checkArguments() || !readImageShape() || failed(checkSizes(function)))
    return std::nullopt;
  assignPhases();
  builder.program.config = config;
  builder.program.chip = chip;
  readHostAttributes(module, builder.program);
  for (Operation &op : function.getBody().front())
    if (!visit(&op) || isMisplaced)
      return std::nullopt;
  return builder.finish();
}

} // namespace wage::chip
