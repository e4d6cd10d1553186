//===- Training.cpp - the training loop ----------------------------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "tools/wage-run/Training.h"

#include "runtime/Data/SampleOrder.h"
#include "tools/wage-run/Progress.h"

#include <algorithm>
#include <cstring>

namespace wage::run {

using rt::Counters;
using rt::Status;

namespace {

/// Adds what was counted between two moments. The peak is no sum.
void addDifference(Counters &total, const Counters &before, const Counters &after) {
  total.cycles += after.cycles - before.cycles;
  total.packets += after.packets - before.packets;
  total.packetBytes += after.packetBytes - before.packetBytes;
  total.byteHops += after.byteHops - before.byteHops;
  total.offChipBytes += after.offChipBytes - before.offChipBytes;
  total.macs += after.macs - before.macs;
  total.memoryBytes += after.memoryBytes - before.memoryBytes;
  total.spikes += after.spikes - before.spikes;
  total.synapticEvents += after.synapticEvents - before.synapticEvents;
  total.ticks += after.ticks - before.ticks;
  total.layers.resize(after.layers.size());
  for (size_t i = 0; i < after.layers.size(); ++i) {
    rt::LayerSpikes &sum = total.layers[i];
    const rt::LayerSpikes &to = after.layers[i], none, &from = i < before.layers.size() ? before.layers[i] : none;
    sum.layer = to.layer, sum.areErrors = to.areErrors;
    sum.values += to.values - from.values;
    sum.spikes += to.spikes - from.spikes;
  }
  total.energyPj += after.energyPj - before.energyPj;
  total.peakBytes = std::max(total.peakBytes, after.peakBytes);
}

class Trainer {
public:
  Trainer(rt::Session &session, const rt::Dataset &data, const rt::Dataset *heldOut, const TrainingPlan &plan,
          TraceWriter *trace, const TrainingEvents &events, TrainingResult &result)
      : session(session), data(data), heldOut(heldOut), plan(plan), trace(trace), events(events), result(result),
        order(data.count, plan.batch, plan.shuffleSeed) {}

  Status run() {
    if (trace)
      trace->writeStart(session);
    if (plan.watchHealth)
      health.emplace(session);
    Counters before = session.counters();
    for (uint64_t step = plan.firstStep; step < plan.steps; ++step) {
      if (Status status = runStep(step); !status.ok())
        return status;
      result.interrupted = step + 1 < plan.steps && events.wantsToStop && events.wantsToStop();
      if (Status status = saveIfDue(step + 1); !status.ok())
        return status;
      if (result.interrupted) {
        addDifference(result.counters, before, session.counters());
        return Status();
      }
      const bool finished = order.epochOfStep(step + 1) != order.epochOfStep(step);
      if (!finished && step + 1 < plan.steps)
        continue;
      addDifference(result.counters, before, session.counters());
      if (Status status = endEpoch(finished, step + 1); !status.ok() || result.interrupted)
        return status;
      before = session.counters();
    }
    return trace ? endTrace() : Status();
  }

private:
  Status saveIfDue(uint64_t stepsDone) {
    const bool due = result.interrupted || stepsDone == plan.steps ||
                     (plan.checkpointEvery != 0 && stepsDone % plan.checkpointEvery == 0);
    if (!due || !events.onCheckpoint)
      return Status();
    const ProfileSpan span(events.profile, "checkpoint");
    return events.onCheckpoint(stepsDone);
  }

  Status runStep(uint64_t step) {
    const uint64_t epoch = order.epochOfStep(step);
    if (result.epochs.empty() || result.epochs.back().epoch != epoch) {
      result.epochs.emplace_back();
      result.epochs.back().epoch = epoch;
      result.epochs.back().resumed = step == plan.firstStep && step > 0 && order.epochOfStep(step - 1) == epoch;
    }
    const ProfileSpan span(events.profile, "step", static_cast<int64_t>(step));
    const Stopwatch watch;
    // Looked at are only the last steps of epochs: reading every activation costs.
    const bool last = step + 1 == plan.steps || order.epochOfStep(step + 1) != epoch;
    const bool watched = plan.watchHealth && last;
    if (watched)
      watchLayers(true);
    batch.gather(data, order, plan, step);
    rt::TraceSink sink;
    if (trace && trace->wants(step))
      sink = trace->sinkOfStep(step);
    rt::StepReport report;
    if (Status status =
            session.trainStep(batch.images.data(), batch.labels.data(), plan.batch, plan.rates.log2At(step, epoch),
                              plan.seed, step, report, sink ? &sink : nullptr);
        !status.ok())
      return status;
    if (watched)
      watchLayers(false);
    lastStep = std::move(report.layers);
    count(report, watch.seconds());
    if (trace)
      trace->addReport(report);
    if (events.onStep)
      events.onStep(result.images, result.errors);
    return trace ? trace->status() : Status();
  }

  void watchLayers(bool on) {
    rt::SessionWatch watch = events.profile ? events.profile->watch(Profile::Chip) : rt::SessionWatch();
    watch.countLayers = on;
    session.watch(watch);
  }

  void count(const rt::StepReport &report, double seconds) {
    EpochResult &epoch = result.epochs.back();
    ++epoch.steps;
    epoch.images += plan.batch;
    epoch.errors += report.wrong;
    epoch.seconds += seconds;
    ++result.steps;
    result.images += plan.batch;
    result.errors += report.wrong;
    result.seconds += seconds;
  }

  Status endEpoch(bool finished, uint64_t stepsDone) {
    EpochResult &epoch = result.epochs.back();
    epoch.finished = finished;
    if (health) {
      const ProfileSpan span(events.profile, "health");
      epoch.health = health->observe(session, lastStep);
      epoch.warnings = health->judge(epoch.health, epoch.epoch, finished && !epoch.resumed, epoch.errors, epoch.images);
    }
    if (heldOut) {
      const ProfileSpan span(events.profile, "evaluate");
      epoch.evaluation.emplace();
      InferencePlan all = {heldOut->count, session.info().maxBatch, {}};
      LogitSink sink;
      if (events.onEvaluation)
        sink = [&](const std::vector<int64_t> &, uint64_t done) {
          events.onEvaluation(done, heldOut->count, epoch.evaluation->errors);
          return Status();
        };
      // An evaluation may be long: a stop leaves it out. After the last step there is nothing to stop any more.
      if (stepsDone < plan.steps)
        all.wantsToStop = events.wantsToStop;
      if (Status status = infer(session, *heldOut, all, sink, *epoch.evaluation); !status.ok())
        return status;
      result.interrupted = epoch.evaluation->interrupted;
      if (result.interrupted)
        epoch.evaluation.reset();
    }
    if (events.onEpoch)
      events.onEpoch(epoch);
    return result.interrupted ? saveIfDue(stepsDone) : Status();
  }

  /// The golden model ends with the logits of the first four batches.
  Status endTrace() {
    const InferencePlan first = {std::min<uint64_t>(data.count, 4 * uint64_t(plan.batch)), plan.batch, {}};
    std::vector<int64_t> logits;
    InferenceResult inference;
    const LogitSink collect = [&](const std::vector<int64_t> &part, uint64_t) {
      logits.insert(logits.end(), part.begin(), part.end());
      return Status();
    };
    if (Status status = infer(session, data, first, collect, inference); !status.ok())
      return status;
    trace->writeEnd(session, first.images, logits);
    return trace->status();
  }

  rt::Session &session;
  const rt::Dataset &data;
  const rt::Dataset *heldOut;
  const TrainingPlan &plan;
  TraceWriter *trace;
  const TrainingEvents &events;
  TrainingResult &result;
  rt::SampleOrder order;
  TrainingBatch batch;
  std::optional<HealthMonitor> health;
  std::vector<rt::LayerCounts> lastStep; ///< what the step before showed, if it was watched
};

} // namespace

void TrainingBatch::gather(const rt::Dataset &data, rt::SampleOrder &order, const TrainingPlan &plan, uint64_t step) {
  order.indicesOfStep(step, indices);
  images.resize(indices.size() * data.imageBytes());
  labels.resize(indices.size());
  for (size_t i = 0; i < indices.size(); ++i) {
    uint8_t *pixels = images.data() + i * data.imageBytes();
    if (plan.augmentation.any())
      rt::augmentImage(plan.augmentation, plan.seed, step * plan.batch + i, data, indices[i], pixels);
    else
      std::memcpy(pixels, data.image(indices[i]), data.imageBytes());
    labels[i] = data.labels[indices[i]];
  }
}

Status train(rt::Session &session, const rt::Dataset &data, const rt::Dataset *heldOut, const TrainingPlan &plan,
             TraceWriter *trace, const TrainingEvents &events, TrainingResult &result) {
  return Trainer(session, data, heldOut, plan, trace, events, result).run();
}

} // namespace wage::run
