//===- VerifyTemplates.cpp - words of templates and their order ------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Format/Streams.h"
#include "runtime/Format/VerifierParts.h"

#include <algorithm>

namespace wage::rt::verify {

namespace {

Status checkOperand(const Template &t, const FieldInfo &field, const Operand &operand) {
  if (field.isBuffer()) {
    if (operand.isParameter || operand.value < 0 || static_cast<size_t>(operand.value) >= t.buffers.size())
      return Status::error("field '" + std::string(field.name) + "' must name one of the template's " +
                           number(t.buffers.size()) + " buffers");
    return Status();
  }
  // What a role computes is the same on all its cores; only ranges, links and sizes are each core's own.
  const bool isOwn = field.name == "channels" || field.name == "class_begin" || field.name == "begin" ||
                     field.name == "input_begin" || field.name == "output_begin";
  const bool isShared = field.kind == FieldKind::Layer || field.kind == FieldKind::Pool ||
                        field.kind == FieldKind::Move || (field.kind == FieldKind::Int && !isOwn);
  if (operand.isParameter && isShared)
    return Status::error("field '" + std::string(field.name) + "' must be a number, the same on every core");
  if (operand.isParameter && (operand.value < 0 || static_cast<size_t>(operand.value) >= t.parameters.size()))
    return Status::error("field '" + std::string(field.name) + "' names parameter " + std::to_string(operand.value) +
                         " of " + number(t.parameters.size()));
  return Status();
}

Status checkWords(const Template &t, size_t i) {
  const uint32_t *word = &t.words[i * instructionWords];
  const OpcodeInfo *info = findOpcode(static_cast<uint16_t>(word[0]));
  const std::string where = "template '" + t.name + "', instruction " + number(i) + ": ";
  if (!info)
    return Status::error(where + "opcode " + number(word[0] & 0xFFFF) + " is not in the opcode table");
  const size_t fields = info->fields.size();
  bool clean = word[0] >> (16 + fields) == 0;
  for (size_t k = fields; k < maxOperands; ++k)
    clean &= word[1 + k] == 0;
  if (!clean)
    return Status::error(where + "words beyond the " + number(fields) + " fields of '" + std::string(info->mnemonic) +
                         "' are not zero");
  const Instruction in = decodeInstruction(t.words, i);
  for (size_t k = 0; k < fields; ++k)
    if (Status status = checkOperand(t, info->fields[k], in.operands[k]); !status.ok())
      return Status::error(where + "'" + std::string(info->mnemonic) + "': " + status.text());
  return Status();
}

Status checkTemplate(const Program &p, const Template &t) {
  const std::string where = "template '" + t.name + "': ";
  if (t.words.size() % instructionWords != 0)
    return Status::error(where + number(t.words.size()) + " words are no multiple of " + number(instructionWords));
  const size_t count = t.words.size() / instructionWords;
  if (t.phaseBegin.size() != p.phases.size() + 1 || t.phaseBegin.front() != 0 || t.phaseBegin.back() != count ||
      !std::is_sorted(t.phaseBegin.begin(), t.phaseBegin.end()))
    return Status::error(where + "its phases do not divide its " + number(count) + " instructions");
  for (const BufferDecl &buffer : t.buffers) {
    if (buffer.type > ElementType::Int64 || buffer.lifetime > Lifetime::Step)
      return Status::error(where + "buffer '" + buffer.name + "' has no known type or lifetime");
    if (buffer.slots < 1 ||
        (buffer.slots > 1 && (buffer.lifetime != Lifetime::Sample || buffer.slots > p.config.maxBatch)))
      return Status::error(where + "buffer '" + buffer.name + "' has places for " + number(buffer.slots) +
                           " samples, needed 1, or of one that lives for a sample at most the largest batch, " +
                           number(p.config.maxBatch));
    for (const Operand &operand : {buffer.elements, buffer.address})
      if (operand.isParameter && (operand.value < 0 || static_cast<size_t>(operand.value) >= t.parameters.size()))
        return Status::error(where + "buffer '" + buffer.name + "' names parameter " + std::to_string(operand.value) +
                             " of " + number(t.parameters.size()));
  }
  for (size_t i = 0; i < count; ++i)
    if (Status status = checkWords(t, i); !status.ok())
      return status;
  return Status();
}

Status misuse(const Template &t, size_t i, const Instruction &in, const std::string &what, int32_t buffer) {
  return Status::error("template '" + t.name + "', instruction " + number(i) + " ('" +
                       std::string(findOpcode(static_cast<uint16_t>(in.opcode))->mnemonic) + "'): " + what +
                       " buffer '" + t.buffers[buffer].name + "'");
}

/// Biases stand on the finest grid: sums are brought to it first.
Status checkBiases(const Program &, const Template &t) {
  std::vector<bool> isBiased(t.buffers.size(), false);
  for (size_t i = 0; i < t.words.size() / instructionWords; ++i) {
    const Instruction in = decodeInstruction(t.words, i);
    if (in.opcode == Opcode::AlignChannels && isBiased[in.operands[0].value])
      return misuse(t, i, in, "biases stand on the finest grid and are added to aligned sums, not to",
                    in.operands[0].value);
    if (in.opcode == Opcode::AddBias)
      isBiased[in.operands[1].value] = true;
  }
  return Status();
}

/// Marks maxima and gradients.
std::vector<bool> buffersThatComeBack(const Template &t) {
  std::vector<bool> comesBack(t.buffers.size(), false);
  for (size_t i = 0; i < t.words.size() / instructionWords; ++i) {
    const Instruction in = decodeInstruction(t.words, i);
    const OpcodeInfo &info = *findOpcode(static_cast<uint16_t>(in.opcode));
    if (in.opcode == Opcode::MaxAbs || in.opcode == Opcode::OuterMax)
      comesBack[in.operands[info.fieldIndex("maximum")].value] = true;
    else if (in.opcode == Opcode::Outer)
      comesBack[in.operands[info.fieldIndex("gradient")].value] = true;
  }
  return comesBack;
}

/// A buffer is written first and read then: within a step, no instruction may write what an earlier one has read, nor read what
/// none has written. Accumulation in place counts as writing. Maxima and gradients are the exception: they are sent up before
/// the layer's maximum, or the sum of its copies' gradients, comes back into the same place (the proof of lifting orders those).
/// What lives for a sample is gone when the phase ends, since the next sample, or the next phase, comes to the same place.
Status checkOrder(const Program &p, const Template &t) {
  std::vector<bool> written(t.buffers.size(), false), read(t.buffers.size(), false);
  const std::vector<bool> comesBack = buffersThatComeBack(t);
  for (size_t b = 0; b < t.buffers.size(); ++b)
    written[b] = t.buffers[b].tables != noIndex; // from the start
  size_t phase = 0;
  for (size_t i = 0; i < t.words.size() / instructionWords; ++i) {
    for (; t.phaseBegin[phase + 1] <= i; ++phase)
      for (size_t b = 0; b < t.buffers.size(); ++b)
        written[b] = written[b] && t.buffers[b].lifetime != Lifetime::Sample;
    const Instruction in = decodeInstruction(t.words, i);
    const OpcodeInfo &info = *findOpcode(static_cast<uint16_t>(in.opcode));
    const bool adds = in.opcode == Opcode::Receive && !copiesPackets(in);
    std::vector<bool> writes(t.buffers.size(), false);
    for (size_t k = 0; k < info.fields.size(); ++k)
      if (info.fields[k].isBuffer() && info.fields[k].kind != FieldKind::BufIn)
        writes[in.operands[k].value] = true;
    for (size_t k = 0; k < info.fields.size(); ++k) {
      if (!info.fields[k].isBuffer())
        continue;
      const int32_t buffer = in.operands[k].value;
      if ((info.fields[k].kind == FieldKind::BufIn || adds) && !written[buffer])
        return misuse(t, i, in,
                      t.buffers[buffer].lifetime == Lifetime::Sample
                          ? "needs what nothing has written yet in phase '" + p.phases[phase].name + "',"
                          : "needs what nothing has written yet,",
                      buffer);
      if (writes[buffer] && read[buffer] && !comesBack[buffer])
        return misuse(t, i, in, "writes what was read already,", buffer);
    }
    for (size_t k = 0; k < info.fields.size(); ++k)
      if (info.fields[k].isBuffer())
        (writes[in.operands[k].value] ? written : read)[in.operands[k].value] = true;
  }
  return Status();
}

} // namespace

Status templates(const Program &p) {
  for (const Template &t : p.templates)
    for (Status (*check)(const Program &, const Template &) : {checkTemplate, checkBiases, checkOrder})
      if (Status status = check(p, t); !status.ok())
        return status;
  return Status();
}

} // namespace wage::rt::verify
