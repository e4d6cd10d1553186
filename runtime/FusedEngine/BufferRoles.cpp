//===- BufferRoles.cpp - what buffers are to a layer's products ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/FusedEngine/BufferRoles.h"

#include <algorithm>

namespace wage::rt {

namespace {

bool isProduct(Opcode opcode) {
  return opcode == Opcode::Forward || opcode == Opcode::Transposed || opcode == Opcode::Outer ||
         opcode == Opcode::Update || isOfBatch(opcode);
}

/// Instructions of one phase that pass a filter.
template <typename F>
std::vector<const Instruction *> filter(const Program &program, const StreamIndex &index, uint32_t t, uint32_t phase,
                                        F keep) {
  std::vector<const Instruction *> kept;
  for (uint32_t i = program.templates[t].phaseBegin[phase]; i < program.templates[t].phaseBegin[phase + 1]; ++i)
    if (keep(index.instructions[t][i]))
      kept.push_back(&index.instructions[t][i]);
  return kept;
}

} // namespace

BufferRoles::BufferRoles(const Program &program, const StreamIndex &index) : program(program), index(index) {
  for (uint32_t t = 0; t < program.templates.size(); ++t) {
    const size_t count = program.templates[t].buffers.size();
    roles.emplace_back(count, 0u);
    toRoot.emplace_back(count, noIndex);
    for (const Instruction &in : index.instructions[t]) {
      auto mark = [&](int operand, unsigned role) { roles[t][in.operands[operand].value] |= role; };
      if (in.opcode == Opcode::Forward)
        mark(0, LayerInput), mark(1, Accumulator);
      else if (in.opcode == Opcode::Transposed)
        mark(0, Error), mark(1, ErrorProduct);
      else if (in.opcode == Opcode::Outer)
        mark(0, Error), mark(1, LayerInput), mark(2, Gradient);
      else if (in.opcode == Opcode::MaxAbs)
        mark(1, Maximum);
      else if (in.opcode == Opcode::ShiftClipBy)
        mark(1, Exponent);
      else if (in.opcode == Opcode::Update)
        mark(1, Exponent), mark(2, Control);
      else if (in.opcode == Opcode::OuterMax)
        mark(0, Error), mark(1, LayerInput), mark(2, Sums), mark(3, Maximum);
      else if (in.opcode == Opcode::OuterUpdate)
        mark(0, Error), mark(1, LayerInput), mark(2, Sums), mark(3, Exponent), mark(4, Control);
    }
    markRanges(t);
    if (index.rootTemplate[index.stageOf[t]] == t)
      for (uint32_t b = 0; b < count; ++b)
        toRoot[t][b] = b;
  }
  for (uint32_t t = 0; t < program.templates.size(); ++t) {
    const uint32_t root = index.rootTemplate[index.stageOf[t]];
    if (root != t && root != noIndex && problem.ok())
      problem = matchTemplate(t, root);
  }
}

/// What is received, and read by Rearrange only, holds a range of a tensor.
void BufferRoles::markRanges(uint32_t t) {
  std::vector<bool> isReceived(roles[t].size(), false), isMoved(roles[t].size(), false),
      hasOther(roles[t].size(), false);
  for (const Instruction &in : index.instructions[t]) {
    const OpcodeInfo &info = *findOpcode(static_cast<uint16_t>(in.opcode));
    for (size_t k = 0; k < info.fields.size(); ++k) {
      if (!info.fields[k].isBuffer())
        continue;
      const bool moves = in.opcode == Opcode::Rearrange && k == 0;
      (in.opcode == Opcode::Receive ? isReceived : moves ? isMoved : hasOther)[in.operands[k].value] = true;
    }
  }
  for (size_t b = 0; b < roles[t].size(); ++b)
    if (isReceived[b] && isMoved[b] && !hasOther[b])
      roles[t][b] |= Range;
}

/// Whether `a` of a block does what `b` of the root does; then their buffers correspond from now on.
bool BufferRoles::matchInstruction(uint32_t block, const Instruction &a, uint32_t root, const Instruction &b) {
  if (a.opcode != b.opcode)
    return false;
  const OpcodeInfo &info = *findOpcode(static_cast<uint16_t>(a.opcode));
  for (size_t i = 0; i < info.fields.size(); ++i) {
    if (!info.fields[i].isBuffer())
      continue;
    const uint32_t from = a.operands[i].value, to = b.operands[i].value;
    const BufferDecl &x = program.templates[block].buffers[from], &y = program.templates[root].buffers[to];
    const bool taken = std::count(toRoot[block].begin(), toRoot[block].end(), to) > 0;
    if (toRoot[block][from] == noIndex ? taken || x.type != y.type : toRoot[block][from] != to)
      return false;
  }
  for (size_t i = 0; i < info.fields.size(); ++i)
    if (info.fields[i].isBuffer())
      toRoot[block][a.operands[i].value] = b.operands[i].value;
  return true;
}

/// Products first, since they say which buffers correspond; then maxima and exponents of those; then what clears them.
Status BufferRoles::matchTemplate(uint32_t block, uint32_t root) {
  const std::string where =
      "template '" + program.templates[block].name + "' does not do what '" + program.templates[root].name + "' does: ";
  auto corresponds = [&](const Instruction &in) {
    // Of the root's maxima, exponents and clears only those on buffers that blocks have too are theirs to repeat. Errors that are
    // added up on the roots come to the blocks whole.
    const auto &map = toRoot[block];
    if (in.opcode == Opcode::Clear && (roles[root][in.operands[0].value] & Error))
      return false;
    return std::count(map.begin(), map.end(), static_cast<uint32_t>(in.operands[0].value)) > 0;
  };
  for (int pass = 0; pass < 4; ++pass) {
    auto wanted = [&](const Instruction &in) {
      return pass == 0   ? isProduct(in.opcode)
             : pass == 1 ? in.opcode == Opcode::MaxAbs
             : pass == 2 ? in.opcode == Opcode::ShiftExponent
                         : in.opcode == Opcode::Clear;
    };
    for (uint32_t phase = 0; phase < program.phases.size(); ++phase) {
      const auto mine = filter(program, index, block, phase, wanted);
      const auto theirs = filter(program, index, root, phase,
                                 [&](const Instruction &in) { return wanted(in) && (pass == 0 || corresponds(in)); });
      bool same = mine.size() == theirs.size();
      for (size_t i = 0; same && i < mine.size(); ++i)
        same = matchInstruction(block, *mine[i], root, *theirs[i]);
      if (!same)
        return Status::error(where + "its products, maxima or updates differ in phase '" + program.phases[phase].name +
                             "'");
    }
  }
  for (const Instruction &in : index.instructions[block])
    if (!isProduct(in.opcode) && in.opcode != Opcode::MaxAbs && in.opcode != Opcode::ShiftExponent &&
        in.opcode != Opcode::Clear && in.opcode != Opcode::Send && in.opcode != Opcode::Receive)
      return Status::error(where + "it has an instruction that only roots may have");
  return Status();
}

bool BufferRoles::isClearedBefore(uint32_t t, uint32_t buffer, uint32_t instruction) const {
  uint32_t phase = 0;
  while (program.templates[t].phaseBegin[phase + 1] <= instruction)
    ++phase;
  for (uint32_t i = instruction; i-- > program.templates[t].phaseBegin[phase];) {
    const Instruction &in = index.instructions[t][i];
    const OpcodeInfo &info = *findOpcode(static_cast<uint16_t>(in.opcode));
    for (size_t k = 0; k < info.fields.size(); ++k)
      if (info.fields[k].isBuffer() && info.fields[k].kind != FieldKind::BufIn &&
          static_cast<uint32_t>(in.operands[k].value) == buffer)
        return in.opcode == Opcode::Clear;
  }
  return false;
}

Status proveRoles(const Program &program, const StreamIndex &index, const BufferRoles &roles) {
  std::vector<uint32_t> blockTemplate(program.layers.size(), noIndex);
  for (const Core &core : program.cores) {
    const uint32_t t = core.templateIndex;
    // A template serves one layer (or none): its stage was taken from one of its cores.
    if (core.layer != noIndex ? index.stageOf[t] != core.layer : index.stageOf[t] < program.layers.size())
      return Status::error("template '" + program.templates[t].name + "' serves two layers");
    const bool isRoot = isRootCore(program, core);
    if (isRoot != (index.rootTemplate[index.stageOf[t]] == t))
      return Status::error("template '" + program.templates[t].name + "' is run by roots and by other blocks");
    if (!isRoot && blockTemplate[core.layer] != noIndex && blockTemplate[core.layer] != t)
      return Status::error("layer '" + program.layers[core.layer].name + "' has two templates for blocks");
    if (!isRoot)
      blockTemplate[core.layer] = t;
  }
  return roles.problem;
}

} // namespace wage::rt
