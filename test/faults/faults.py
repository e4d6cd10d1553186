"""The faults that plant.py plants: small mistakes that a change could bring, each with the tests that must find it.

A test is a lit test under test/, or PROGRAM:FILTER, cases of a unit test program. Names say what is wrong, in the order of the
parts below. A new part of wage brings its own; a fault that no test finds brings a test.
"""
from typing import NamedTuple


class Fault(NamedTuple):
    name: str
    file: str
    old: str  # stands in the file exactly once
    new: str
    breaks: str
    tests: list


def faults_of(file, *rows):
    return [Fault(name, file, old, new, breaks, tests.split()) for name, old, new, breaks, tests in rows]


NUMERICS = [
    *faults_of(
        "runtime/Numerics/Rounding.h",
        ("tie-upward", "rest > half || (rest == half && (floor & 1))", "rest >= half",
         "ties go up, not to the even neighbour", "NumericsTests:RoundShift.*"),
        ("half-away-truncates", "(absolute + static_cast<uint64_t>(half)) >> shift", "absolute >> shift",
         "rounding away from zero cuts off", "NumericsTests:RoundShift.*"),
        ("clip-to-minus-128", "x < -limit ? -limit : x", "x < -limit - 1 ? -limit - 1 : x",
         "the range is no longer symmetric", "NumericsTests:ShiftClip.*"),
        ("shift-exponent-floors", "square >> (2 * f + 1)", "square >> (2 * f + 2)",
         "Shift takes the power of two below, not the nearest", "NumericsTests:ShiftExponent.*"),
        ("step-rounds-too-often", "fraction > random ? 1 : 0", "fraction >= random ? 1 : 0",
         "an exact step is rounded up by chance", "NumericsTests:StochasticStep.*"),
        ("sign-of-zero", "return master < 0 ? -1 : 1;", "return master <= 0 ? -1 : 1;",
         "a weight of one bit is -1 for a master of 0", "NumericsTests:QuantizeWeight.*"),
        ("master-limit-too-wide", "largestInteger(weightBits) * (int64_t(1) << (masterBits - weightBits))",
         "largestInteger(masterBits)", "masters leave the range of the weights", "NumericsTests:MasterLimit.*")),
    *faults_of(
        "runtime/Numerics/Philox.h",
        ("philox-one-key", "key1 += philoxKeyStep[1];", "key1 += philoxKeyStep[0];",
         "the second key word grows like the first", "NumericsTests:Philox.*"),
        ("philox-nine-rounds", "round < 10", "round < 9", "a round of Philox is missing", "NumericsTests:Philox.*"),
        ("philox-short-step", "static_cast<uint32_t>(step), static_cast<uint32_t>(step >> 32)",
         "static_cast<uint32_t>(step), 0", "the counter forgets steps from 2^32 on", "NumericsTests:Philox.*"),
        ("word-left-out", "if (used == 4)", "if (used >= 3)", "a random word of each block is left out",
         "NumericsTests:Philox.*")),
    *faults_of(
        "runtime/Numerics/SpikeCode.h",
        ("fire-at-threshold", "magnitude >> (thresholdLog2 - 1) & 1", "magnitude >> thresholdLog2 & 1",
         "a neuron adds no half threshold", "NumericsTests:Fire.*"),
        ("phase-bit-late", "magnitude >> (bits - 2 - tick) & 1", "magnitude >> (bits - 1 - tick) & 1",
         "phase code sends each bit a tick late", "NumericsTests:SpikeCode.*"),
        ("rate-window-too-long", "SpikeCode::Rate ? largestInteger(bits)", "SpikeCode::Rate ? largestInteger(bits) + 1",
         "the window of a rate code has a tick too many", "NumericsTests:SpikeCode.*")),
]

KERNELS = [
    *faults_of(
        "runtime/Kernels/ElementwiseKernels.cpp",
        ("kernel-tie-down", "rest + (floor & 1) > half", "rest > half", "ties of the fast form go down",
         "KernelsTests:ElementwiseKernels.*"),
        ("within-excludes-limit", "uint8_t(in[i] <= high)", "uint8_t(in[i] < high)",
         "the mask drops the error at the limit itself", "KernelsTests:ElementwiseKernels.*"),
        ("relu-passes-at-zero", "out[i] = in[i] > 0;", "out[i] = in[i] >= 0;", "the mask of Relu passes errors at 0",
         "KernelsTests:ElementwiseKernels.*"),
        ("max-abs-of-positives", "in[i] < 0 ? Unsigned(0) - Unsigned(in[i])", "in[i] < 0 ? Unsigned(0)",
         "the maximum overlooks negative values", "KernelsTests:ElementwiseKernels.*"),
        ("label-shifted-twice", "int64_t(labels[sample]) - firstClass", "int64_t(labels[sample]) + firstClass",
         "cores that begin at a later class miss the label", "KernelsTests:ElementwiseKernels.*")),
    *faults_of(
        "runtime/Kernels/PoolKernels.cpp",
        ("pool-misses-last-row", "std::min(top + window.kernelHeight, window.height)",
         "std::min(top + window.kernelHeight, window.height - 1)", "max pooling leaves out the last row",
         "KernelsTests:PoolKernels.*"),
        ("scatter-by-height", "int32_t(*positions) % window.kernelWidth", "int32_t(*positions) % window.kernelHeight",
         "errors return to the wrong column of a window", "KernelsTests:PoolKernels.*"),
        ("scatter-overwrites", "sum = wrappingAdd<Result>(sum, *errors);", "sum = Result(*errors);",
         "of overlapping windows only the last error returns", "KernelsTests:PoolKernels.*")),
    *faults_of(
        "runtime/Kernels/SumKernels.cpp",
        ("sum-pool-padding", "return {std::max(first, 0), std::min(first + kernel, extent)};",
         "return {std::max(first, 0), std::min(std::max(first, 0) + kernel, extent)};",
         "windows over padding sum what lies behind them", "KernelsTests:SumKernels.*")),
    *faults_of(
        "runtime/Kernels/LinearProducts.cpp",
        ("stride-of-other-axis", "block.strideY * images.width, block.strideX}}",
         "block.strideX * images.width, block.strideX}}", "rows are read at the stride of columns",
         "KernelsTests:RandomGeometries.* KernelsTests:LinearProducts.*"),
        ("dilation-of-other-axis", "block.dilationY * images.width, block.dilationX}",
         "block.dilationX * images.width, block.dilationX}", "rows are dilated as columns are",
         "KernelsTests:GroupedProducts.*"),
        ("group-index", "weights + group * neurons * rows", "weights + group * rows",
         "all groups but the first have wrong weights", "KernelsTests:GroupedProducts.*"),
        ("cut-off-by-one", "row < block.rowEnd;", "row <= block.rowEnd;",
         "a block returns errors through a row of its neighbour", "KernelsTests:RandomGeometries.* KernelsTests:LinearProducts.*"),
        ("gradient-of-last-samples", "/*accumulate=*/true", "/*accumulate=*/false",
         "gradients of earlier samples are lost", "KernelsTests:RandomGeometries.* KernelsTests:LinearProducts.*")),
    *faults_of(
        "runtime/Kernels/Gemm.cpp",
        ("lost-depth-block", "target.accumulate || depth > 0", "target.accumulate",
         "of long sums only the last 384 terms count", "KernelsTests:LinearProducts.*"),
        ("last-column-alone", "end = 1; begin < columns; begin", "end = 1; begin < columns - 1; begin",
         "a tile with one column is not stored", "KernelsTests:RandomGeometries.* KernelsTests:LinearProducts.*")),
    *faults_of(
        "runtime/Kernels/ByteStages.cpp",
        ("byte-lane-tail", "std::copy_n(wholeOut, lanes - lane, out + lane);",
         "std::copy_n(wholeOut, lanes - lane - 1, out + lane);", "the last channel of a row is not written",
         "KernelsTests:*ByteStages*"),
        ("byte-pool-tie", "sums[lane] > best[lane] ? here", "sums[lane] >= best[lane] ? here",
         "of equal sums the last one wins the pool", "KernelsTests:*ByteStages*")),
    *faults_of(
        "runtime/Kernels/EventProduct.cpp",
        ("event-without-sign", "axon.value < 0 ? -1 : 1;", "axon.value < 0 ? 1 : 1;",
         "spikes of the negative channel excite", "KernelsTests:EventProduct.*"),
        ("potential-not-doubled", "tick > 0)", "tick > 1)", "phase code does not double at the second tick",
         "KernelsTests:EventProduct.*"),
        ("event-weights-of-group", "byRow[(group * rows + row) * perGroup + n]", "byRow[(group + row * block.groups) * perGroup + n]",
         "axons of one group find the weights of another", "KernelsTests:EventProduct.*")),
    *faults_of(
        "runtime/Kernels/WeightKernels.cpp",
        ("random-lane", "lanes + index % 8", "lanes", "weights that begin within a block take others' random numbers",
         "KernelsTests:WeightKernels.*"),
        ("update-climbs", "masters[i] - step", "masters[i] + step", "weights go up the gradient",
         "KernelsTests:WeightKernels.*"),
        ("kernel-short-step", "stepHigh = uint32_t(update.step >> 32)", "stepHigh = uint32_t(update.step >> 48)",
         "the kernel's counter forgets steps from 2^32 on", "KernelsTests:WeightKernels.*")),
]

CORE_ENGINE = [
    *faults_of(
        "runtime/CoreEngine/CoreState.cpp",
        ("lost-partial-sum", "addInto(slice, packet, elements, context.samples);",
         "convert(packet, slice, elements, context.samples);", "a core's own part of a sum is overwritten",
         "EngineTests:Engines.*"),
        ("maximum-not-kept", "kept = std::max(kept, static_cast<const int64_t *>(packet.data)[e]);",
         "kept = static_cast<const int64_t *>(packet.data)[e];", "a received maximum replaces a larger own one",
         "EngineTests:Engines.*"),
        ("stale-weights", "keepSteps ? lastSteps.data() : nullptr);\n  refreshWeights();",
         "keepSteps ? lastSteps.data() : nullptr);", "a step changes masters, not the weights in use",
         "EngineTests:Engines.*"),
        ("batch-slot", "buffer.lifetime == Lifetime::Batch ? context.firstSample : 0",
         "buffer.lifetime == Lifetime::Step ? context.firstSample : 0",
         "a batch that is taken in parts keeps the last of them alone", "EngineTests:LargeBatches.*"),
        ("clock-goes-back", "cycle = std::max(cycle, arrival);", "cycle = arrival;",
         "a core's clock goes back to when a packet came", "oracle/cost.test"),
        ("tick-of-last-sample", "busiestTick = std::max(busiestTick, *std::max_element",
         "busiestTick = std::max<uint64_t>(0, *std::max_element", "only the last window is held to the length of ticks",
         "EngineTests:FixedTicks.*")),
    *faults_of(
        "runtime/CoreEngine/Router.cpp",
        ("packet-of-first-samples", "(s * view.sampleStride + offset)", "(s * r.elements + offset)",
         "packets of parts of a buffer take the wrong samples", "EngineTests:Engines.*"),
        ("crossings-cost-nothing", "uint64_t(state.path.chipCrossings[i]) * noc.interChipCycles",
         "uint64_t(state.path.chipCrossings[i]) * noc.hopCycles", "links between chips are as fast as any",
         "CostTests:Costs.*")),
    *faults_of(
        "runtime/CoreEngine/Accounting.cpp",
        ("ticks-of-one-sample", "totals.ticks += samples * ticksOfPhase[phase];", "totals.ticks += ticksOfPhase[phase];",
         "ticks are counted once for a whole batch", "EngineTests:EventEngines.CountTheTicksOfEverySample")),
    *faults_of(
        "runtime/CoreEngine/CoreEngine.cpp",
        ("tick-just-full", "cores[c]->mostSynapticEventsOfTick(); need > supply",
         "cores[c]->mostSynapticEventsOfTick(); need > 2 * supply", "ticks may take twice as long as a fixed one holds",
         "EngineTests:FixedTicks.*"),
        ("logits-in-wrong-class", "* program.classes + port.offset + i]", "* program.classes + i]",
         "logits of a second core land on the first classes", "EngineTests:Engines.*")),
]

FUSED_ENGINE = [
    *faults_of(
        "runtime/FusedEngine/LiftProof.cpp",
        ("proof-ignores-place", "if (begin != parts.partBegin(receiver) + receiver.offset)",
         "if (begin < 0)", "the proof allows values that arrive at a wrong place",
         "FormatTests:Movement.* EngineTests:RandomMutants.*"),
        ("proof-ignores-order", "found == errorsAt.end() || found->second > i", "found == errorsAt.end()",
         "the proof allows errors that are used before they come", "EngineTests:LateErrors.*"),
        ("proof-ignores-holes", "if (!coverage.isExactly(filledElements[place]))", "if (coverage.isExactly(-1))",
         "the proof allows inputs that packets do not fill", "FormatTests:Movement.* EngineTests:RandomMutants.*"),
        ("proof-ignores-classes", "operandValue(in.operands[3], core) != parts.sliceBegin(end)", "false",
         "the proof allows targets that count from a wrong class", "EngineTests:WrongClasses.*")),
    *faults_of(
        "runtime/FusedEngine/FusedEngine.cpp",
        ("stale-panels", "if (isPlain && bytes && input.isTraining())", "if (isPlain && bytes && !input.isTraining())",
         "after a traced step the byte engine has the old weights", "EngineTests:Bytes.*"),
        ("thread-sum-lost", "addInto(to, from, end - begin, 1);", "convert(from, to, end - begin, 1);",
         "gradients of all threads but the last are lost", "EngineTests:Engines.*")),
    *faults_of(
        "runtime/FusedEngine/FusedOps.cpp",
        ("copy-from-wrong-place", "convert(from(view(o[1], range), o[3]), from(view(o[0], range), o[2]), o[4]",
         "convert(from(view(o[1], range), o[2]), from(view(o[0], range), o[2]), o[4]",
         "parts of a joined tensor come from the wrong place", "oracle/random-branches.test"),
        ("update-index-of-thread", "u.firstIndex = begin * layer.neuronStride();", "u.firstIndex = begin;",
         "random numbers depend on the number of threads", "EngineTests:Engines.*")),
    *faults_of(
        "runtime/FusedEngine/ByteBackward.cpp",
        ("stale-transposed-weights", "packTransposed(stage, block, block + 1);", "packTransposed(stage, block, block);",
         "errors go back through the weights before the step", "EngineTests:Bytes.*"),
        ("error-shift", "numbers.get(stage.is.errorExponent)) + stage.is.errorShift",
         "numbers.get(stage.is.errorExponent)) + stage.is.errorShift + 1", "errors are rounded a bit too far",
         "EngineTests:Bytes.*")),
    *faults_of(
        "runtime/FusedEngine/ByteForward.cpp",
        ("strip-keeps-too-little", "std::max<int64_t>(0, last - begin);", "std::max<int64_t>(0, last - begin - 1);",
         "rows that two pool windows share are taken from the wrong place", "EngineTests:LargeBytes.*")),
]

FORMAT = [
    *faults_of(
        "runtime/Format/Reader.cpp",
        ("checksum-not-compared", "if (root->checksum() != computeChecksum(bytes))", "if (root->checksum() == 0)",
         "damaged files are read", "FormatTests:Container.*"),
        ("newer-minor-is-read", "root->minor() > formatMinor)", "root->minor() > formatMinor + 1)",
         "files of a newer format are read", "FormatTests:Container.*"),
        ("core-row-unchecked", "if (c.first_parameter() != parameters || c.first_link() != links)",
         "if (c.first_parameter() < parameters || c.first_link() < links)", "rows of cores may leave gaps",
         "FormatTests:Container.*")),
    *faults_of(
        "runtime/Format/Writer.cpp",
        ("strides-swapped", "g.kernelWidth, g.strideY, g.strideX,", "g.kernelWidth, g.strideX, g.strideY,",
         "files hold the strides of rows for columns", "FormatTests:Container.*"),
        ("first-position-swapped", "chip.offChip.portX, chip.offChip.portY", "chip.offChip.portY, chip.offChip.portX",
         "files hold the port of off-chip memory mirrored", "FormatTests:Container.*")),
    *faults_of(
        "runtime/Format/VerifyCores.cpp",
        ("overlap-of-neighbours", "extents[k].begin < extents[i].end; ++k)", "extents[k].begin + 1 < extents[i].end; ++k)",
         "buffers may share their last line", "FormatTests:Verifier.*"),
        ("faulty-core-mirrored", "uint64_t(core.y) * p.systemColumns() + core.x",
         "uint64_t(core.x) * p.systemColumns() + core.y", "programs may use faulty cores", "FormatTests:*Refusals* FormatTests:Verifier.*"),
        ("negative-weights-unchecked", "weight < -limit || weight > limit", "weight > limit",
         "weights below the range are read", "FormatTests:*Refusals* FormatTests:Verifier.*"),
        ("rows-may-be-missing", "if (row != g.lastRowOf(first.neuronEnd))", "if (row > g.lastRowOf(first.neuronEnd))",
         "the last rows of a layer may be on no core", "FormatTests:*Refusals* FormatTests:Verifier.*"),
        ("axons-of-one-block", "rows += core.rowEnd - core.rowBegin, neurons +=", "rows = core.rowEnd - core.rowBegin, neurons +=",
         "blocks that share a core may need more axons than it has", "FormatTests:SharedCores.*")),
    *faults_of(
        "runtime/Format/VerifyMessages.cpp",
        ("class-sent-twice", "ok = !classes[i];", "ok = true;", "two cores may send the logits of a class",
         "FormatTests:*Refusals* FormatTests:Verifier.*"),
        ("route-sent-twice", "if (linkUsed[k]++)", "if (linkUsed[k])", "two instructions may use a link",
         "FormatTests:*Refusals* FormatTests:Verifier.*")),
    *faults_of(
        "runtime/Format/Liveness.cpp",
        ("dead-too-early", "use.range.last = index, use.lastPhase = phase;",
         "use.range.last = std::max(use.range.first, index - 1), use.lastPhase = phase;",
         "a buffer may be overwritten by its last reader", "FormatTests:Liveness.*"),
        ("gap-is-filled", "if (begin > filled)", "if (begin > filled + 1)", "a buffer with a hole counts as written whole",
         "FormatTests:Liveness.*")),
    *faults_of(
        "runtime/Format/Cost.cpp",
        ("sum-reads-for-nothing", "accumulates ? 2 * bytes : bytes", "accumulates ? 1 * bytes : bytes",
         "adding a packet costs as little as storing it",
         "CostTests:InstructionCost.*")),
    *faults_of(
        "runtime/Format/Mesh.cpp",
        ("crossing-of-rows", "step(South, at.y, at.y + 1, program.chip.gridRows)",
         "step(South, at.y, at.y + 1, program.chip.gridColumns)", "ways down leave chips at the wrong row",
         "CostTests:Costs.* CostTests:Loads.*")),
    *faults_of(
        "runtime/Checkpoint/Checkpoint.cpp",
        ("checkpoint-damage", "if (found != needed)", "if (found == 0)", "damaged checkpoints are read",
         "CheckpointTests:Checkpoint.*"),
        ("setting-may-be-missing", "!found || found->value != needed.value", "found && found->value != needed.value",
         "a run continues without one of its settings", "CheckpointTests:Checkpoint.*")),
]

DATA_AND_COST = [
    *faults_of(
        "runtime/Data/FileFormats.cpp",
        ("idx-byte-order", "uint32_t(word[0]) << 24 | word[1] << 16 | word[2] << 8 | word[3]",
         "uint32_t(word[3]) << 24 | word[2] << 16 | word[1] << 8 | word[0]", "idx headers are read backwards",
         "DataTests:Dataset.*"),
        ("cifar-label-of-next", "file.labels.push_back(*record);", "file.labels.push_back(*(record + 1));",
         "CIFAR labels are read a byte late", "DataTests:Dataset.*"),
        ("negative-label", "if (integer->isSigned && (*bytes)[at + width - 1] >= 128)", "if (integer->isSigned && width > 1 && (*bytes)[at + width - 1] >= 128)",
         "labels of -1 become class 255", "DataTests:Dataset.*")),
    *faults_of(
        "runtime/Data/ByteSource.cpp",
        ("gz-cut-short", "if (got < 0 || code == Z_BUF_ERROR)", "if (got < 0)", "a gzip file that is cut short is read",
         "DataTests:Dataset.*"),
        ("data-runs-on", "if (*got != 0)", "if (*got > 1)", "files longer than their header says are read",
         "DataTests:Dataset.*")),
    *faults_of(
        "runtime/Data/Dataset.cpp",
        ("label-range", "labels[i] >= classes", "labels[i] > classes", "a label may be one class too high",
         "DataTests:Dataset.*")),
    *faults_of(
        "runtime/Data/Npy.cpp",
        ("npy-narrows-too-far", "-limit <= low && high < limit", "-limit <= low && high <= limit",
         "128 is written in 8 bits", "DataTests:Npy.*"),
        ("fortran-order-is-read", "return header.fortranOrder ?", "return header.fortranOrder && header.shape.size() > 3 ?",
         "images in Fortran order are read as if in C order", "DataTests:Dataset.*")),
    *faults_of(
        "runtime/Data/Augmentation.cpp",
        ("flip-shifts-back", "line + data.width - columns.to - columns.count", "line + columns.to",
         "flipped images are shifted the other way", "DataTests:Augmentation.*")),
    *faults_of(
        "runtime/Data/SampleOrder.cpp",
        ("shuffle-keeps-none", "words.below(i + 1)", "words.below(i)", "no sample may keep its place",
         "DataTests:SampleOrder.* oracle/shuffle.test")),
    *faults_of(
        "runtime/Cost/LinkLoads.cpp",
        ("run-too-long", "changes[indexOf(firstDirection, line, to)] -= bytes;",
         "changes[indexOf(firstDirection, line, to + 1)] -= bytes;", "packets load a link behind their destination",
         "CostTests:Loads.*")),
    *faults_of(
        "runtime/Cost/Occupancy.cpp",
        ("shared-lines-count-twice", "extent.end > end ? extent.end - std::max(extent.begin, end) : 0",
         "extent.end > end ? extent.end - extent.begin : 0", "memory that buffers share is counted for each",
         "CostTests:Occupancy.*")),
]

LOWERING = [
    *faults_of(
        "compiler/Import/WindowReader.cpp",
        ("same-pads-swapped", "return moreBefore ? std::pair(more, less)", "return !moreBefore ? std::pair(more, less)",
         "auto_pad puts the odd pad on the wrong side", "compiler/Import/operators.test")),
    *faults_of(
        "compiler/Conversion/OnnxToWage/Parameters.cpp",
        ("alpha-at-the-limit", "while (wanted >= reached * 4)", "while (wanted > reached * 4)",
         "a fan-in on the limit gets the smaller alpha",
         "compiler/Conversion/OnnxToWage/alpha-at-the-limit.mlir"),
        ("weight-scale-exponent", "scaleLog2[c] + widths.stored - 1);", "scaleLog2[c] + widths.stored);",
         "pretrained weights are twice as large", "oracle/golden-residual_pretrained.test"),
        ("equal-initial-weights", "rt::InitStream, ordinal, 0}", "rt::InitStream, 0, 0}",
         "all layers draw the same first weights", "compiler/Conversion/OnnxToWage/initial-weights.test")),
    *faults_of(
        "compiler/Conversion/OnnxToWage/PlanLinear.cpp",
        ("bias-not-scaled", "static_cast<double>(number) * factor + (", "static_cast<double>(number) + (",
         "biases of a scaled layer keep their size", "compiler/Conversion/OnnxToWage/convert-onnx-to-wage.mlir compiler/Quantization/output-scale.mlir")),
    *faults_of(
        "compiler/Conversion/OnnxToWage/EmitNodes.cpp",
        ("bias-dropped", "return addBias(gemm, emitMatmul(gemm, gemm.getInput()));", "return emitMatmul(gemm, gemm.getInput());",
         "the bias of a Gemm is dropped", "compiler/Conversion/OnnxToWage/initial-weights.test")),
    *faults_of(
        "dialects/wage/IR/WageOps.cpp",
        ("product-scale-sign", "operand.getExponent() + weights.getExponent() - finest",
         "operand.getExponent() + weights.getExponent() + finest", "products are worth alpha squared too much",
         "dialects/wage/ops.mlir"),
        ("average-shift-floors", "llvm::Log2_64_Ceil(kernel[0] * kernel[1])", "llvm::Log2_64(kernel[0] * kernel[1])",
         "averages over 9 are divided by 8", "compiler/Conversion/OnnxToWage/convert-onnx-to-wage.mlir dialects/wage/ops.mlir"),
        ("verifier-scale-range", "scale < -8 || scale > 32", "scale < -8 || scale > 33", "a scale out of range is no error",
         "dialects/wage/invalid.mlir"),
        ("verifier-pool-pads", "if (pads[axis] >= size)", "if (pads[axis] > size)", "a pool window may see padding alone",
         "dialects/wage/invalid.mlir")),
    *faults_of(
        "dialects/integer/IR/IntegerOps.cpp",
        ("verifier-channels", "if (shapeOf(plane)[1] / groups != kernel[1])", "if (shapeOf(plane)[1] / groups < kernel[1])",
         "weights for fewer channels are no error", "dialects/integer/invalid.mlir")),
    *faults_of(
        "dialects/wage/IR/WageBackward.cpp",
        ("relu-without-mask", "flow.sendError(getInput(), masked->getResult(0));", "flow.sendError(getInput(), error);",
         "errors pass Relu where it was 0", "compiler/Transforms/wage-build-training-step.mlir"),
        ("quantizer-without-mask", "ApplyMaskOp::create(builder, getLoc(), error, within);", "within ? error : Value();",
         "errors pass where an activation was clipped", "compiler/Transforms/wage-build-training-step.mlir"),
        ("pool-strides-as-kernel", "getPositions(), getKernel(), getStrides(), getPads()));",
         "getPositions(), getStrides(), getStrides(), getPads()));", "errors of max pools return to wrong positions",
         "compiler/Transforms/wage-build-training-step.mlir"),
        ("error-through-first-branch", "for (Value operand : getOperands())", "for (Value operand : getOperands().take_front())",
         "errors return through one branch of a sum", "compiler/Transforms/wage-build-training-step.mlir")),
    *faults_of(
        "compiler/Transforms/BuildTrainingStep.cpp",
        ("shared-error-not-summed", "sum = sum ? AddOp::create(getBuilder(), value.getLoc(), sum, error).getResult() : error;",
         "sum = error;", "a value with two users gets one error", "oracle/golden-residual_wage.test"),
        ("ordinals-of-random-numbers", "operands.seed, parameter.ordinal,", "operands.seed, 0,",
         "all layers round with the same random numbers", "oracle/golden-tiny.test")),
    *faults_of(
        "compiler/Conversion/WageToInteger/WageToInteger.cpp",
        ("encoding-floors", "const int64_t doubled = 2 * numerator + 255;", "const int64_t doubled = 2 * numerator;",
         "pixels are rounded down", "oracle/golden-tiny.test"),
        ("error-offset", "exponent, 1 - bits, bits, isHalfAway", "exponent, -bits, bits, isHalfAway",
         "errors are twice as large as their grid", "compiler/Conversion/WageToInteger/convert-wage-to-integer.mlir"),
        ("alignment-reversed", "return finest - scale; });", "return finest - scaleLog2.front(); });",
         "all channels are aligned as the first one", "compiler/Conversion/WageToInteger/convert-wage-to-integer.mlir"),
        ("target-class-shift", "-getGrid(op.getLogits()).getExponent()));", "1 - getGrid(op.getLogits()).getExponent()));",
         "the wanted logit is 2, not 1", "oracle/golden-tiny.test")),
    *faults_of(
        "dialects/integer/IR/IntegerBound.cpp",
        ("bound-of-one-row", "fanIn = weights[1] * weights[2] * weights[3];", "fanIn = weights[1] * weights[2];",
         "sums of a kernel may be larger than their bound", "compiler/Analysis/bounds-of-windows.mlir"),
        ("bound-of-overlap", "ceilDivide(extent, stride)", "ceilDivide(extent - stride + 1, stride)",
         "sums of overlapping windows may be larger than their bound", "compiler/Analysis/bounds-of-windows.mlir"),
        ("bound-of-rounding", "return add(magnitude, uint64_t(1) << (shift - 1)) >> shift;", "return magnitude >> shift;",
         "rounded values may be larger than their bound", "compiler/Analysis/bounds-of-windows.mlir")),
]

MAPPING = [
    *faults_of(
        "compiler/Conversion/IntegerToChip/Partition.cpp",
        ("cut-too-few", "const int64_t parts = (total + most - 1) / most;", "const int64_t parts = std::max<int64_t>(1, total / most);",
         "blocks are larger than a core", "compiler/Conversion/IntegerToChip/convert-integer-to-chip.mlir"),
        ("last-edge-missing", "std::min(total, edges.back() + most)", "std::min(total, edges.back() + most + 1)",
         "full blocks have a row too many", "tools/wage-translate/sharing.test")),
    *faults_of(
        "compiler/Conversion/IntegerToChip/Partition.h",
        ("tree-parent", "return (index - 1) / fanIn;", "return index / (fanIn + 1);", "sums climb trees that are too wide",
         "compiler/Conversion/IntegerToChip/convert-integer-to-chip.mlir")),
    *faults_of(
        "compiler/Conversion/IntegerToChip/LinearStreams.cpp",
        ("pads-of-other-axis", "g.padTop = conv.getPads()[0], g.padLeft = conv.getPads()[1];",
         "g.padTop = conv.getPads()[1], g.padLeft = conv.getPads()[0];", "padding above and left are exchanged",
         "compiler/Conversion/IntegerToChip/convert-integer-to-chip.mlir"),
        ("gradient-buffer-short", "return int64_t(core.rowEnd - core.rowBegin) * (core.neuronEnd - core.neuronBegin);",
         "return int64_t(core.rowEnd - core.rowBegin) * (core.neuronEnd - core.neuronBegin - 1);",
         "gradients have no room for the last neuron", "oracle/golden-tiny.test"),
        ("row-block-left-out", "for (int64_t k = 1; k < stage.partition.rowBlocks(); ++k)\n      transfers.push_back({stage.core(k, n), 0, {{stage.core(treeParent",
         "for (int64_t k = 2; k < stage.partition.rowBlocks(); ++k)\n      transfers.push_back({stage.core(k, n), 0, {{stage.core(treeParent",
         "a partial sum is never sent", "compiler/Conversion/IntegerToChip/convert-integer-to-chip.mlir")),
    *faults_of(
        "compiler/Conversion/IntegerToChip/UpdateStreams.cpp",
        ("maximum-not-told", "for (size_t i = 1; i < cores.size(); ++i)\n    tell.destinations", "for (size_t i = 2; i < cores.size(); ++i)\n    tell.destinations",
         "a core rounds by its own maximum", "oracle/small-cores.test"),
        ("maximum-of-roots", "place.kind == Place::Roots ? 1 : stage.partition.rowBlocks()", "1",
         "the maximum of gradients leaves out blocks of rows", "oracle/small-cores.test")),
    *faults_of(
        "compiler/Conversion/IntegerToChip/RowBands.cpp",
        ("band-without-halo", "windows.begin(end - 1) + windows.reach;", "windows.begin(end - 1) + windows.stride;",
         "a copy of a layer lacks the rows below its own", "tools/wage-translate/copies.test")),
    *faults_of(
        "compiler/Conversion/IntegerToChip/SpikeEncoding.cpp",
        ("neuron-sign", "const int32_t isSigned = at.relu == SIZE_MAX;", "const int32_t isSigned = at.relu != SIZE_MAX;",
         "neurons with Relu fire a sign, those without do not", "compiler/Conversion/IntegerToChip/chip-encode-spikes.test tools/wage-translate/events.test"),
        ("axons-without-sign", "integrate.operands[9].value |= !known", "integrate.operands[9].value &= !known",
         "no axon has a channel for negative values", "compiler/Conversion/IntegerToChip/chip-encode-spikes.test tools/wage-translate/events.test")),
    *faults_of(
        "compiler/Conversion/IntegerToChip/BufferSlots.cpp",
        ("one-slot-too-few", "(place.toLastUse + pace - 1) / pace, 2)", "place.toLastUse / pace, 2)",
         "buffers have a place too few for the pace", "compiler/Conversion/IntegerToChip/buffer-slots.mlir")),
    *faults_of(
        "compiler/Placement/Problem.h",
        ("distance-of-columns", "std::abs(a.x - b.x)) + std::abs(a.y - b.y)", "std::abs(a.x - b.x)) + std::abs(a.x - b.y)",
         "distances mix rows and columns", "PlacementTests:PlacementTest.*")),
    *faults_of(
        "compiler/Placement/MovableCost.cpp",
        ("trunk-too-long", "change += std::max(most, to.x) - std::min(least, to.x);", "change += std::max(most, to.x) - std::min(least, from.x);",
         "a move is judged by where the core was", "PlacementTests:PlacementTest.*")),
    *faults_of(
        "targets/ChipModel/ChipReader.cpp",
        ("synapse-kilobytes", "readFact(io, \"synapse_bytes\", group.synapseBytes, uint64_t{1}, maxBytes);",
         "readFact(io, \"synapse_bytes\", group.synapseBytes, uint64_t{1}, maxBytes);\n    group.synapseBytes *= 1024;",
         "a chip's synapse memory is read as kilobytes", "ChipModelTests:*"),
        ("energy-fields-swapped", "readFact(io, \"hop_byte_pj\", energy.hopBytePj,", "readFact(io, \"hop_byte_pj\", energy.offChipBytePj,",
         "the energy of a hop is read as that of off-chip memory", "ChipModelTests:*"),
        ("source-not-needed", "if (StringRef(fact.source).trim().empty())", "if (StringRef(fact.source).empty())",
         "a blank source is no error", "ChipModelTests:*")),
]

TOOLS = [
    *faults_of(
        "tools/wage-run/Inference.cpp",
        ("errors-of-first-batch", "!= labels[first + i];", "!= labels[i];", "later batches are compared with the first labels",
         "WageRunTests:Inference.*"),
        ("last-of-equal-classes", "static_cast<uint32_t>(std::max_element(logits, logits + classes) - logits)",
         "classes - 1 - static_cast<uint32_t>(std::max_element(std::make_reverse_iterator(logits + classes), "
         "std::make_reverse_iterator(logits)) - std::make_reverse_iterator(logits + classes))",
         "of equal logits the last class is predicted", "WageRunTests:Inference.*")),
    *faults_of(
        "tools/wage-run/InferCommand.cpp",
        ("wrong-input-exit-code", "return fail(command, ExitInput, status.text());", "return fail(command, ExitUsage, status.text());",
         "a wrong file exits as a wrong flag", "tools/wage-run/bad-input.test")),
    *faults_of(
        "tools/wage-run/Training.cpp",
        ("resumed-step-augments", "plan.seed, step * plan.batch + i, data,", "plan.seed, (step - plan.firstStep) * plan.batch + i, data,",
         "a continued run augments as if it began", "WageRunTests:Training.* oracle/augment.test"),
        ("last-checkpoint-missing", "result.interrupted || stepsDone == plan.steps ||", "result.interrupted ||",
         "the last step is not saved", "WageRunTests:Training.* tools/wage-run/checkpoint.test")),
    *faults_of(
        "tools/wage-run/LearningRates.cpp",
        ("rate-an-epoch-late", "if (since <= epoch)", "if (since < epoch)", "learning rates change an epoch late",
         "WageRunTests:LearningRates.*")),
]

FAULTS = [*NUMERICS, *KERNELS, *CORE_ENGINE, *FUSED_ENGINE, *FORMAT, *DATA_AND_COST, *LOWERING, *MAPPING, *TOOLS]
