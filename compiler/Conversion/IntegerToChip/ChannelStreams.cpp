//===- ChannelStreams.cpp - what roots do per channel: pool, clip, mask ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Conversion/IntegerToChip/LoweringHelpers.h"
#include "compiler/Conversion/IntegerToChip/StreamLowering.h"

#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace wage::chip {

namespace {

bool isHalfAway(Operation *op) { return op->hasAttr("half_away"); }

} // namespace

/// The stage on whose roots `value` lives. An image that is pooled or clipped before the first layer gets a stage of its own:
/// cores without weights that share out its channels; so does a view that something computes on.
std::optional<int> StreamLowering::inputStage(Operation *op, Value value) {
  if (places[value].kind == Place::Roots)
    return places[value].stage;
  const bool isImage = places[value].kind == Place::Host;
  if (!isImage && places[value].kind != Place::View) {
    op->emitOpError("works on a value that no root core owns");
    return std::nullopt;
  }
  const std::string name = isImage ? "input" : valueName(value) + ".gather";
  const int index = addStage(name, -1, Partition{{0, 0}, cutChannels(value)});
  const std::vector<Portion> slices = slicesAtRoots(stages[index], value);
  const int t = stages[index].rootTemplate;
  const BufferMap map{{t, builder.addBuffer(t, valueName(value), elementType(value), lifetimeOf(value),
                                            sliceElements(stages[index], value))}};
  // Logits in bands are wanted by the loss first, but leave before it: a view is put together when its parts are made.
  gather(isImage ? phaseOf(op) : phaseOf(originOf(value)), name, value, slices, map);
  // From here on it is as good as any other value of a stage.
  places[value] = {Place::Roots, index};
  buffers[value] = map;
  if (isImage) // views of it that have been read take its rows from the host, and from here on from these cores
    assemblies.clear();
  if (Operation *view = isImage ? nullptr : value.getDefiningOp())
    addTracePoints(view, rt::TraceKind::Slice, places[value], value);
  return index;
}

/// A pool needs whole planes: where a reshape has spread the channels differently over a stage's roots, another stage gets
/// them one by one.
std::optional<std::pair<int, BufferMap>> StreamLowering::atPool(Operation *op, Value value) {
  const std::optional<int> index = inputStage(op, value);
  if (!index)
    return std::nullopt;
  if (sampleShape(value)[0] == stages[*index].channels() || stages[*index].partition.neuronBlocks() == 1)
    return std::make_pair(*index, buffers[value]);
  auto found = poolStages.find(value);
  if (found == poolStages.end())
    found =
        poolStages.insert({value, addStage(valueName(value) + ".channels", -1, {{0, 0}, cutChannels(value)})}).first;
  const int poolStage = found->second;
  const std::optional<BufferMap> map = atRoots(op, value, poolStage);
  return map ? std::optional(std::make_pair(poolStage, *map)) : std::nullopt;
}

/// How many of a tensor's `channels` stand on each root of a stage that has them whole.
rt::Operand StreamLowering::channelsOperand(const Stage &stage, int64_t channels) {
  if (channels != stage.channels())
    return immediate(channels);
  std::vector<int64_t> counts;
  for (int64_t core : builder.coresOf(stage.rootTemplate))
    counts.push_back(builder.program.cores[core].neuronEnd - builder.program.cores[core].neuronBegin);
  return builder.addColumn(stage.rootTemplate, "channels", counts);
}

int64_t StreamLowering::addPool(ArrayRef<int64_t> in, ArrayRef<int64_t> kernel, ArrayRef<int64_t> strides,
                                ArrayRef<int64_t> pads, ArrayRef<int64_t> out) {
  auto n = [](int64_t value) { return static_cast<uint32_t>(value); };
  builder.program.pools.push_back({n(in[1]), n(in[2]), n(kernel[0]), n(kernel[1]), n(strides[0]), n(strides[1]),
                                   n(pads[0]), n(pads[1]), n(out[1]), n(out[2])});
  return static_cast<int64_t>(builder.program.pools.size()) - 1;
}

bool StreamLowering::visitPool(integer::MaxPoolOp op) {
  const auto input = atPool(op, op.getInput());
  if (!input)
    return false;
  const Stage &stage = stages[input->first];
  const rt::Operand channels = channelsOperand(stage, sampleShape(op.getInput())[0]);
  createAtRoots(op.getValues(), input->first);
  createAtRoots(op.getPositions(), input->first);
  const int64_t pool =
      addPool(sampleShape(op.getInput()), op.getKernel(), op.getStrides(), op.getPads(), sampleShape(op.getValues()));
  const int t = stage.rootTemplate;
  builder.emit(t, phaseOf(op), rt::Opcode::MaxPool,
               {immediate(input->second.at(t)), bufferOperand(op.getValues(), t), bufferOperand(op.getPositions(), t),
                immediate(pool), channels});
  addTracePoints(op, rt::TraceKind::Slice, places[op.getValues()], op.getValues());
  return true;
}

bool StreamLowering::visitScatter(integer::MaxPoolScatterOp op) {
  const int index = places[op.getPositions()].stage;
  if (index < 0) {
    op.emitOpError("takes positions that no max pool has found");
    return false;
  }
  const std::optional<BufferMap> error = atRoots(op, op.getError(), index);
  if (!error)
    return false;
  const Stage &stage = stages[index];
  const rt::Operand channels = channelsOperand(stage, sampleShape(op.getResult())[0]);
  createAtRoots(op.getResult(), index);
  const int64_t pool =
      addPool(sampleShape(op.getResult()), op.getKernel(), op.getStrides(), op.getPads(), sampleShape(op.getError()));
  const int t = stage.rootTemplate;
  builder.emit(t, phaseOf(op), rt::Opcode::MaxPoolScatter,
               {immediate(error->at(t)), bufferOperand(op.getPositions(), t), bufferOperand(op.getResult(), t),
                immediate(pool), channels});
  return true;
}

/// Sums over windows, or, of errors, the other way: what is `wide` has the elements that windows lie on.
template <typename Op>
bool StreamLowering::emitSumPool(Op op, rt::Opcode opcode, Value input, Value wide, Value narrow) {
  const auto source = atPool(op, input);
  if (!source)
    return false;
  const Stage &stage = stages[source->first];
  const rt::Operand channels = channelsOperand(stage, sampleShape(wide)[0]);
  createAtRoots(op.getResult(), source->first);
  const int64_t pool = addPool(sampleShape(wide), op.getKernel(), op.getStrides(), op.getPads(), sampleShape(narrow));
  const int t = stage.rootTemplate;
  builder.emit(t, phaseOf(op), opcode,
               {immediate(source->second.at(t)), bufferOperand(op.getResult(), t), immediate(pool), channels});
  return true;
}

bool StreamLowering::visitSumPool(integer::SumPoolOp op) {
  if (!emitSumPool(op, rt::Opcode::SumPool, op.getInput(), op.getInput(), op.getResult()))
    return false;
  addTracePoints(op, rt::TraceKind::Slice, places[op.getResult()], op.getResult());
  return true;
}

bool StreamLowering::visitSumPoolSpread(integer::SumPoolSpreadOp op) {
  return emitSumPool(op, rt::Opcode::SumPoolSpread, op.getError(), op.getResult(), op.getError());
}

/// A sum or product of values stands on the roots of the later of the two stages, from where its error has to go back; a sum
/// of errors on those of the earlier one, where the value is that they are errors of. The image and views come to where the
/// other value is.
bool StreamLowering::visitBinary(Operation *op) {
  Value left = op->getOperand(0), right = op->getOperand(1), result = op->getResult(0);
  if (places[left].kind != Place::Roots && places[right].kind != Place::Roots && !inputStage(op, left))
    return false;
  std::vector<int> owners;
  for (Value value : {left, right})
    if (places[value].kind == Place::Roots)
      owners.push_back(places[value].stage);
  const bool isError = phaseOf(op) >= lossPhase;
  const int index = isError ? *llvm::min_element(owners) : *llvm::max_element(owners);
  const std::optional<BufferMap> lhs = atRoots(op, left, index), rhs = atRoots(op, right, index);
  if (!lhs || !rhs)
    return false;
  createAtRoots(result, index);
  const int t = stages[index].rootTemplate;
  std::vector<rt::Operand> operands{immediate(lhs->at(t)), immediate(rhs->at(t)), bufferOperand(result, t)};
  auto add = dyn_cast<integer::AddOp>(op);
  if (add)
    for (int32_t shift : add.getShifts())
      operands.push_back(immediate(shift));
  builder.emit(t, phaseOf(op), add ? rt::Opcode::Add : rt::Opcode::Multiply, std::move(operands));
  addTracePoints(op, rt::TraceKind::Slice, places[result], result);
  return true;
}

/// Biases and scales belong to the neurons of a layer: they stand where its sums are, and once.
bool StreamLowering::checkLayerChannels(Operation *op, const Stage &stage) const {
  const bool isBias = isa<integer::AddBiasOp>(op);
  if (stage.layer < 0 || sampleShape(op->getResult(0))[0] != stage.channels()) {
    op->emitOpError() << (isBias ? "adds a bias to" : "aligns") << " channels that are not the neurons of a layer";
    return false;
  }
  if (isBias && !builder.program.layers[stage.layer].biasName.empty()) {
    op->emitOpError() << "adds a second bias to layer '" << stage.name << "'";
    return false;
  }
  return true;
}

/// The stage that does an operation. An error goes to where its mask is: the value that it is the error of may stand elsewhere.
/// Channels are aligned where the layer's product is formed: before it, of an error, and behind it, of a sum.
std::optional<int> StreamLowering::stageOfElementwise(Operation *op) {
  const std::optional<int> ofInput = inputStage(op, op->getOperand(0));
  if (auto mask = dyn_cast<integer::ApplyMaskOp>(op))
    return inputStage(op, mask.getMask());
  if (auto align = dyn_cast<integer::AlignChannelsOp>(op); align && phaseOf(op) >= lossPhase)
    return stageOfLayer(op, alignedFor(align), copyOf(op));
  return ofInput;
}

void StreamLowering::emitElementwise(Operation *op, const Stage &stage, rt::Operand in) {
  using namespace wage::integer;
  const int t = stage.rootTemplate;
  const rt::Operand out = bufferOperand(op->getResult(0), t);
  auto emit = [&](rt::Opcode opcode, std::vector<rt::Operand> operands) {
    builder.emit(t, phaseOf(op), opcode, std::move(operands));
  };
  // Of the channels that are a layer's neurons each root has those of its block.
  auto emitOfNeurons = [&](rt::Opcode opcode) {
    const std::vector<rt::Operand> block = builder.blockOperands(t);
    emit(opcode, {in, out, immediate(stage.layer), block[2], block[3]});
  };
  llvm::TypeSwitch<Operation *>(op)
      .Case([&](ReluOp) { emit(rt::Opcode::Relu, {in, out}); })
      .Case([&](PositiveOp) { emit(rt::Opcode::Positive, {in, out}); })
      .Case([&](ShiftClipOp clip) {
        emit(rt::Opcode::ShiftClip, {in, out, immediate(clip.getShift()), immediate(clip.getBits())});
      })
      .Case([&](ShiftClipByOp clip) {
        emit(rt::Opcode::ShiftClipBy,
             {in, bufferOperand(clip.getExponent(), t), out, immediate(clip.getOffset()), immediate(clip.getBits())});
      })
      .Case([&](WithinOp within) {
        const auto limit = static_cast<uint64_t>(within.getLimit());
        emit(rt::Opcode::Within,
             {in, out, immediate(static_cast<int32_t>(limit)), immediate(static_cast<int32_t>(limit >> 32))});
      })
      .Case([&](ApplyMaskOp mask) { emit(rt::Opcode::ApplyMask, {in, bufferOperand(mask.getMask(), t), out}); })
      .Case([&](AlignChannelsOp) { emitOfNeurons(rt::Opcode::AlignChannels); })
      .Case([&](AddBiasOp bias) {
        readBias(bias, builder.program.layers[stage.layer]);
        emitOfNeurons(rt::Opcode::AddBias);
      });
}

bool StreamLowering::visitElementwise(Operation *op) {
  using namespace wage::integer;
  Value input = op->getOperand(0), result = op->getResult(0);
  const std::optional<int> index = stageOfElementwise(op);
  if (!index)
    return false;
  const std::optional<BufferMap> source = atRoots(op, input, *index);
  if (!source)
    return false;
  if (isa<AddBiasOp, AlignChannelsOp>(op) && !checkLayerChannels(op, stages[*index]))
    return false;
  if (isa<ShiftClipOp, ShiftClipByOp>(op) && isHalfAway(op) != (config.rounding == rt::Rounding::HalfAway)) {
    op->emitOpError("rounds ties differently from the module's wage.config; a chip rounds one way everywhere");
    return false;
  }
  const bool isHere = places[input].stage == *index;
  if (!isa<ReluOp, ApplyMaskOp, AddBiasOp, AlignChannelsOp>(op) || !isHere || !reuseOperand(op))
    createAtRoots(result, *index);
  const Stage &stage = stages[*index];
  emitElementwise(op, stage, immediate(source->at(stage.rootTemplate)));
  addTracePoints(op, rt::TraceKind::Slice, places[result], result);
  return true;
}

bool StreamLowering::visitOneHot(integer::SubtractOneHotOp op) {
  const std::optional<int> owner = inputStage(op, op.getInput());
  if (!owner)
    return false;
  const int index = *owner;
  const Stage &stage = stages[index];
  const int t = stage.rootTemplate;
  const size_t phase = phaseOf(op);
  createAtRoots(op.getResult(), index);
  const BufferIndex labels = builder.addBuffer(t, "labels", rt::ElementType::Int32, rt::Lifetime::Sample,
                                               std::vector<int64_t>(builder.coresOf(t).size(), 1));
  Transfer transfer{rt::hostNode, 0, {}, 1};
  for (int64_t core : builder.coresOf(t))
    transfer.destinations.push_back({core, 0});
  builder.exchangeWithHost(phase, "labels", rt::HostData::Labels, rt::ElementType::Int32, {transfer}, {{t, labels}});
  builder.emit(t, phase, rt::Opcode::SubtractOneHot,
               {bufferOperand(op.getInput(), t), immediate(labels), bufferOperand(op.getResult(), t),
                sliceBeginColumn(stage, op.getInput(), "class_begin"), immediate(op.getShift())});
  return true;
}

} // namespace wage::chip
