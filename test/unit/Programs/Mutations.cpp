//===- Mutations.cpp - programs that are not quite right -------------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "test/unit/Programs/Mutations.h"

#include <algorithm>

namespace wage::rt::testing {

uint32_t Dice::below(size_t limit) {
  state ^= state << 13, state ^= state >> 7, state ^= state << 17;
  return static_cast<uint32_t>((state >> 16) % limit);
}

std::vector<Instruction> instructionsOf(const Template &t) {
  std::vector<Instruction> result;
  for (size_t i = 0; i < t.words.size() / instructionWords; ++i)
    result.push_back(decodeInstruction(t.words, i));
  return result;
}

void setInstructions(Template &t, const std::vector<Instruction> &instructions) {
  t.words.clear();
  for (const Instruction &instruction : instructions)
    encodeInstruction(instruction, t.words);
}

void dropInstruction(Template &t, size_t index) {
  std::vector<Instruction> list = instructionsOf(t);
  list.erase(list.begin() + static_cast<ptrdiff_t>(index));
  setInstructions(t, list);
  for (uint32_t &begin : t.phaseBegin)
    begin -= begin > index;
}

namespace {

/// Takes link `at` from the instruction of `core` that names it; false where instructions do not say by parameters which links they have.
bool removeLink(const Program &p, Core &core, size_t at) {
  for (const Instruction &in : instructionsOf(p.templates[core.templateIndex])) {
    if (in.opcode != Opcode::Receive && in.opcode != Opcode::Send)
      continue;
    if (!in.operands[1].isParameter || !in.operands[2].isParameter)
      return false;
    uint32_t &first = core.parameters[in.operands[1].value], &count = core.parameters[in.operands[2].value];
    if (first > at)
      --first;
    else if (at < size_t(first) + count)
      --count;
  }
  core.links.erase(core.links.begin() + static_cast<ptrdiff_t>(at));
  return true;
}

} // namespace

void insertInstruction(Template &t, size_t index, const Instruction &instruction) {
  std::vector<Instruction> list = instructionsOf(t);
  list.insert(list.begin() + static_cast<ptrdiff_t>(index), instruction);
  setInstructions(t, list);
  for (uint32_t &begin : t.phaseBegin)
    begin += begin > index;
}

bool removeRoute(Program &p, uint32_t route) {
  for (const HostPort &port : p.hostPorts)
    if (port.route == route)
      return false;
  for (Core &core : p.cores)
    for (size_t k = core.links.size(); k-- > 0;)
      if (core.links[k].route == route && !removeLink(p, core, k))
        return false;
  for (Core &core : p.cores)
    for (Link &link : core.links)
      link.route -= link.route > route;
  for (HostPort &port : p.hostPorts)
    port.route -= port.route > route;
  p.routes.erase(p.routes.begin() + route);
  return true;
}

namespace {

std::string n(uint64_t value) { return std::to_string(value); }

/// A number near `value`, or one of the numbers that rules are written about.
uint32_t nudged(uint32_t value, Dice &dice) {
  static const uint32_t special[] = {0, 1, 2, 3, 15, 16, 255, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF};
  switch (dice.below(4)) {
  case 0: return value + 1;
  case 1: return value - 1;
  case 2: return value ^ (1u << dice.below(8));
  default: return special[dice.below(10)];
  }
}

std::string changeOperand(Program &p, Dice &dice) {
  Template &t = dice.pick(p.templates);
  std::vector<Instruction> list = instructionsOf(t);
  if (list.empty())
    return "";
  const size_t i = dice.below(list.size());
  Instruction &in = list[i];
  const size_t k = dice.below(in.operands.size());
  const OpcodeInfo &info = *findOpcode(static_cast<uint16_t>(in.opcode));
  if (info.fields[k].isBuffer())
    in.operands[k].value = static_cast<int32_t>(dice.below(t.buffers.size()));
  else if (dice.chance(3) && !t.parameters.empty())
    in.operands[k] = {static_cast<int32_t>(dice.below(t.parameters.size())), true};
  else
    in.operands[k].value = static_cast<int32_t>(nudged(static_cast<uint32_t>(in.operands[k].value), dice));
  setInstructions(t, list);
  return "operand " + n(k) + " of instruction " + n(i) + " ('" + std::string(info.mnemonic) + "') of " + t.name;
}

std::string changeOpcode(Program &p, Dice &dice) {
  Template &t = dice.pick(p.templates);
  if (t.words.empty())
    return "";
  const size_t i = dice.below(t.words.size() / instructionWords);
  t.words[i * instructionWords] = (t.words[i * instructionWords] & 0xFFFF0000u) | dice.below(31);
  return "opcode of instruction " + n(i) + " of " + t.name;
}

std::string changeParameter(Program &p, Dice &dice) {
  const size_t c = dice.below(p.cores.size());
  Core &core = p.cores[c];
  if (core.parameters.empty())
    return "";
  const size_t k = dice.below(core.parameters.size());
  core.parameters[k] = nudged(core.parameters[k], dice);
  return "parameter " + p.templates[core.templateIndex].parameters[k] + " of core " + n(c);
}

std::string changeLink(Program &p, Dice &dice) {
  const size_t c = dice.below(p.cores.size());
  Core &core = p.cores[c];
  if (core.links.empty())
    return "";
  const size_t k = dice.below(core.links.size());
  switch (dice.below(4)) {
  case 0: core.links[k].offset = nudged(core.links[k].offset, dice); break;
  case 1: core.links[k].route = dice.below(p.routes.size()); break;
  case 2: std::swap(core.links[k], dice.pick(core.links)); break;
  default: std::swap(core.links[k].offset, dice.pick(core.links).offset);
  }
  return "link " + n(k) + " of core " + n(c);
}

/// Two cores trade a link, and the routes follow, so that every route is still sent and received once.
std::string tradeLinks(Program &p, Dice &dice) {
  const uint32_t a = dice.below(p.cores.size()), b = dice.below(p.cores.size());
  if (a == b || p.cores[a].links.empty() || p.cores[b].links.empty())
    return "";
  Link &x = dice.pick(p.cores[a].links), &y = dice.pick(p.cores[b].links);
  std::swap(x.route, y.route);
  auto moveEnd = [&](Route &route, uint32_t from, uint32_t to) {
    if (route.source == from)
      route.source = to;
    else
      std::replace(route.destinations.begin(), route.destinations.end(), from, to);
  };
  moveEnd(p.routes[x.route], b, a);
  moveEnd(p.routes[y.route], a, b);
  return "cores " + n(a) + " and " + n(b) + " trade a link";
}

/// Both ends of a route move, so that it still fits its buffers.
std::string shiftRoute(Program &p, Dice &dice) {
  const uint32_t route = dice.below(p.routes.size());
  const uint32_t cut = dice.below(p.routes[route].elements);
  p.routes[route].elements -= cut;
  const uint32_t more = dice.below(cut + 1);
  for (Core &core : p.cores)
    for (Link &link : core.links)
      if (link.route == route && dice.chance(2))
        link.offset += more;
  return "route " + n(route) + " carries less, elsewhere";
}

/// A route that was never there: neither end knows of it.
std::string loseRoute(Program &p, Dice &dice) {
  const uint32_t route = dice.below(p.routes.size());
  return removeRoute(p, route) ? "route " + n(route) + " and its links gone" : "";
}

std::string changeRoute(Program &p, Dice &dice) {
  const size_t r = dice.below(p.routes.size());
  Route &route = p.routes[r];
  switch (dice.below(7)) {
  case 0: route.source = dice.below(p.cores.size()); break;
  case 1: route.destinations[dice.below(route.destinations.size())] = dice.below(p.cores.size()); break;
  case 2: route.destinations.push_back(dice.below(p.cores.size())); break;
  case 3: route.destinations.pop_back(); break;
  case 4: route.elements = nudged(route.elements, dice); break;
  case 5: route.code = static_cast<SpikeCode>(dice.below(spikeCodeCount)); break;
  default: route.type = static_cast<ElementType>(dice.below(6));
  }
  return "route " + n(r);
}

std::string changeStream(Program &p, Dice &dice) {
  Template &t = dice.pick(p.templates);
  std::vector<Instruction> list = instructionsOf(t);
  if (list.size() < 2)
    return "";
  const size_t i = dice.below(list.size());
  const std::string what = "instruction " + n(i) + " of " + t.name + " ";
  switch (dice.below(5)) {
  case 0: dropInstruction(t, i); return what + "dropped";
  case 3: {
    const std::vector<Opcode> kinds{Opcode::Clear, Opcode::Relu, Opcode::MaxAbs, Opcode::ShiftExponent,
                                    Opcode::Positive};
    const OpcodeInfo &info = *findOpcode(static_cast<uint16_t>(kinds[dice.below(kinds.size())]));
    Instruction added{info.opcode, {}};
    for (size_t k = 0; k < info.fields.size(); ++k)
      added.operands.push_back({static_cast<int32_t>(dice.below(t.buffers.size())), false});
    if (info.opcode == Opcode::Relu && dice.chance(2))
      added.operands[1] = added.operands[0];
    insertInstruction(t, i, added);
    return what + "has a " + std::string(info.mnemonic) + " of buffer " +
           n(static_cast<uint64_t>(added.operands[0].value)) + " before it";
  }
  case 1: {
    Instruction twin = list[i];
    if (Operand &operand = dice.pick(twin.operands); !operand.isParameter && dice.chance(2))
      operand.value = static_cast<int32_t>(nudged(static_cast<uint32_t>(operand.value), dice));
    insertInstruction(t, i, twin);
    return what + "doubled";
  }
  case 2: {
    std::swap(list[i], list[(i + 1) % list.size()]);
    setInstructions(t, list);
    return what + "exchanged with the next";
  }
  default: {
    Instruction moved = list[i];
    dropInstruction(t, i);
    insertInstruction(t, dice.below(list.size()), moved);
    return what + "moved";
  }
  }
}

std::string changePhase(Program &p, Dice &dice) {
  if (dice.chance(4)) {
    p.phases[dice.below(p.phases.size())].perSample ^= true;
    return "a phase runs otherwise";
  }
  if (dice.chance(4)) {
    p.inferPhases = nudged(p.inferPhases, dice);
    return "inference phases";
  }
  Template &t = dice.pick(p.templates);
  uint32_t &begin = t.phaseBegin[dice.below(t.phaseBegin.size())];
  begin = dice.chance(2) ? begin + 1 : begin - 1;
  return "phase boundary of " + t.name;
}

std::string changeCore(Program &p, Dice &dice) {
  const size_t a = dice.below(p.cores.size()), b = dice.below(p.cores.size());
  Core &core = p.cores[a], &other = p.cores[b];
  switch (dice.below(7)) {
  case 0: std::swap(core.rowBegin, other.rowBegin), std::swap(core.rowEnd, other.rowEnd); break;
  case 1: std::swap(core.neuronBegin, other.neuronBegin), std::swap(core.neuronEnd, other.neuronEnd); break;
  case 2: core.x = nudged(core.x, dice); break;
  case 3: core.templateIndex = dice.below(p.templates.size() + 1); break;
  case 4: core.layer = dice.below(p.layers.size() + 1); break;
  case 5: std::swap(core.parameters, other.parameters); break;
  default: std::swap(core.links, other.links);
  }
  return "cores " + n(a) + " and " + n(b);
}

/// Two blocks of a layer take each other's place entirely: which rows and neurons each has, its row of parameters and its image.
std::string tradeBlocks(Program &p, Dice &dice) {
  const size_t a = dice.below(p.cores.size()), b = dice.below(p.cores.size());
  if (a == b || p.cores[a].layer != p.cores[b].layer)
    return "";
  Core &x = p.cores[a], &y = p.cores[b];
  std::swap(x.rowBegin, y.rowBegin), std::swap(x.rowEnd, y.rowEnd);
  std::swap(x.neuronBegin, y.neuronBegin), std::swap(x.neuronEnd, y.neuronEnd);
  std::swap(x.parameters, y.parameters), std::swap(x.templateIndex, y.templateIndex);
  std::swap(x.imageOffset, y.imageOffset), std::swap(x.imageBytes, y.imageBytes);
  if (dice.chance(2))
    std::swap(x.links, y.links);
  return "cores " + n(a) + " and " + n(b) + " trade blocks";
}

std::string changeBuffer(Program &p, Dice &dice) {
  Template &t = dice.pick(p.templates);
  if (t.buffers.empty())
    return "";
  BufferDecl &buffer = dice.pick(t.buffers);
  switch (dice.below(4)) {
  case 0: buffer.type = static_cast<ElementType>(dice.below(6)); break;
  case 1: buffer.lifetime = static_cast<Lifetime>(dice.below(4)); break;
  case 2: buffer.elements = {static_cast<int32_t>(dice.below(t.parameters.size())), true}; break;
  default: buffer.address = {static_cast<int32_t>(dice.below(t.parameters.size())), true};
  }
  return "buffer " + buffer.name + " of " + t.name;
}

/// What branches need: parts of tensors, tables, moves, and the buffers that name them.
std::string changeMovement(Program &p, Dice &dice) {
  if (p.assemblies.empty() || p.moves.empty() || p.tables.empty())
    return "";
  switch (dice.below(6)) {
  case 0: {
    Segment &part = dice.pick(dice.pick(p.assemblies).segments);
    part.begin = nudged(static_cast<uint32_t>(part.begin), dice);
    return "where a part begins";
  }
  case 1: {
    Segment &part = dice.pick(dice.pick(p.assemblies).segments);
    (dice.chance(2) ? part.templateIndex : part.buffer) = dice.below(12);
    return "whose a part is";
  }
  case 2: {
    std::vector<Segment> &parts = dice.pick(p.assemblies).segments;
    std::swap(dice.pick(parts), dice.pick(parts));
    return "order of parts";
  }
  case 3: {
    Rearrangement &move = dice.pick(p.moves).rearrangement;
    std::vector<int64_t> &list = dice.chance(3) ? move.sizes : dice.chance(2) ? move.from : move.to;
    int64_t &entry = dice.pick(list);
    entry = static_cast<int32_t>(nudged(static_cast<uint32_t>(entry), dice));
    return "a move";
  }
  case 4: dice.pick(p.tables[0].entries) = static_cast<int16_t>(dice.below(200) - 100); return "a table";
  default: {
    BufferDecl &buffer = dice.pick(dice.pick(p.templates).buffers);
    (dice.chance(2) ? buffer.assembly : buffer.tables) = dice.chance(2) ? noIndex : dice.below(p.assemblies.size());
    return "what buffer " + buffer.name + " is put together from";
  }
  }
}

std::string changePort(Program &p, Dice &dice) {
  HostPort &port = dice.pick(p.hostPorts);
  switch (dice.below(4)) {
  case 0: port.offset = nudged(port.offset, dice); break;
  case 1: port.route = dice.below(p.routes.size()); break;
  case 2: std::swap(port.route, dice.pick(p.hostPorts).route); break;
  default: port.data = static_cast<HostData>(dice.below(5));
  }
  return "a host port";
}

std::string changeTables(Program &p, Dice &dice) {
  if (dice.chance(2) && !p.layers.empty()) {
    Layer &layer = dice.pick(p.layers);
    LinearBlock &g = layer.geometry;
    if (dice.chance(8)) {
      g.groups = nudged(static_cast<uint32_t>(g.groups), dice);
      return "groups of " + layer.name;
    }
    int32_t *fields[] = {&g.height, &g.width,   &g.kernelHeight, &g.kernelWidth, &g.strideY,   &g.strideX,
                         &g.padTop, &g.padLeft, &g.outHeight,    &g.outWidth,    &g.dilationY, &g.dilationX};
    int32_t &field = *fields[dice.below(12)];
    field = static_cast<int32_t>(nudged(static_cast<uint32_t>(field), dice));
    return "geometry of " + layer.name;
  }
  if (dice.chance(2) && !p.pools.empty()) {
    Pool &q = dice.pick(p.pools);
    uint32_t *fields[] = {&q.height,  &q.width,  &q.kernelHeight, &q.kernelWidth, &q.strideY,
                          &q.strideX, &q.padTop, &q.padLeft,      &q.outHeight,   &q.outWidth};
    uint32_t &field = *fields[dice.below(10)];
    field = nudged(field, dice);
    return "a pool";
  }
  if (dice.chance(2) && !p.tracePoints.empty()) {
    TracePoint &point = dice.pick(p.tracePoints);
    uint32_t *fields[] = {&point.phase, &point.templateIndex, &point.buffer, &point.offsetParameter};
    uint32_t &field = *fields[dice.below(4)];
    field = nudged(field, dice);
    return "trace point " + point.name;
  }
  if (dice.chance(2)) {
    p.encoderTable[dice.below(p.encoderTable.size())] = static_cast<int32_t>(dice.below(300)) - 150;
    return "encoder table";
  }
  p.images[dice.below(p.images.size())] ^= static_cast<uint8_t>(1 + dice.below(255));
  return "a weight";
}

} // namespace

std::string mutate(Program &program, Dice &dice) {
  static std::string (*const kinds[])(Program &, Dice &) = {
      changeOperand, changeOperand, changeOpcode, changeParameter, changeParameter, changeLink,   changeLink,
      tradeLinks,    tradeLinks,    shiftRoute,   loseRoute,       changeRoute,     changeStream, changeStream,
      changePhase,   changeCore,    tradeBlocks,  changeBuffer,    changePort,      changeTables, changeMovement};
  return kinds[dice.below(std::size(kinds))](program, dice);
}

} // namespace wage::rt::testing
