//===- StreamIndex.cpp - which instruction carries which route ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/FusedEngine/StreamIndex.h"

#include "runtime/Format/Streams.h"

namespace wage::rt {

StreamIndex::StreamIndex(const Program &program)
    : instructions(program.templates.size()), coresOf(program.templates.size()), poolProducts(program.templates.size()),
      senders(program.routes.size()), receivers(program.routes.size()), hostPorts(program.routes.size(), -1),
      stageOf(program.templates.size()), rootTemplate(program.layers.size() + program.templates.size(), noIndex) {
  for (uint32_t t = 0; t < program.templates.size(); ++t) {
    const std::vector<uint32_t> &words = program.templates[t].words;
    for (size_t i = 0; i < words.size() / instructionWords; ++i) {
      Instruction &in = instructions[t].emplace_back(decodeInstruction(words, i));
      if (in.opcode != Opcode::Integrate)
        continue;
      // What events carry is exactly the integers, so that a whole layer is multiplied as a dense one is.
      in.opcode = Opcode::Forward;
      in.operands.resize(findOpcode(static_cast<uint16_t>(Opcode::Forward))->fields.size());
    }
    findPoolProducts(program, t);
    stageOf[t] = static_cast<uint32_t>(program.layers.size()) + t;
  }
  for (uint32_t c = 0; c < program.cores.size(); ++c) {
    const Core &core = program.cores[c];
    const uint32_t t = core.templateIndex;
    coresOf[t].push_back(c);
    if (core.layer != noIndex)
      stageOf[t] = core.layer;
    if (isRootCore(program, core))
      rootTemplate[stageOf[t]] = t;
    for (uint32_t i = 0; i < instructions[t].size(); ++i) {
      const Instruction &in = instructions[t][i];
      if (in.opcode != Opcode::Receive && in.opcode != Opcode::Send)
        continue;
      for (const Link &link : linksOf(in, core)) {
        const RouteEnd end{c, i, static_cast<uint32_t>(in.operands[0].value), link.offset};
        if (in.opcode == Opcode::Send)
          senders[link.route] = end;
        else
          receivers[link.route].push_back(end);
      }
    }
  }
  for (size_t i = 0; i < program.hostPorts.size(); ++i)
    hostPorts[program.hostPorts[i].route] = static_cast<int32_t>(i);
}

void StreamIndex::findPoolProducts(const Program &program, uint32_t t) {
  std::vector<uint32_t> &products = poolProducts[t], writers(program.templates[t].buffers.size(), 0);
  products.assign(writers.size(), noIndex);
  for (uint32_t i = 0; i < instructions[t].size(); ++i) {
    const Instruction &in = instructions[t][i];
    const OpcodeInfo &info = *findOpcode(static_cast<uint16_t>(in.opcode));
    for (size_t k = 0; k < info.fields.size(); ++k)
      if (info.fields[k].isBuffer() && info.fields[k].kind != FieldKind::BufIn)
        products[in.operands[k].value] =
            ++writers[in.operands[k].value] == 1 && in.opcode == Opcode::MaxPoolScatter ? i : noIndex;
  }
}

uint32_t StreamIndex::inputAssembly(const Program &program, uint32_t t, uint32_t buffer) const {
  const uint32_t scatter = poolProducts[t][buffer];
  for (const Instruction &in : instructions[t]) {
    // The positions of a scatter are those of one pool's maxima: the loader has seen to that.
    const bool isPool = scatter != noIndex && in.opcode == Opcode::MaxPool &&
                        in.operands[2].value == instructions[t][scatter].operands[1].value;
    if (isPool || (scatter == noIndex && in.opcode == Opcode::Forward))
      return program.templates[t].buffers[in.operands[0].value].assembly;
  }
  return noIndex;
}

} // namespace wage::rt
