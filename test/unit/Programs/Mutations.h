//===- Mutations.h - programs that are not quite right ---------------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_TEST_UNIT_PROGRAMS_MUTATIONS_H
#define WAGE_TEST_UNIT_PROGRAMS_MUTATIONS_H

#include "runtime/Format/Program.h"

#include <string>

namespace wage::rt::testing {

/// Counts up from a seed; the same seed gives the same numbers on every machine.
class Dice {
public:
  explicit Dice(uint64_t seed) : state(seed * 0x9E3779B97F4A7C15u + 1) {}
  uint32_t below(size_t limit);
  bool chance(unsigned oneIn) { return below(oneIn) == 0; }
  template <typename T> T &pick(std::vector<T> &items) { return items[below(items.size())]; }

private:
  uint64_t state;
};

/// Applies one random change to `program` and says what it was; empty if this kind of change has nothing to change there.
/// Kinds: operands, parameters, links, routes (alone, or with both ends so that they still fit), instructions dropped, doubled,
/// exchanged or moved to another phase, tree parents, blocks, buffers, ports, tables.
std::string mutate(Program &program, Dice &dice);

/// The instructions of a template as a list, and back; `phaseBegin` is left alone.
std::vector<Instruction> instructionsOf(const Template &t);
void setInstructions(Template &t, const std::vector<Instruction> &instructions);

/// Takes one instruction out of a template, or puts one in before `index` (of the same phase).
void dropInstruction(Template &t, size_t index);
void insertInstruction(Template &t, size_t index, const Instruction &instruction);

/// Takes a route and all its links out, as if it had never been there. False, the program then being of no use, where a host port
/// has it or instructions do not say by parameters which links they have.
bool removeRoute(Program &p, uint32_t route);

} // namespace wage::rt::testing

#endif // WAGE_TEST_UNIT_PROGRAMS_MUTATIONS_H
