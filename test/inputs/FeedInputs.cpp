//===- FeedInputs.cpp - a good file cut short and with flipped bits, by the thousand --===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
//   feed-inputs KIND FILE EVERY MIB [BINARY]
//
// Reads FILE as KIND (onnx, chip, binary, checkpoint, images, reals, events, labels), cut after every EVERY-th byte and with single bits
// of every EVERY-th byte flipped, all within this process, so that a crash, a failed assertion or a sanitizer's report ends
// it. Checksums are renewed, since a hostile file has the right one. What is accepted goes one step on: a chip is checked,
// a binary runs a training step, a checkpoint is restored into BINARY and trains on. Every refusal must have one line of
// text. Fails if the process ever takes more than MIB mebibytes. Prints what became of the inputs.
//
//===---------------------------------------------------------------------------===//

#include "compiler/Import/OnnxImporter.h"
#include "runtime/Api/wage_runtime.h"
#include "runtime/Checkpoint/Checkpoint.h"
#include "runtime/Data/AtomicFile.h"
#include "runtime/Data/EventFiles.h"
#include "runtime/Data/FileFormats.h"
#include "runtime/Data/RealArray.h"
#include "runtime/Format/Checksum.h"
#include "runtime/Format/Container.h"
#include "runtime/Format/HostFormat.h"
#include "runtime/Support/ReadFile.h"
#include "targets/ChipModel/ChipReader.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/MLIRContext.h"

#include <cstdio>
#include <functional>
#include <sys/resource.h>
#include <unistd.h>
#include <zlib.h>

using namespace wage;
using rt::Expected;
using rt::Status;
using Bytes = std::vector<uint8_t>;

namespace {

llvm::MemoryBufferRef bufferOf(const Bytes &bytes) {
  return {llvm::StringRef(reinterpret_cast<const char *>(bytes.data()), bytes.size()), "input"};
}

Status readOnnx(const Bytes &bytes) {
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  std::string text;
  mlir::ScopedDiagnosticHandler first(&context, [&](mlir::Diagnostic &diagnostic) {
    if (text.empty())
      text = diagnostic.str();
    return mlir::success();
  });
  if (importOnnxBytes(bufferOf(bytes), context))
    return Status();
  return Status::error(text);
}

Status readChip(const Bytes &bytes) {
  // Parsed up to a terminating zero, as LLVM's files have it.
  Bytes terminated = bytes;
  terminated.push_back(0);
  auto chip = parseChip({llvm::StringRef(reinterpret_cast<const char *>(terminated.data()), bytes.size()), "input"});
  return chip ? Status() : Status::error(toString(chip.takeError()));
}

Status trainStep(rt::Session &session) {
  const rt::ProgramInfo &info = session.info();
  if (uint64_t(info.channels) * info.height * info.width > 1 << 20)
    return Status();
  const Bytes image(size_t(info.channels) * info.height * info.width, 77);
  const uint32_t label = info.classes - 1;
  rt::StepReport report;
  std::vector<int64_t> logits;
  return info.trainable ? session.trainStep(image.data(), &label, 1, 3, 5, 0, report, nullptr)
                        : session.infer(image.data(), 1, logits);
}

/// A step, and the same by the model's own tensors, whose shapes a file may claim at will.
Status runOnce(rt::Session &session) {
  const rt::ProgramInfo &info = session.info();
  Status status = trainStep(session);
  const uint64_t elements = rt::elementsOf(info.realInputShape);
  if (!status.ok() || elements > 1 << 20 || uint64_t(info.channels) * info.height * info.width > 1 << 20)
    return status;
  std::vector<int64_t> logits;
  const std::vector<double> sample(elements, 0.25);
  if (status = session.inferReal(sample.data(), 1, logits); status.ok() && info.hasRealOutput)
    status = session.realOutputs(logits).status();
  return status;
}

/// Writes the bytes beside the good file, for readers that open a path.
class Scratch {
public:
  explicit Scratch(const std::string &like) {
    const size_t name = like.rfind('/') + 1;
    path = like.substr(0, name) + "fed-" + like.substr(name);
  }
  ~Scratch() { ::unlink(path.c_str()); }
  const std::string &write(const Bytes &bytes) {
    if (FILE *file = std::fopen(path.c_str(), "wb")) {
      std::fwrite(bytes.data(), 1, bytes.size(), file);
      std::fclose(file);
    }
    return path;
  }

private:
  std::string path;
};

Bytes withChecksum(Bytes bytes, const std::string &kind) {
  if (kind == "binary" && rt::hasSoundStructure(bytes))
    rt::storeChecksum(bytes);
  if (kind == "checkpoint" && bytes.size() >= 4) {
    const auto crc = static_cast<uint32_t>(crc32_z(0, bytes.data(), bytes.size() - 4));
    for (size_t i = 0; i < 4; ++i)
      bytes[bytes.size() - 4 + i] = static_cast<uint8_t>(crc >> (8 * i));
  }
  return bytes;
}

using Reader = std::function<Status(const Bytes &)>;

Reader readerOf(const std::string &kind, Scratch &scratch, rt::Session *session) {
  if (kind == "onnx")
    return readOnnx;
  if (kind == "chip")
    return readChip;
  if (kind == "binary")
    return [&](const Bytes &bytes) {
      auto opened = rt::Session::open(scratch.write(bytes), rt::EngineKind::Fused, 1);
      return opened ? runOnce(**opened) : opened.status();
    };
  if (kind == "checkpoint")
    return [session](const Bytes &bytes) {
      Expected<rt::Checkpoint> checkpoint = rt::readCheckpoint(bytes);
      if (!checkpoint)
        return checkpoint.status();
      Status status = session->restoreWeights(checkpoint->images);
      return status.ok() ? trainStep(*session) : status;
    };
  if (kind == "images")
    return [&](const Bytes &bytes) { return rt::readImageFile(scratch.write(bytes)).status(); };
  if (kind == "reals")
    return [&](const Bytes &bytes) { return rt::RealArray::read(scratch.write(bytes), {1, 8, 8}).status(); };
  if (kind == "events")
    return [&](const Bytes &bytes) {
      rt::EventWindows windows;
      windows.width = windows.height = 8;
      return rt::readEventFile(scratch.write(bytes), windows).status();
    };
  if (kind == "labels")
    return [&](const Bytes &bytes) { return rt::readLabelFile(scratch.write(bytes)).status(); };
  return nullptr;
}

struct Tally {
  unsigned tried = 0, refused = 0, wordless = 0;
  void count(const Status &status, const char *what, size_t at) {
    ++tried;
    refused += !status.ok();
    if (!status.ok() && (status.text().empty() || status.text().find('\n') != std::string::npos)) {
      ++wordless;
      std::printf("%s %zu: refused with '%s'\n", what, at, status.text().c_str());
    }
  }
  void print(const char *what, const std::string &kind) const {
    std::printf("%s, %s: %u inputs tried, %u refused, %u accepted\n", kind.c_str(), what, tried, refused,
                tried - refused);
  }
};

} // namespace

int main(int argc, char **argv) {
  if (argc < 5)
    return 2;
  const std::string kind = argv[1], path = argv[2];
  const size_t every = std::strtoul(argv[3], nullptr, 10);
  const long limitMebibytes = std::strtol(argv[4], nullptr, 10);
  Expected<Bytes> good = rt::readFile(path);
  std::unique_ptr<rt::Session> session;
  if (argc > 5)
    if (auto opened = rt::Session::open(argv[5], rt::EngineKind::Fused, 1))
      session = std::move(*opened);
  Scratch scratch(path);
  const Reader read = readerOf(kind, scratch, session.get());
  if (!good || !read || (kind == "checkpoint" && !session) || !read(*good).ok()) {
    std::printf("%s: not a good file to begin with\n", path.c_str());
    return 1;
  }
  Tally cuts, flips;
  for (size_t length = 0; length < good->size(); length += every)
    cuts.count(read(withChecksum({good->begin(), good->begin() + static_cast<long>(length)}, kind)), "cut", length);
  for (size_t i = 0; i < good->size(); i += every)
    for (uint8_t mask : {0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0xFF}) {
      Bytes flipped = *good;
      flipped[i] ^= mask;
      flips.count(read(withChecksum(std::move(flipped), kind)), "byte", i);
    }
  cuts.print("cut short", kind);
  flips.print("bits flipped", kind);
  rusage usage;
  ::getrusage(RUSAGE_SELF, &usage);
  if (usage.ru_maxrss > limitMebibytes * 1024)
    std::printf("took %ld MiB of memory, at most %ld are allowed\n", usage.ru_maxrss / 1024, limitMebibytes);
  return cuts.wordless || flips.wordless || usage.ru_maxrss > limitMebibytes * 1024;
}
