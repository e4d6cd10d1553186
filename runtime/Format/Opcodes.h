//===- Opcodes.h - instructions as the table describes them -----------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_FORMAT_OPCODES_H
#define WAGE_RUNTIME_FORMAT_OPCODES_H

#include <cstdint>
#include <string_view>
#include <vector>

namespace wage::rt {

enum class Opcode : uint16_t {
#define WAGE_OPCODE(name, mnemonic, number, work, meaning, fields) name = number,
#include "runtime/Format/Opcodes.def"
};

/// What an operand word means; see Opcodes.def.
enum class FieldKind : uint8_t {
  BufIn,
  BufOut,
  BufInOut,
  Links,
  LinkCount,
  Layer,
  Pool,
  Move,
  Int,
  RowBegin,
  RowEnd,
  NeuronBegin,
  NeuronEnd
};

/// Whether an instruction, in a phase that runs once, goes through the samples of the batch.
constexpr bool isOfBatch(Opcode opcode) { return opcode == Opcode::OuterMax || opcode == Opcode::OuterUpdate; }

/// Whether an instruction multiplies a layer's input with its weights: the operands of both begin with those of `forward`.
constexpr bool isForwardProduct(Opcode opcode) { return opcode == Opcode::Forward || opcode == Opcode::Integrate; }

/// Whether packets come or go.
constexpr bool isMessage(Opcode opcode) { return opcode == Opcode::Receive || opcode == Opcode::Send; }

/// Whether an instruction changes weights.
constexpr bool isUpdate(Opcode opcode) { return opcode == Opcode::Update || opcode == Opcode::OuterUpdate; }

/// What an instruction's cycles are counted in; see Opcodes.def.
enum class WorkKind : uint8_t { None, Mac, Element, Update, Message, BatchMac, BatchUpdate, Event };

struct FieldInfo {
  std::string_view name;
  FieldKind kind;
  bool isBuffer() const { return kind == FieldKind::BufIn || kind == FieldKind::BufOut || kind == FieldKind::BufInOut; }
};

struct OpcodeInfo {
  Opcode opcode;
  std::string_view mnemonic;
  WorkKind work;
  std::string_view meaning;
  std::vector<FieldInfo> fields;

  /// Position of the field `name` among the operands, or -1.
  int fieldIndex(std::string_view name) const;
};

/// All opcodes in ascending number.
const std::vector<OpcodeInfo> &opcodeTable();
/// The entry of `number` or `mnemonic`; null if there is none.
const OpcodeInfo *findOpcode(uint16_t number);
const OpcodeInfo *findOpcode(std::string_view mnemonic);

/// An operand as it stands in the stream: a number, or a reference to the core's parameter row.
struct Operand {
  int32_t value = 0;
  bool isParameter = false;
  bool operator==(const Operand &o) const { return value == o.value && isParameter == o.isParameter; }
};

/// An instruction word is fixed: word 0 holds the opcode (low 16 bits) and, in bit 16 + i, whether operand i is a
/// parameter index; words 1… hold the operands, unused ones zero.
constexpr uint32_t instructionWords = 12;
constexpr uint32_t maxOperands = instructionWords - 1;

struct Instruction {
  Opcode opcode;
  std::vector<Operand> operands; ///< one per field
};

} // namespace wage::rt

#endif // WAGE_RUNTIME_FORMAT_OPCODES_H
