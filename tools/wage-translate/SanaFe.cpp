//===- SanaFe.cpp - wage-translate --chip-to-sanafe ---------------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "tools/wage-translate/Commands.h"

#include "dialects/chip/IR/ChipOps.h"
#include "dialects/wage/IR/WageOps.h"
#include "runtime/Data/Dataset.h"
#include "runtime/Format/Container.h"
#include "runtime/FusedEngine/LiftProof.h"
#include "runtime/Support/ReadFile.h"
#include "targets/Binary/Encoder.h"
#include "targets/SanaFe/Export.h"
#include "tools/wage-translate/DiagnosticPrinter.h"
#include "tools/OutputFile/OutputFile.h"

#include "mlir/Dialect/MLProgram/IR/MLProgram.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

#include <array>

using namespace mlir;

namespace wage {

namespace {

/// Bytes of a binary: the file's, or those that a module of the chip level encodes to. Nothing after an error, which has been
/// said.
std::optional<std::vector<uint8_t>> readBinary(StringRef input) {
  if (!input.ends_with(".mlir")) {
    rt::Expected<std::vector<uint8_t>> bytes = rt::readFile(input.str());
    if (bytes)
      return std::move(*bytes);
    fail(exitInputWrong, input + ": " + bytes.status().text());
    return std::nullopt;
  }
  if (rt::Status status = rt::checkRegularFile(input.str()); !status.ok()) {
    fail(exitInputWrong, input + ": " + status.text());
    return std::nullopt;
  }
  MLIRContext context;
  context.loadDialect<chip::ChipDialect, WageDialect, ml_program::MLProgramDialect>();
  DiagnosticPrinter printer(context, input);
  OwningOpRef<ModuleOp> module = parseSourceFile<ModuleOp>(input, &context);
  std::vector<uint8_t> bytes;
  if (!module || failed(encodeProgram(*module, bytes)))
    return std::nullopt;
  return bytes;
}

rt::Expected<rt::Program> readSpikingProgram(const std::vector<uint8_t> &bytes) {
  rt::Expected<rt::Program> program = rt::readProgram(bytes);
  if (!program)
    return program;
  if (rt::Status status = rt::proveLift(*program, rt::StreamIndex(*program)); !status.ok())
    return status;
  return program;
}

rt::Expected<std::vector<uint8_t>> readSample(const rt::Program &program, const std::string &paths, uint64_t sample) {
  rt::Expected<rt::Dataset> images = rt::readDataset(paths, "");
  if (!images)
    return images.status();
  images->labels.clear();
  if (rt::Status status = rt::checkDataset(*images, program.inputChannels, program.inputHeight, program.inputWidth, 0);
      !status.ok())
    return status;
  if (sample >= images->count)
    return rt::Status::error("--sample: found " + std::to_string(sample) + ", needed less than " +
                             std::to_string(images->count) + ", the images of " + paths);
  return std::vector<uint8_t>(images->image(sample), images->image(sample) + images->imageBytes());
}

/// Writes all files or none: each under a temporary name, and their own names last.
ExitStatus writeFolder(const sanafe::SanaFeFiles &files, StringRef folder) {
  if (std::error_code problem = llvm::sys::fs::create_directories(folder))
    return fail(exitInputWrong, folder + ": cannot be made: " + problem.message());
  const std::pair<const char *, const std::string *> named[] = {
      {"arch.yaml", &files.architecture}, {"snn.yaml", &files.network}, {"expected.yaml", &files.expected}};
  std::vector<std::unique_ptr<OutputFile>> opened;
  for (const auto &[name, text] : named) {
    llvm::SmallString<128> path(folder);
    llvm::sys::path::append(path, name);
    auto file = OutputFile::open(path);
    if (!file)
      return fail(exitInputWrong, toString(file.takeError()));
    (*file)->os() << *text;
    opened.push_back(std::move(*file));
  }
  for (const auto &file : opened)
    if (llvm::Error problem = file->keep())
      return fail(exitInputWrong, toString(std::move(problem)));
  return exitDone;
}

} // namespace

ExitStatus chipToSanaFeCommand(StringRef input, StringRef folder, const SanaFeChoices &choices) {
  if (folder == "-")
    return fail(exitUsageWrong, "-o: found standard output, needed a folder for SANA-FE's files");
  const std::optional<std::vector<uint8_t>> bytes = readBinary(input);
  if (!bytes)
    return exitInputWrong;
  rt::Expected<rt::Program> program = readSpikingProgram(*bytes);
  if (!program)
    return fail(exitInputWrong, input + ": " + program.status().text());
  rt::Expected<std::vector<uint8_t>> image = readSample(*program, choices.images, choices.sample);
  if (!image)
    return fail(exitInputWrong, image.status().text());
  rt::Expected<sanafe::SanaFeFiles> files = sanafe::exportToSanaFe(*program, image->data(), choices.edgeLimit);
  if (!files)
    return fail(exitInputWrong, input + ": " + files.status().text());
  return writeFolder(*files, folder);
}

} // namespace wage
