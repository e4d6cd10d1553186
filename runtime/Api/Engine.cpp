//===- Engine.cpp - what both engines share ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Api/Engine.h"

#include <unistd.h>

#include <algorithm>

namespace wage::rt {

Status checkHostMemory(uint64_t neededBytes) {
  const uint64_t there = static_cast<uint64_t>(sysconf(_SC_PHYS_PAGES)) * static_cast<uint64_t>(sysconf(_SC_PAGE_SIZE));
  if (neededBytes <= there)
    return Status();
  return Status::error("the simulation needs at least " + std::to_string(neededBytes) +
                       " bytes of memory, this machine has " + std::to_string(there));
}

ActivityCounter::ActivityCounter(const Program &program) {
  for (const Layer &layer : program.layers) {
    counts.emplace_back();
    counts.back().layer = layer.name;
    counts.back().frozen = layer.frozen;
  }
}

void ActivityCounter::add(Opcode opcode, uint32_t layer, BufferView view, int64_t elements, int64_t samples, int bits) {
  if (layer == noIndex)
    return;
  ValueCounts found;
  found.total = static_cast<uint64_t>(elements * samples);
  countValues(view, elements, samples, largestInteger(bits), found.zero, found.largest);
  add(opcode, layer, found);
}

void ActivityCounter::add(Opcode opcode, uint32_t layer, const ValueCounts &found) {
  const std::lock_guard<std::mutex> lock(mutex);
  ValueCounts &sum = opcode == Opcode::ShiftClipBy ? counts[layer].errors : counts[layer].activations;
  sum.total += found.total;
  sum.zero += found.zero;
  sum.largest += found.largest;
}

int64_t elementAt(const void *data, ElementType type, int64_t index) {
  switch (type) {
  case ElementType::Mask: return static_cast<const uint8_t *>(data)[index];
  case ElementType::Int8: return static_cast<const int8_t *>(data)[index];
  case ElementType::Int16: return static_cast<const int16_t *>(data)[index];
  case ElementType::Int32: return static_cast<const int32_t *>(data)[index];
  case ElementType::Int64: return static_cast<const int64_t *>(data)[index];
  }
  return 0;
}

void fillTables(const Tables &tables, int64_t first, int64_t elements, void *data) {
  // Only read: a view does not know it.
  auto *entries = const_cast<int16_t *>(tables.entries.data()) + first;
  convert({entries, ElementType::Int16, elements}, {data, tables.type, elements}, elements, 1);
}

namespace {

/// Looks bytes up in the table, or in their channel's.
void encodeImages(const Program &program, const uint8_t *images, uint32_t count, int64_t first, int64_t elements,
                  BufferView output) {
  const auto imageBytes = static_cast<int64_t>(program.inputElements());
  // Elements that share a table: all of them, or a channel's plane.
  const int64_t shared = program.encoderTable.size() == 256 ? imageBytes : imageBytes / program.inputChannels;
  const int64_t end = first + elements;
  for (int64_t at = first, next; at < end; at = next) {
    next = std::min(end, (at / shared + 1) * shared);
    int16_t table[256];
    std::copy_n(&program.encoderTable[at / shared * 256], 256, table);
    for (uint32_t s = 0; s < count; ++s) {
      BufferView part = output;
      part.data = static_cast<uint8_t *>(output.data) +
                  (s * output.sampleStride + at - first) * int64_t(hostBytes(output.type));
      lookUp(images + s * imageBytes + at, table, part, next - at, 1);
    }
  }
}

} // namespace

void encodeInput(const Program &program, const StepInput &input, uint32_t firstSample, uint32_t count, int64_t first,
                 int64_t elements, BufferView output) {
  const auto sampleElements = static_cast<int64_t>(program.inputElements());
  if (!input.activations)
    return encodeImages(program, input.images + firstSample * sampleElements, count, first, elements, output);
  // The kernel only reads them.
  auto *encoded = const_cast<int16_t *>(input.activations + firstSample * sampleElements + first);
  convert({encoded, ElementType::Int16, sampleElements}, output, elements, count);
}

void TraceCollector::addSlice(const TracePoint &point, BufferView view, uint32_t firstSample, uint32_t count,
                              int64_t first, int64_t elements) {
  TraceTensor &tensor = collected[point.name];
  int64_t perSample = 1;
  for (uint32_t extent : point.shape)
    perSample *= extent;
  if (tensor.shape.empty()) {
    tensor.name = point.name;
    tensor.shape.push_back(samples);
    tensor.shape.insert(tensor.shape.end(), point.shape.begin(), point.shape.end());
    tensor.values.resize(perSample * samples);
  }
  // Of a band, each channel's rows stand together.
  const int64_t run = point.rows ? int64_t(point.rows) * point.shape[2] : perSample;
  const int64_t plane = point.rows ? int64_t(point.shape[1]) * point.shape[2] : perSample;
  const int64_t shift = point.rows ? int64_t(point.firstRow) * point.shape[2] : 0;
  for (int64_t s = 0; s < count; ++s)
    for (int64_t i = 0; i < elements; ++i)
      tensor.values[(firstSample + s) * perSample + (first + i) / run * plane + (first + i) % run + shift] =
          elementAt(view.data, view.type, s * view.sampleStride + i);
}

void TraceCollector::addBlock(const std::string &name, const Layer &layer, const void *values, ElementType type,
                              int64_t rowBegin, int64_t rowEnd, int64_t neuronBegin, int64_t neuronEnd) {
  TraceTensor &tensor = collected[name];
  if (tensor.shape.empty()) {
    tensor.name = name;
    tensor.shape.assign(layer.weightShape.begin(), layer.weightShape.end());
    tensor.values.resize(layer.geometry.weights());
  }
  int64_t i = 0;
  layer.forEachWeight(rowBegin, rowEnd, neuronBegin, neuronEnd,
                      [&](int64_t index) { tensor.values[index] = elementAt(values, type, i++); });
}

PoolWindow poolWindow(const Pool &pool, int64_t channels) {
  PoolWindow window;
  window.channels = static_cast<int32_t>(channels);
  window.height = static_cast<int32_t>(pool.height), window.width = static_cast<int32_t>(pool.width);
  window.kernelHeight = static_cast<int32_t>(pool.kernelHeight);
  window.kernelWidth = static_cast<int32_t>(pool.kernelWidth);
  window.strideY = static_cast<int32_t>(pool.strideY), window.strideX = static_cast<int32_t>(pool.strideX);
  window.padTop = static_cast<int32_t>(pool.padTop), window.padLeft = static_cast<int32_t>(pool.padLeft);
  window.outHeight = static_cast<int32_t>(pool.outHeight), window.outWidth = static_cast<int32_t>(pool.outWidth);
  return window;
}

WeightUpdate weightUpdate(const Program &program, const Layer &layer, const int64_t *control, int exponent) {
  WeightUpdate u;
  u.neuronStride = layer.neuronStride();
  u.rowStride = layer.rowStride();
  u.ordinal = layer.ordinal;
  u.learningRateLog2 = static_cast<int>(control[0]);
  u.step = static_cast<uint64_t>(control[1]);
  u.seed = static_cast<uint64_t>(control[2]);
  u.gradientExponent = exponent;
  u.randomBits = program.config.randomBits;
  u.masterBits = program.config.gradientBits;
  u.masterLimit = masterLimit(program.config.weightBits, program.config.gradientBits);
  return u;
}

} // namespace wage::rt
