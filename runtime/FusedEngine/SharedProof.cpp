//===- SharedProof.cpp - maxima and gradients that several stages have alike ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/FusedEngine/PacketProof.h"

namespace wage::rt {

uint32_t PacketProof::sharedBuffer(uint32_t t, uint32_t buffer) const {
  const uint32_t root = roles.rootBuffer(t, buffer);
  if (root == noIndex)
    return noIndex;
  uint32_t id = firstBuffer[index.rootTemplate[index.stageOf[t]]] + root;
  while (sharedWith[id] != id)
    id = sharedWith[id];
  return id;
}

void PacketProof::joinShared() {
  for (uint32_t r = 0; r < program.routes.size(); ++r)
    for (const RouteEnd &receiver : index.receivers[r]) {
      const RouteEnd &sender = index.senders[r];
      if (sender.core == noIndex || stageOf(sender.core) == stageOf(receiver.core) ||
          !(rolesOf(sender) & rolesOf(receiver) & (BufferRoles::Maximum | BufferRoles::Gradient)))
        continue;
      const uint32_t a = sharedBuffer(coreOf(sender).templateIndex, sender.buffer);
      const uint32_t b = sharedBuffer(coreOf(receiver).templateIndex, receiver.buffer);
      if (a != noIndex && b != noIndex)
        sharedWith[std::max(a, b)] = std::min(a, b);
    }
  for (uint32_t t = 0; t < program.templates.size(); ++t)
    for (uint32_t b = 0; b < program.templates[t].buffers.size(); ++b)
      if (roles.of(t, b) & (BufferRoles::Maximum | BufferRoles::Gradient))
        if (const uint32_t shared = sharedBuffer(t, b); shared != noIndex)
          buffersOf[shared].push_back({t, b});
}

bool PacketProof::isSharedGradient(uint32_t t, uint32_t buffer) const {
  const uint32_t shared = sharedBuffer(t, buffer);
  const auto first = gradientTrees.lower_bound({shared, 0, 0});
  return first != gradientTrees.end() && std::get<0>(first->first) == shared;
}

bool addToTree(Tree &tree, const RouteEnd &sender, const RouteEnd &receiver) {
  if (!tree.parent.emplace(sender.core, receiver.core).second)
    return false;
  tree.sendAt[sender.core] = sender.instruction;
  uint32_t &first = tree.firstReceiveAt.try_emplace(receiver.core, receiver.instruction).first->second;
  first = std::min(first, receiver.instruction);
  uint32_t &last = tree.lastReceiveAt[receiver.core];
  last = std::max(last, receiver.instruction);
  return true;
}

/// Notes that a core is told what the tree has gathered. False: another core tells it too.
static bool addToTelling(Telling &telling, const RouteEnd &sender, const RouteEnd &receiver) {
  if (telling.teller != noIndex && telling.teller != sender.core)
    return false;
  telling.teller = sender.core;
  telling.tellAt = sender.instruction;
  telling.told[receiver.core] = receiver.instruction;
  return true;
}

Status PacketProof::visitMaximum(uint32_t route, const RouteEnd &sender, const RouteEnd &receiver, int64_t mode) {
  const uint32_t shared = sharedBuffer(coreOf(receiver).templateIndex, receiver.buffer);
  if (mode == 0)
    return addToTelling(tellings[shared], sender, receiver) ? Status()
                                                            : broken(route, receiver, "two cores tell the maximum");
  return addToTree(maximumTrees[shared], sender, receiver) ? Status()
                                                           : broken(route, receiver, "a core's part is added twice");
}

Status PacketProof::visitGradient(uint32_t route, const RouteEnd &sender, const RouteEnd &receiver, int64_t mode) {
  const Core &from = coreOf(sender), &to = coreOf(receiver);
  const bool isSameBlock = program.originalOf(from.layer) == program.originalOf(to.layer) &&
                           from.neuronBegin == to.neuronBegin && from.neuronEnd == to.neuronEnd &&
                           from.rowBegin == to.rowBegin && from.rowEnd == to.rowEnd;
  const bool isWhole = sender.offset == 0 && receiver.offset == 0 &&
                       program.routes[route].elements == parts.elementsAt(sender) &&
                       parts.elementsAt(sender) == parts.elementsAt(receiver);
  const uint32_t shared = sharedBuffer(to.templateIndex, receiver.buffer);
  if (!isSameBlock || !isWhole || shared == noIndex || mode == 2)
    return broken(route, receiver, "is not the gradient of the same block of a copy of the layer");
  const Block block{shared, to.neuronBegin, to.rowBegin};
  Tree &tree = gradientTrees[block];
  if (mode == 0)
    return addToTelling(gradientTellings[block], sender, receiver)
               ? Status()
               : broken(route, receiver, "two cores tell the gradient");
  return addToTree(tree, sender, receiver) ? Status() : broken(route, receiver, "a core's part is added twice");
}

/// Copies of a layer that learns must change alike: their gradients are summed, their exponents are one.
Status PacketProof::proveCopies() {
  const TreeProof trees(program, index, roles);
  std::map<uint32_t, std::vector<uint32_t>> copies; // by original: all that have its weights
  for (uint32_t layer = 0; layer < program.layers.size(); ++layer)
    if (program.learns(program.layers[layer]))
      copies[program.originalOf(layer)].push_back(layer);
  for (const auto &[original, layers] : copies) {
    if (layers.size() == 1)
      continue;
    std::set<std::pair<uint32_t, uint32_t>> used; // gradient and maximum of each update
    for (uint32_t layer : layers)
      used.insert(updateOf(index.rootTemplate[layer]));
    const auto [gradient, maximum] = *used.begin();
    if (used.size() != 1 || gradient == noIndex || maximum == noIndex)
      return Status::error("layer '" + program.layers[original].name + "': its copies are not updated alike");
    std::map<std::pair<uint32_t, uint32_t>, std::vector<uint32_t>> blocks; // by first neuron and row
    for (uint32_t c = 0; c < program.cores.size(); ++c)
      if (const Core &core = program.cores[c]; core.layer != noIndex && program.originalOf(core.layer) == original)
        blocks[{core.neuronBegin, core.rowBegin}].push_back(c);
    for (const auto &[begin, cores] : blocks) {
      const Block block{gradient, begin.first, begin.second};
      if (Status status =
              trees.proveGradient(gradientTrees[block], gradientTellings[block], cores, buffersOf[gradient]);
          !status.ok())
        return status;
    }
  }
  return Status();
}

/// The shared gradient, and the shared maximum of the exponent, of the one update of a template; noIndex where there is none.
std::pair<uint32_t, uint32_t> PacketProof::updateOf(uint32_t t) const {
  std::pair<uint32_t, uint32_t> found{noIndex, noIndex};
  const std::vector<Instruction> &stream = index.instructions[t];
  for (const Instruction &update : stream) {
    if (update.opcode != Opcode::Update)
      continue;
    if (found.first != noIndex)
      return {noIndex, noIndex}; // twice
    found.first = sharedBuffer(t, static_cast<uint32_t>(update.operands[0].value));
    for (const Instruction &in : stream)
      if (in.opcode == Opcode::ShiftExponent && in.operands[1].value == update.operands[1].value)
        found.second = sharedBuffer(t, static_cast<uint32_t>(in.operands[0].value));
  }
  return found;
}

} // namespace wage::rt
