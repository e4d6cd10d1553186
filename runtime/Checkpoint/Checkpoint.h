//===- Checkpoint.h - a training run, stopped between two steps ------------ -*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_CHECKPOINT_CHECKPOINT_H
#define WAGE_RUNTIME_CHECKPOINT_CHECKPOINT_H

#include "runtime/Support/Status.h"

#include <cstdint>
#include <string>
#include <vector>

namespace wage::rt {

/// One thing a run's bits depend on, such as {"--batch", "128"}. Both parts are for people too: errors quote them.
struct RunSetting {
  std::string name, value;
};

/// All that a run needs to go on, beside the binary and the data that it was started with.
struct Checkpoint {
  uint64_t step = 0;                ///< training steps done
  std::vector<RunSetting> settings; ///< what identifies the run, in the order in which they are compared
  std::vector<uint8_t> images;      ///< packed weights of all cores (Session::weightImages)
};

/// The file of a checkpoint, checksum included. The same checkpoint always gives the same bytes.
std::vector<uint8_t> writeCheckpoint(const Checkpoint &checkpoint);

/// Reads a file's bytes. Memory is bounded by their number.
/// Errors: wrong checksum, no checkpoint, cut short, another version.
Expected<Checkpoint> readCheckpoint(const std::vector<uint8_t> &bytes);

/// Errors: the first of the run's settings that the checkpoint has otherwise or lacks, or one that only the checkpoint has.
Status checkSettings(const Checkpoint &checkpoint, const std::vector<RunSetting> &run);

} // namespace wage::rt

#endif // WAGE_RUNTIME_CHECKPOINT_CHECKPOINT_H
