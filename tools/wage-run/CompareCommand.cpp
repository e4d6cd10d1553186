//===- CompareCommand.cpp - wage-run compare -----------------------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Api/RunTrace.h"
#include "tools/wage-run/Commands.h"
#include "tools/wage-run/Comparison.h"
#include "tools/wage-run/InferenceInput.h"
#include "tools/wage-run/LearningRates.h"
#include "tools/wage-run/Progress.h"
#include "tools/wage-run/Training.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <set>

namespace wage::run {

namespace {

constexpr Option compareOptions[] = {
    {"--images", "F", "what binaries are fed with: images, as of `infer` and `train`"},
    {"--input", "F.npy", "instead, to infer: real values, as of `infer`"},
    {"--labels", "F", "of the images; needed to train, CIFAR-10 has them inside"},
    {"--steps", "N", "train N steps first, in file order, and compare every tensor of each"},
    {"--lr-log2", "L", "learning rate 2^L of these steps, -32 <= L <= 15"},
    {"--batch", "N", "samples at a time, default and limit: what the binaries were compiled for"},
    {"--seed", "N", "seed of the gradient rounding, default 0"},
    {"--limit", "N", "infer only the first N images; behind training the default is four batches"}};

constexpr Command command = {
    "compare",
    "A [B]",
    "names the first tensor in which two runs differ",
    "A and B are each a binary, which is run, or a folder of .npy arrays as `train --trace-dir`, the golden model and\n"
    "`wage-opt --wage-interpret` write them. Without B the binary A runs on both engines. Compared are, in the order "
    "of a "
    "run:\n"
    "the weights at first; of each step outputs, errors, gradients, changes and weights; the weights at last, and the "
    "logits.\n"
    "An array that one side lacks is counted, not compared.",
    compareOptions,
    runOptions,
    "  wage-run compare lenet.wbin --images=t10k-images-idx3-ubyte.gz --limit=100\n"
    "  wage-run compare here.wbin there.wbin --images=i.npy --labels=l.npy --steps=3 --lr-log2=3\n"
    "  wage-run compare lenet.wbin trace --images=i.npy --labels=l.npy --steps=2 --lr-log2=3\n"
    "  wage-run compare trace trace-after\n",
    "; 1 also where something differs",
    2};

struct CompareFlags {
  EngineChoice engine;
  uint64_t steps = 0, seed = 0;
  int lrLog2 = 0;
  std::optional<uint64_t> batch, limit;
};

Expected<CompareFlags> compareFlags(const Arguments &arguments) {
  CompareFlags flags;
  Expected<EngineChoice> engine = engineChoice(arguments);
  if (!engine)
    return engine.status();
  flags.engine = *engine;
  Expected<std::optional<uint64_t>> steps = arguments.number("--steps", 0, 1 << 20);
  Expected<std::optional<uint64_t>> seed = arguments.number("--seed", 0, UINT64_MAX);
  Expected<std::optional<uint64_t>> batch = arguments.number("--batch", 1, UINT32_MAX);
  Expected<std::optional<uint64_t>> limit = arguments.number("--limit", 1, UINT64_MAX);
  for (const auto *number : {&steps, &seed, &batch, &limit})
    if (!*number)
      return number->status();
  flags.steps = steps->value_or(0);
  flags.seed = seed->value_or(0);
  flags.batch = *batch;
  flags.limit = *limit;
  if (arguments.has("--images") && arguments.has("--input"))
    return Status::error("--images and --input are both given, at most one is needed");
  if (arguments.has("--lr-log2") != (flags.steps > 0))
    return Status::error("--steps=N and --lr-log2=L are needed together");
  if (flags.steps && !arguments.has("--images"))
    return Status::error("--steps needs --images=F");
  if (flags.steps) {
    Expected<int> rate = parseLog2("--lr-log2", arguments.text("--lr-log2"));
    if (!rate)
      return rate.status();
    flags.lrLog2 = *rate;
  }
  return flags;
}

/// One side of the comparison: a session that is run, or arrays that are there.
struct Side {
  std::unique_ptr<rt::Session> session;
  std::optional<ArrayFolder> folder;
  std::set<std::string> taken;       ///< of the folder's arrays
  std::vector<NamedArray> made;      ///< by the session since they were last compared
  std::optional<rt::RunTrace> trace; ///< of the session, into `made`
};

Expected<Side> openSide(const std::string &path, const EngineChoice &engine) {
  Side side;
  std::error_code code;
  if (std::filesystem::is_directory(path, code)) {
    Expected<ArrayFolder> folder = ArrayFolder::open(path);
    if (!folder)
      return folder.status();
    side.folder = std::move(*folder);
    return side;
  }
  Expected<std::unique_ptr<rt::Session>> session = rt::Session::open(path, engine.engine, engine.threads);
  if (!session)
    return session.status();
  side.session = std::move(*session);
  return side;
}

class Comparer {
public:
  Comparer(const Arguments &arguments, const CompareFlags &flags, Side left, Side right)
      : arguments(arguments), flags(flags), sides{std::move(left), std::move(right)} {
    for (Side &side : sides)
      if (side.session)
        side.trace.emplace([&made = side.made](const std::string &name, const std::vector<int64_t> &shape,
                                               const std::vector<int64_t> &values) {
          made.push_back({name, shape, values});
          return Status();
        });
  }
  Comparer(const Comparer &) = delete; // traces refer to the sides

  Status run() {
    const Side *const runs = sides[0].session ? sides.data() : sides[1].session ? &sides[1] : nullptr;
    if (!runs)
      return compareFolders();
    if (!arguments.has("--images") && !arguments.has("--input"))
      return Status::error("--images=F or --input=F.npy is needed to run a binary");
    if (Status status = checkAlike(); !status.ok())
      return status;
    Expected<InferenceInput> input = InferenceInput::read(arguments, EventFlags(), *runs->session);
    if (!input)
      return input.status();
    if (Status status = compareStart(); !status.ok())
      return status;
    if (flags.steps)
      if (Status status = compareSteps(*runs->session); !status.ok())
        return status;
    if (Status status = comparison.difference() ? Status() : compareEnd(*input); !status.ok())
      return status;
    if (!comparison.difference())
      countUntaken();
    return Status();
  }

  const Comparison &result() const { return comparison; }

private:
  /// Errors: two binaries that cannot be fed with the same, or one that cannot do what is asked.
  Status checkAlike() {
    batch = UINT32_MAX;
    for (const Side &side : sides)
      if (side.session) {
        const rt::ProgramInfo &info = side.session->info();
        batch = std::min(batch, info.maxBatch);
        if (flags.steps && !info.trainable)
          return Status::error("--steps: a binary was compiled with --mode=infer, training needs --mode=train");
      }
    if (sides[0].session && sides[1].session) {
      const rt::ProgramInfo &a = sides[0].session->info(), &b = sides[1].session->info();
      auto text = [](const rt::ProgramInfo &info) {
        return std::to_string(info.channels) + "x" + std::to_string(info.height) + "x" + std::to_string(info.width) +
               " to " + std::to_string(info.classes);
      };
      if (text(a) != text(b) || a.realInputShape != b.realInputShape)
        return Status::error("the binaries take and give other shapes, " + text(a) + " and " + text(b));
    }
    if (flags.batch && *flags.batch > batch)
      return Status::error("--batch: found " + std::to_string(*flags.batch) + ", the binaries hold at most " +
                           std::to_string(batch));
    batch = static_cast<uint32_t>(flags.batch.value_or(batch));
    return Status();
  }

  /// Compares what both sides have made, and forgets it.
  Status compareMade() {
    Side &first = sides[0].session ? sides[0] : sides[1], &second = sides[0].session ? sides[1] : sides[0];
    std::stable_sort(first.made.begin(), first.made.end(),
                     [](const NamedArray &a, const NamedArray &b) { return isMadeBefore(a.name, b.name); });
    for (NamedArray &array : first.made) {
      Expected<std::optional<NamedArray>> other = take(second, array.name);
      if (!other)
        return other.status();
      if (!*other)
        comparison.addUnmatched();
      else if (&first == sides.data())
        comparison.add(array, **other);
      else
        comparison.add(**other, array);
    }
    comparison.addUnmatched(second.made.size());
    first.made.clear();
    second.made.clear();
    return Status();
  }

  /// The array of a side, which is not taken again.
  static Expected<std::optional<NamedArray>> take(Side &side, const std::string &name) {
    if (side.folder) {
      if (!side.folder->has(name))
        return std::optional<NamedArray>();
      side.taken.insert(name);
      Expected<NamedArray> array = side.folder->read(name);
      if (!array)
        return array.status();
      return std::optional<NamedArray>(std::move(*array));
    }
    const auto found =
        std::find_if(side.made.begin(), side.made.end(), [&](const NamedArray &array) { return array.name == name; });
    if (found == side.made.end())
      return std::optional<NamedArray>();
    std::optional<NamedArray> array = std::move(*found);
    side.made.erase(found);
    return array;
  }

  /// Weights that do not learn, of which traces say nothing.
  static void addFixedWeights(Side &side) {
    const rt::ProgramInfo &info = side.session->info();
    for (uint32_t i = 0; i < info.weightTensors; ++i)
      if (!std::binary_search(info.trainedTensors.begin(), info.trainedTensors.end(), i))
        side.made.push_back({"weights." + std::to_string(i), info.weightShapes[i], side.session->weights(i)});
  }

  Status compareStart() {
    for (Side &side : sides)
      if (side.session) {
        side.trace->writeStart(*side.session);
        addFixedWeights(side);
      }
    return compareMade();
  }

  Status compareSteps(const rt::Session &session) {
    Expected<rt::Dataset> data = rt::readDataset(arguments.text("--images"), arguments.text("--labels"));
    if (!data)
      return data.status();
    const rt::ProgramInfo &info = session.info();
    if (Status status = rt::checkDataset(*data, info.channels, info.height, info.width, info.classes); !status.ok())
      return status;
    if (data->labels.empty())
      return Status::error("--labels=F is needed, '" + arguments.text("--images") + "' carries no labels");
    Progress progress("comparing", flags.steps * batch);
    rt::SampleOrder order(data->count, batch, std::nullopt);
    TrainingPlan plan;
    plan.batch = batch;
    TrainingBatch samples;
    for (uint64_t step = 0; step < flags.steps && !comparison.difference(); ++step) {
      samples.gather(*data, order, plan, step);
      for (Side &side : sides)
        if (Status status = side.session ? runStep(side, step, samples) : Status(); !status.ok())
          return status;
      if (Status status = compareMade(); !status.ok())
        return status;
      progress.update((step + 1) * batch);
    }
    return Status();
  }

  Status runStep(Side &side, uint64_t step, const TrainingBatch &samples) {
    const rt::TraceSink sink = side.trace->sinkOfStep(step);
    rt::StepReport report;
    Status status = side.session->trainStep(samples.images.data(), samples.labels.data(), batch, flags.lrLog2,
                                            flags.seed, step, report, &sink);
    side.trace->addReport(report);
    return status;
  }

  Status compareEnd(const InferenceInput &input) {
    const uint64_t most = flags.steps ? 4 * uint64_t(batch) : UINT64_MAX;
    const InferencePlan plan = {std::min({input.count(), flags.limit.value_or(most)}), batch, {}};
    for (Side &side : sides) {
      if (!side.session)
        continue;
      std::vector<int64_t> logits;
      const LogitSink sink = [&](const std::vector<int64_t> &part, uint64_t) {
        logits.insert(logits.end(), part.begin(), part.end());
        return Status();
      };
      InferenceResult result;
      if (Status status = infer(*side.session, input.runner(*side.session), {}, plan, sink, result); !status.ok())
        return status;
      if (flags.steps) {
        side.trace->writeEnd(*side.session, plan.images, logits);
        addFixedWeights(side);
      } else {
        side.made.push_back({"logits", {static_cast<int64_t>(plan.images), side.session->info().classes}, logits});
      }
    }
    return compareMade();
  }

  /// Arrays of a folder that the other side's session never made.
  void countUntaken() {
    for (const Side &side : sides)
      if (side.folder)
        comparison.addUnmatched(side.folder->names().size() - side.taken.size());
  }

  Status compareFolders() {
    const ArrayFolder &left = *sides[0].folder, &right = *sides[1].folder;
    for (const std::string &name : left.names()) {
      if (!right.has(name)) {
        comparison.addUnmatched();
        continue;
      }
      Expected<NamedArray> a = left.read(name), b = right.read(name);
      if (!a || !b)
        return a ? b.status() : a.status();
      comparison.add(*a, *b);
    }
    for (const std::string &name : right.names())
      if (!left.has(name))
        comparison.addUnmatched();
    return Status();
  }

  const Arguments &arguments;
  const CompareFlags &flags;
  std::array<Side, 2> sides;
  uint32_t batch = 1;
  Comparison comparison;
};

void printResult(const Comparison &result, bool asJson) {
  if (asJson) {
    JsonObject json;
    json.add("command", "compare").add("equal", !result.difference().has_value());
    json.add("arrays", result.arrays()).add("elements", result.elements()).add("unmatched", result.unmatched());
    if (result.difference())
      json.add("first_difference", result.difference()->name).add("difference", result.difference()->text);
    else
      json.addNull("first_difference").addNull("difference");
    std::printf("%s\n", json.text().c_str());
    return;
  }
  const std::string counts =
      std::to_string(result.arrays()) + " arrays, " + std::to_string(result.elements()) + " elements equal" +
      (result.unmatched() ? ", " + std::to_string(result.unmatched()) + " only on one side" : "");
  if (result.difference())
    std::printf("'%s': %s\n%s before it\n", printable(result.difference()->name).c_str(),
                result.difference()->text.c_str(), counts.c_str());
  else
    std::printf("%s\n", counts.c_str());
}

Status compare(const Arguments &arguments, const CompareFlags &flags, bool &isEqual) {
  const std::vector<std::string> &paths = arguments.operands();
  EngineChoice first = flags.engine, second = flags.engine;
  if (paths.size() == 1)
    first.engine = rt::EngineKind::Core, second.engine = rt::EngineKind::Fused;
  Expected<Side> left = openSide(paths.front(), first);
  if (!left)
    return left.status();
  if (paths.size() == 1 && left->folder)
    return Status::error("'" + paths.front() + "': is a folder, a second operand is needed to compare it with");
  Expected<Side> right = openSide(paths.back(), second);
  if (!right)
    return right.status();
  Comparer comparer(arguments, flags, std::move(*left), std::move(*right));
  if (Status status = comparer.run(); !status.ok())
    return status;
  const Comparison &result = comparer.result();
  if (result.arrays() == 0 && !result.difference())
    return Status::error("no array is there on both sides");
  printResult(result, arguments.has("--json"));
  isEqual = !result.difference();
  return Status();
}

int execute(const Arguments &arguments) {
  if (arguments.operands().size() == 1 && arguments.has("--engine"))
    return fail(command, ExitUsage, "--engine is for two operands, one binary runs on both engines");
  Expected<CompareFlags> flags = compareFlags(arguments);
  if (!flags)
    return fail(command, ExitUsage, flags.status().text());
  bool isEqual = false;
  if (Status status = compare(arguments, *flags, isEqual); !status.ok())
    return fail(command, ExitInput, status.text());
  return isEqual ? ExitSuccess : ExitInput;
}

} // namespace

int runCompare(const std::vector<std::string> &words) { return runParsed(command, words, execute); }

} // namespace wage::run
