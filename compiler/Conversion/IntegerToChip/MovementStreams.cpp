//===- MovementStreams.cpp - views, rearrangements, tables ===//
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

/// Adds a part to a view; a part that goes on where the last one ended makes it longer.
void append(View &view, const ViewPart &part) {
  if (!view.empty() && view.back().whole == part.whole && view.back().begin + view.back().elements == part.begin)
    view.back().elements += part.elements;
  else
    view.push_back(part);
}

/// Adds elements [begin, begin + elements) of `source` to a view.
void appendRange(View &view, const View &source, int64_t begin, int64_t elements) {
  int64_t at = 0;
  for (const ViewPart &part : source) {
    const int64_t first = std::max(begin, at), last = std::min(begin + elements, at + part.elements);
    if (first < last)
      append(view, {part.whole, part.begin + first - at, last - first});
    at += part.elements;
  }
}

int64_t productOf(ArrayRef<int64_t> sizes) {
  int64_t product = 1;
  for (int64_t extent : sizes)
    product *= extent;
  return product;
}

} // namespace

//===----------------------------------------------------------------------===//
// Views
//===----------------------------------------------------------------------===//

View StreamLowering::viewOf(Value value) const {
  if (places.lookup(value).kind == Place::View)
    return views.lookup(value);
  return {{value, 0, elementsPerSample(value)}};
}

/// A view of all of one value is that value.
void StreamLowering::setView(Value value, View view) {
  if (isWhole(view))
    return shareBuffers(view[0].whole, value);
  places[value] = {Place::View};
  views[value] = std::move(view);
}

bool StreamLowering::isWhole(const View &view) const {
  return view.size() == 1 && view[0].begin == 0 && view[0].elements == elementsPerSample(view[0].whole);
}

/// The index in Program::assemblies of what `value` is put together from; noIndex for a whole tensor.
int64_t StreamLowering::assemblyOf(Value value) {
  const View view = viewOf(value);
  if (isWhole(view))
    return rt::noIndex;
  std::vector<rt::Assembly> &table = builder.program.assemblies;
  const auto [entry, isNew] = assemblies.try_emplace(value, static_cast<int64_t>(table.size()));
  if (!isNew)
    return entry->second;
  rt::Assembly &assembly = table.emplace_back();
  for (const ViewPart &part : view) {
    rt::Segment segment{rt::noIndex, 0, static_cast<uint64_t>(part.begin), static_cast<uint64_t>(part.elements)};
    if (const Place place = places.lookup(part.whole); place.kind == Place::Roots) {
      const int t = stages[place.stage].rootTemplate;
      segment.templateIndex = static_cast<uint32_t>(t);
      segment.buffer = static_cast<uint32_t>(bufferAt(part.whole, t));
    }
    assembly.segments.push_back(segment);
  }
  return entry->second;
}

std::vector<Portion> StreamLowering::slicesAtRoots(const Stage &stage, Value value) const {
  const int64_t elements = elementsPerSample(value);
  std::vector<Portion> portions;
  for (int64_t n = 0; n < stage.partition.neuronBlocks(); ++n) {
    const int64_t begin = stage.sliceBegin(n, elements);
    portions.push_back({begin, stage.sliceBegin(n + 1, elements) - begin, {stage.root(n)}});
  }
  return portions;
}

/// Sends portions of `value` from its owners into `destinations`: the value itself where it lives, or the parts of a view.
void StreamLowering::gather(size_t phase, const std::string &name, Value value, ArrayRef<Portion> portions,
                            const BufferMap &destinations) {
  const View view = viewOf(value);
  std::vector<GatheredTransfer> transfers;
  auto send = [&](const Portion &portion, int64_t first, int64_t last, GatheredTransfer part) {
    part.transfer.elements = last - first;
    for (int64_t core : portion.cores)
      part.transfer.destinations.push_back({core, first - portion.begin});
    transfers.push_back(std::move(part));
  };
  for (const Portion &portion : portions) {
    int64_t at = 0; // of the part, in the view
    for (const ViewPart &part : view) {
      const int64_t first = std::max(portion.begin, at);
      const int64_t last = std::min(portion.begin + portion.elements, at + part.elements);
      const int64_t shift = part.begin - at; // from the view to the whole value
      at += part.elements;
      if (first >= last)
        continue;
      const Place place = places.lookup(part.whole);
      if (place.kind == Place::Host) {
        send(portion, first, last, {{rt::hostNode, first + shift, {}, 0}, nullptr});
        continue;
      }
      const Stage &owner = stages[place.stage];
      const int64_t elements = elementsPerSample(part.whole);
      for (int64_t m = 0; m < owner.partition.neuronBlocks(); ++m) {
        const int64_t own = owner.sliceBegin(m, elements), from = std::max(first + shift, own);
        const int64_t to = std::min(last + shift, owner.sliceBegin(m + 1, elements));
        if (from < to)
          send(portion, from - shift, to - shift, {{owner.root(m), from - own, {}, 0}, &buffers[part.whole]});
      }
    }
  }
  builder.gather(phase, name, elementType(value), transfers, destinations);
  const auto assembly = static_cast<uint32_t>(assemblyOf(value));
  for (const auto &[t, buffer] : destinations)
    builder.program.templates[t].buffers[buffer].assembly = assembly;
}

/// Where to cut a value's channels so that a core has no more of them than neurons, and a part of its memory's worth.
std::vector<int64_t> StreamLowering::cutChannels(Value value) const {
  const int64_t channels = sampleShape(value)[0];
  const auto bytes = static_cast<int64_t>(rt::slotBytes(elementType(value), elementsPerSample(value) / channels));
  // What is computed there needs room too: four tensors of the size of this one.
  const int64_t fitting = static_cast<int64_t>(group.dataBytes / 4) / std::max<int64_t>(bytes, 1);
  return cutEvenly(channels, std::clamp<int64_t>(fitting, 1, group.neurons));
}

bool StreamLowering::visitConcat(integer::ConcatOp op) {
  View view;
  for (Value input : op.getInputs()) {
    if (elementType(input) != elementType(op.getResult())) {
      op.emitOpError() << "puts together elements of different widths; integer-assign-widths makes them equal";
      return false;
    }
    for (const ViewPart &part : viewOf(input))
      append(view, part);
  }
  setView(op.getResult(), std::move(view));
  return true;
}

/// Channel by channel the rows of all bands.
bool StreamLowering::visitJoinRows(integer::JoinRowsOp op) {
  const std::vector<int64_t> shape = sampleShape(op.getResult());
  const int64_t first = op.getFirst(), last = first + shape[1], columns = shape[2];
  std::vector<View> bands;
  for (Value band : op.getInputs())
    bands.push_back(viewOf(band));
  View view;
  for (int64_t channel = 0; channel < shape[0]; ++channel)
    for (const auto &[index, begin] : llvm::enumerate(op.getBegins())) {
      const int64_t rows = sampleShape(op.getInputs()[index])[1];
      const int64_t from = std::max(first, begin), to = std::min(last, begin + rows);
      appendRange(view, bands[index], (channel * rows + from - begin) * columns, (to - from) * columns);
    }
  setView(op.getResult(), std::move(view));
  return true;
}

//===----------------------------------------------------------------------===//
// Rearrangements
//===----------------------------------------------------------------------===//

/// A slice or an order of channels is a view: whole runs of elements, no more of them than the result has channels.
std::optional<View> StreamLowering::viewOfRuns(integer::RearrangeOp op, const rt::Rearrangement &move) const {
  const int64_t run = move.sizes.back(), runs = productOf(ArrayRef(move.sizes).drop_back());
  const std::vector<int64_t> shape = sampleShape(op.getResult());
  const bool isDense = move.from.back() == 1 && move.to.back() == 1;
  if (!isDense || runs > (shape.empty() ? 1 : shape[0]) || runs * run != elementsPerSample(op.getResult()))
    return std::nullopt;
  const View source = viewOf(op.getInput());
  View view;
  rt::forEachRun(move, 0, runs * run,
                 [&](int64_t, int64_t from, int64_t count) { appendRange(view, source, from, count); });
  return view;
}

/// Whether every root of a stage has, in its slice of `input`, all that its slice of `result` needs.
bool StreamLowering::movesWithinRoots(const Stage &stage, const rt::Rearrangement &move, Value input,
                                      Value result) const {
  const int64_t inElements = elementsPerSample(input), outElements = elementsPerSample(result);
  if (!stage.canHold(outElements))
    return false;
  for (int64_t n = 0; n < stage.partition.neuronBlocks(); ++n) {
    const auto [first, last] =
        rt::sourceReach(move, stage.sliceBegin(n, outElements), stage.sliceBegin(n + 1, outElements));
    if (first <= last && (first < stage.sliceBegin(n, inElements) || last >= stage.sliceBegin(n + 1, inElements)))
      return false;
  }
  return true;
}

int64_t StreamLowering::addMove(const rt::Rearrangement &move, integer::RearrangeOp op) {
  builder.program.moves.push_back({elementsPerSample(op.getInput()), elementsPerSample(op.getResult()), move});
  return static_cast<int64_t>(builder.program.moves.size()) - 1;
}

void StreamLowering::rearrangeAtRoots(integer::RearrangeOp op, const rt::Rearrangement &move, int stageIndex) {
  createAtRoots(op.getResult(), stageIndex);
  const Stage &stage = stages[stageIndex];
  const int t = stage.rootTemplate;
  builder.emit(t, phaseOf(op), rt::Opcode::Rearrange,
               {bufferOperand(op.getInput(), t), bufferOperand(op.getResult(), t), immediate(addMove(move, op)),
                sliceBeginColumn(stage, op.getInput(), valueName(op.getResult()) + ".input_begin"),
                sliceBeginColumn(stage, op.getResult(), valueName(op.getResult()) + ".output_begin")});
}

/// A stage of cores without weights shares out the result's channels; each core gets the range of the input that its own need.
void StreamLowering::rearrangeElsewhere(integer::RearrangeOp op, const rt::Rearrangement &move) {
  Value result = op.getResult();
  const std::string name = valueName(result);
  const int index = addStage(name, -1, Partition{{0, 0}, cutChannels(result)});
  createAtRoots(result, index);
  const Stage &stage = stages[index];
  const int t = stage.rootTemplate;
  std::vector<Portion> portions;
  std::vector<int64_t> begins, sizes;
  for (Portion portion : slicesAtRoots(stage, result)) {
    const auto [first, last] = rt::sourceReach(move, portion.begin, portion.begin + portion.elements);
    portion.begin = first <= last ? first : 0;
    portion.elements = first <= last ? last - first + 1 : 0;
    begins.push_back(portion.begin);
    sizes.push_back(portion.elements);
    portions.push_back(std::move(portion));
  }
  const BufferMap input{
      {t, builder.addBuffer(t, name + ".range", elementType(op.getInput()), rt::Lifetime::Sample, sizes)}};
  gather(phaseOf(op), name + ".range", op.getInput(), portions, input);
  builder.emit(t, phaseOf(op), rt::Opcode::Rearrange,
               {immediate(input.at(t)), bufferOperand(result, t), immediate(addMove(move, op)),
                builder.addColumn(t, name + ".input_begin", begins),
                sliceBeginColumn(stage, result, name + ".output_begin")});
}

bool StreamLowering::visitRearrange(integer::RearrangeOp op) {
  const rt::Rearrangement move = movementOf(op);
  Value input = op.getInput(), result = op.getResult();
  if (std::optional<View> view = viewOfRuns(op, move)) {
    setView(result, std::move(*view));
    return true;
  }
  const Place place = places.lookup(input);
  if (place.kind == Place::Roots && movesWithinRoots(stages[place.stage], move, input, result)) {
    rearrangeAtRoots(op, move, place.stage);
  } else if (place.kind == Place::Roots || place.kind == Place::Host || place.kind == Place::View) {
    rearrangeElsewhere(op, move);
  } else {
    op->emitOpError("rearranges a value that no root core owns");
    return false;
  }
  addTracePoints(op, rt::TraceKind::Slice, places[result], result);
  return true;
}

//===----------------------------------------------------------------------===//
// Tables
//===----------------------------------------------------------------------===//

/// A buffer that holds, from the start, the tables that each root's slice needs.
BufferIndex StreamLowering::addTables(integer::LookupOp op, const Stage &stage, int64_t span) {
  const ShapedType type = op.getTables().getType();
  const auto bits = static_cast<uint32_t>(llvm::Log2_64(type.getDimSize(1)));
  const auto [entry, isNew] = tableIndices.try_emplace(op.getTables(), builder.program.tables.size());
  if (isNew) {
    rt::Tables &tables = builder.program.tables.emplace_back();
    tables.bits = bits;
    tables.type = elementType(op.getResult());
    for (const APInt &value : op.getTables().getValues<APInt>())
      tables.entries.push_back(static_cast<int16_t>(value.getSExtValue()));
  }
  std::vector<int64_t> first, sizes;
  for (const Portion &slice : slicesAtRoots(stage, op.getResult())) {
    const int64_t begin = slice.begin / span, end = (slice.begin + slice.elements - 1) / span + 1;
    first.push_back(begin << bits);
    sizes.push_back((end - begin) << bits);
  }
  const int t = stage.rootTemplate;
  const std::string name = valueName(op.getResult()) + ".tables";
  const BufferIndex index = builder.addBuffer(t, name, elementType(op.getResult()), rt::Lifetime::Step, sizes);
  const rt::Operand firstEntry = builder.addColumn(t, name + ".first_entry", first);
  rt::BufferDecl &buffer = builder.program.templates[t].buffers[index];
  buffer.tables = static_cast<uint32_t>(entry->second);
  buffer.firstEntry = firstEntry;
  return index;
}

bool StreamLowering::visitLookup(integer::LookupOp op) {
  const std::optional<int> index = inputStage(op, op.getInput());
  if (!index)
    return false;
  const int t = stages[*index].rootTemplate;
  const rt::Operand input = bufferOperand(op.getInput(), t);
  if (!reuseOperand(op))
    createAtRoots(op.getResult(), *index);
  const int64_t elements = elementsPerSample(op.getResult()), count = op.getTables().getType().getDimSize(0);
  const int64_t span = elements / count;
  const Stage &stage = stages[*index];
  builder.emit(t, phaseOf(op), rt::Opcode::Lookup,
               {input, immediate(addTables(op, stage, span)), bufferOperand(op.getResult(), t), immediate(span),
                sliceBeginColumn(stage, op.getResult(), valueName(op.getResult()) + ".begin")});
  addTracePoints(op, rt::TraceKind::Slice, places[op.getResult()], op.getResult());
  return true;
}

} // namespace wage::chip
