//===- ChipRun.cpp - what a chip program computes, as arrays -----------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Validation/ChipRun.h"

#include "compiler/Interpreter/Npy.h"
#include "runtime/Api/RunTrace.h"
#include "runtime/Format/Container.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;

namespace wage::validation {

namespace {

using Arrays = std::map<std::string, interpreter::Tensor>;

std::string printShape(const std::vector<int64_t> &shape) {
  std::string text;
  for (int64_t extent : shape)
    text += (text.empty() ? "" : ", ") + std::to_string(extent);
  return "[" + text + "]";
}

/// Whether a program of `info` can run on the samples: neither engine looks at more than what it is handed.
rt::Status checkSamples(const rt::ProgramInfo &info, const interpreter::Tensor &images,
                        const std::optional<interpreter::Tensor> &labels) {
  const std::vector<int64_t> needed{info.channels, info.height, info.width};
  if (images.shape.size() != 4 || images.shape[0] == 0 ||
      std::vector<int64_t>(images.shape.begin() + 1, images.shape.end()) != needed)
    return rt::Status::error("the images are not of the program's shape: found " + printShape(images.shape) +
                             ", needed one at least of " + printShape(needed));
  for (int64_t pixel : images.elements)
    if (pixel < 0 || pixel > UINT8_MAX)
      return rt::Status::error("an image holds " + std::to_string(pixel) + ", needed bytes");
  if (!labels)
    return {};
  if (labels->shape != std::vector<int64_t>{images.shape[0]})
    return rt::Status::error("the labels have shape " + printShape(labels->shape) + ", needed [" +
                             std::to_string(images.shape[0]) + "], one per image");
  for (int64_t label : labels->elements)
    if (label < 0 || label >= info.classes)
      return rt::Status::error("a label is " + std::to_string(label) + ", needed less than " +
                               std::to_string(info.classes));
  return {};
}

/// One engine's run.
class Run {
public:
  Run(rt::Session &session, const interpreter::RunOptions &samples, const interpreter::Tensor &images,
      const std::optional<interpreter::Tensor> &labels)
      : session(session), samples(samples), images(images), labels(labels) {}

  rt::Expected<Arrays> run() {
    const rt::ProgramInfo &info = session.info();
    if (rt::Status status = checkSamples(info, images, labels); !status.ok())
      return status;
    const rt::Expected<std::vector<int64_t>> untrained = infer(images.shape[0]);
    if (!untrained)
      return untrained.status();
    arrays["untrained.logits"] = {{images.shape[0], info.classes}, *untrained};
    if (!labels || !info.trainable)
      return std::move(arrays);
    rt::RunTrace trace(
        [&](const std::string &name, const std::vector<int64_t> &shape, const std::vector<int64_t> &values) {
          arrays[name] = {shape, values};
          return rt::Status();
        });
    trace.writeWeights(session, "initial");
    for (size_t step = 0; step < samples.lrLog2.size(); ++step)
      if (rt::Status status = train(static_cast<int64_t>(step), trace); !status.ok())
        return status;
    const int64_t count = std::min(images.shape[0], 4 * samples.batch);
    const rt::Expected<std::vector<int64_t>> logits = infer(count);
    if (!logits)
      return logits.status();
    trace.writeEnd(session, static_cast<uint64_t>(count), *logits);
    return std::move(arrays);
  }

private:
  /// Bytes of samples [first, first + count), beginning again at the end.
  std::vector<uint8_t> bytesOf(int64_t first, int64_t count) const {
    const auto perSample = static_cast<int64_t>(images.elements.size()) / images.shape[0];
    std::vector<uint8_t> bytes;
    for (int64_t i = first; i < first + count; ++i) {
      const auto begin = images.elements.begin() + i % images.shape[0] * perSample;
      bytes.insert(bytes.end(), begin, begin + perSample);
    }
    return bytes;
  }

  /// Logits of the first `count` images.
  rt::Expected<std::vector<int64_t>> infer(int64_t count) {
    std::vector<int64_t> all, logits;
    for (int64_t first = 0; first < count; first += samples.batch) {
      const int64_t part = std::min(samples.batch, count - first);
      if (rt::Status status = session.infer(bytesOf(first, part).data(), static_cast<uint32_t>(part), logits);
          !status.ok())
        return status;
      all.insert(all.end(), logits.begin(), logits.end());
    }
    return all;
  }

  rt::Status train(int64_t step, rt::RunTrace &trace) {
    std::vector<uint32_t> classes;
    for (int64_t i = step * samples.batch; i < (step + 1) * samples.batch; ++i)
      classes.push_back(static_cast<uint32_t>(labels->elements[i % images.shape[0]]));
    const rt::TraceSink sink = trace.sinkOfStep(static_cast<uint64_t>(step));
    rt::StepReport found;
    rt::Status status = session.trainStep(bytesOf(step * samples.batch, samples.batch).data(), classes.data(),
                                          static_cast<uint32_t>(samples.batch), static_cast<int>(samples.lrLog2[step]),
                                          samples.seed, static_cast<uint64_t>(step), found, &sink);
    trace.addReport(found);
    return status;
  }

  rt::Session &session;
  const interpreter::RunOptions &samples;
  const interpreter::Tensor &images;
  const std::optional<interpreter::Tensor> &labels;
  Arrays arrays;
};

/// Writes `program` to the new file `path`. Errors: as text; none is empty.
std::string writeTemporary(const rt::Program &program, llvm::SmallVectorImpl<char> &path) {
  int handle = -1;
  if (std::error_code code = llvm::sys::fs::createTemporaryFile("wage-level-check", "wbin", handle, path))
    return "no temporary file can be made: " + code.message();
  llvm::raw_fd_ostream file(handle, /*shouldClose=*/true);
  const std::vector<uint8_t> bytes = rt::writeProgram(program);
  file.write(reinterpret_cast<const char *>(bytes.data()), bytes.size());
  file.close();
  if (!file.has_error())
    return "";
  const std::string text = file.error().message();
  file.clear_error();
  return "temporary file: " + text;
}

/// What both engines make of the program in the file `path`. Errors: those of an engine; that they differ.
rt::Expected<Arrays> runEngines(const std::string &path, const interpreter::RunOptions &samples,
                                const interpreter::Tensor &images, const std::optional<interpreter::Tensor> &labels) {
  std::optional<Arrays> expected;
  for (const rt::EngineKind engine : {rt::EngineKind::Core, rt::EngineKind::Fused}) {
    rt::Expected<std::unique_ptr<rt::Session>> session = rt::Session::open(path, engine, 2);
    if (!session)
      return session.status();
    rt::Expected<Arrays> found = Run(**session, samples, images, labels).run();
    if (!found)
      return found.status();
    if (!expected) {
      expected = std::move(*found);
      continue;
    }
    for (const auto &[name, tensor] : *expected)
      if (tensor.shape != (*found)[name].shape || tensor.elements != (*found)[name].elements)
        return rt::Status::error("the engines differ in '" + name + "'");
  }
  return std::move(*expected);
}

} // namespace

LogicalResult runChip(ModuleOp module, const rt::Program &program, const interpreter::RunOptions &samples,
                      Arrays &arrays) {
  auto fail = [&](const std::string &text) -> LogicalResult { return module.emitError() << "level check: " << text; };
  llvm::Expected<interpreter::Tensor> images = interpreter::readNpy(samples.imagesPath);
  if (!images)
    return fail(llvm::toString(images.takeError()));
  std::optional<interpreter::Tensor> labels;
  if (!samples.labelsPath.empty()) {
    llvm::Expected<interpreter::Tensor> read = interpreter::readNpy(samples.labelsPath);
    if (!read)
      return fail(llvm::toString(read.takeError()));
    labels = std::move(*read);
  }
  // Through the file format, as a chip gets it.
  llvm::SmallString<128> path;
  const std::string problem = writeTemporary(program, path);
  const llvm::FileRemover remover(path);
  if (!problem.empty())
    return fail(problem);
  rt::Expected<Arrays> found = runEngines(path.str().str(), samples, *images, labels);
  if (!found)
    return fail(found.status().text());
  arrays = std::move(*found);
  return success();
}

} // namespace wage::validation
