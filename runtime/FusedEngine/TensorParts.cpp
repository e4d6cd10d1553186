//===- TensorParts.cpp - which part of a tensor a buffer holds -------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/FusedEngine/TensorParts.h"

#include <algorithm>

namespace wage::rt {

int64_t TensorParts::elementsAt(const RouteEnd &end) const {
  return operandValue(program.templates[coreOf(end).templateIndex].buffers[end.buffer].elements, coreOf(end));
}

int64_t TensorParts::sliceBegin(const RouteEnd &end) const {
  const Core &core = coreOf(end);
  const int64_t neurons = core.neuronEnd - core.neuronBegin;
  return neurons ? core.neuronBegin * (elementsAt(end) / neurons) : 0;
}

int64_t TensorParts::inputBegin(const RouteEnd &end) const {
  LinearBlock block = program.layers[coreOf(end).layer].geometry;
  block.rowBegin = coreOf(end).rowBegin;
  return block.channelBegin() * block.plane();
}

int64_t TensorParts::partBegin(const RouteEnd &end) const {
  const unsigned role = roles.of(coreOf(end).templateIndex, end.buffer);
  if (role & BufferRoles::LayerInput)
    return inputBegin(end);
  if (role & BufferRoles::Range)
    for (const Instruction &in : index.instructions[coreOf(end).templateIndex])
      if (in.opcode == Opcode::Rearrange && static_cast<uint32_t>(in.operands[0].value) == end.buffer)
        return operandValue(in.operands[3], coreOf(end));
  return sliceBegin(end);
}

bool TensorParts::isInAssembly(uint32_t assembly, int64_t at, int64_t elements, uint32_t templateIndex, uint32_t buffer,
                               int64_t begin) const {
  int64_t first = 0;
  for (const Segment &segment : program.assemblies[assembly].segments) {
    const int64_t last = first + static_cast<int64_t>(segment.elements);
    if (at >= first && at + elements <= last)
      return segment.templateIndex == templateIndex && (templateIndex == noIndex || segment.buffer == buffer) &&
             static_cast<int64_t>(segment.begin) + at - first == begin;
    first = last;
  }
  return false;
}

/// Elements of the tensor whose slices the roots of `t` hold in `buffer`; -1 if the slices do not stand side by side.
int64_t TensorParts::tiledElements(uint32_t t, uint32_t buffer) const {
  std::vector<std::pair<int64_t, int64_t>> slices;
  for (uint32_t c : index.coresOf[t]) {
    const RouteEnd end{c, 0, buffer, 0};
    slices.emplace_back(sliceBegin(end), elementsAt(end));
  }
  std::sort(slices.begin(), slices.end());
  int64_t at = 0;
  for (const auto &[begin, elements] : slices) {
    if (begin != at)
      return -1;
    at += elements;
  }
  return at;
}

/// Operand `begin` must say of every core where its part in operand `buffer` begins.
Status TensorParts::proveBegin(uint32_t t, const Instruction &in, size_t buffer, size_t begin) const {
  const auto name = static_cast<uint32_t>(in.operands[buffer].value);
  for (uint32_t c : index.coresOf[t]) {
    const int64_t needed = partBegin({c, 0, name, 0}), found = operandValue(in.operands[begin], program.cores[c]);
    if (found != needed)
      return Status::error("core (" + std::to_string(program.cores[c].x) + ", " + std::to_string(program.cores[c].y) +
                           "): '" + std::string(findOpcode(static_cast<uint16_t>(in.opcode))->mnemonic) +
                           "' takes buffer '" + program.templates[t].buffers[name].name + "' to begin at " +
                           std::to_string(found) + ", it begins at " + std::to_string(needed));
  }
  return Status();
}

/// Tables and moves know which part of a tensor a core has, and the parts make the whole.
Status TensorParts::proveInstruction(uint32_t t, const Instruction &in) const {
  const bool isMove = in.opcode == Opcode::Rearrange;
  if (!isMove && in.opcode != Opcode::Lookup)
    return Status();
  const size_t outputField = isMove ? 1 : 2;
  const auto input = static_cast<uint32_t>(in.operands[0].value);
  const int64_t outElements = tiledElements(t, static_cast<uint32_t>(in.operands[outputField].value));
  bool isWhole = outElements >= 0;
  if (isMove) {
    const Move &move = program.moves[in.operands[2].value];
    isWhole = outElements == move.outElements &&
              ((roles.of(t, input) & BufferRoles::Range) || tiledElements(t, input) == move.inElements);
  }
  if (!isWhole)
    return Status::error("template '" + program.templates[t].name + "': its cores' parts of a tensor that is " +
                         (isMove ? "rearranged" : "looked up") + " do not make the whole");
  if (Status status = proveBegin(t, in, outputField, 4); !status.ok())
    return status;
  return isMove ? proveBegin(t, in, 0, 3) : Status();
}

Status TensorParts::proveSegment(const Segment &segment) const {
  const uint32_t t = segment.templateIndex;
  if (t == noIndex || (index.rootTemplate[index.stageOf[t]] == t &&
                       tiledElements(t, segment.buffer) >= static_cast<int64_t>(segment.begin + segment.elements)))
    return Status();
  return Status::error("an assembly takes what template '" + program.templates[t].name + "' does not hold");
}

/// A buffer that is put together has as many elements, over all cores, as the parts.
Status TensorParts::proveAssembled(uint32_t t, uint32_t buffer) const {
  const BufferDecl &decl = program.templates[t].buffers[buffer];
  if (decl.assembly == noIndex)
    return Status();
  const auto elements = static_cast<int64_t>(program.assemblies[decl.assembly].elements());
  int64_t needed = 0;
  if (roles.of(t, buffer) & BufferRoles::LayerInput) {
    const LinearBlock &geometry = program.layers[index.stageOf[t]].geometry;
    needed = geometry.channelEnd() * geometry.plane();
  } else if (roles.of(t, buffer) & BufferRoles::Range) {
    for (const Instruction &in : index.instructions[t])
      if (in.opcode == Opcode::Rearrange && static_cast<uint32_t>(in.operands[0].value) == buffer)
        needed = program.moves[in.operands[2].value].inElements;
  } else {
    needed = tiledElements(t, buffer);
  }
  return elements == needed ? Status()
                            : Status::error("template '" + program.templates[t].name + "', buffer '" + decl.name +
                                            "': put together from " + std::to_string(elements) + " elements, needed " +
                                            std::to_string(needed));
}

Status TensorParts::prove() const {
  for (uint32_t t = 0; t < program.templates.size(); ++t) {
    for (const Instruction &in : index.instructions[t])
      if (Status status = proveInstruction(t, in); !status.ok())
        return status;
    for (uint32_t b = 0; b < program.templates[t].buffers.size(); ++b)
      if (Status status = proveAssembled(t, b); !status.ok())
        return status;
  }
  for (const Assembly &assembly : program.assemblies)
    for (const Segment &segment : assembly.segments)
      if (Status status = proveSegment(segment); !status.ok())
        return status;
  return Status();
}

} // namespace wage::rt
