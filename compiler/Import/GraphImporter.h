//===- GraphImporter.h - an ONNX graph node by node ----------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_IMPORT_GRAPHIMPORTER_H
#define WAGE_COMPILER_IMPORT_GRAPHIMPORTER_H

#include "compiler/Import/NodeReader.h"
#include "compiler/Import/TensorReader.h"
#include "compiler/Import/WindowReader.h"
#include "dialects/onnx/IR/OnnxOps.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"

#include <deque>
#include <optional>

namespace wage {

/// Builds the onnx level's function from a graph. A value that could not be made is kept as unknown: the nodes behind it
/// are still checked as far as their own attributes and constants go, so that one run lists everything.
class GraphImporter {
public:
  /// `file` is where errors are reported; `module` is filled. With `openBatch` the first dimension of every value that
  /// depends on the input is the batch, `?`, whatever the file says; without, it is what the file fixes.
  GraphImporter(const onnx::GraphProto &graph, int64_t opset, bool openBatch, llvm::StringRef directory,
                mlir::Location file, mlir::ModuleOp module);

  /// Errors: all reported; the module is then of no use.
  llvm::LogicalResult run();

private:
  /// A tensor that does not depend on the input: an initializer, the value of a Constant node, or what was folded.
  struct Constant {
    std::string name;
    int32_t elementType; ///< of ONNX
    llvm::SmallVector<int64_t> shape;
    const onnx::TensorProto *proto = nullptr; ///< where the numbers stand, if not in the following two
    std::vector<int64_t> integers;            ///< of an integer type; `openDim` stands for the batch
    std::vector<float> floats;                ///< of a float type; a single one stands for all elements
    bool isNode = true;                       ///< not an initializer
    mlir::Value loaded = {};                  ///< null before the first use as numbers
    double loadedScale = 1;                   ///< what the numbers were multiplied by
  };
  /// What a name of the graph stands for. Neither value nor constant: it could not be made, and that has been reported.
  struct Entry {
    mlir::Value value;
    Constant *constant = nullptr;
    bool isUnknown() const { return !value && !constant; }
  };
  /// How a node of one operator is taken.
  struct OpRule {
    llvm::StringRef opType;
    int since, minInputs, maxInputs, maxOutputs;
    void (GraphImporter::*import)(NodeReader &);
  };
  /// The operators of `domain` that are read; none of a domain that is not known.
  static llvm::ArrayRef<OpRule> getRules(llvm::StringRef domain);
  /// In a shape that is computed with, the batch.
  static constexpr int64_t openDim = mlir::ShapedType::kDynamic;
  static constexpr int anyNumber = 1 << 20;
  /// Longest list that the importer itself makes, of indices or integers; what is longer could not be held.
  static constexpr int64_t longestList = int64_t{1} << 24;

  // The graph as a whole (GraphImporter.cpp).
  void error(const llvm::Twine &text);
  void readInitializers();
  void indexNames();
  void readInputs();
  bool readInput(const onnx::ValueInfoProto &input);
  void importNode(const onnx::NodeProto &node, int index, llvm::StringRef shownType = {});
  const OpRule *findRule(NodeReader &node);
  void writeQuantized();
  void finishOutputs();
  void eraseUnused();

  // Names and constants (GraphConstants.cpp).
  /// The entry of input `i`; null if the graph never makes it or makes it later (reported) or if it is unknown.
  const Entry *lookUp(NodeReader &node, int i);
  bool has(NodeReader &node, int i) const { return !node.getInput(i).empty(); }
  /// Input `i` as a value of the function, whatever its elements; null if it is unknown.
  mlir::Value getOperand(NodeReader &node, int i);
  /// Input `i` as a value of float32; null if it is not (reported) or unknown.
  mlir::Value getFloats(NodeReader &node, int i);
  /// Input `i` as a constant; null if it is not (reported) or unknown.
  Constant *getConstant(NodeReader &node, int i, llvm::StringRef role);
  /// The numbers of constant input `i`; nothing if it is none (reported) or unknown.
  std::optional<std::vector<int64_t>> getIntegers(NodeReader &node, int i, llvm::StringRef role);
  std::optional<std::vector<float>> getNumbers(NodeReader &node, int i, llvm::StringRef role);
  /// A list that older opsets have as an attribute and newer ones as input `i`; `isInput` says which. `present` is cleared
  /// where there is neither.
  std::optional<llvm::SmallVector<int64_t>> getList(NodeReader &node, llvm::StringRef name, int i, bool isInput,
                                                    bool &present);
  std::optional<std::vector<int64_t>> readIntegers(NodeReader &node, Constant &constant, llvm::StringRef role);
  /// The numbers of `constant` as a value of the function: made at the first use. Null, reported, if they cannot be read.
  mlir::Value load(NodeReader &node, Constant &constant, double scale = 1);
  mlir::ElementsAttr makeElements(NodeReader &node, Constant &constant, double scale, llvm::StringRef name);
  void define(llvm::StringRef name, Entry entry) { entries.try_emplace(name, entry); }
  Constant *addConstant(Constant constant);
  void defineConstant(NodeReader &node, Constant constant);
  /// Makes `value` the node's output `output`; what depends on constants alone becomes a constant.
  void defineValue(NodeReader &node, mlir::Value value, int output = 0);
  bool isConstantValue(mlir::Value value) const;
  std::string uniqueName(llvm::StringRef name);
  mlir::RankedTensorType getType(llvm::ArrayRef<int64_t> shape, mlir::Type element = {}) const;
  mlir::Type getElementType(int32_t onnxType) const;
  static llvm::ArrayRef<int64_t> shapeOf(mlir::Value value);
  /// The dimension that `axis`, perhaps counted from the end, means; nothing, reported, if there is none.
  std::optional<int64_t> resolveAxis(NodeReader &node, int64_t axis, int64_t rank);
  std::optional<llvm::SmallVector<int64_t>> resolveAxes(NodeReader &node, llvm::ArrayRef<int64_t> axes, int64_t rank);
  /// The shape, or nothing after reporting why there is none.
  std::optional<onnxir::Shape> check(NodeReader &node, llvm::Expected<onnxir::Shape> shape);
  /// Reports an output behind the first that something takes.
  void refuseOtherOutputs(NodeReader &node, llvm::StringRef role);
  mlir::Value reshape(NodeReader &node, mlir::Value value, llvm::ArrayRef<int64_t> shape);
  mlir::Value binary(NodeReader &node, onnxir::BinaryKind kind, mlir::Value lhs, mlir::Value rhs);

  // Constants computed with at once (IntegerFolding.cpp).
  /// Computes `node` if it works on integers that all are known; whether it did.
  bool foldIntegers(NodeReader &node);
  bool foldArithmetic(NodeReader &node, llvm::ArrayRef<Constant *> inputs);
  bool foldMovement(NodeReader &node, llvm::ArrayRef<Constant *> inputs);
  std::optional<Constant> foldConcat(NodeReader &node, llvm::ArrayRef<Constant *> inputs);
  std::optional<Constant> foldSqueeze(NodeReader &node, llvm::ArrayRef<Constant *> inputs);
  std::optional<Constant> foldGather(NodeReader &node, const Constant &list, const Constant &indices);
  std::optional<Constant> foldSlice(NodeReader &node, const Constant &list);
  bool foldCast(NodeReader &node, Constant &input);

  // Operators: LinearNodes.cpp.
  void importConv(NodeReader &node);
  mlir::Value transposeMatrix(NodeReader &node, mlir::Value value);
  mlir::Value scale(NodeReader &node, mlir::Value value, double factor);
  void importGemm(NodeReader &node);
  void importMatMul(NodeReader &node);
  // ElementwiseNodes.cpp
  mlir::Type getSmallInteger(NodeReader &node, int i);
  mlir::Type getCommonInteger(NodeReader &node);
  mlir::Value loadAsFloats(NodeReader &node, Constant &constant);
  mlir::Value getAsFloats(NodeReader &node, int i);
  mlir::Value getExponent(NodeReader &node);
  std::optional<std::vector<float>> getAnyNumbers(NodeReader &node, int i, llvm::StringRef role);
  mlir::Value castBack(NodeReader &node, mlir::Value value, mlir::Type integer);
  void importUnary(NodeReader &node);
  void importGelu(NodeReader &node);
  void importRelu(NodeReader &node);
  void importClip(NodeReader &node);
  void importBinary(NodeReader &node);
  void importVariadic(NodeReader &node);
  void importPRelu(NodeReader &node);
  void importCast(NodeReader &node);
  void importBatchNormalization(NodeReader &node);
  // PoolNodes.cpp
  struct Pool {
    mlir::Value input;
    mlir::RankedTensorType type;
    llvm::SmallVector<int64_t> kernel, strides, pads, dilations, overhang;
    mlir::DenseI64ArrayAttr dilationsAttr, overhangAttr;
  };
  std::optional<Pool> readPool(NodeReader &node);
  std::optional<Pool> readGlobalPool(NodeReader &node);
  mlir::Value getImages(NodeReader &node);
  void importMaxPool(NodeReader &node);
  void importAveragePool(NodeReader &node);
  void importGlobalMaxPool(NodeReader &node);
  void importGlobalAveragePool(NodeReader &node);
  // ReductionNodes.cpp
  struct Reduction {
    mlir::Value input;
    llvm::SmallVector<int64_t> axes, shape;
    bool keepDims;
  };
  std::optional<Reduction> readReduction(NodeReader &node, int axesInput);
  mlir::Value mean(NodeReader &node, const Reduction &reduction);
  void importReduceMean(NodeReader &node);
  void importReduceSum(NodeReader &node);
  void importReduceMax(NodeReader &node);
  void importSoftmax(NodeReader &node);
  void importArgMax(NodeReader &node);
  void importLrn(NodeReader &node);
  // ShapeNodes.cpp
  void importFlatten(NodeReader &node);
  void importReshape(NodeReader &node);
  void importSqueeze(NodeReader &node);
  void importUnsqueeze(NodeReader &node);
  void importTranspose(NodeReader &node);
  mlir::Value transpose(NodeReader &node, mlir::Value value, llvm::ArrayRef<int64_t> permutation);
  void importBlocks(NodeReader &node);
  std::optional<llvm::SmallVector<int64_t>> inferReshape(NodeReader &node, llvm::ArrayRef<int64_t> from,
                                                         llvm::ArrayRef<int64_t> wanted, bool allowZero);
  // IndexNodes.cpp
  /// What a slice takes along a dimension of `size`: `count` elements from `first` on; 0 of none.
  struct Range {
    int64_t first, step, count;
    /// As the file has it: `start` and `end` may count from the end or lie outside. Requires a step other than 0.
    static Range of(int64_t start, int64_t end, int64_t step, int64_t size);
  };
  void importConcat(NodeReader &node);
  void importSplit(NodeReader &node);
  void importSlice(NodeReader &node);
  float readPadValue(NodeReader &node, bool isInput);
  void importPad(NodeReader &node);
  void importGather(NodeReader &node);
  mlir::Value slice(NodeReader &node, mlir::Value value, llvm::ArrayRef<int64_t> starts, llvm::ArrayRef<int64_t> steps,
                    llvm::ArrayRef<int64_t> shape);
  // Resize and Upsample
  struct ResizeTargets {
    std::optional<std::vector<float>> scales;
    std::optional<std::vector<int64_t>> sizes;
  };
  ResizeTargets readResizeTargets(NodeReader &node);
  void importResize(NodeReader &node);
  mlir::Value gather(NodeReader &node, mlir::Value value, int64_t axis, llvm::ArrayRef<int64_t> indices);
  // ConstantNodes.cpp
  void importIdentity(NodeReader &node);
  void importDropout(NodeReader &node);
  void importConstant(NodeReader &node);
  void importConstantOfShape(NodeReader &node);
  void importShape(NodeReader &node);
  // QuantizationNodes.cpp
  struct Quantization {
    llvm::SmallVector<float> scales;
    llvm::SmallVector<int64_t> zeroPoints;
    std::optional<int64_t> axis;   ///< none where there is one scale for all
    std::optional<int32_t> stored; ///< element type of the zero points, if there are any
  };
  std::optional<Quantization> readQuantization(NodeReader &node, llvm::ArrayRef<int64_t> shape);
  void countScales(llvm::StringRef name, llvm::ArrayRef<float> scales, llvm::ArrayRef<int64_t> zeroPoints);
  void refuseBlocks(NodeReader &node);
  void importQuantizeLinear(NodeReader &node);
  void importDequantizeLinear(NodeReader &node);
  // QonnxNodes.cpp
  struct QuantOperands {
    mlir::Value input, scale, zeroPoint;
    llvm::SmallVector<float> scales, zeroPoints;
    int bits = 0;
    bool isSigned = true;
    int64_t low = 0, high = 0;
    onnxir::RoundingMode rounding = onnxir::RoundingMode::HalfEven;
  };
  void readQuantRange(NodeReader &node, QuantOperands &quant);
  bool readQuantOperands(NodeReader &node, QuantOperands &quant, bool hasZeroPoint);
  mlir::Value unary(NodeReader &node, onnxir::UnaryKind kind, mlir::Value input,
                    std::optional<std::pair<int64_t, int64_t>> clip);
  mlir::Value makeScalar(NodeReader &node, double number);
  mlir::Value roundToGrid(NodeReader &node, const QuantOperands &quant);
  mlir::Value signOf(NodeReader &node, mlir::Value x);
  mlir::Value makeBipolar(NodeReader &node, const QuantOperands &quant);
  mlir::Value quantizeAndBack(NodeReader &node, const QuantOperands &quant);
  void importQuant(NodeReader &node);
  void importBipolarQuant(NodeReader &node);
  // QuantizedNodes.cpp: operators between quantised values, as the plain operator between dequantised ones
  using Names = llvm::ArrayRef<std::string>;
  std::string makeName(llvm::StringRef base);
  void importPart(NodeReader &node, llvm::StringRef opType, Names inputs, llvm::StringRef output,
                  const google::protobuf::RepeatedPtrField<onnx::AttributeProto> &attributes = {});
  std::string dequantizePart(NodeReader &node, llvm::StringRef data, llvm::StringRef scale, llvm::StringRef zeroPoint,
                             int64_t axis);
  std::string dequantizeInput(NodeReader &node, int i, int64_t axis = 0);
  std::string dequantizeBias(NodeReader &node, int i, int inputScale, int weightScale);
  void quantizeOutput(NodeReader &node, llvm::StringRef value, int scale);
  void importBetween(NodeReader &node, llvm::StringRef opType, Names inputs, int outputScale);
  void importQLinearConv(NodeReader &node);
  void importQLinearMatMul(NodeReader &node);
  void importQLinearUnary(NodeReader &node);
  void importQLinearBinary(NodeReader &node);
  void importQLinearConcat(NodeReader &node);
  void importQGemm(NodeReader &node);
  void importIntegerProduct(NodeReader &node);

  const onnx::GraphProto &graph;
  int64_t opset;
  bool openBatch;
  mlir::Location file;
  mlir::ModuleOp module;
  mlir::OpBuilder builder;
  TensorReader tensors;
  mlir::func::FuncOp function;
  std::deque<Constant> constants;            ///< a deque: entries point into it
  std::deque<onnx::TensorProto> madeTensors; ///< tensors that Constant nodes write as plain attributes
  llvm::StringMap<Entry> entries;
  llvm::StringMap<int> nodeNames;          ///< how often each was asked for
  llvm::StringMap<std::string> laterNodes; ///< node that makes a name, for every name not yet made
  llvm::StringSet<> usedNames;             ///< names that a node or the graph's output takes
  llvm::StringSet<> parameterNames;
  llvm::DenseSet<mlir::Value> computed;                               ///< values of the graph that depend on its input
  std::optional<int64_t> fixedBatch;                                  ///< the batch the file fixes
  llvm::StringSet<> countedScales;                                    ///< constants of scales that have been looked at
  int64_t scaleCount = 0, notPowerOfTwoCount = 0, zeroPointCount = 0; ///< those not 0
  bool errors = false;
};

} // namespace wage

#endif // WAGE_COMPILER_IMPORT_GRAPHIMPORTER_H
