//===- StreamParts.cpp - what each instruction of a stream is for ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Cost/StreamParts.h"

#include "runtime/Format/Streams.h"

namespace wage::rt {

namespace {

/// For each phase, whether a core updates weights in it.
std::vector<bool> updatePhases(const Program &program) {
  std::vector<bool> updates(program.phases.size(), false);
  for (const Template &t : program.templates)
    for (size_t phase = 0; phase < program.phases.size(); ++phase)
      for (uint32_t i = t.phaseBegin[phase]; i < t.phaseBegin[phase + 1]; ++i)
        if (isUpdate(decodeInstruction(t.words, i).opcode))
          updates[phase] = true;
  return updates;
}

/// Marks the buffers that hold gradients.
std::vector<bool> gradientBuffers(const Template &t, const std::vector<Instruction> &instructions) {
  std::vector<bool> holds(t.buffers.size(), false);
  for (const Instruction &in : instructions)
    if (in.opcode == Opcode::Outer)
      holds[in.operands[2].value] = true;
  return holds;
}

/// Clears take the part of the next user of their buffer; from the end on, so that a Clear behind a Clear knows its
/// part.
void settleClears(StreamParts &stream) {
  for (size_t i = stream.instructions.size(); i-- > 0;) {
    const Instruction &clear = stream.instructions[i];
    if (clear.opcode != Opcode::Clear)
      continue;
    for (size_t next = i + 1; next < stream.instructions.size(); ++next)
      if (usesBuffer(stream.instructions[next], clear.operands[0].value)) {
        stream.parts[i] = stream.parts[next];
        break;
      }
  }
}

StreamParts readStream(const Program &program, const Template &t, const std::vector<bool> &updates) {
  StreamParts stream;
  stream.instructions = decodeStream(t);
  stream.parts.resize(stream.instructions.size(), CostPart::Error);
  const std::vector<bool> holdsGradient = gradientBuffers(t, stream.instructions);
  for (size_t phase = 0; phase < program.phases.size(); ++phase)
    for (uint32_t i = t.phaseBegin[phase]; i < t.phaseBegin[phase + 1]; ++i) {
      const Instruction &in = stream.instructions[i];
      const bool isGradient = in.opcode == Opcode::Outer || in.opcode == Opcode::OuterMax ||
                              (isMessage(in.opcode) && holdsGradient[in.operands[0].value]);
      stream.parts[i] = isGradient                    ? CostPart::Gradient
                        : updates[phase]              ? CostPart::Update
                        : phase < program.inferPhases ? CostPart::Forward
                                                      : CostPart::Error;
    }
  settleClears(stream);
  return stream;
}

} // namespace

bool usesBuffer(const Instruction &in, int32_t buffer) {
  const OpcodeInfo &info = *findOpcode(static_cast<uint16_t>(in.opcode));
  for (size_t i = 0; i < info.fields.size(); ++i)
    if (info.fields[i].isBuffer() && in.operands[i].value == buffer)
      return true;
  return false;
}

std::vector<StreamParts> readStreams(const Program &program) {
  const std::vector<bool> updates = updatePhases(program);
  std::vector<StreamParts> streams;
  for (const Template &t : program.templates)
    streams.push_back(readStream(program, t, updates));
  return streams;
}

} // namespace wage::rt
