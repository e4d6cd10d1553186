//===- Lift.cpp - whole layers out of instruction streams ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/FusedEngine/Lift.h"

#include "runtime/Format/Streams.h"
#include "runtime/FusedEngine/BufferRoles.h"
#include "runtime/FusedEngine/StreamIndex.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

namespace wage::rt {

namespace {

/// Stands for the number of the first operand's elements until it is known.
constexpr int64_t wholeTensor = -1;

class Lifter {
public:
  Lifter(const Program &program, const StreamIndex &index) : program(program), index(index), roles(program, index) {
    for (const Template &t : program.templates) {
      firstBuffer.push_back(static_cast<uint32_t>(parent.size()));
      parent.resize(parent.size() + t.buffers.size());
    }
    std::iota(parent.begin(), parent.end(), 0);
  }

  Expected<FusedProgram> lift() {
    result.phases.resize(program.phases.size());
    for (uint32_t phase = 0; phase < program.phases.size(); ++phase)
      if (Status status = liftPhase(phase); !status.ok())
        return status;
    nameTensors();
    if (Status status = checkRanges(); !status.ok())
      return status;
    return std::move(result);
  }

private:
  // Buffers that hold the same whole tensor are joined; a set is known by its smallest member.
  uint32_t find(uint32_t id) const {
    while (parent[id] != id)
      id = parent[id];
    return id;
  }
  void join(uint32_t a, uint32_t b) {
    a = find(a), b = find(b);
    parent[std::max(a, b)] = std::min(a, b);
  }
  uint32_t bufferId(uint32_t t, int64_t buffer) const { return firstBuffer[t] + static_cast<uint32_t>(buffer); }
  bool isRoot(uint32_t t) const { return index.rootTemplate[index.stageOf[t]] == t; }
  /// What the value is put together from whose error a product is: by the product's buffer and template.
  uint32_t assemblyOf(const std::pair<const uint32_t, uint32_t> &product) const {
    return index.inputAssembly(program, product.second, product.first - firstBuffer[product.second]);
  }

  Status liftPhase(uint32_t phase);
  struct RootSend {
    uint32_t root, buffer, instruction;
  };
  RootSend rootSend(uint32_t from, const RouteEnd &sender) const;
  bool canRun(uint32_t t, const Instruction &in, uint32_t at) const;
  void liftInstruction(uint32_t phase, uint32_t t, const Instruction &in, uint32_t at);
  void liftReceive(uint32_t phase, uint32_t t, const Instruction &in, uint32_t at);
  void liftAssembly(std::vector<FusedOp> &ops, uint32_t to, const Assembly &assembly);
  void liftSum(std::vector<FusedOp> &ops, uint32_t t, uint32_t to, uint32_t from, uint32_t assembly);
  void liftSend(std::vector<FusedOp> &ops, uint32_t t, const Instruction &in);
  void nameTensors();
  Status checkRanges() const;
  int64_t wholeElements(uint32_t t, const Instruction &in, size_t field) const;

  /// The senders of every packet that the roots of `t` receive by instruction `at`, other than cores of the same stage.
  template <typename F> void forEachOuterSender(uint32_t t, uint32_t at, F visit) const {
    for (uint32_t c : index.coresOf[t]) {
      const Core &core = program.cores[c];
      const Instruction &in = index.instructions[t][at];
      for (const Link &link : linksOf(in, core)) {
        const RouteEnd &sender = index.senders[link.route];
        if (sender.core == noIndex)
          visit(link.route, noIndex, sender);
        else if (const uint32_t from = program.cores[sender.core].templateIndex;
                 index.stageOf[from] != index.stageOf[t])
          visit(link.route, from, sender);
      }
    }
  }

  const Program &program;
  const StreamIndex &index;
  const BufferRoles roles;
  std::vector<uint32_t> firstBuffer, parent;
  std::vector<uint32_t> next; ///< by template: first instruction not lifted yet
  FusedProgram result;
  std::map<uint32_t, int64_t> sizes; ///< by buffer id: elements of the whole tensor
};

/// The root's instruction and buffer that stand for what a core of template `from` sends: its own send if it is a root; of
/// products of errors, which blocks send too, the root's product, which is the whole layer's when lifted. Buffer noIndex:
/// blocks' other messages, which follow their root's.
Lifter::RootSend Lifter::rootSend(uint32_t from, const RouteEnd &sender) const {
  const uint32_t root = index.rootTemplate[index.stageOf[from]];
  if (from == root)
    return {root, sender.buffer, sender.instruction};
  const uint32_t buffer = roles.rootBuffer(from, sender.buffer);
  if (buffer == noIndex || !(roles.of(root, buffer) & BufferRoles::ErrorProduct))
    return {root, noIndex, 0};
  const std::vector<Instruction> &stream = index.instructions[root];
  const auto product = std::find_if(stream.begin(), stream.end(), [&](const Instruction &in) {
    return in.opcode == Opcode::Transposed && static_cast<uint32_t>(in.operands[1].value) == buffer;
  });
  return {root, buffer, static_cast<uint32_t>(product - stream.begin())};
}

/// A root stream's receive must wait for the root streams that send to it, as its core would.
bool Lifter::canRun(uint32_t t, const Instruction &in, uint32_t at) const {
  bool ready = true;
  if (in.opcode == Opcode::Receive)
    forEachOuterSender(t, at, [&](uint32_t, uint32_t from, const RouteEnd &sender) {
      if (from == noIndex)
        return;
      const RootSend sent = rootSend(from, sender);
      ready &= sent.buffer == noIndex || next[sent.root] > sent.instruction;
    });
  return ready;
}

Status Lifter::liftPhase(uint32_t phase) {
  result.phases[phase].perSample = program.phases[phase].perSample;
  next.assign(program.templates.size(), 0);
  for (uint32_t t = 0; t < program.templates.size(); ++t)
    next[t] = program.templates[t].phaseBegin[phase];
  for (bool progress = true; progress;) {
    progress = false;
    for (uint32_t t = 0; t < program.templates.size(); ++t) {
      if (!isRoot(t))
        continue;
      for (; next[t] < program.templates[t].phaseBegin[phase + 1]; ++next[t]) {
        const Instruction &in = index.instructions[t][next[t]];
        if (!canRun(t, in, next[t]))
          break;
        liftInstruction(phase, t, in, next[t]);
        progress = true;
      }
    }
  }
  for (uint32_t t = 0; t < program.templates.size(); ++t)
    if (isRoot(t) && next[t] != program.templates[t].phaseBegin[phase + 1])
      return Status::error("template '" + program.templates[t].name + "' waits in phase '" +
                           program.phases[phase].name + "' for packets that no root sends before");
  return Status();
}

void Lifter::liftReceive(uint32_t phase, uint32_t t, const Instruction &in, uint32_t at) {
  const uint32_t to = bufferId(t, in.operands[0].value);
  std::vector<FusedOp> &ops = result.phases[phase].ops;
  if (const uint32_t assembly = program.templates[t].buffers[in.operands[0].value].assembly; assembly != noIndex)
    return liftAssembly(ops, to, program.assemblies[assembly]);
  std::map<uint32_t, uint32_t> sources; ///< by buffer id: the template
  int32_t port = -1;
  forEachOuterSender(t, at, [&](uint32_t route, uint32_t from, const RouteEnd &sender) {
    if (from == noIndex)
      port = index.hostPorts[route];
    else if (const RootSend sent = rootSend(from, sender); sent.buffer != noIndex)
      sources[bufferId(sent.root, sent.buffer)] = sent.root;
  });
  if (port >= 0) {
    const HostData data = program.hostPorts[port].data;
    const auto kind = data == HostData::Image    ? FusedOp::HostImage
                      : data == HostData::Labels ? FusedOp::HostLabels
                                                 : FusedOp::HostControl;
    ops.push_back({kind, Opcode::Receive, {to, 0, 0, wholeTensor}});
  }
  const bool adds =
      in.operands[3].value == 1 && !(roles.of(t, static_cast<uint32_t>(in.operands[0].value)) & BufferRoles::Gradient);
  // A buffer that was cleared just before and takes one whole product needs neither the zeros nor the sum.
  const bool replaces = adds && sources.size() == 1 && assemblyOf(*sources.begin()) == noIndex && !ops.empty() &&
                        ops.back().kind == FusedOp::Instruction && ops.back().opcode == Opcode::Clear &&
                        find(static_cast<uint32_t>(ops.back().operands[0])) == find(to);
  if (replaces)
    ops.pop_back();
  for (const auto &[from, sender] : sources) {
    if (adds && !replaces)
      liftSum(ops, t, to, from, assemblyOf({from, sender}));
    else
      join(to, from); // copies of gradients too: all that is added to one is added to their sum
  }
}

/// Adds a product of errors to the error of what its layer or pool read: of what was put together as `assembly` says, to the
/// parts that the roots of `t` own.
void Lifter::liftSum(std::vector<FusedOp> &ops, uint32_t t, uint32_t to, uint32_t from, uint32_t assembly) {
  if (assembly == noIndex)
    return ops.push_back({FusedOp::AddInto, Opcode::Receive, {to, from, 0, 0, wholeTensor}});
  int64_t at = 0;
  for (const Segment &part : program.assemblies[assembly].segments) {
    const auto begin = static_cast<int64_t>(part.begin), elements = static_cast<int64_t>(part.elements);
    if (part.templateIndex != noIndex && index.stageOf[part.templateIndex] == index.stageOf[t])
      ops.push_back({FusedOp::AddInto, Opcode::Receive, {to, from, begin, at, elements}});
    at += elements;
  }
}

/// The parts of a tensor that is put together from others.
void Lifter::liftAssembly(std::vector<FusedOp> &ops, uint32_t to, const Assembly &assembly) {
  int64_t at = 0;
  for (const Segment &part : assembly.segments) {
    const auto begin = static_cast<int64_t>(part.begin), elements = static_cast<int64_t>(part.elements);
    if (part.templateIndex == noIndex)
      ops.push_back({FusedOp::HostImage, Opcode::Receive, {to, at, begin, elements}});
    else
      ops.push_back(
          {FusedOp::Copy, Opcode::Receive, {to, bufferId(part.templateIndex, part.buffer), at, begin, elements}});
    at += elements;
  }
}

/// Of what roots send only logits are operations; the rest is lifted where it is received.
void Lifter::liftSend(std::vector<FusedOp> &ops, uint32_t t, const Instruction &in) {
  bool leaves = false;
  for (uint32_t c : index.coresOf[t])
    for (const Link &link : linksOf(in, program.cores[c]))
      leaves |= index.hostPorts[link.route] >= 0;
  if (!leaves)
    return;
  const auto buffer = static_cast<uint32_t>(in.operands[0].value);
  if (program.logits == noIndex)
    return ops.push_back({FusedOp::HostLogits, Opcode::Send, {bufferId(t, buffer), 0, 0, wholeTensor}});
  int64_t at = 0;
  for (const Segment &part : program.assemblies[program.logits].segments) {
    const auto begin = static_cast<int64_t>(part.begin), elements = static_cast<int64_t>(part.elements);
    if (part.templateIndex == t && part.buffer == buffer)
      ops.push_back({FusedOp::HostLogits, Opcode::Send, {bufferId(t, buffer), begin, at, elements}});
    at += elements;
  }
}

void Lifter::liftInstruction(uint32_t phase, uint32_t t, const Instruction &in, uint32_t at) {
  if (in.opcode == Opcode::Receive)
    return liftReceive(phase, t, in, at);
  std::vector<FusedOp> &ops = result.phases[phase].ops;
  if (in.opcode == Opcode::Send)
    return liftSend(ops, t, in);
  const OpcodeInfo &info = *findOpcode(static_cast<uint16_t>(in.opcode));
  const Core &any = program.cores[index.coresOf[t].front()];
  FusedOp op{FusedOp::Instruction, in.opcode, {}, any.layer};
  for (size_t i = 0; i < info.fields.size(); ++i)
    op.operands.push_back(info.fields[i].isBuffer() ? bufferId(t, in.operands[i].value)
                                                    : operandValue(in.operands[i], any));
  // Ranges widen from the block to the layer.
  int64_t channels = 0;
  for (uint32_t c : index.coresOf[t])
    channels += program.cores[c].neuronEnd - program.cores[c].neuronBegin;
  for (size_t i = 0; i < info.fields.size(); ++i) {
    const FieldKind kind = info.fields[i].kind;
    const std::string_view name = info.fields[i].name;
    if (kind == FieldKind::RowBegin || kind == FieldKind::NeuronBegin || name == "class_begin" || name == "begin" ||
        name == "input_begin" || name == "output_begin")
      op.operands[i] = 0;
    else if (kind == FieldKind::NeuronEnd)
      op.operands[i] = channels;
    else if (kind == FieldKind::RowEnd)
      op.operands[i] = program.layers[any.layer].geometry.rowEnd;
    else if (name == "channels") {
      op.operands[i] = 0;
      for (uint32_t c : index.coresOf[t])
        op.operands[i] += operandValue(in.operands[i], program.cores[c]);
    }
  }
  for (size_t i = 0; i < info.fields.size(); ++i)
    if (info.fields[i].isBuffer()) {
      int64_t &size = sizes[static_cast<uint32_t>(op.operands[i])];
      size = std::max(size, wholeElements(t, in, i));
    }
  ops.push_back(std::move(op));
}

/// Elements of the whole tensor of which an instruction's operand is this core's part.
int64_t Lifter::wholeElements(uint32_t t, const Instruction &in, size_t field) const {
  const OpcodeInfo &info = *findOpcode(static_cast<uint16_t>(in.opcode));
  const std::string_view name = info.fields[field].name;
  const BufferDecl &decl = program.templates[t].buffers[in.operands[field].value];
  if (decl.tables != noIndex)
    return static_cast<int64_t>(program.tables[decl.tables].entries.size());
  // Cores may have overlapping parts of what they rearrange.
  if (info.opcode == Opcode::Rearrange && name == "input")
    return program.moves[in.operands[2].value].inElements;
  const std::vector<uint32_t> &cores = index.coresOf[t];
  // Every core has a copy of its own of these.
  if (name == "maximum" || name == "exponent" || name == "control" || name == "labels" ||
      info.opcode == Opcode::ShiftExponent)
    return operandValue(decl.elements, program.cores[cores.front()]);
  const uint32_t layer = program.cores[cores.front()].layer;
  const bool readsInput = info.opcode == Opcode::Forward || info.opcode == Opcode::Outer || isOfBatch(info.opcode);
  const bool isLayerInput = (readsInput && name == "input") || (info.opcode == Opcode::Transposed && name == "output");
  if (isLayerInput)
    return program.layers[layer].geometry.channelEnd() * program.layers[layer].geometry.plane();
  if (name == "gradient" || name == "sums") // the whole gradient, however few neurons the cores take at a time
    return program.layers[layer].geometry.weights();
  int64_t sum = 0;
  for (uint32_t c : cores)
    sum += operandValue(decl.elements, program.cores[c]);
  return sum;
}

void Lifter::nameTensors() {
  // Scalars may be cleared or reduced only; the size every use agrees on is the largest.
  std::map<uint32_t, uint32_t> tensorOf;
  auto tensor = [&](int64_t id) {
    const uint32_t set = find(static_cast<uint32_t>(id));
    auto [entry, isNew] = tensorOf.try_emplace(set, static_cast<uint32_t>(result.tensors.size()));
    if (isNew)
      result.tensors.emplace_back();
    return entry->second;
  };
  for (uint32_t t = 0; t < program.templates.size(); ++t) {
    if (!isRoot(t))
      continue;
    for (uint32_t b = 0; b < program.templates[t].buffers.size(); ++b) {
      const BufferDecl &decl = program.templates[t].buffers[b];
      const uint32_t id = bufferId(t, b);
      FusedTensor &whole = result.tensors[tensor(id)];
      whole.type = decl.type;
      whole.tables = decl.tables;
      if (whole.lifetime == Lifetime::Sample)
        whole.lifetime = decl.lifetime;
      // A buffer that packets fill or empty but no instruction computes on has no size yet: its parts together.
      int64_t parts = 0;
      for (uint32_t c : index.coresOf[t])
        parts += operandValue(decl.elements, program.cores[c]);
      whole.elements = std::max(whole.elements, sizes.count(id) ? sizes[id] : parts);
    }
  }
  for (FusedPhase &phase : result.phases)
    for (FusedOp &op : phase.ops) {
      const OpcodeInfo &info = *findOpcode(static_cast<uint16_t>(op.opcode));
      for (size_t i = 0; i < op.operands.size(); ++i)
        if (op.kind == FusedOp::Instruction ? info.fields[i].isBuffer() : i < tensorOperands(op.kind))
          op.operands[i] = tensor(op.operands[i]);
      if (op.kind != FusedOp::Instruction && op.operands.back() == wholeTensor)
        op.operands.back() = result.tensors[op.operands[0]].elements;
    }
  std::set<std::string> named;
  for (uint32_t i = 0; i < program.tracePoints.size(); ++i) {
    const TracePoint &point = program.tracePoints[i];
    if (isRoot(point.templateIndex) && (named.insert(point.name).second || point.rows))
      result.traces.push_back({i, tensor(bufferId(point.templateIndex, point.buffer))});
  }
}

/// Parts of tensors must be in them: sizes are known only now.
Status Lifter::checkRanges() const {
  auto holds = [&](int64_t tensor, int64_t first, int64_t count) {
    return count <= result.tensors[tensor].elements && first <= result.tensors[tensor].elements - count;
  };
  for (const FusedPhase &phase : result.phases)
    for (const FusedOp &op : phase.ops) {
      const std::vector<int64_t> &o = op.operands;
      bool ok = true;
      if (op.kind == FusedOp::AddInto)
        ok = holds(o[0], o[2], o[4]) && holds(o[1], o[3], o[4]);
      else if (op.kind == FusedOp::Copy)
        ok = holds(o[0], o[2], o[4]) && holds(o[1], o[3], o[4]) &&
             result.tensors[o[0]].type == result.tensors[o[1]].type && result.tensors[o[1]].lifetime != Lifetime::Step;
      else if (op.kind == FusedOp::HostLogits)
        ok = holds(o[0], o[1], o[3]) && o[3] <= int64_t(program.classes) - o[2];
      else if (op.kind == FusedOp::HostImage)
        ok = holds(o[0], o[1], o[3]) &&
             o[3] <= int64_t(program.inputChannels) * program.inputHeight * program.inputWidth - o[2];
      else if (op.kind == FusedOp::Instruction && op.opcode == Opcode::Lookup)
        ok = (result.tensors[o[2]].elements - 1) / o[3] < result.tensors[o[1]].elements >>
             program.tables[result.tensors[o[1]].tables].bits;
      else if (op.kind == FusedOp::Instruction && op.opcode == Opcode::Rearrange)
        ok = holds(o[0], 0, program.moves[o[2]].inElements) &&
             result.tensors[o[1]].elements == program.moves[o[2]].outElements;
      if (!ok)
        return Status::error("a part of a tensor lies outside it, or is of another type");
    }
  return Status();
}

} // namespace

Expected<FusedProgram> liftProgram(const Program &program) {
  const StreamIndex index(program);
  return Lifter(program, index).lift();
}

} // namespace wage::rt
