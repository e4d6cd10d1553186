//===- Streams.h - a template as instructions ------------ -*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_FORMAT_STREAMS_H
#define WAGE_RUNTIME_FORMAT_STREAMS_H

#include "runtime/Format/Program.h"

#include <algorithm>

namespace wage::rt {

/// All instructions of a template, over its phases.
inline std::vector<Instruction> decodeStream(const Template &t) {
  std::vector<Instruction> instructions;
  for (size_t i = 0; i < t.words.size() / instructionWords; ++i)
    instructions.push_back(decodeInstruction(t.words, i));
  return instructions;
}

/// The instructions of every template.
inline std::vector<std::vector<Instruction>> decodeStreams(const Program &program) {
  std::vector<std::vector<Instruction>> streams;
  for (const Template &t : program.templates)
    streams.push_back(decodeStream(t));
  return streams;
}

/// Whether an instruction puts packets into its buffer as they are: a `receive` that neither adds them up nor keeps the largest.
/// (A mode is the same on all cores, which VerifyTemplates.cpp proves.)
inline bool copiesPackets(const Instruction &in) {
  return in.opcode == Opcode::Receive && !in.operands[3].isParameter && in.operands[3].value == 0;
}

/// The links of a core that a `receive` or `send` names.
struct LinkSpan {
  const Link *first = nullptr, *last = nullptr;
  const Link *begin() const { return first; }
  const Link *end() const { return last; }
};

/// Of a program that is not verified, those of them that the core has.
inline LinkSpan linksOf(const Instruction &message, const Core &core) {
  const auto links = static_cast<int64_t>(core.links.size());
  const int64_t first = std::clamp<int64_t>(operandValue(message.operands[1], core), 0, links);
  const int64_t count = std::clamp<int64_t>(operandValue(message.operands[2], core), 0, links - first);
  return {core.links.data() + first, core.links.data() + first + count};
}

/// Of every template the cores that run it, ascending.
inline std::vector<std::vector<uint32_t>> coresOfTemplates(const Program &program) {
  std::vector<std::vector<uint32_t>> cores(program.templates.size());
  for (uint32_t c = 0; c < program.cores.size(); ++c)
    cores[program.cores[c].templateIndex].push_back(c);
  return cores;
}

} // namespace wage::rt

#endif // WAGE_RUNTIME_FORMAT_STREAMS_H
