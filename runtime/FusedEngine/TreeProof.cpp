//===- TreeProof.cpp - sums and maxima that climb trees of cores ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/FusedEngine/TreeProof.h"

#include <algorithm>

namespace wage::rt {

namespace {

/// The entry of a core, or a default where there is none.
uint32_t lookUp(const std::map<uint32_t, uint32_t> &map, uint32_t core, uint32_t otherwise) {
  auto found = map.find(core);
  return found == map.end() ? otherwise : found->second;
}

} // namespace

TreeProof::TreeProof(const Program &program, const StreamIndex &index, const BufferRoles &roles)
    : program(program), index(index), roles(roles), coresOf(index.rootTemplate.size()) {
  for (uint32_t c = 0; c < program.cores.size(); ++c)
    coresOf[index.stageOf[program.cores[c].templateIndex]].push_back(c);
}

/// The first instruction of a template with one of the opcodes whose operand corresponds to `rootBuffer`; noIndex if none.
uint32_t TreeProof::instructionOn(uint32_t t, uint32_t rootBuffer, std::initializer_list<Opcode> opcodes,
                                  int operand) const {
  const std::vector<Instruction> &stream = index.instructions[t];
  for (uint32_t i = 0; i < stream.size(); ++i)
    if (std::find(opcodes.begin(), opcodes.end(), stream[i].opcode) != opcodes.end() &&
        roles.rootBuffer(t, stream[i].operands[operand].value) == rootBuffer)
      return i;
  return noIndex;
}

/// Whether the way up from a core ends at `goal` (anywhere, for noIndex) and does not go round in a circle.
bool TreeProof::reaches(const Tree &tree, uint32_t from, uint32_t goal) const {
  size_t steps = 0;
  while (tree.parent.count(from) && steps++ <= program.cores.size())
    from = tree.parent.at(from);
  return steps <= program.cores.size() && (goal == noIndex || from == goal);
}

Status TreeProof::proveSum(const Tree &tree, bool overRows, uint32_t stage, uint32_t rootBuffer) const {
  const std::string where = "layer '" + program.layers[stage].name + "': ";
  for (uint32_t c : coresOf[stage]) {
    const Core &core = program.cores[c];
    const bool onEdge = overRows ? isRootCore(program, core) : core.neuronBegin == 0;
    if (onEdge == (tree.parent.count(c) > 0) || !reaches(tree, c, noIndex))
      return Status::error(where + "a block's partial sum is lost, or sent on from where it should stay");
    const uint32_t product = instructionOn(core.templateIndex, rootBuffer, {Opcode::Forward, Opcode::Transposed}, 1);
    const uint32_t sendAt = lookUp(tree.sendAt, c, noIndex);
    if (lookUp(tree.firstReceiveAt, c, noIndex) < product || sendAt < product ||
        lookUp(tree.lastReceiveAt, c, 0) > sendAt)
      return Status::error(where + "a core does not first multiply, then add what it receives, then send its sum on");
  }
  return Status();
}

/// The first instruction that raises a maximum.
uint32_t TreeProof::raiseOf(uint32_t t, uint32_t rootBuffer) const {
  return std::min(instructionOn(t, rootBuffer, {Opcode::MaxAbs}, 1),
                  instructionOn(t, rootBuffer, {Opcode::OuterMax}, 3));
}

Status TreeProof::proveMaximum(const Tree &tree, const Telling &telling, const Buffers &buffers) const {
  const std::string where = "template '" + program.templates[buffers.front().first].name + "': the maximum ";
  std::vector<std::pair<uint32_t, uint32_t>> members; // core and buffer
  for (const auto &[t, buffer] : buffers)
    if (raiseOf(t, roles.rootBuffer(t, buffer)) != noIndex)
      for (uint32_t c : index.coresOf[t])
        members.push_back({c, buffer});
  if (members.size() > 1 && (telling.teller == noIndex || tree.parent.count(telling.teller)))
    return Status::error(where + "has no core that tells it to all");
  for (const auto &[c, buffer] : members) {
    const uint32_t t = program.cores[c].templateIndex, rootBuffer = roles.rootBuffer(t, buffer);
    const bool tells = c == telling.teller || members.size() == 1;
    if (!tells && (!tree.parent.count(c) || !telling.told.count(c) || !reaches(tree, c, telling.teller)))
      return Status::error(where +
                           "does not climb from every core to the one that tells it, or is not told to every core");
    const uint32_t raise = raiseOf(t, rootBuffer);
    const uint32_t clear = instructionOn(t, rootBuffer, {Opcode::Clear}, 0);
    const uint32_t exponent = instructionOn(t, rootBuffer, {Opcode::ShiftExponent}, 0);
    const uint32_t received = lookUp(tree.lastReceiveAt, c, raise);
    const uint32_t sent = tells ? (members.size() == 1 ? received : telling.tellAt) : tree.sendAt.at(c);
    const uint32_t known = tells ? sent : telling.told.at(c);
    if (clear > raise || lookUp(tree.firstReceiveAt, c, noIndex) < raise || received > sent || sent > known ||
        (exponent != noIndex && exponent < known))
      return Status::error(where + "is not cleared, raised, gathered, sent on, told and used in this order");
  }
  return Status();
}

uint32_t TreeProof::phaseOf(uint32_t t, uint32_t instruction) const {
  const std::vector<uint32_t> &begins = program.templates[t].phaseBegin;
  return static_cast<uint32_t>(std::upper_bound(begins.begin(), begins.end(), instruction) - begins.begin()) - 1;
}

Status TreeProof::proveGradient(const Tree &tree, const Telling &telling, const std::vector<uint32_t> &cores,
                                const Buffers &buffers) const {
  std::map<uint32_t, uint32_t> bufferOf(buffers.begin(), buffers.end()); // by template
  const Core &any = program.cores[cores.front()];
  const std::string where = "layer '" + program.layers[any.layer].name + "', gradient of rows from " +
                            std::to_string(any.rowBegin) + " of neurons from " + std::to_string(any.neuronBegin) + ": ";
  if (telling.teller == noIndex || tree.parent.count(telling.teller))
    return Status::error(where + "no core tells the sum of the copies' to all");
  uint32_t lastCleared = 0, firstAdded = noIndex; // phases
  for (uint32_t c : cores) {
    const uint32_t t = program.cores[c].templateIndex;
    const bool tells = c == telling.teller;
    if (!tells && (!tree.parent.count(c) || !telling.told.count(c) || !reaches(tree, c, telling.teller)))
      return Status::error(where + "it is not summed over all copies, or not told to all");
    const uint32_t received = lookUp(tree.lastReceiveAt, c, 0);
    const uint32_t sent = tells ? telling.tellAt : tree.sendAt.at(c), known = tells ? sent : telling.told.at(c);
    const uint32_t exchanged = phaseOf(t, std::min(sent, lookUp(tree.firstReceiveAt, c, noIndex)));
    bool isOrdered = received <= sent && sent <= known;
    const std::vector<Instruction> &stream = index.instructions[t];
    for (uint32_t i = 0; i < stream.size(); ++i) {
      const OpcodeInfo &info = *findOpcode(static_cast<uint16_t>(stream[i].opcode));
      for (size_t k = 0; k < info.fields.size(); ++k) {
        if (!info.fields[k].isBuffer() || static_cast<uint32_t>(stream[i].operands[k].value) != bufferOf[t])
          continue;
        if (stream[i].opcode == Opcode::Clear)
          lastCleared = std::max(lastCleared, phaseOf(t, i));
        else if (stream[i].opcode == Opcode::Outer)
          firstAdded = std::min(firstAdded, phaseOf(t, i)), isOrdered &= phaseOf(t, i) < exchanged;
        else if (info.work != WorkKind::Message)
          isOrdered &= i > known;
      }
    }
    if (!isOrdered)
      return Status::error(where + "it is not formed, summed, told and used in this order");
  }
  return lastCleared < firstAdded ? Status() : Status::error(where + "it is cleared after a copy has added to it");
}

} // namespace wage::rt
