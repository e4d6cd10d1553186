//===- LiftProof.cpp - the packets put the blocks together ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/FusedEngine/LiftProof.h"

#include "runtime/Format/Streams.h"
#include "runtime/FusedEngine/PacketProof.h"

namespace wage::rt {

//===----------------------------------------------------------------------===//
// One packet stream at one destination
//===----------------------------------------------------------------------===//

Status PacketProof::visit(uint32_t route, const RouteEnd &receiver) {
  const Instruction &in = index.instructions[coreOf(receiver).templateIndex][receiver.instruction];
  const int64_t mode = operandValue(in.operands[3], coreOf(receiver));
  const RouteEnd &sender = index.senders[route];
  if (sender.core == noIndex)
    return mode == 0 ? visitHost(route, receiver) : broken(route, receiver, "adds what the host sends");
  if (stageOf(sender.core) == stageOf(receiver.core))
    return visitWithin(route, sender, receiver, mode);
  return visitBetween(route, sender, receiver, mode);
}

Status PacketProof::visitHost(uint32_t route, const RouteEnd &receiver) {
  const HostPort &port = program.hostPorts[index.hostPorts[route]];
  const Place place{receiver.core, receiver.instruction};
  filled[place].add(receiver.offset, program.routes[route].elements);
  filledElements[place] = parts.elementsAt(receiver);
  if (assemblyOf(receiver) != noIndex)
    return port.data == HostData::Image ? visitPart(route, receiver, noIndex, 0, port.offset)
                                        : broken(route, receiver, "takes from the host what is no part of the image");
  if (port.data != HostData::Image)
    return Status();
  if ((rolesOf(receiver) & BufferRoles::LayerInput) && !agreesWithRoot(receiver))
    return broken(route, receiver, "a block's input is put together otherwise than its root's");
  return parts.partBegin(receiver) + receiver.offset == port.offset
             ? Status()
             : broken(route, receiver, "the image arrives at the wrong place");
}

/// A packet of elements from `begin` on, of the tensor that roots hold in `buffer` or of the image, must be where the
/// receiver's assembly has them.
Status PacketProof::visitPart(uint32_t route, const RouteEnd &receiver, uint32_t templateIndex, uint32_t buffer,
                              int64_t begin) {
  const bool isInput = rolesOf(receiver) & BufferRoles::LayerInput;
  if (!(isInput || isRoot(receiver.core)) || (isInput && !agreesWithRoot(receiver)))
    return broken(route, receiver, "puts together what is neither its layer's input nor a tensor on its roots");
  if (!parts.isInAssembly(assemblyOf(receiver), parts.partBegin(receiver) + receiver.offset,
                          program.routes[route].elements, templateIndex, buffer, begin))
    return broken(route, receiver, "a part arrives at the wrong place");
  copies.insert({coreOf(receiver).templateIndex, receiver.buffer});
  return Status();
}

//===----------------------------------------------------------------------===//
// Errors that return
//===----------------------------------------------------------------------===//

/// Whether a root sends the errors of what a max pool took (formed by then: nothing is written that has been read). Where that
/// was not put together from others, its error is where it is.
bool PacketProof::isPoolProduct(const RouteEnd &sender) const {
  const uint32_t t = coreOf(sender).templateIndex;
  return isRoot(sender.core) && index.poolProducts[t][sender.buffer] != noIndex &&
         index.inputAssembly(program, t, sender.buffer) != noIndex;
}

/// Whether a product of errors comes to where the layer's or the pool's input came from.
bool PacketProof::isReturnedRight(uint32_t route, const RouteEnd &sender, const RouteEnd &receiver) const {
  const int64_t held = isPoolProduct(sender) ? parts.sliceBegin(sender) : parts.inputBegin(sender);
  const int64_t from = held + sender.offset, to = parts.sliceBegin(receiver) + receiver.offset;
  const uint32_t t = index.rootTemplate[stageOf(sender.core)], stage = stageOf(receiver.core);
  const uint32_t assembly =
      index.inputAssembly(program, t, roles.rootBuffer(coreOf(sender).templateIndex, sender.buffer));
  if (assembly == noIndex)
    return from == to;
  // Of one stage only one tensor may be a part of the input: by which of its parts a sum is taken, is told by the stage.
  const std::vector<Segment> &segments = program.assemblies[assembly].segments;
  uint32_t buffer = noIndex;
  int64_t first = 0;
  bool isThere = false;
  for (const Segment &segment : segments) {
    const int64_t last = first + static_cast<int64_t>(segment.elements), begin = static_cast<int64_t>(segment.begin);
    if (segment.templateIndex != noIndex && index.stageOf[segment.templateIndex] == stage) {
      if (buffer != noIndex && buffer != segment.buffer)
        return false;
      buffer = segment.buffer;
      isThere |= from >= first && from + program.routes[route].elements <= last && begin + from - first == to;
    }
    first = last;
  }
  return isThere;
}

Status PacketProof::visitReturned(uint32_t route, const RouteEnd &sender, const RouteEnd &receiver) {
  const bool isOfLayer = (rolesOf(sender) & BufferRoles::ErrorProduct) && coreOf(sender).neuronBegin == 0;
  if (!isRoot(receiver.core) || !(isOfLayer || isPoolProduct(sender)))
    return broken(route, receiver, "adds from another layer what is no product of its errors");
  if (!isReturnedRight(route, sender, receiver))
    return broken(route, receiver, "errors return to the wrong place");
  if (!roles.isClearedBefore(coreOf(receiver).templateIndex, receiver.buffer, receiver.instruction))
    return broken(route, receiver, "errors are added to what was not cleared");
  const uint32_t sentFrom = coreOf(sender).templateIndex, stage = stageOf(receiver.core);
  const std::tuple product{stageOf(sender.core), roles.rootBuffer(sentFrom, sender.buffer), stage};
  if (returnedAt.try_emplace(product, receiver.instruction).first->second != receiver.instruction)
    return broken(route, receiver, "errors return to two sums of one layer");
  const Place place{sender.core, sender.buffer};
  returned[place].add(sender.offset, program.routes[route].elements);
  returnedElements[place] = parts.elementsAt(sender);
  return Status();
}

//===----------------------------------------------------------------------===//
// Between stages and within one
//===----------------------------------------------------------------------===//

Status PacketProof::visitBetween(uint32_t route, const RouteEnd &sender, const RouteEnd &receiver, int64_t mode) {
  const int64_t elements = program.routes[route].elements;
  const unsigned shared = rolesOf(sender) & rolesOf(receiver);
  if (shared & BufferRoles::Gradient)
    return visitGradient(route, sender, receiver, mode);
  if (shared & BufferRoles::Maximum && mode != 1)
    return visitMaximum(route, sender, receiver, mode);
  if (mode == 0) {
    // Either a layer's input on its blocks, or a copy on its roots: of a value to be added, or of an error.
    const bool isInput = rolesOf(receiver) & BufferRoles::LayerInput;
    if (!isRoot(sender.core) || !(isInput || isRoot(receiver.core)))
      return broken(route, receiver,
                    "takes from another layer what is neither a layer's input nor a copy on its roots");
    const Place place{receiver.core, receiver.instruction};
    filled[place].add(receiver.offset, elements);
    filledElements[place] = parts.elementsAt(receiver);
    const int64_t begin = parts.sliceBegin(sender) + sender.offset;
    if (assemblyOf(receiver) != noIndex)
      return visitPart(route, receiver, coreOf(sender).templateIndex, sender.buffer, begin);
    if (isInput && !agreesWithRoot(receiver))
      return broken(route, receiver, "a block's input is put together otherwise than its root's");
    if (begin != parts.partBegin(receiver) + receiver.offset)
      return broken(route, receiver, "values arrive at the wrong place");
    copies.insert({coreOf(receiver).templateIndex, receiver.buffer});
    const Place sent{coreOf(sender).templateIndex, sender.buffer};
    if (copiedFrom.try_emplace({receiver.core, receiver.buffer}, sent).first->second != sent)
      return broken(route, receiver, "takes parts of two tensors");
    return Status();
  }
  return mode == 1 ? visitReturned(route, sender, receiver)
                   : broken(route, receiver, "takes from another layer what is no product of its errors");
}

Status PacketProof::visitWithin(uint32_t route, const RouteEnd &sender, const RouteEnd &receiver, int64_t mode) {
  const Core &from = coreOf(sender), &to = coreOf(receiver);
  const bool whole = sender.offset == 0 && receiver.offset == 0 &&
                     program.routes[route].elements == parts.elementsAt(sender) &&
                     parts.elementsAt(sender) == parts.elementsAt(receiver);
  const uint32_t rootBuffer = roles.rootBuffer(to.templateIndex, receiver.buffer);
  if (!whole || rootBuffer == noIndex || rootBuffer != roles.rootBuffer(from.templateIndex, sender.buffer))
    return broken(route, receiver, "a packet within a layer must carry a whole buffer to the same buffer");
  const std::pair<uint32_t, uint32_t> key{stageOf(receiver.core), rootBuffer};
  const unsigned role = rolesOf(receiver);
  const bool sameNeurons = from.neuronBegin == to.neuronBegin && from.neuronEnd == to.neuronEnd;
  const bool sameRows = from.rowBegin == to.rowBegin && from.rowEnd == to.rowEnd;
  if (mode != 1 && (role & BufferRoles::Maximum))
    return visitMaximum(route, sender, receiver, mode);
  if (mode == 0) {
    if (!(role & BufferRoles::Error) || !sameNeurons || !isRoot(sender.core) || isRoot(receiver.core))
      return broken(route, receiver, "only errors go from roots to the blocks of their neurons");
    errorsAt[{receiver.core, receiver.buffer}] = receiver.instruction;
    return Status();
  }
  const bool isRows = mode == 1 && (role & BufferRoles::Accumulator) && sameNeurons;
  const bool isNeurons = mode == 1 && (role & BufferRoles::ErrorProduct) && sameRows;
  if (!isRows && !isNeurons)
    return broken(route, receiver, "is no part of a sum over rows or neurons, nor of a maximum");
  return addToTree((isRows ? rowTrees : neuronTrees)[key], sender, receiver)
             ? Status()
             : broken(route, receiver, "a core's part is added twice");
}

Status PacketProof::visitLogits() {
  for (uint32_t r = 0; r < program.routes.size(); ++r) {
    const int32_t port = index.hostPorts[r];
    if (port < 0 || program.hostPorts[port].data != HostData::Logits)
      continue;
    const RouteEnd &sender = index.senders[r];
    const int64_t begin = parts.sliceBegin(sender) + sender.offset, at = program.hostPorts[port].offset;
    const bool isRight = program.logits == noIndex
                             ? begin == at
                             : parts.isInAssembly(program.logits, at, program.routes[r].elements,
                                                  coreOf(sender).templateIndex, sender.buffer, begin);
    if (!isRoot(sender.core) || !isRight)
      return broken(r, sender, "logits leave for the wrong classes");
  }
  return Status();
}

/// Every root compares the label with the classes that its slice holds.
Status PacketProof::visitClasses() {
  for (uint32_t c = 0; c < program.cores.size(); ++c) {
    const Core &core = program.cores[c];
    for (const Instruction &in : index.instructions[core.templateIndex]) {
      if (in.opcode != Opcode::SubtractOneHot)
        continue;
      const RouteEnd end{c, 0, static_cast<uint32_t>(in.operands[0].value), 0};
      if (!isRoot(c) || operandValue(in.operands[3], core) != parts.sliceBegin(end))
        return Status::error("core (" + std::to_string(core.x) + ", " + std::to_string(core.y) +
                             "): subtract_one_hot counts classes from " +
                             std::to_string(operandValue(in.operands[3], core)) + ", its slice begins at " +
                             std::to_string(parts.sliceBegin(end)));
    }
  }
  return Status();
}

//===----------------------------------------------------------------------===//
// All packets together
//===----------------------------------------------------------------------===//

/// A `receive` without packets writes nothing, on whichever core. Only a maximum may have none: on the core that tells it.
Status PacketProof::proveReceived() {
  for (uint32_t c = 0; c < program.cores.size(); ++c) {
    const Core &core = program.cores[c];
    const std::vector<Instruction> &stream = index.instructions[core.templateIndex];
    for (uint32_t i = 0; i < stream.size(); ++i) {
      const Instruction &in = stream[i];
      if (in.opcode != Opcode::Receive || in.operands[3].value != 0)
        continue;
      const LinkSpan links = linksOf(in, core);
      const unsigned role = roles.of(core.templateIndex, static_cast<uint32_t>(in.operands[0].value));
      if (links.begin() == links.end() && !(role & BufferRoles::Maximum))
        return Status::error("core (" + std::to_string(core.x) + ", " + std::to_string(core.y) +
                             "): no packet fills the buffer of instruction " + std::to_string(i));
    }
  }
  return Status();
}

Status PacketProof::proveFilled() {
  for (auto &[place, coverage] : filled)
    if (!coverage.isExactly(filledElements[place]))
      return Status::error("core (" + std::to_string(program.cores[place.first].x) + ", " +
                           std::to_string(program.cores[place.first].y) +
                           "): packets do not fill the buffer of instruction " + std::to_string(place.second) +
                           " exactly once");
  return Status();
}

Status PacketProof::proveReturned() {
  for (auto &[place, coverage] : returned)
    if (!coverage.isExactly(returnedElements[place]))
      return Status::error("core (" + std::to_string(program.cores[place.first].x) + ", " +
                           std::to_string(program.cores[place.first].y) + "): the errors in buffer " +
                           std::to_string(place.second) + " do not return whole and once");
  // Every block of the first neurons whose product is used must return it, and every root its part of a pool's.
  std::map<std::pair<uint32_t, uint32_t>, size_t> senders, wanted;
  for (const auto &[place, unused] : returned) {
    (void)unused;
    const uint32_t t = program.cores[place.first].templateIndex;
    ++senders[{index.stageOf[t], roles.rootBuffer(t, place.second)}];
  }
  std::vector<size_t> firsts(program.layers.size() + program.templates.size(), 0); // by stage
  for (const Core &core : program.cores)
    if (core.layer != noIndex && core.neuronBegin == 0)
      ++firsts[core.layer];
  for (const auto &[key, unused] : senders) {
    (void)unused;
    const uint32_t root = index.rootTemplate[key.first];
    const bool isOfPool = index.poolProducts[root][key.second] != noIndex;
    wanted[key] = isOfPool ? index.coresOf[root].size() : firsts[key.first];
  }
  return senders == wanted ? Status() : Status::error("some block's products of errors never return");
}

Status PacketProof::proveTrees() {
  const TreeProof trees(program, index, roles);
  // A layer whose matrix is cut must put its sums together again.
  for (uint32_t stage = 0; stage < program.layers.size(); ++stage) {
    const uint32_t root = index.rootTemplate[stage];
    for (uint32_t b = 0; b < program.templates[root].buffers.size(); ++b) {
      const unsigned role = roles.of(root, b);
      const std::pair<uint32_t, uint32_t> key{stage, b};
      if (role & BufferRoles::Accumulator)
        if (Status status = trees.proveSum(rowTrees[key], true, stage, b); !status.ok())
          return status;
      if (role & BufferRoles::ErrorProduct)
        if (Status status = trees.proveSum(neuronTrees[key], false, stage, b); !status.ok())
          return status;
    }
  }
  for (uint32_t t = 0; t < program.templates.size(); ++t)
    for (uint32_t b = 0; b < program.templates[t].buffers.size(); ++b) {
      const uint32_t id = firstBuffer[t] + b;
      if (index.rootTemplate[index.stageOf[t]] != t || !(roles.of(t, b) & BufferRoles::Maximum) ||
          sharedBuffer(t, b) != id)
        continue;
      if (Status status = trees.proveMaximum(maximumTrees[id], tellings[id], buffersOf[id]); !status.ok())
        return status;
    }
  return Status();
}

static bool multipliesErrors(Opcode opcode) {
  return opcode == Opcode::Transposed || opcode == Opcode::Outer || isOfBatch(opcode);
}

/// Blocks that multiply errors must have received them before.
Status PacketProof::proveErrors() {
  for (uint32_t c = 0; c < program.cores.size(); ++c) {
    const Core &core = program.cores[c];
    if (isRootCore(program, core))
      continue;
    const std::vector<Instruction> &stream = index.instructions[core.templateIndex];
    for (uint32_t i = 0; i < stream.size(); ++i) {
      if (!multipliesErrors(stream[i].opcode))
        continue;
      auto found = errorsAt.find({c, static_cast<uint32_t>(stream[i].operands[0].value)});
      if (found == errorsAt.end() || found->second > i)
        return Status::error("core (" + std::to_string(core.x) + ", " + std::to_string(core.y) +
                             ") multiplies errors that it has not received");
    }
  }
  return Status();
}

/// Whether an instruction may write (or read) a buffer, given what the buffer is to the layer's products. What is joined to
/// other cores' copies, or is a part of a sum, must not change under way: a part that is clipped before it is added, or a
/// copy that is cleared, gives other numbers than the whole tensor treated so.
bool PacketProof::mayUse(uint32_t t, uint32_t buffer, uint32_t instruction, bool writes) const {
  const std::vector<Instruction> &stream = index.instructions[t];
  const unsigned role = roles.of(t, buffer);
  auto isOneOf = [&](std::initializer_list<Opcode> opcodes) {
    return std::find(opcodes.begin(), opcodes.end(), stream[instruction].opcode) != opcodes.end();
  };
  if (role & BufferRoles::Sums) // of some neurons: no core's are what another's are
    return isOfBatch(stream[instruction].opcode);
  if (!writes)
    return !(role & BufferRoles::ErrorProduct) || isOneOf({Opcode::Send});
  const bool isBlock = index.rootTemplate[index.stageOf[t]] != t;
  if (copies.count({t, buffer})) {
    // From one place, and never changed: it is the sender's tensor.
    size_t writers = 0;
    for (const Instruction &in : stream)
      writers += in.opcode == Opcode::Receive && static_cast<uint32_t>(in.operands[0].value) == buffer;
    return isOneOf({Opcode::Receive}) && writers == 1;
  }
  if (role & (BufferRoles::LayerInput | BufferRoles::Control))
    return isOneOf({Opcode::Receive});
  if (role & BufferRoles::Exponent)
    return isOneOf({Opcode::ShiftExponent});
  if (role & BufferRoles::Maximum) {
    // Cleared, then raised, then gathered: nothing of its own may be lost or added once cores have told each other.
    bool isRaised = false, isTold = false;
    for (uint32_t i = 0; i < instruction; ++i) {
      isRaised |=
          (stream[i].opcode == Opcode::MaxAbs && static_cast<uint32_t>(stream[i].operands[1].value) == buffer) ||
          (stream[i].opcode == Opcode::OuterMax && static_cast<uint32_t>(stream[i].operands[3].value) == buffer);
      isTold |= (stream[i].opcode == Opcode::Receive || stream[i].opcode == Opcode::Send) &&
                static_cast<uint32_t>(stream[i].operands[0].value) == buffer;
    }
    return isOneOf({Opcode::Receive}) || (isOneOf({Opcode::MaxAbs, Opcode::OuterMax}) && !isTold) ||
           (isOneOf({Opcode::Clear}) && !isTold && !isRaised);
  }
  if (role & BufferRoles::Gradient)
    return isOneOf({Opcode::Clear, Opcode::Outer}) || (isOneOf({Opcode::Receive}) && isSharedGradient(t, buffer));
  if (role & BufferRoles::ErrorProduct)
    return isOneOf({Opcode::Transposed, Opcode::Receive});
  if (role & BufferRoles::Accumulator) {
    bool isSummed = !isBlock;
    for (uint32_t i = instruction; i < stream.size(); ++i)
      isSummed &= !(stream[i].opcode == Opcode::Receive || stream[i].opcode == Opcode::Forward) ||
                  static_cast<uint32_t>(stream[i].operands[stream[i].opcode == Opcode::Forward].value) != buffer;
    return isSummed || isOneOf({Opcode::Forward, Opcode::Receive});
  }
  return !(isBlock && role & BufferRoles::Error) || isOneOf({Opcode::Receive});
}

Status PacketProof::proveUses() {
  for (uint32_t t = 0; t < program.templates.size(); ++t)
    for (uint32_t i = 0; i < index.instructions[t].size(); ++i) {
      const Instruction &in = index.instructions[t][i];
      const OpcodeInfo &info = *findOpcode(static_cast<uint16_t>(in.opcode));
      for (size_t k = 0; k < info.fields.size(); ++k)
        if (const auto buffer = static_cast<uint32_t>(in.operands[k].value);
            info.fields[k].isBuffer() && !mayUse(t, buffer, i, info.fields[k].kind != FieldKind::BufIn))
          return Status::error("template '" + program.templates[t].name + "', instruction " + std::to_string(i) +
                               " ('" + std::string(info.mnemonic) + "'): must not touch buffer '" +
                               program.templates[t].buffers[buffer].name +
                               "', which is a part of a sum or a copy of other cores' data");
    }
  return Status();
}

Status proveLift(const Program &program, const StreamIndex &index) { return PacketProof(program, index).run(); }

} // namespace wage::rt
