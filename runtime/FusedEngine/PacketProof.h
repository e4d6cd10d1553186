//===- PacketProof.h - what is known of all packets while they are proved ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_FUSEDENGINE_PACKETPROOF_H
#define WAGE_RUNTIME_FUSEDENGINE_PACKETPROOF_H

#include "runtime/FusedEngine/TensorParts.h"
#include "runtime/FusedEngine/TreeProof.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace wage::rt {

/// Half-open ranges of one buffer that packets fill or empty.
struct Coverage {
  std::vector<std::pair<int64_t, int64_t>> ranges;

  void add(int64_t begin, int64_t elements) { ranges.push_back({begin, begin + elements}); }
  bool isExactly(int64_t elements) {
    std::sort(ranges.begin(), ranges.end());
    int64_t at = 0;
    for (const auto &[begin, end] : ranges) {
      if (begin != at)
        return false;
      at = end;
    }
    return at == elements;
  }
};

/// The proof of LiftProof.h: each packet stream by itself, then all together.
class PacketProof {
public:
  PacketProof(const Program &program, const StreamIndex &index)
      : program(program), index(index), roles(program, index), parts(program, index, roles) {
    firstBuffer.push_back(0);
    for (const Template &t : program.templates)
      firstBuffer.push_back(firstBuffer.back() + static_cast<uint32_t>(t.buffers.size()));
    for (uint32_t i = 0; i < firstBuffer.back(); ++i)
      sharedWith.push_back(i);
  }

  Status run() {
    if (Status status = proveRoles(program, index, roles); !status.ok())
      return status;
    joinShared();
    for (uint32_t r = 0; r < program.routes.size(); ++r)
      for (const RouteEnd &receiver : index.receivers[r])
        if (Status status = visit(r, receiver); !status.ok())
          return status;
    constexpr Status (PacketProof::*together[])() = {
        &PacketProof::visitLogits, &PacketProof::visitClasses,  &PacketProof::proveReceived,
        &PacketProof::proveFilled, &PacketProof::proveReturned, &PacketProof::proveTrees,
        &PacketProof::proveCopies, &PacketProof::proveErrors,   &PacketProof::proveUses};
    for (const auto proof : together)
      if (Status status = (this->*proof)(); !status.ok())
        return status;
    return parts.prove();
  }

private:
  using Place = std::pair<uint32_t, uint32_t>; ///< core, instruction

  const Core &coreOf(const RouteEnd &end) const { return program.cores[end.core]; }
  uint32_t stageOf(uint32_t core) const { return index.stageOf[program.cores[core].templateIndex]; }
  unsigned rolesOf(const RouteEnd &end) const { return roles.of(coreOf(end).templateIndex, end.buffer); }
  bool isRoot(uint32_t core) const { return index.rootTemplate[stageOf(core)] == program.cores[core].templateIndex; }

  uint32_t assemblyOf(const RouteEnd &end) const {
    return program.templates[coreOf(end).templateIndex].buffers[end.buffer].assembly;
  }
  /// Blocks' copies of a layer's input are put together as their root's.
  bool agreesWithRoot(const RouteEnd &end) const {
    const uint32_t root = index.rootTemplate[stageOf(end.core)];
    const uint32_t buffer = roles.rootBuffer(coreOf(end).templateIndex, end.buffer);
    return buffer != noIndex && program.templates[root].buffers[buffer].assembly == assemblyOf(end);
  }

  Status broken(uint32_t route, const RouteEnd &end, const std::string &what) const {
    return Status::error("route " + std::to_string(route) + " at core (" + std::to_string(coreOf(end).x) + ", " +
                         std::to_string(coreOf(end).y) + "), buffer '" +
                         program.templates[coreOf(end).templateIndex].buffers[end.buffer].name + "': " + what);
  }

  Status visit(uint32_t route, const RouteEnd &receiver);
  Status visitHost(uint32_t route, const RouteEnd &receiver);
  void joinShared();
  uint32_t sharedBuffer(uint32_t t, uint32_t buffer) const;
  bool isSharedGradient(uint32_t t, uint32_t buffer) const;
  Status visitMaximum(uint32_t route, const RouteEnd &sender, const RouteEnd &receiver, int64_t mode);
  Status visitGradient(uint32_t route, const RouteEnd &sender, const RouteEnd &receiver, int64_t mode);
  Status visitReturned(uint32_t route, const RouteEnd &sender, const RouteEnd &receiver);
  bool isPoolProduct(const RouteEnd &sender) const;
  bool isReturnedRight(uint32_t route, const RouteEnd &sender, const RouteEnd &receiver) const;
  Status visitWithin(uint32_t route, const RouteEnd &sender, const RouteEnd &receiver, int64_t mode);
  Status visitBetween(uint32_t route, const RouteEnd &sender, const RouteEnd &receiver, int64_t mode);
  Status visitPart(uint32_t route, const RouteEnd &receiver, uint32_t templateIndex, uint32_t buffer, int64_t begin);
  Status visitLogits();
  Status visitClasses();
  Status proveReceived();
  Status proveFilled();
  Status proveReturned();
  Status proveTrees();
  Status proveCopies();
  std::pair<uint32_t, uint32_t> updateOf(uint32_t t) const;
  Status proveErrors();
  Status proveUses();
  bool mayUse(uint32_t t, uint32_t buffer, uint32_t instruction, bool writes) const;

  const Program &program;
  const StreamIndex &index;
  const BufferRoles roles;
  const TensorParts parts;
  std::map<Place, Coverage> filled; ///< by receiving place: must be the whole buffer
  std::map<Place, int64_t> filledElements;
  std::map<Place, Coverage> returned; ///< by core and buffer: must be the whole product
  std::map<Place, int64_t> returnedElements;
  /// By stage and root buffer of a product and stage of the error: the instruction that adds it.
  std::map<std::tuple<uint32_t, uint32_t, uint32_t>, uint32_t> returnedAt;
  std::map<std::pair<uint32_t, uint32_t>, Tree> rowTrees, neuronTrees; ///< by stage and root buffer
  /// Maxima and gradients may be those of several stages. A buffer of a root's template, counted through all templates, leads to
  /// the one that stands for all.
  std::vector<uint32_t> firstBuffer, sharedWith;
  std::map<uint32_t, Buffers> buffersOf; ///< by shared buffer: all that are one with it
  std::map<uint32_t, Tree> maximumTrees; ///< by shared buffer
  std::map<uint32_t, Telling> tellings;
  using Block = std::tuple<uint32_t, uint32_t, uint32_t>; ///< shared buffer, first neuron, first row
  std::map<Block, Tree> gradientTrees;
  std::map<Block, Telling> gradientTellings;
  /// Templates' buffers that hold a copy of another layer's tensor: the lifted program has one tensor for both.
  std::set<std::pair<uint32_t, uint32_t>> copies;
  std::map<Place, Place> copiedFrom;  ///< core and buffer: the sending template and buffer
  std::map<Place, uint32_t> errorsAt; ///< blocks' receptions of errors
};

/// Notes a message up a tree. False: the core has sent its part already.
bool addToTree(Tree &tree, const RouteEnd &sender, const RouteEnd &receiver);

} // namespace wage::rt

#endif // WAGE_RUNTIME_FUSEDENGINE_PACKETPROOF_H
