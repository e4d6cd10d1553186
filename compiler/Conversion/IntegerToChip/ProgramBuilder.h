//===- ProgramBuilder.h - a chip program under construction ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_CONVERSION_INTEGERTOCHIP_PROGRAMBUILDER_H
#define WAGE_COMPILER_CONVERSION_INTEGERTOCHIP_PROGRAMBUILDER_H

#include "compiler/Conversion/IntegerToChip/Partition.h"
#include "runtime/Format/Program.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace wage::chip {

using BufferIndex = int32_t;

/// The cores of one layer (or of the per-channel work in front of the first layer): block (k, n) is core
/// firstCore + n * rowBlocks + k. The cores with k = 0, the roots, also sum the partial sums of their neurons and do
/// everything that is done per channel; they run `rootTemplate`, the others `blockTemplate`.
struct Stage {
  std::string name;
  int64_t layer = -1; ///< index in Program::layers; -1: no weights
  Partition partition;
  int64_t firstCore = 0;
  int rootTemplate = -1, blockTemplate = -1;

  int64_t core(int64_t k, int64_t n) const { return firstCore + n * partition.rowBlocks() + k; }
  int64_t root(int64_t n) const { return core(0, n); }
  int64_t channels() const { return partition.neuronEdges.back(); }
  /// Whether the roots can share out a tensor: by channels, or one of them has it all.
  bool canHold(int64_t elements) const { return elements % channels() == 0 || partition.neuronBlocks() == 1; }
  /// First element of root n's slice of a tensor of `elements` elements per sample that the roots can hold.
  int64_t sliceBegin(int64_t n, int64_t elements) const {
    return n == partition.neuronBlocks() ? elements : partition.neuronEdges[n] * (elements / channels());
  }
  std::vector<int> templates() const {
    return blockTemplate < 0 ? std::vector<int>{rootTemplate} : std::vector<int>{rootTemplate, blockTemplate};
  }
};

/// One packet stream to be: `elements` elements from `source`'s buffer at `sourceOffset` to the destinations' buffers.
struct Transfer {
  int64_t source = rt::hostNode, sourceOffset = 0;
  std::vector<std::pair<int64_t, int64_t>> destinations; ///< core (or hostNode) and offset
  int64_t elements = 0;
};

/// The buffer that holds a value in each template that has it.
using BufferMap = std::map<int, BufferIndex>;

/// A packet stream of a tensor that is put together: what is sent, and the buffers that have it (null: the host has the image).
struct GatheredTransfer {
  Transfer transfer;
  const BufferMap *sources = nullptr;
};

/// Collects templates, cores, routes and parameter rows; `finish` joins the streams' phases.
class ProgramBuilder {
public:
  rt::Program program;

  /// Adds the cores and templates of a stage; every core gets its block.
  Stage addStage(std::string name, int64_t layer, const Partition &partition);

  /// Adds a buffer; `elements` gives each core's size. Names are made distinct within the template.
  BufferIndex addBuffer(int templateIndex, const std::string &name, rt::ElementType type, rt::Lifetime lifetime,
                        const std::vector<int64_t> &elementsOfCore);

  /// A parameter column with each core's value, in the order of the template's cores.
  rt::Operand addColumn(int templateIndex, const std::string &name, const std::vector<int64_t> &valueOfCore);

  /// Columns that every template of a stage with weights has: row_begin, row_end, neuron_begin, neuron_end.
  std::vector<rt::Operand> blockOperands(int templateIndex);

  void emit(int templateIndex, size_t phase, rt::Opcode opcode, std::vector<rt::Operand> operands);

  /// Emits one send in every template that holds a source and one receive in every template that holds a destination.
  /// `mode`: 0 copy, 1 add, 2 maximum. With `receiveFirst` a template that does both receives first (inner nodes of a tree).
  void exchange(size_t phase, const std::string &name, rt::ElementType type, const std::vector<Transfer> &transfers,
                const BufferMap &sources, const BufferMap &destinations, int mode, bool receiveFirst = false);

  /// As exchange, from several buffers and the host's image into one: a send for each, and one receive.
  void gather(size_t phase, const std::string &name, rt::ElementType type,
              const std::vector<GatheredTransfer> &transfers, const BufferMap &destinations, int mode = 0);

  /// As exchange, from or to the host, which needs a port instead of an instruction.
  void exchangeWithHost(size_t phase, const std::string &name, rt::HostData data, rt::ElementType type,
                        const std::vector<Transfer> &transfers, const BufferMap &buffers);

  /// Cores that run a template, ascending.
  const std::vector<int64_t> &coresOf(int templateIndex) const { return templateCores[templateIndex]; }

  /// The finished program; addresses are zero, positions unset.
  rt::Program finish();

private:
  struct LinkList {
    std::map<int64_t, std::vector<rt::Link>> ofCore;
  };
  void emitLinks(size_t phase, const std::string &name, rt::Opcode opcode, const BufferMap &buffers,
                 const LinkList &links, int mode);
  std::string distinct(int templateIndex, const std::string &name);

  std::vector<std::vector<std::vector<rt::Instruction>>> streams; ///< by template and phase
  std::vector<std::vector<int64_t>> templateCores;
  std::vector<std::map<std::string, int>> names; ///< by template: uses of each buffer or column name
  std::map<std::string, int> stageNames;         ///< uses of each
  std::map<int, std::vector<rt::Operand>> blockColumns;
};

/// An operand that stands in the instruction itself.
inline rt::Operand immediate(int64_t value) { return {static_cast<int32_t>(value), false}; }

} // namespace wage::chip

#endif // WAGE_COMPILER_CONVERSION_INTEGERTOCHIP_PROGRAMBUILDER_H
