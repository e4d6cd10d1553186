//===- VerifyMovement.cpp - what tables, moves and assemblies must be ------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Format/VerifierParts.h"

#include <algorithm>

namespace wage::rt::verify {

namespace {

Status verifyTables(const Tables &tables, const std::string &where) {
  if (tables.bits < 2 || tables.bits > 16)
    return Status::error(where + "entries for " + number(tables.bits) + " bits, needed 2 to 16");
  if (tables.type != ElementType::Int8 && tables.type != ElementType::Int16)
    return Status::error(where + "entries are neither of 8 nor of 16 bits");
  if (tables.entries.empty() || tables.entries.size() % (size_t(1) << tables.bits) != 0)
    return Status::error(where + number(tables.entries.size()) + " entries, needed a multiple of " +
                         number(uint64_t(1) << tables.bits));
  if (tables.type == ElementType::Int8)
    for (int16_t entry : tables.entries)
      if (entry < -128 || entry > 127)
        return Status::error(where + "an entry is " + std::to_string(entry) + ", needed 8 bits");
  return Status();
}

Status verifyMove(const Move &move, const std::string &where) {
  for (int64_t elements : {move.inElements, move.outElements})
    if (elements < 1 || static_cast<uint64_t>(elements) > largestTensor)
      return Status::error(where + "a tensor of " + std::to_string(elements) + " elements, needed 1 to " +
                           number(largestTensor));
  const Rearrangement &r = move.rearrangement;
  if (const std::string problem = checkRearrangement(r, move.inElements, move.outElements); !problem.empty())
    return Status::error(where + problem);
  const Rearrangement plain = normalized(r);
  if (plain.sizes != r.sizes || plain.from != r.from || plain.to != r.to)
    return Status::error(where + "its dimensions are not merged and sorted by the strides of 'to'");
  return Status();
}

Status verifyAssembly(const Program &p, const Assembly &assembly, const std::string &where) {
  uint64_t sum = 0;
  for (const Segment &segment : assembly.segments) {
    const bool isImage = segment.templateIndex == noIndex;
    const uint64_t most = isImage ? p.inputElements() : largestTensor;
    if (segment.elements < 1 || segment.elements > most || segment.begin > most - segment.elements)
      return Status::error(where + "a part of " + number(segment.elements) + " elements from " + number(segment.begin) +
                           " on, of at most " + number(most));
    if (!isImage && (segment.templateIndex >= p.templates.size() ||
                     segment.buffer >= p.templates[segment.templateIndex].buffers.size()))
      return Status::error(where + "a part of buffer " + number(segment.buffer) + " of template " +
                           number(segment.templateIndex) + ", which is not there");
    sum += segment.elements;
    if (sum > largestTensor)
      return Status::error(where + "more than " + number(largestTensor) + " elements");
  }
  return assembly.segments.empty() ? Status::error(where + "no parts") : Status();
}

/// Where a buffer's contents come from: at most one source, which is there.
Status verifySource(const Program &p, const Template &t, const BufferDecl &buffer) {
  const std::string where = "template '" + t.name + "', buffer '" + buffer.name + "': ";
  if (buffer.assembly != noIndex && (buffer.assembly >= p.assemblies.size() || buffer.tables != noIndex))
    return Status::error(where + "assembly " + number(buffer.assembly) + " of " + number(p.assemblies.size()) +
                         ", or tables as well");
  if (buffer.tables == noIndex)
    return Status();
  if (buffer.tables >= p.tables.size())
    return Status::error(where + "tables " + number(buffer.tables) + " of " + number(p.tables.size()));
  if (buffer.type != p.tables[buffer.tables].type || buffer.lifetime != Lifetime::Step)
    return Status::error(where + "tables need the type of their entries and the lifetime of the step");
  const Operand &first = buffer.firstEntry;
  if (first.isParameter && (first.value < 0 || static_cast<size_t>(first.value) >= t.parameters.size()))
    return Status::error(where + "names parameter " + std::to_string(first.value) + " of " +
                         number(t.parameters.size()));
  return Status();
}

/// Every core's tables are a part of the program's.
Status verifyEntries(const Program &p, size_t c) {
  const Core &core = p.cores[c];
  for (const BufferDecl &buffer : p.templates[core.templateIndex].buffers) {
    if (buffer.tables == noIndex)
      continue;
    const int64_t first = operandValue(buffer.firstEntry, core), elements = operandValue(buffer.elements, core);
    const auto there = static_cast<int64_t>(p.tables[buffer.tables].entries.size());
    if (first < 0 || elements < 0 || elements > there || first > there - elements)
      return Status::error(coreName(p, c) + ", buffer '" + buffer.name + "': entries [" + std::to_string(first) +
                           ", +" + std::to_string(elements) + ") of " + std::to_string(there));
  }
  return Status();
}

} // namespace

Status movement(const Program &p) {
  auto name = [](const char *what, size_t i) { return what + (" " + number(i)) + ": "; };
  for (size_t i = 0; i < p.tables.size(); ++i)
    if (Status status = verifyTables(p.tables[i], name("tables", i)); !status.ok())
      return status;
  for (size_t i = 0; i < p.moves.size(); ++i)
    if (Status status = verifyMove(p.moves[i], name("move", i)); !status.ok())
      return status;
  for (size_t i = 0; i < p.assemblies.size(); ++i)
    if (Status status = verifyAssembly(p, p.assemblies[i], name("assembly", i)); !status.ok())
      return status;
  for (const Template &t : p.templates)
    for (const BufferDecl &buffer : t.buffers)
      if (Status status = verifySource(p, t, buffer); !status.ok())
        return status;
  for (size_t c = 0; c < p.cores.size(); ++c)
    if (Status status = verifyEntries(p, c); !status.ok())
      return status;
  if (p.logits != noIndex && (p.logits >= p.assemblies.size() || p.assemblies[p.logits].elements() != p.classes))
    return Status::error("the logits' assembly " + number(p.logits) + " is not there, or not of the " +
                         number(p.classes) + " classes");
  return Status();
}

} // namespace wage::rt::verify
