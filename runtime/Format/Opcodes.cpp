//===- Opcodes.cpp - instructions as the table describes them -------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Format/Opcodes.h"

namespace wage::rt {

const std::vector<OpcodeInfo> &opcodeTable() {
#define FIELD(name, kind) FieldInfo{#name, FieldKind::kind}
#define FIELDS(...) {__VA_ARGS__}
#define WAGE_OPCODE(name, mnemonic, number, work, meaning, fields)                                                     \
  OpcodeInfo{Opcode::name, #mnemonic, WorkKind::work, meaning, fields},
  static const std::vector<OpcodeInfo> table = {
#include "runtime/Format/Opcodes.def"
  };
#undef FIELDS
#undef FIELD
  return table;
}

int OpcodeInfo::fieldIndex(std::string_view name) const {
  for (size_t i = 0; i < fields.size(); ++i)
    if (fields[i].name == name)
      return static_cast<int>(i);
  return -1;
}

const OpcodeInfo *findOpcode(uint16_t number) {
  for (const OpcodeInfo &info : opcodeTable())
    if (static_cast<uint16_t>(info.opcode) == number)
      return &info;
  return nullptr;
}

const OpcodeInfo *findOpcode(std::string_view mnemonic) {
  for (const OpcodeInfo &info : opcodeTable())
    if (info.mnemonic == mnemonic)
      return &info;
  return nullptr;
}

} // namespace wage::rt
