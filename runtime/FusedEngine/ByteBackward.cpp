//===- ByteBackward.cpp - errors, gradients and updates, stage by stage ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/FusedEngine/ByteEngine.h"

#include "runtime/Kernels/ByteTranspose.h"

#include <algorithm>
#include <cstring>

namespace wage::rt {

//===----------------------------------------------------------------------===//
// Backward
//===----------------------------------------------------------------------===//

void ByteEngine::runLoss(const StepInput &input, const StepOutput &output) {
  const ByteStage &last = stages.back().is;
  int32_t *error = errorsOf(stages.size() - 1).data();
  int64_t maximum = 0;
  for (int64_t s = 0; s < int64_t(input.count); ++s)
    for (int64_t c = 0; c < int64_t(program.classes); ++c, ++error) {
      const int64_t target = c == int64_t(input.labels[s]) ? int64_t(1) << plan.targetShift : 0;
      *error = static_cast<int32_t>(output.logits[s * program.classes + c] - target);
      maximum = std::max(maximum, std::abs(int64_t(*error)));
    }
  numbers.set(last.errorMaximum, maximum);
}

/// Each thread rounds its samples' errors and hands them on; then the batch's gradient is formed, which needs all of them.
void ByteEngine::runBackward(size_t index, const StepInput &input) {
  Stage &stage = stages[index];
  timedSamples[1] += wantsTimes(input) && index + 1 == stages.size() ? input.count : 0;
  std::fill(largest.begin(), largest.end(), 0);
  forSamples(input.count, [&](const Samples &share) {
    const PartClock clock(wantsTimes(input), secondsOf(share.thread, index, ErrorPart));
    HostArray<uint8_t> &images = memories[share.thread].errors;
    std::memset(images.data(), signedOffset,
                errorImages(stage.is.geometry).bytes(std::min(stage.errorPass, share.count)));
    for (int64_t first = 0; first < share.count; first += stage.errorPass) {
      const Samples pass = {share.thread, share.first + first, std::min(stage.errorPass, share.count - first)};
      roundStage(index, pass, input);
      if (stage.is.handsErrorOn)
        largest[share.thread] = std::max(largest[share.thread], transposeStage(index, pass));
    }
  });
  if (stage.is.handsErrorOn)
    numbers.set(stages[index - 1].is.errorMaximum, *std::max_element(largest.begin(), largest.end()));
  if (stage.is.learns)
    outerStage(index, input);
}

/// Q_E of a few samples, into images and quads.
void ByteEngine::roundStage(size_t index, const Samples &samples, const StepInput &input) {
  Stage &stage = stages[index];
  ErrorRounding rounding;
  rounding.shift = static_cast<int>(numbers.get(stage.is.errorExponent)) + stage.is.errorShift;
  rounding.bits = stage.is.errorBits;
  rounding.rounding = program.config.rounding;
  rounding.hasGates = index + 1 < stages.size();
  rounding.pool = stage.is.quantizer.pool;
  const ByteImages layout = errorImages(stage.is.geometry);
  uint8_t *image = memories[samples.thread].errors.data();
  for (int64_t s = samples.first; s < samples.first + samples.count; ++s, image += layout.sampleBytes()) {
    const int32_t *error = &errorsOf(index)[s * stage.outElements];
    roundErrors(rounding, error, rounding.hasGates ? &stage.gates[s * stage.outElements] : nullptr, layout, image);
    if (input.activity)
      countErrors(stage, rounding, error, *input.activity);
  }
  if (stage.is.learns)
    stage.outer.fillQuads(layout, memories[samples.thread].errors.data(), samples.first, samples.count, quadsOf(stage));
}

/// The plain operations round what the pool has scattered already, where it stands behind the rounding: zeros but for these.
void ByteEngine::countErrors(const Stage &stage, const ErrorRounding &rounding, const int32_t *error,
                             ActivityCounter &activity) {
  ValueCounts counts;
  uint64_t nonZero = 0;
  countRounded(rounding, error, stage.outElements, nonZero, counts.largest);
  const LinearBlock &geometry = stage.is.geometry;
  counts.total = stage.is.quantizer.poolsSums ? stage.outElements : geometry.neurons * geometry.positions();
  counts.zero = counts.total - nonZero;
  activity.add(Opcode::ShiftClipBy, stage.is.layer, counts);
}

/// The error of the stage in front of this one, unrounded, of a few samples whose error's images are there. Returns its
/// maximum.
uint32_t ByteEngine::transposeStage(size_t index, const Samples &samples) {
  Stage &stage = stages[index], &previous = stages[index - 1];
  ThreadMemory &memory = memories[samples.thread];
  const int64_t row = previous.outElements / stage.transposed.positions();
  uint32_t maximum = 0;
  for (int64_t block = 0; block < stage.transposed.blocks(); ++block) {
    const int64_t lanes = stage.transposed.lanesOf(block), firstLane = block * lanesPerBlock;
    const int64_t positions = samples.count * stage.transposed.positions();
    const int64_t strip = hasWholeRows(stage.transposed) ? positions : stripBytes / (4 * lanesPerBlock);
    for (int64_t first = 0; first < positions; first += strip) {
      const int64_t count = std::min(strip, positions - first);
      stage.transposed.run(memory.errors.data(), stage.transposedPanels.data(), stage.transposedStart.data(),
                           stage.largestErrorProduct(), block, first, count, memory.sums.data());
      const int64_t at = samples.first * previous.outElements + first * row + firstLane;
      maximum = std::max(
          maximum, maskErrors(memory.sums.data(), count, lanes, &previous.gates[at], &errorsOf(index - 1)[at], row));
    }
  }
  return maximum;
}

/// Rows [firstRow, lastRow) of one block of a gradient.
void ByteEngine::formGradient(Stage &stage, int64_t samples, int64_t block, int64_t firstRow, int64_t lastRow,
                              int32_t *sums, int64_t stride, uint32_t *maximum) {
  stage.outer.run(stage.planes.data(), quadsOf(stage), samples, stage.is.isSigned ? signedOffset : 0, block, firstRow,
                  lastRow, sums, stride, /*accumulates=*/false, maximum);
}

/// The batch's gradient and its maximum, or its maximum only.
void ByteEngine::outerStage(size_t index, const StepInput &input) {
  Stage &stage = stages[index];
  const int64_t pieces = (stage.outer.rows() + gradientRows - 1) / gradientRows;
  std::fill(largest.begin(), largest.end(), 0);
  forItems(stage.outer.blocks() * pieces, [&](unsigned thread, int64_t item) {
    const PartClock clock(wantsTimes(input), secondsOf(thread, index, GradientPart));
    const int64_t block = item / pieces, first = item % pieces * gradientRows;
    const int64_t last = std::min(first + gradientRows, stage.outer.rows());
    if (!stage.formsTwice) {
      const int64_t stride = stage.outer.gradientRow();
      return formGradient(stage, input.count, block, first, last,
                          &stage.gradient[first * stride + block * lanesPerBlock], stride, &largest[thread]);
    }
    for (int64_t row = first; row < last; row += tileRows)
      formGradient(stage, input.count, block, row, std::min(row + tileRows, last), memories[thread].gradients.data(),
                   lanesPerBlock, &largest[thread]);
  });
  stage.largestGradient = *std::max_element(largest.begin(), largest.end());
}

//===----------------------------------------------------------------------===//
// Update
//===----------------------------------------------------------------------===//

void ByteEngine::runUpdate(size_t index, const StepInput &input) {
  Stage &stage = stages[index];
  const WeightUpdate update = weightUpdate(program, program.layers[stage.is.layer], input.control().data(),
                                           static_cast<int>(numbers.get(stage.is.gradientExponent)));
  forItems(stage.forward.blocks(), [&](unsigned thread, int64_t block) {
    const PartClock clock(wantsTimes(input), secondsOf(thread, index, UpdatePart));
    updateBlock(stage, update, input.count, block, thread);
    packForward(stage, block, block + 1);
  });
  if (stage.is.handsErrorOn)
    forItems(stage.transposed.blocks(), [&](unsigned thread, int64_t block) {
      const PartClock clock(wantsTimes(input), secondsOf(thread, index, UpdatePart));
      packTransposed(stage, block, block + 1);
    });
}

/// Gradients stand row by row, weights neuron by neuron: a piece of both is brought into one order.
void ByteEngine::updateBlock(Stage &stage, const WeightUpdate &update, int64_t samples, int64_t block,
                             unsigned thread) {
  const int64_t rows = stage.is.geometry.rows(), first = block * lanesPerBlock, lanes = stage.forward.lanesOf(block);
  const int64_t gradientRow = stage.outer.gradientRow();
  LayerWeights &weights = layers[stage.is.layer];
  int32_t *gradients = memories[thread].gradients.data();
  for (int64_t row = 0; row < rows; row += updateWeights) {
    const int64_t count = std::min(updateWeights, rows - row);
    if (stage.formsTwice) {
      int32_t *piece = gradients + lanesPerBlock * updateStride;
      formGradient(stage, samples, block, row, row + count, piece, lanesPerBlock, nullptr);
      transposeWords(piece, lanesPerBlock, count, lanes, gradients, updateStride);
    } else {
      transposeWords(&stage.gradient[row * gradientRow + first], gradientRow, count, lanes, gradients, updateStride);
    }
    for (int64_t lane = 0; lane < lanes; ++lane) {
      const int64_t at = (first + lane) * rows + row;
      WeightUpdate piece = update;
      piece.neurons = 1;
      piece.rows = count;
      piece.firstIndex = (first + lane) * update.neuronStride + row * update.rowStride;
      updateMasters(piece, gradients + lane * updateStride, ElementType::Int32, &weights.masters[at], nullptr);
    }
  }
  const Config &config = program.config;
  quantizeWeights(&weights.masters[first * rows], &weights.inUse[first * rows], lanes * rows, config.weightBits,
                  config.gradientBits, config.rounding);
}

} // namespace wage::rt
