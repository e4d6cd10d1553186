//===- ProgramBuilder.cpp - a chip program under construction ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Conversion/IntegerToChip/ProgramBuilder.h"

#include <algorithm>
#include <cassert>

namespace wage::chip {

Stage ProgramBuilder::addStage(std::string name, int64_t layer, const Partition &partition) {
  // Templates are symbols: a second stage of a name gets a number.
  if (const int uses = stageNames[name]++)
    name += "." + std::to_string(uses);
  Stage stage;
  stage.name = name;
  stage.layer = layer;
  stage.partition = partition;
  stage.firstCore = static_cast<int64_t>(program.cores.size());
  auto addTemplate = [&](const char *role) {
    rt::Template t;
    t.name = name + "." + role;
    program.templates.push_back(t);
    streams.emplace_back();
    templateCores.emplace_back();
    names.emplace_back();
    return static_cast<int>(program.templates.size()) - 1;
  };
  stage.rootTemplate = addTemplate("root");
  if (partition.rowBlocks() > 1)
    stage.blockTemplate = addTemplate("block");
  for (int64_t n = 0; n < partition.neuronBlocks(); ++n)
    for (int64_t k = 0; k < partition.rowBlocks(); ++k) {
      rt::Core core;
      core.templateIndex = static_cast<uint32_t>(k == 0 ? stage.rootTemplate : stage.blockTemplate);
      core.neuronBegin = static_cast<uint32_t>(partition.neuronEdges[n]);
      core.neuronEnd = static_cast<uint32_t>(partition.neuronEdges[n + 1]);
      if (layer >= 0) {
        core.layer = static_cast<uint32_t>(layer);
        core.rowBegin = static_cast<uint32_t>(partition.rowBegin(k, n));
        core.rowEnd = static_cast<uint32_t>(partition.rowEnd(k, n));
      }
      templateCores[core.templateIndex].push_back(static_cast<int64_t>(program.cores.size()));
      program.cores.push_back(std::move(core));
    }
  return stage;
}

std::string ProgramBuilder::distinct(int templateIndex, const std::string &name) {
  // A numbered name may be taken by a value of that name.
  std::string unused = name;
  while (names[templateIndex][unused]++ > 0)
    unused = name + "." + std::to_string(names[templateIndex][name] - 1);
  return unused;
}

rt::Operand ProgramBuilder::addColumn(int templateIndex, const std::string &name,
                                      const std::vector<int64_t> &valueOfCore) {
  rt::Template &t = program.templates[templateIndex];
  const std::vector<int64_t> &cores = templateCores[templateIndex];
  assert(valueOfCore.size() == cores.size());
  t.parameters.push_back(distinct(templateIndex, name));
  for (size_t i = 0; i < cores.size(); ++i)
    program.cores[cores[i]].parameters.push_back(static_cast<uint32_t>(valueOfCore[i]));
  return {static_cast<int32_t>(t.parameters.size()) - 1, true};
}

BufferIndex ProgramBuilder::addBuffer(int templateIndex, const std::string &name, rt::ElementType type,
                                      rt::Lifetime lifetime, const std::vector<int64_t> &elementsOfCore) {
  rt::Template &t = program.templates[templateIndex];
  rt::BufferDecl buffer;
  buffer.name = distinct(templateIndex, name);
  buffer.type = type;
  buffer.lifetime = lifetime;
  buffer.elements = addColumn(templateIndex, buffer.name + ".elements", elementsOfCore);
  buffer.address = addColumn(templateIndex, buffer.name + ".address", std::vector<int64_t>(elementsOfCore.size(), 0));
  t.buffers.push_back(buffer);
  return static_cast<BufferIndex>(t.buffers.size()) - 1;
}

std::vector<rt::Operand> ProgramBuilder::blockOperands(int templateIndex) {
  auto [entry, isNew] = blockColumns.try_emplace(templateIndex);
  if (isNew) {
    std::vector<int64_t> values[4];
    for (int64_t index : templateCores[templateIndex]) {
      const rt::Core &core = program.cores[index];
      const uint32_t of[4] = {core.rowBegin, core.rowEnd, core.neuronBegin, core.neuronEnd};
      for (int i = 0; i < 4; ++i)
        values[i].push_back(of[i]);
    }
    const char *columns[4] = {"row_begin", "row_end", "neuron_begin", "neuron_end"};
    for (int i = 0; i < 4; ++i)
      entry->second.push_back(addColumn(templateIndex, columns[i], values[i]));
  }
  return entry->second;
}

void ProgramBuilder::emit(int templateIndex, size_t phase, rt::Opcode opcode, std::vector<rt::Operand> operands) {
  auto &phases = streams[templateIndex];
  if (phases.size() <= phase)
    phases.resize(phase + 1);
  phases[phase].push_back({opcode, std::move(operands)});
}

void ProgramBuilder::emitLinks(size_t phase, const std::string &name, rt::Opcode opcode, const BufferMap &buffers,
                               const LinkList &links, int mode) {
  std::map<int, bool> involved;
  for (const auto &[core, list] : links.ofCore)
    involved[static_cast<int>(program.cores[core].templateIndex)] = true;
  for (const auto &[templateIndex, unused] : involved) {
    (void)unused;
    std::vector<int64_t> first, count;
    for (int64_t index : templateCores[templateIndex]) {
      rt::Core &core = program.cores[index];
      auto found = links.ofCore.find(index);
      first.push_back(static_cast<int64_t>(core.links.size()));
      count.push_back(found == links.ofCore.end() ? 0 : static_cast<int64_t>(found->second.size()));
      if (found != links.ofCore.end())
        core.links.insert(core.links.end(), found->second.begin(), found->second.end());
    }
    const std::string column = name + (opcode == rt::Opcode::Send ? ".send" : ".receive");
    std::vector<rt::Operand> operands = {immediate(buffers.at(templateIndex)),
                                         addColumn(templateIndex, column + ".links", first),
                                         addColumn(templateIndex, column + ".count", count)};
    if (opcode == rt::Opcode::Receive)
      operands.push_back(immediate(mode));
    emit(templateIndex, phase, opcode, std::move(operands));
  }
}

void ProgramBuilder::exchange(size_t phase, const std::string &name, rt::ElementType type,
                              const std::vector<Transfer> &transfers, const BufferMap &sources,
                              const BufferMap &destinations, int mode, bool receiveFirst) {
  LinkList sends, receives;
  for (const Transfer &transfer : transfers) {
    const auto route = static_cast<uint32_t>(program.routes.size());
    rt::Route r{static_cast<uint32_t>(transfer.source), {}, static_cast<uint32_t>(transfer.elements), type};
    sends.ofCore[transfer.source].push_back({route, static_cast<uint32_t>(transfer.sourceOffset)});
    for (const auto &[core, offset] : transfer.destinations) {
      r.destinations.push_back(static_cast<uint32_t>(core));
      receives.ofCore[core].push_back({route, static_cast<uint32_t>(offset)});
    }
    program.routes.push_back(std::move(r));
  }
  if (receiveFirst)
    emitLinks(phase, name, rt::Opcode::Receive, destinations, receives, mode);
  emitLinks(phase, name, rt::Opcode::Send, sources, sends, mode);
  if (!receiveFirst)
    emitLinks(phase, name, rt::Opcode::Receive, destinations, receives, mode);
}

void ProgramBuilder::gather(size_t phase, const std::string &name, rt::ElementType type,
                            const std::vector<GatheredTransfer> &transfers, const BufferMap &destinations, int mode) {
  std::vector<std::pair<const BufferMap *, LinkList>> sends; // in the order of the parts
  LinkList receives;
  for (const auto &[transfer, sources] : transfers) {
    const auto route = static_cast<uint32_t>(program.routes.size());
    rt::Route r{static_cast<uint32_t>(transfer.source), {}, static_cast<uint32_t>(transfer.elements), type};
    for (const auto &[core, offset] : transfer.destinations) {
      r.destinations.push_back(static_cast<uint32_t>(core));
      receives.ofCore[core].push_back({route, static_cast<uint32_t>(offset)});
    }
    program.routes.push_back(std::move(r));
    const rt::Link link{route, static_cast<uint32_t>(transfer.sourceOffset)};
    if (!sources) {
      program.hostPorts.push_back({route, rt::HostData::Image, link.offset});
      continue;
    }
    auto isSame = [sources = sources](const auto &send) { return send.first == sources; };
    auto found = std::find_if(sends.begin(), sends.end(), isSame);
    if (found == sends.end())
      found = sends.insert(sends.end(), {sources, LinkList()});
    found->second.ofCore[transfer.source].push_back(link);
  }
  for (const auto &[sources, links] : sends)
    emitLinks(phase, name, rt::Opcode::Send, *sources, links, 0);
  emitLinks(phase, name, rt::Opcode::Receive, destinations, receives, mode);
}

void ProgramBuilder::exchangeWithHost(size_t phase, const std::string &name, rt::HostData data, rt::ElementType type,
                                      const std::vector<Transfer> &transfers, const BufferMap &buffers) {
  LinkList links;
  const bool toHost = data == rt::HostData::Logits;
  for (const Transfer &transfer : transfers) {
    const auto route = static_cast<uint32_t>(program.routes.size());
    rt::Route r{static_cast<uint32_t>(transfer.source), {}, static_cast<uint32_t>(transfer.elements), type};
    for (const auto &[core, offset] : transfer.destinations) {
      r.destinations.push_back(static_cast<uint32_t>(core));
      if (!toHost)
        links.ofCore[core].push_back({route, static_cast<uint32_t>(offset)});
    }
    if (toHost)
      links.ofCore[transfer.source].push_back({route, static_cast<uint32_t>(transfer.sourceOffset)});
    const int64_t hostOffset = toHost ? transfer.destinations.front().second : transfer.sourceOffset;
    program.hostPorts.push_back({route, data, static_cast<uint32_t>(hostOffset)});
    program.routes.push_back(std::move(r));
  }
  emitLinks(phase, name, toHost ? rt::Opcode::Send : rt::Opcode::Receive, buffers, links, 0);
}

rt::Program ProgramBuilder::finish() {
  for (size_t i = 0; i < program.templates.size(); ++i) {
    rt::Template &t = program.templates[i];
    streams[i].resize(program.phases.size());
    for (const std::vector<rt::Instruction> &phase : streams[i]) {
      t.phaseBegin.push_back(static_cast<uint32_t>(t.words.size() / rt::instructionWords));
      for (const rt::Instruction &instruction : phase)
        rt::encodeInstruction(instruction, t.words);
    }
    t.phaseBegin.push_back(static_cast<uint32_t>(t.words.size() / rt::instructionWords));
  }
  return std::move(program);
}

} // namespace wage::chip
