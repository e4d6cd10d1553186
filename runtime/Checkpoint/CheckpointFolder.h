//===- CheckpointFolder.h - the last two checkpoints of a run ---------- -*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_CHECKPOINT_CHECKPOINTFOLDER_H
#define WAGE_RUNTIME_CHECKPOINT_CHECKPOINTFOLDER_H

#include "runtime/Checkpoint/Checkpoint.h"

#include <optional>

namespace wage::rt {

/// A folder that holds the last two checkpoints of one run, "step-NNNNNNNNNN.ckpt". Each appears whole or not at all,
/// whenever the process is killed. While the object lives, no other process opens the folder this way.
class CheckpointFolder {
public:
  /// Makes the folder if there is none, and removes the unfinished files of a killed run.
  /// Errors: it cannot be made, read or written; another run is using it.
  static Expected<CheckpointFolder> open(const std::string &path);

  CheckpointFolder(CheckpointFolder &&other) noexcept;
  CheckpointFolder &operator=(CheckpointFolder &&) = delete;
  ~CheckpointFolder();

  /// Steps of the checkpoints by their file names, ascending. Errors: the folder cannot be read.
  Expected<std::vector<uint64_t>> steps() const;

  /// The newest checkpoint that is whole; none if there is no file at all. A line for each damaged one passed over is
  /// added to `warnings`. Errors: there are files, but none is whole.
  Expected<std::optional<Checkpoint>> newest(std::vector<std::string> &warnings) const;

  /// Writes a checkpoint, syncs it to the disk, and only then removes all files but it and the one before. Files of later
  /// steps go too: a run that comes to an earlier step found them damaged. Units: `step` below 10^10.
  /// Errors: the system refuses; the earlier files are then intact.
  Status write(const Checkpoint &checkpoint) const;

  /// Removes the checkpoints before that of step `newest`, all but one. A run that was killed behind its last checkpoint
  /// left three. Errors: the system refuses.
  Status removeOlder(uint64_t newest) const;

  /// The path of the checkpoint of `step`.
  std::string file(uint64_t step) const;

private:
  CheckpointFolder() = default;
  Status failed(const char *what) const;
  Expected<std::vector<std::string>> names() const;
  Status removeUnfinished() const;

  std::string path;
  int lock = -1; ///< the folder itself, open and locked
};

} // namespace wage::rt

#endif // WAGE_RUNTIME_CHECKPOINT_CHECKPOINTFOLDER_H
