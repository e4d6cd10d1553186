//===- ChannelStreams.cpp - what roots do per channel: pool, clip, mask ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Conversion/IntegerToChip/LoweringHelpers.h"
#include "compiler/Conversion/IntegerToChip/StreamLowering.h"

using namespace mlir;

namespace wage::chip {

namespace {

bool isHalfAway(Operation *op) { return op->hasAttr("half_away"); }

} // namespace

/// The stage on whose roots `value` lives. An image that is pooled or clipped before the first layer gets a stage of its own:
/// cores without weights that share out its channels.
std::optional<int> StreamLowering::inputStage(Operation *op, Value value) {
  if (places[value].kind == Place::Roots)
    return places[value].stage;
  if (places[value].kind != Place::Host) {
    op->emitOpError("works on a value that no root core owns");
    return std::nullopt;
  }
  const std::vector<int64_t> shape = sampleShape(value);
  const int index = addStage("input", -1, Partition{{0, 0}, cutEvenly(shape[0], group.neurons)});
  createAtRoots(value, index);
  const Stage &stage = stages[index];
  const int64_t elements = elementsPerSample(value);
  std::vector<Transfer> transfers;
  for (int64_t n = 0; n < stage.partition.neuronBlocks(); ++n) {
    const int64_t begin = stage.sliceBegin(n, elements);
    transfers.push_back({rt::hostNode, begin, {{stage.root(n), 0}}, stage.sliceBegin(n + 1, elements) - begin});
  }
  builder.exchangeWithHost(phaseOf(op), "input", rt::HostData::Image, elementType(value), transfers, buffers[value]);
  return index;
}

/// How many of a tensor's `channels` stand on each root of a stage.
std::optional<rt::Operand> StreamLowering::channelsOperand(Operation *op, const Stage &stage, int64_t channels) {
  if (channels == stage.channels()) {
    std::vector<int64_t> counts;
    for (int64_t core : builder.coresOf(stage.rootTemplate))
      counts.push_back(builder.program.cores[core].neuronEnd - builder.program.cores[core].neuronBegin);
    return builder.addColumn(stage.rootTemplate, "channels", counts);
  }
  if (stage.partition.neuronBlocks() == 1)
    return immediate(channels);
  op->emitOpError() << "pools " << channels << " channels of a value that is spread over "
                    << stage.partition.neuronBlocks() << " cores by its " << stage.channels()
                    << " neurons; a reshape between the layer and the pool must keep the channels";
  return std::nullopt;
}

int64_t StreamLowering::addPool(ArrayRef<int64_t> in, ArrayRef<int64_t> kernel, ArrayRef<int64_t> strides,
                                ArrayRef<int64_t> pads, ArrayRef<int64_t> out) {
  auto n = [](int64_t value) { return static_cast<uint32_t>(value); };
  builder.program.pools.push_back({n(in[1]), n(in[2]), n(kernel[0]), n(kernel[1]), n(strides[0]), n(strides[1]),
                                   n(pads[0]), n(pads[1]), n(out[1]), n(out[2])});
  return static_cast<int64_t>(builder.program.pools.size()) - 1;
}

bool StreamLowering::visitPool(integer::MaxPoolOp op) {
  std::optional<int> index = inputStage(op, op.getInput());
  if (!index)
    return false;
  const Stage &stage = stages[*index];
  std::optional<rt::Operand> channels = channelsOperand(op, stage, sampleShape(op.getInput())[0]);
  if (!channels)
    return false;
  createAtRoots(op.getValues(), *index);
  createAtRoots(op.getPositions(), *index);
  const int64_t pool =
      addPool(sampleShape(op.getInput()), op.getKernel(), op.getStrides(), op.getPads(), sampleShape(op.getValues()));
  const int t = stage.rootTemplate;
  builder.emit(t, phaseOf(op), rt::Opcode::MaxPool,
               {bufferOperand(op.getInput(), t), bufferOperand(op.getValues(), t), bufferOperand(op.getPositions(), t),
                immediate(pool), *channels});
  addTracePoints(op, rt::TraceKind::Slice, places[op.getValues()], op.getValues());
  return true;
}

bool StreamLowering::visitScatter(integer::MaxPoolScatterOp op) {
  const int index = places[op.getPositions()].stage;
  const std::optional<BufferMap> error = atRoots(op, op.getError(), index);
  if (!error)
    return false;
  const Stage &stage = stages[index];
  std::optional<rt::Operand> channels = channelsOperand(op, stage, sampleShape(op.getResult())[0]);
  if (!channels)
    return false;
  createAtRoots(op.getResult(), index);
  const int64_t pool =
      addPool(sampleShape(op.getResult()), op.getKernel(), op.getStrides(), op.getPads(), sampleShape(op.getError()));
  const int t = stage.rootTemplate;
  builder.emit(t, phaseOf(op), rt::Opcode::MaxPoolScatter,
               {immediate(error->at(t)), bufferOperand(op.getPositions(), t), bufferOperand(op.getResult(), t),
                immediate(pool), *channels});
  return true;
}

bool StreamLowering::visitSumPool(integer::SumPoolOp op) {
  std::optional<int> index = inputStage(op, op.getInput());
  if (!index)
    return false;
  const Stage &stage = stages[*index];
  std::optional<rt::Operand> channels = channelsOperand(op, stage, sampleShape(op.getInput())[0]);
  if (!channels)
    return false;
  createAtRoots(op.getResult(), *index);
  const int64_t pool =
      addPool(sampleShape(op.getInput()), op.getKernel(), op.getStrides(), op.getPads(), sampleShape(op.getResult()));
  const int t = stage.rootTemplate;
  builder.emit(t, phaseOf(op), rt::Opcode::SumPool,
               {bufferOperand(op.getInput(), t), bufferOperand(op.getResult(), t), immediate(pool), *channels});
  addTracePoints(op, rt::TraceKind::Slice, places[op.getResult()], op.getResult());
  return true;
}

bool StreamLowering::visitSumPoolSpread(integer::SumPoolSpreadOp op) {
  const int index = places[op.getError()].stage;
  const Stage &stage = stages[index];
  std::optional<rt::Operand> channels = channelsOperand(op, stage, sampleShape(op.getResult())[0]);
  if (!channels)
    return false;
  createAtRoots(op.getResult(), index);
  const int64_t pool =
      addPool(sampleShape(op.getResult()), op.getKernel(), op.getStrides(), op.getPads(), sampleShape(op.getError()));
  const int t = stage.rootTemplate;
  builder.emit(t, phaseOf(op), rt::Opcode::SumPoolSpread,
               {bufferOperand(op.getError(), t), bufferOperand(op.getResult(), t), immediate(pool), *channels});
  return true;
}

/// A sum of values stands on the roots of the later of the two stages, from where its error has to go back; a sum of errors on
/// those of the earlier one, where the value is that they are errors of.
bool StreamLowering::visitAdd(integer::AddOp op) {
  const std::optional<int> left = inputStage(op, op.getLhs()), right = inputStage(op, op.getRhs());
  if (!left || !right)
    return false;
  const bool isError = phaseOf(op) >= lossPhase;
  const int index = isError ? std::min(*left, *right) : std::max(*left, *right);
  const std::optional<BufferMap> lhs = atRoots(op, op.getLhs(), index), rhs = atRoots(op, op.getRhs(), index);
  if (!lhs || !rhs)
    return false;
  createAtRoots(op.getResult(), index);
  const int t = stages[index].rootTemplate;
  builder.emit(t, phaseOf(op), rt::Opcode::Add,
               {immediate(lhs->at(t)), immediate(rhs->at(t)), bufferOperand(op.getResult(), t),
                immediate(op.getShifts()[0]), immediate(op.getShifts()[1])});
  addTracePoints(op, rt::TraceKind::Slice, places[op.getResult()], op.getResult());
  return true;
}

bool StreamLowering::visitElementwise(Operation *op) {
  using namespace wage::integer;
  Value input = op->getOperand(0), result = op->getResult(0);
  // An error goes to where its mask is: the value that it is the error of may stand elsewhere. Channels are aligned where the
  // layer's product is formed: before it, of an error, and behind it, of a sum.
  std::optional<int> index = inputStage(op, input);
  if (auto mask = dyn_cast<ApplyMaskOp>(op))
    index = inputStage(op, mask.getMask());
  else if (isa<AlignChannelsOp>(op) && phaseOf(op) >= lossPhase)
    index = stageOfLayer(op, alignedFor(cast<AlignChannelsOp>(op)));
  if (!index)
    return false;
  const std::optional<BufferMap> source = atRoots(op, input, *index);
  if (!source)
    return false;
  if (isa<ShiftClipOp, ShiftClipByOp>(op) && isHalfAway(op) != (config.rounding == rt::Rounding::HalfAway)) {
    op->emitOpError("rounds ties differently from the module's wage.config; a chip rounds one way everywhere");
    return false;
  }
  const bool isHere = places[input].stage == *index;
  if (!isa<ReluOp, ApplyMaskOp, AddBiasOp, AlignChannelsOp>(op) || !isHere || !reuseOperand(op))
    createAtRoots(result, *index);
  const Stage &stage = stages[*index];
  const int t = stage.rootTemplate;
  const rt::Operand in = immediate(source->at(t)), out = bufferOperand(result, t);
  const size_t phase = phaseOf(op);
  if (isa<ReluOp>(op)) {
    builder.emit(t, phase, rt::Opcode::Relu, {in, out});
  } else if (isa<PositiveOp>(op)) {
    builder.emit(t, phase, rt::Opcode::Positive, {in, out});
  } else if (auto clip = dyn_cast<ShiftClipOp>(op)) {
    builder.emit(t, phase, rt::Opcode::ShiftClip, {in, out, immediate(clip.getShift()), immediate(clip.getBits())});
  } else if (auto by = dyn_cast<ShiftClipByOp>(op)) {
    builder.emit(t, phase, rt::Opcode::ShiftClipBy,
                 {in, bufferOperand(by.getExponent(), t), out, immediate(by.getOffset()), immediate(by.getBits())});
  } else if (auto within = dyn_cast<WithinOp>(op)) {
    const auto limit = static_cast<uint64_t>(within.getLimit());
    builder.emit(t, phase, rt::Opcode::Within,
                 {in, out, immediate(static_cast<int32_t>(limit)), immediate(static_cast<int32_t>(limit >> 32))});
  } else if (auto mask = dyn_cast<ApplyMaskOp>(op)) {
    builder.emit(t, phase, rt::Opcode::ApplyMask, {in, bufferOperand(mask.getMask(), t), out});
  } else if (isa<AlignChannelsOp>(op)) {
    const std::vector<rt::Operand> block = builder.blockOperands(t);
    builder.emit(t, phase, rt::Opcode::AlignChannels, {in, out, immediate(stage.layer), block[2], block[3]});
  } else if (auto bias = dyn_cast<AddBiasOp>(op)) {
    rt::Layer &layer = builder.program.layers[stage.layer];
    const std::vector<rt::Operand> block = builder.blockOperands(t);
    readBias(bias, layer);
    builder.emit(t, phase, rt::Opcode::AddBias, {in, out, immediate(stage.layer), block[2], block[3]});
  }
  addTracePoints(op, rt::TraceKind::Slice, places[result], result);
  return true;
}

bool StreamLowering::visitOneHot(integer::SubtractOneHotOp op) {
  const int index = places[op.getInput()].stage;
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
