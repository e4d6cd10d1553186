//===- TrainCommand.cpp - wage-run train ---------------------------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Data/AtomicFile.h"
#include "runtime/Data/Dataset.h"
#include "runtime/Data/SampleOrder.h"
#include "tools/wage-run/AugmentFlag.h"
#include "tools/wage-run/Commands.h"
#include "tools/wage-run/Progress.h"
#include "tools/wage-run/RunCheckpoints.h"
#include "tools/wage-run/StopSignal.h"
#include "tools/wage-run/TrainReport.h"
#include "tools/wage-run/Training.h"

#include <cstdio>
#include <memory>

namespace wage::run {

namespace {

constexpr Option trainOptions[] = {
    {"--images", "F",
     "training images: idx, .npy (uint8, NCHW) or CIFAR-10 .bin, each also\n"
     "gzipped; several files separated by commas are read as one"},
    {"--labels", "F", "their labels; not needed for CIFAR-10, which has them inside"},
    {"--steps", "N", "train N steps of one batch each, or"},
    {"--epochs", "N", "train as many steps as N times all images need"},
    {"--batch", "N", "samples per step, default and limit: what the binary was compiled for"},
    {"--lr-log2", "L@EPOCH,...",
     "learning rate 2^L from the given epoch on; L alone holds throughout.\n"
     "A learning rate must be a power of two, -32 <= L <= 15"},
    {"--lr-log2-file", "F", "one L per line, one line per step"},
    {"--lr", "RATE", "the same learning rate throughout, a power of two such as 8 or 0.125"},
    {"--seed", "N", "seed of the gradient rounding and of --augment, default 0"},
    {"--shuffle", "none|SEED", "none (the default): file order; SEED: a new order every epoch"},
    {"--augment", "none|pad=P,flip",
     "pad=P: put P rows and columns of zero bytes around each training image and cut\n"
     "its size out at a random place; flip: mirror it left to right, or not. Drawn\n"
     "anew for each sample of the run; default none"},
    {"--eval-images", "F", "held-out images, classified after every epoch"},
    {"--eval-labels", "F", "their labels"},
    {"--health", "end|epoch|off",
     "what is counted of each layer in the last step of an epoch (clipped and zero\n"
     "values): end (the default) warns at once and prints a table at the end, epoch\n"
     "also after every epoch, off counts nothing"},
    {"--save", "F", "write the trained binary"},
    {"--checkpoint", "DIR",
     "keep the last two checkpoints of the run in this folder. SIGINT and SIGTERM\n"
     "finish the step, save one and exit; a second signal ends the run at once"},
    {"--checkpoint-every", "N", "save one after every N steps, default an epoch's; always after the last step"},
    {"--resume", nullptr,
     "go on from the newest whole checkpoint, or start if there is none; the result is\n"
     "that of a run never stopped. Binary, data, --batch, --seed, --shuffle, --augment and\n"
     "learning rates must be the same, --steps, --epochs, --engine and --threads need not"},
    {"--trace-dir", "D",
     "write initial and final weights, exponents and logits as .npy,\n"
     "under the golden model's names"},
    {"--trace-steps", "N,N,...", "steps, from 0, whose every tensor is written there too"},
    profileOption};

constexpr Command command = {
    "train",
    "FILE",
    "trains a network with integers",
    "FILE is a binary of `wage-translate --onnx-to-chip --mode=train`. Each step takes one batch, counts the wrong\n"
    "predictions, and updates the weights. The result depends on the binary, the images, --batch, --seed, --shuffle,\n"
    "--augment and the learning rates alone: engine and threads never change a bit.",
    trainOptions,
    runOptions,
    "  wage-run train lenet.wbin --images=train-images-idx3-ubyte.gz --labels=train-labels-idx1-ubyte.gz \\\n"
    "           --epochs=5 --lr-log2=3@0,0@4 --seed=1 --shuffle=1 --save=trained.wbin\n"
    "  wage-run train vgg.wbin --images=data_batch_1.bin,data_batch_2.bin --steps=100 --lr-log2=3 \\\n"
    "           --eval-images=test_batch.bin --engine=core --json --profile=train-profile.json\n"
    "  wage-run train lenet.wbin --images=i.npy --labels=l.npy --steps=2 --lr-log2=3 --trace-dir=trace "
    "--trace-steps=0,1\n"
    "  wage-run train vgg.wbin --images=data_batch_1.bin --epochs=300 --lr-log2=3 --augment=pad=4,flip "
    "--checkpoint=run --resume\n",
    ", 130 stopped by SIGINT, 143 by SIGTERM"};

/// What the flags say, before any file is read.
struct TrainFlags {
  EngineChoice engine;
  std::optional<uint64_t> batch, steps, epochs, shuffleSeed, checkpointEvery;
  uint64_t seed = 0;
  rt::Augmentation augmentation;
  std::vector<uint64_t> traceSteps;
  std::string health = "end";
};

/// Errors: usage.
Status checkCombinations(const Arguments &arguments) {
  if (!arguments.has("--images"))
    return Status::error("--images=F is needed");
  if (!arguments.has("--labels") && !rt::carriesLabels(arguments.text("--images")))
    return Status::error("--labels=F is needed, '" + arguments.text("--images") + "' carries no labels");
  if (arguments.has("--steps") == arguments.has("--epochs"))
    return Status::error("exactly one of --steps=N and --epochs=N is needed");
  if (arguments.has("--lr-log2") + arguments.has("--lr-log2-file") + arguments.has("--lr") != 1)
    return Status::error("exactly one of --lr-log2=L@EPOCH,..., --lr-log2-file=F and --lr=RATE is needed");
  if (arguments.has("--eval-labels") && !arguments.has("--eval-images"))
    return Status::error("--eval-labels needs --eval-images=F");
  if (arguments.has("--eval-images") && !arguments.has("--eval-labels") &&
      !rt::carriesLabels(arguments.text("--eval-images")))
    return Status::error("--eval-labels=F is needed, '" + arguments.text("--eval-images") + "' carries no labels");
  if (arguments.has("--trace-steps") && !arguments.has("--trace-dir"))
    return Status::error("--trace-steps needs --trace-dir=D");
  for (const char *flag : {"--checkpoint-every", "--resume"})
    if (arguments.has(flag) && !arguments.has("--checkpoint"))
      return Status::error(std::string(flag) + " needs --checkpoint=DIR");
  if (arguments.has("--resume") && arguments.has("--trace-dir"))
    return Status::error("--resume and --trace-dir exclude each other, a trace starts with the initial weights");
  return Status();
}

Expected<TrainFlags> trainFlags(const Arguments &arguments) {
  if (Status status = checkCombinations(arguments); !status.ok())
    return status;
  TrainFlags flags;
  Expected<EngineChoice> engine = engineChoice(arguments);
  if (!engine)
    return engine.status();
  flags.engine = *engine;
  // The limits keep every sample number below 2^63.
  Expected<std::optional<uint64_t>> batch = arguments.number("--batch", 1, UINT32_MAX);
  Expected<std::optional<uint64_t>> steps = arguments.number("--steps", 0, uint64_t(1) << 30);
  Expected<std::optional<uint64_t>> epochs = arguments.number("--epochs", 0, 1 << 20);
  Expected<std::optional<uint64_t>> seed = arguments.number("--seed", 0, UINT64_MAX);
  Expected<std::optional<uint64_t>> every = arguments.number("--checkpoint-every", 1, uint64_t(1) << 30);
  for (const auto *number : {&batch, &steps, &epochs, &seed, &every})
    if (!*number)
      return number->status();
  flags.batch = *batch;
  flags.steps = *steps;
  flags.epochs = *epochs;
  flags.seed = seed->value_or(0);
  flags.checkpointEvery = *every;
  flags.health = arguments.text("--health", "end");
  if (flags.health != "end" && flags.health != "epoch" && flags.health != "off")
    return Status::error("--health: found '" + flags.health + "', end, epoch or off is needed");
  if (const std::string shuffle = arguments.text("--shuffle", "none"); shuffle != "none") {
    flags.shuffleSeed = parseUnsigned(shuffle);
    if (!flags.shuffleSeed)
      return Status::error("--shuffle: found '" + shuffle + "', none or a whole number is needed");
  }
  Expected<rt::Augmentation> augmentation = parseAugmentation("--augment", arguments.text("--augment", "none"));
  if (!augmentation)
    return augmentation.status();
  flags.augmentation = *augmentation;
  if (arguments.has("--trace-steps"))
    for (const std::string &part : splitAtCommas(arguments.text("--trace-steps"))) {
      const std::optional<uint64_t> step = parseUnsigned(part);
      if (!step)
        return Status::error("--trace-steps: found '" + part + "', step numbers separated by commas are needed");
      flags.traceSteps.push_back(*step);
    }
  return flags;
}

Expected<LearningRates> learningRates(const Arguments &arguments) {
  if (arguments.has("--lr-log2"))
    return LearningRates::ofEpochs("--lr-log2", arguments.text("--lr-log2"));
  if (arguments.has("--lr"))
    return LearningRates::ofRate("--lr", arguments.text("--lr"));
  return LearningRates::ofFile(arguments.text("--lr-log2-file"));
}

Expected<rt::Dataset> readFor(const rt::ProgramInfo &info, const std::string &images, const std::string &labels) {
  Expected<rt::Dataset> data = rt::readDataset(images, labels);
  if (!data)
    return data;
  if (Status status = rt::checkDataset(*data, info.channels, info.height, info.width, info.classes); !status.ok())
    return status;
  return data;
}

/// Brings flags, learning rates, binary and data together. Errors: they do not fit each other.
Expected<TrainingPlan> makePlan(const Arguments &arguments, const TrainFlags &flags, LearningRates rates,
                                const rt::ProgramInfo &info, uint64_t samples) {
  const std::string &file = arguments.operand();
  if (!info.trainable)
    return Status::error("'" + file + "': compiled with --mode=infer, training needs --mode=train");
  TrainingPlan plan;
  plan.batch = static_cast<uint32_t>(flags.batch.value_or(info.maxBatch));
  if (plan.batch > info.maxBatch)
    return Status::error("--batch: found " + std::to_string(plan.batch) + ", '" + file + "' holds at most " +
                         std::to_string(info.maxBatch));
  plan.seed = flags.seed;
  plan.shuffleSeed = flags.shuffleSeed;
  plan.augmentation = flags.augmentation;
  plan.steps = flags.steps ? *flags.steps : rt::SampleOrder(samples, plan.batch, {}).stepsOfEpochs(*flags.epochs);
  plan.checkpointEvery = flags.checkpointEvery.value_or(rt::SampleOrder(samples, plan.batch, {}).stepsOfEpochs(1));
  if (rates.steps() && *rates.steps() != plan.steps)
    return Status::error("'" + arguments.text("--lr-log2-file") + "': holds " + std::to_string(*rates.steps()) +
                         " learning rates, " + std::to_string(plan.steps) + " steps need one each");
  plan.rates = std::move(rates);
  plan.watchHealth = flags.health != "off";
  for (uint64_t step : flags.traceSteps)
    if (step >= plan.steps)
      return Status::error("--trace-steps: found step " + std::to_string(step) + ", the run ends before step " +
                           std::to_string(plan.steps));
  return plan;
}

/// All that a run needs, read and checked before its first step.
struct TrainingJob {
  std::unique_ptr<Profile> profile; ///< null if not wanted; before the session, which tells it its phases
  std::unique_ptr<rt::Session> session;
  rt::Dataset data;
  std::optional<rt::Dataset> heldOut;
  TrainingPlan plan;
  std::optional<TraceWriter> trace;
  std::optional<RunCheckpoints> checkpoints;
};

/// Checked last of all, since resuming is work. Errors: those of RunCheckpoints::open.
Status prepareCheckpoints(const Arguments &arguments, TrainingJob &job) {
  if (!arguments.has("--checkpoint"))
    return Status();
  const ProfileSpan span(job.profile.get(), "open checkpoints");
  std::vector<std::string> notes;
  Expected<RunCheckpoints> checkpoints = RunCheckpoints::open(arguments.text("--checkpoint"), arguments.has("--resume"),
                                                              *job.session, job.plan, job.data, notes);
  if (!checkpoints)
    return checkpoints.status();
  job.checkpoints.emplace(std::move(*checkpoints));
  for (const std::string &note : notes)
    std::fprintf(stderr, "wage-run train: note: %s\n", printable(note).c_str());
  return Status();
}

Expected<TrainingJob> prepare(const Arguments &arguments, const TrainFlags &flags) {
  TrainingJob job;
  Expected<std::unique_ptr<Profile>> profile = openProfile(arguments, flags.engine);
  if (!profile)
    return profile.status();
  job.profile = std::move(*profile);
  Expected<LearningRates> rates = learningRates(arguments);
  if (!rates)
    return rates.status();
  Expected<std::unique_ptr<rt::Session>> session = openSession(arguments, flags.engine, job.profile.get());
  if (!session)
    return session.status();
  job.session = std::move(*session);
  const rt::ProgramInfo &info = job.session->info();
  std::optional<ProfileSpan> reading(std::in_place, job.profile.get(), "read data");
  Expected<rt::Dataset> data = readFor(info, arguments.text("--images"), arguments.text("--labels"));
  if (!data)
    return data.status();
  job.data = std::move(*data);
  if (Status status = rt::checkAugmentation(flags.augmentation, job.data); !status.ok())
    return status;
  if (arguments.has("--eval-images")) {
    Expected<rt::Dataset> heldOut = readFor(info, arguments.text("--eval-images"), arguments.text("--eval-labels"));
    if (!heldOut)
      return heldOut.status();
    job.heldOut = std::move(*heldOut);
  }
  reading.reset();
  Expected<TrainingPlan> plan = makePlan(arguments, flags, std::move(*rates), info, job.data.count);
  if (!plan)
    return plan.status();
  job.plan = std::move(*plan);
  // A run may take hours: what cannot be written at its end is found out now.
  if (arguments.has("--save"))
    if (Status status = rt::checkWritable(arguments.text("--save")); !status.ok())
      return status;
  if (arguments.has("--trace-dir")) {
    Expected<TraceWriter> trace = TraceWriter::create(arguments.text("--trace-dir"), flags.traceSteps);
    if (!trace)
      return trace.status();
    job.trace = std::move(*trace);
  }
  if (Status status = prepareCheckpoints(arguments, job); !status.ok())
    return status;
  return job;
}

/// Tells where an interrupted run stopped.
void printInterruption(const TrainingJob &job, const TrainingResult &result) {
  const uint64_t done = job.plan.firstStep + result.steps;
  const std::string saved = job.checkpoints ? "saved '" + job.checkpoints->file(done) + "', --resume goes on from it"
                                            : "nothing is saved without --checkpoint=DIR";
  std::fprintf(stderr, "wage-run train: stopped by %s after step %llu of %llu; %s\n", stopSignalName(stopSignal()),
               static_cast<unsigned long long>(done), static_cast<unsigned long long>(job.plan.steps), saved.c_str());
}

/// The loop, with what a terminal shows meanwhile.
Status runSteps(TrainingJob &job, FILE *lines, bool tables, TrainingResult &result) {
  Progress progress("training", (job.plan.steps - job.plan.firstStep) * job.plan.batch);
  std::optional<Progress> evaluating;
  TrainingEvents events;
  events.profile = job.profile.get();
  events.onStep = [&](uint64_t imagesDone, uint64_t errors) { progress.update(imagesDone, errors); };
  events.onEvaluation = [&](uint64_t imagesDone, uint64_t images, uint64_t errors) {
    if (!evaluating)
      evaluating.emplace("evaluating", images);
    evaluating->update(imagesDone, errors);
  };
  events.onEpoch = [&](const EpochResult &epoch) {
    evaluating.reset();
    progress.wipe();
    printEpoch(lines, epoch);
    if (tables && !epoch.health.empty())
      std::fputs(healthTable(epoch.health).c_str(), lines);
    std::fflush(lines);
    printWarnings(epoch);
  };
  events.wantsToStop = [] { return stopSignal() != 0; };
  if (job.checkpoints)
    events.onCheckpoint = [&](uint64_t step) { return job.checkpoints->save(*job.session, step); };
  return train(*job.session, job.data, job.heldOut ? &*job.heldOut : nullptr, job.plan,
               job.trace ? &*job.trace : nullptr, events, result);
}

void printSummary(const Arguments &arguments, const TrainFlags &flags, const TrainingResult &result) {
  if (flags.health == "end" && !result.epochs.empty() && !result.epochs.back().health.empty())
    std::fputs(healthTable(result.epochs.back().health).c_str(), stdout);
  std::printf("%llu steps, %llu images in %s, %s\n%s", static_cast<unsigned long long>(result.steps),
              static_cast<unsigned long long>(result.images), durationText(result.seconds).c_str(),
              rateText(result.images, result.seconds).c_str(),
              counterText(result.counters, flags.engine.engine).c_str());
  if (arguments.has("--save"))
    std::printf("saved '%s'\n", arguments.text("--save").c_str());
}

Status runJob(TrainingJob &job, const Arguments &arguments, const TrainFlags &flags, TrainingResult &result) {
  const bool json = arguments.has("--json");
  watchStopSignals();
  if (Status status = runSteps(job, json ? stderr : stdout, flags.health == "epoch", result); !status.ok())
    return status;
  if (arguments.has("--save") && !result.interrupted) {
    const ProfileSpan span(job.profile.get(), "save");
    if (Status status =
            job.session->save(arguments.text("--save"), job.plan.steps, job.plan.seed, job.plan.steps * job.plan.batch);
        !status.ok())
      return status;
  }
  if (result.interrupted)
    printInterruption(job, result);
  profileLayers(job.profile.get(), *job.session, result.steps, json);
  if (json)
    printTrainingJson(result, job.plan, flags.engine.engine);
  else if (!result.interrupted)
    printSummary(arguments, flags, result);
  return Status();
}

int execute(const Arguments &arguments) {
  Expected<TrainFlags> flags = trainFlags(arguments);
  if (!flags)
    return fail(command, ExitUsage, flags.status().text());
  Expected<TrainingJob> job = prepare(arguments, *flags);
  if (!job)
    return fail(command, ExitInput, job.status().text());
  TrainingResult result;
  Status status = runJob(*job, arguments, *flags, result);
  if (Status written = writeProfile(arguments, job->profile.get()); status.ok())
    status = written;
  if (!status.ok())
    return fail(command, ExitInput, status.text());
  // What a shell reports of a process that died by the signal.
  return result.interrupted ? 128 + stopSignal() : ExitSuccess;
}

} // namespace

int runTrain(const std::vector<std::string> &words) { return runParsed(command, words, execute); }

} // namespace wage::run
