//===- OnnxImporter.cpp - an ONNX file as a module ---------------------------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "compiler/Import/OnnxImporter.h"

#include "compiler/Import/GraphImporter.h"

#include "dialects/onnx/IR/OnnxOps.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MLProgram/IR/MLProgram.h"
#include "mlir/IR/Verifier.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

#include <google/protobuf/stubs/logging.h>

#include <climits>

using namespace mlir;
using llvm::Twine;

namespace wage {

namespace {

/// The opset of the standard operators that `model` is written for; nothing, reported, if wage does not know it.
std::optional<int64_t> readOpset(const onnx::ModelProto &model, Location file) {
  std::optional<int64_t> opset;
  for (const onnx::OperatorSetIdProto &import : model.opset_import())
    if (import.domain().empty() || import.domain() == "ai.onnx")
      opset = import.version();
  if (!opset) {
    emitError(file) << "the model names no opset, needed " << oldestOpset << " to " << newestOpset;
    return std::nullopt;
  }
  if (*opset >= oldestOpset && *opset <= newestOpset)
    return opset;
  emitError(file) << "opset " << *opset << " is not supported, only " << oldestOpset << " to " << newestOpset;
  return std::nullopt;
}

bool checkIrVersion(const onnx::ModelProto &model, Location file) {
  if (model.ir_version() <= newestIrVersion)
    return true;
  emitError(file) << "IR version " << model.ir_version() << " is not supported, only up to " << newestIrVersion;
  return false;
}

bool parseModel(onnx::ModelProto &model, llvm::MemoryBufferRef bytes, Location file) {
  if (bytes.getBufferSize() > INT_MAX) {
    emitError(file) << "the file has " << bytes.getBufferSize()
                    << " bytes, an ONNX file ends at 2 GiB: larger models keep their tensors outside it";
    return false;
  }
  google::protobuf::LogSilencer quiet; // the one message is ours
  bool parsed = model.ParseFromArray(bytes.getBufferStart(), static_cast<int>(bytes.getBufferSize()));
  if (!parsed)
    emitError(file) << "not an ONNX file, or a truncated one";
  else if (!model.has_graph())
    emitError(file) << "the model has no graph";
  return parsed && model.has_graph();
}

/// Whether the file fixes every dimension of every input.
bool fixesShapes(const onnx::GraphProto &graph) {
  return llvm::all_of(graph.input(), [](const onnx::ValueInfoProto &input) {
    const onnx::TypeProto::Tensor &tensor = input.type().tensor_type();
    return tensor.has_shape() &&
           llvm::all_of(tensor.shape().dim(), [](const auto &dim) { return dim.has_dim_value(); });
  });
}

OwningOpRef<ModuleOp> importGraph(const onnx::ModelProto &model, int64_t opset, bool openBatch, StringRef path,
                                  Location file) {
  MLIRContext *context = file->getContext();
  // The folder is not part of what was compiled: the same file gives the same module wherever it lies.
  auto source = StringAttr::get(context, llvm::sys::path::filename(path));
  OwningOpRef<ModuleOp> module = ModuleOp::create(NameLoc::get(source));
  (*module)->setAttr(onnxir::sourceAttr, source);
  (*module)->setAttr(onnxir::opsetAttr, IntegerAttr::get(IntegerType::get(context, 64), opset));
  GraphImporter importer(model.graph(), opset, openBatch, llvm::sys::path::parent_path(path), file, *module);
  if (failed(importer.run()) || failed(verify(*module)))
    return nullptr;
  return module;
}

} // namespace

OwningOpRef<ModuleOp> importOnnxBytes(llvm::MemoryBufferRef bytes, MLIRContext &context, BatchPolicy policy) {
  context.loadDialect<onnxir::OnnxDialect, func::FuncDialect, ml_program::MLProgramDialect>();
  StringRef path = bytes.getBufferIdentifier();
  Location file = NameLoc::get(StringAttr::get(&context, path.empty() ? "<model>" : path));
  onnx::ModelProto model;
  if (!parseModel(model, bytes, file) || !checkIrVersion(model, file))
    return nullptr;
  std::optional<int64_t> opset = readOpset(model, file);
  if (!opset)
    return nullptr;
  if (policy == BatchPolicy::Open || !fixesShapes(model.graph()))
    return importGraph(model, *opset, /*openBatch=*/true, path, file);

  {
    ScopedDiagnosticHandler drop(&context, [](Diagnostic &) {});
    if (OwningOpRef<ModuleOp> module = importGraph(model, *opset, /*openBatch=*/true, path, file))
      return module;
  }
  return importGraph(model, *opset, /*openBatch=*/false, path, file);
}

OwningOpRef<ModuleOp> importOnnxFile(StringRef path, MLIRContext &context, BatchPolicy policy) {
  Location file = NameLoc::get(StringAttr::get(&context, path.empty() ? "<model>" : path));
  // A pipe or a device could go on for ever.
  if (llvm::sys::fs::exists(path) && !llvm::sys::fs::is_regular_file(path)) {
    emitError(file) << "not a file";
    return nullptr;
  }
  auto bytes = llvm::MemoryBuffer::getFile(path, /*IsText=*/false, /*RequiresNullTerminator=*/false);
  if (!bytes) {
    emitError(file) << "cannot be read: " << bytes.getError().message();
    return nullptr;
  }
  return importOnnxBytes(**bytes, context, policy);
}

llvm::Expected<floats::FloatTensor> readTensorFile(StringRef path) {
  const auto refuse = [&](const Twine &text) {
    return llvm::createStringError(llvm::inconvertibleErrorCode(), path + ": " + text);
  };
  auto bytes = llvm::MemoryBuffer::getFile(path, /*IsText=*/false, /*RequiresNullTerminator=*/false);
  if (!bytes)
    return refuse("cannot be read: " + Twine(bytes.getError().message()));
  onnx::TensorProto proto;
  google::protobuf::LogSilencer quiet; // the one message is ours
  if ((*bytes)->getBufferSize() > INT_MAX ||
      !proto.ParseFromArray((*bytes)->getBufferStart(), static_cast<int>((*bytes)->getBufferSize())))
    return refuse("not a tensor of ONNX");
  auto shape = TensorReader::readShape(proto);
  if (!shape)
    return refuse(toString(shape.takeError()));
  TensorReader reader(llvm::sys::path::parent_path(path));
  floats::FloatTensor tensor;
  tensor.shape = *shape;
  if (isIntegerType(proto.data_type())) {
    auto integers = reader.readIntegers(proto);
    if (!integers)
      return refuse(toString(integers.takeError()));
    tensor.numbers = std::make_shared<std::vector<float>>(integers->begin(), integers->end());
    for (auto [number, integer] : llvm::zip(*tensor.numbers, *integers))
      if (static_cast<double>(number) != static_cast<double>(integer))
        return refuse("holds " + Twine(integer) + ", which float32 does not");
    return tensor;
  }
  auto floats = reader.readFloats(proto, 1, /*finite=*/proto.data_type() == onnx::TensorProto::DOUBLE);
  if (!floats)
    return refuse(toString(floats.takeError()));
  tensor.numbers = std::make_shared<std::vector<float>>(std::move(*floats));
  return tensor;
}

} // namespace wage
