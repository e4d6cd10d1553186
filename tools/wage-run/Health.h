//===- Health.h - whether a training still learns --------------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_TOOLS_WAGERUN_HEALTH_H
#define WAGE_TOOLS_WAGERUN_HEALTH_H

#include "runtime/Api/wage_runtime.h"

#include <cstdint>
#include <string>
#include <vector>

namespace wage::run {

/// What an epoch showed of a layer: activations and errors of its last step, the weights after it.
struct LayerHealth {
  rt::LayerCounts counts;
  bool weightsChanged = true; ///< some master differs from what it was when the epoch began
};

/// One thing that keeps a training from learning.
struct HealthWarning {
  /// dead-weights, dead-activations, dead-errors, frozen-weights, clipped-activations, clipped-errors, largest-weights or
  /// stalled-errors.
  std::string kind;
  uint64_t epoch = 0; ///< from 0
  std::string layer;  ///< empty: the whole network
  std::string text;   ///< what was found, what it means, what one may try
};

/// Judges epoch after epoch. A finding is told once, and again only if it went away in between.
class HealthMonitor {
public:
  /// A share of clipped values from which a layer is warned of, in percent, where 4 bits or more hold them: of fewer bits
  /// the ends are too large a part of the range to mean anything.
  static constexpr uint64_t clippedPercent = 33;
  static constexpr uint32_t fewestClippedBits = 4;
  /// A share of masters at an end of their range, in percent, for k_W >= 2: of one bit all begin there.
  static constexpr uint64_t largestPercent = 95;
  /// Epochs without fewer training errors.
  static constexpr uint64_t stalledEpochs = 5;

  /// `session` is as it is before the first step.
  explicit HealthMonitor(const rt::Session &session);

  /// Judges the weights of `session` after an epoch, and the activations and errors of its last step (empty: that step was
  /// not watched). Weights that change nothing from here on are measured against what they are now.
  std::vector<LayerHealth> observe(const rt::Session &session, const std::vector<rt::LayerCounts> &lastStep);

  /// Warnings of the epoch `epoch`. Only those with `finished` count for a stall, which `wrong` of `images` decides.
  std::vector<HealthWarning> judge(const std::vector<LayerHealth> &layers, uint64_t epoch, bool finished,
                                   uint64_t wrong, uint64_t images);

private:
  void judgeLayer(const LayerHealth &layer, std::vector<HealthWarning> &found) const;
  void judgeLoss(uint64_t epoch, uint64_t wrong, uint64_t images, std::vector<HealthWarning> &found);

  uint32_t weightBits, activationBits, errorBits;
  std::vector<uint32_t> weightsBefore; ///< CRC-32 by layer
  double bestShare = 2;                ///< of training errors; more than any
  uint64_t bestEpoch = 0;
  uint64_t epochsSinceBest = 0;                             ///< that were judged; one batch may run over several
  std::vector<std::pair<std::string, std::string>> present; ///< kind and layer of what the last epoch had
};

/// A table of the layers, with the share of values at the ends and at 0.
std::string healthTable(const std::vector<LayerHealth> &layers);

/// One warning on a line: where, what, and what to try.
std::string warningText(const HealthWarning &warning);

} // namespace wage::run

#endif // WAGE_TOOLS_WAGERUN_HEALTH_H
