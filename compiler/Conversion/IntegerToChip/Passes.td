//===- Passes.td - integer IR to the chip level ------------------*- tablegen -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_CONVERSION_INTEGERTOCHIP_PASSES_TD
#define WAGE_COMPILER_CONVERSION_INTEGERTOCHIP_PASSES_TD

include "mlir/Pass/PassBase.td"

def ConvertIntegerToChipPass : Pass<"convert-integer-to-chip", "::mlir::ModuleOp"> {
  let summary = "Partition an integer network onto cores and write their instruction streams";
  let description = [{
    Needs a module of the integer level with `wage.config`. Takes `@train` (or `@infer`, by the configured mode), cuts every
    layer's matrix into blocks of the chip's crossbars, and replaces the functions by a `chip.program`: templates, a row
    of parameters per core, routes. Weights stay in their `ml_program.global`s. Positions and addresses are left to `chip-place` and
    `chip-allocate`.

    By default a layer takes the fewest cores that hold it. With `objective=throughput` the layers that take longest are cut further,
    until all keep one pace or the cores are used up; with `objective=latency` cores go where they save most cycles.

    Refuses, with limit, layer, need and supply: a chip whose cores cannot learn, widths it lacks, more cores than it has.

    ```mlir
    module attributes {wage.config = #wage.config<mode = infer, weights = 2, activations = 8, gradients = 8, errors = 8,
                                                  random = 16, rounding = half_even, batch = 4>} {
      ml_program.global private @w(dense<1> : tensor<3x4xi8>) : tensor<3x4xi8>
          {wage.layer = "fc", wage.ordinal = 0 : i32, wage.scale_log2 = array<i32: 0, 0, 0>}
      func.func @infer(%p: tensor<?x4xui8>) -> tensor<?x3xi32> {
        %w = ml_program.global_load_const @w : tensor<3x4xi8>
        %x = integer.table %p, table = dense<0> : tensor<256xi8> : tensor<?x4xui8> -> tensor<?x4xi8>
        %z = integer.matmul %x, %w : tensor<?x4xi8>, tensor<3x4xi8> -> tensor<?x3xi32>
        return %z : tensor<?x3xi32>
      }
    }
    ```
    With `chip=generic-64` it leaves one core, which has all of the layer, between two routes of the host:
    ```after chip=generic-64
    ml_program.global private @w
    chip.program @network input [4, 1, 1] : i8 classes = 3 ...
      chip.layer @fc weights = @w ordinal = 0 rows = 4 neurons = 3 ...
      chip.phase @forward per_sample
      chip.template @fc.root parameters ...
        chip.inst "forward" {input = @table, layer = 0 : i32, ... output = @matmul, ...
      chip.core @fc.root layer = @fc rows [0, 4] neurons [0, 3] ...
      chip.route from -1 to [0] carries 4 : i8
      chip.route from 0 to [-1] carries 3 : i32
    ```
  }];
  let options = [
    Option<"chip", "chip", "std::string", "\"\"", "name of a listed chip, or path of a chip description (.yaml)">,
    Option<"objective", "objective", "::wage::chip::Objective", "::wage::chip::Objective::Cores",
           "what the mapping is to have least of",
           [{::llvm::cl::values(
               clEnumValN(::wage::chip::Objective::Cores, "cores", "cores"),
               clEnumValN(::wage::chip::Objective::Latency, "latency", "cycles from a sample's pixels to its logits"),
               clEnumValN(::wage::chip::Objective::Throughput, "throughput", "cycles between two samples"))}]>,
    Option<"cores", "cores", "uint64_t", "0", "most cores taken (0: all that the chip has)">,
    ListOption<"copies", "copies", "std::string", "Position copies of all convolutions, N, or of single layers, LAYER:N">,
    Option<"pack", "pack", "::wage::chip::Sharing", "::wage::chip::Sharing::Fit", "whether several blocks share a core",
           [{::llvm::cl::values(clEnumValN(::wage::chip::Sharing::Off, "off", "each has a core of its own"),
                                clEnumValN(::wage::chip::Sharing::Fit, "fit", "where there are too few cores otherwise"),
                                clEnumValN(::wage::chip::Sharing::On, "on", "wherever they fit"))}]>,
    Option<"bufferSlots", "buffer-slots", "uint64_t", "0",
           "most samples that a buffer holds for which packets come, as chip-allocate will let it (for objective=throughput)">,
    ListOption<"recomputeGradients", "recompute-gradients", "std::string",
               "Layers whose gradients are formed from the batch's errors and inputs, not kept: names, or all">,
    Option<"watchTicks", "watch-ticks", "bool", "false",
           "let ticks of a fixed length be too short for the most events there can be">,
    Option<"spikeCode", "spike-code", "std::string", "\"\"",
           "code of the events that chip-encode-spikes will make of messages (default: the chip's first)">,
    ListOption<"faultyCores", "faulty-cores", "std::string",
               "Cores that must not be used, x:y or y * columns + x: the program's chip has them among its own">
  ];
  let dependentDialects = ["::wage::chip::ChipDialect"];
}

def ChipEncodeSpikesPass : Pass<"chip-encode-spikes", "::mlir::ModuleOp"> {
  let summary = "Let activations cross as events, summed by neurons that integrate them";
  let description = [{
    Needs a dense `chip.program`, cut for events (`convert-integer-to-chip="spike-code=..."`: signed inputs take two axons). Routes
    between layers get the code, `forward` becomes `integrate`. With `rate` and `phase` a Relu with its rounding becomes `fire`, and
    a max pool in front of them moves behind it: all three are monotone, so that no number changes. With `graded` the errors of a
    program that trains cross as signed events too. `dense` changes nothing. Source: arithmetic.md section 10.

    Refuses, layer by layer, what no neuron has fired, messages of integers and sums of other layers on a chip that has none, ties that
    round to even and training in a binary code, and a code that the chip does not speak.

    Of the LeNet of `chip-allocate`, with ties away from zero:
    ```
    $ wage-translate --import-onnx lenet.onnx | wage-opt --wage-onnx-to-wage-pipeline="mode=infer init=model rounding=half-away" \
        --wage-to-integer-pipeline --convert-integer-to-chip="chip=generic-64 spike-code=rate" --chip-encode-spikes="code=rate" \
        -o spikes.mlir
    $ grep -c 'chip.route.*as "rate"' spikes.mlir
    11
    $ grep -o 'chip.inst "fire".*threshold_log2 = [0-9]*' spikes.mlir | sed 's/{.*threshold/... threshold/'
    chip.inst "fire" ... threshold_log2 = 2
    chip.inst "fire" ... threshold_log2 = 3
    chip.inst "fire" ... threshold_log2 = 4
    ```
  }];
  let options = [
    Option<"code", "code", "std::string", "\"\"", "graded, rate, phase or dense (default: the chip's first)">
  ];
}

def IntegerCopyPositionsPass : Pass<"integer-copy-positions", "::mlir::ModuleOp"> {
  let summary = "Let several copies of a convolution compute a band of its rows each";
  let description = [{
    Needs a module of the integer level with `wage.config`; rewrites `@train` (or `@infer`, by the configured mode). A layer with
    N copies computes N bands of its output's rows, each from the rows of the input that it needs; what follows up to the next
    layer is done band by band. Of errors the rows that copies share are added up, gradients are summed, and every copy is updated
    alike, so that the numbers stay what they are. `convert-integer-to-chip` puts every copy on cores of its own, with weights of
    its own. Bands end between the windows of pools that do not overlap, so that a layer may get fewer copies than asked for; of
    other pools each band takes the rows that its windows need, and one that leaves a single row takes all of them.

    Refuses a layer that is not there, and counts below one.

    ```mlir
    module attributes {wage.config = #wage.config<mode = infer, weights = 2, activations = 8, gradients = 8, errors = 8,
                                                  random = 16, rounding = half_even, batch = 4>} {
      ml_program.global private @w(dense<1> : tensor<2x1x3x3xi8>) : tensor<2x1x3x3xi8>
          {wage.layer = "conv", wage.ordinal = 0 : i32, wage.scale_log2 = array<i32: 0, 0>}
      func.func @infer(%x: tensor<?x1x8x8xi8>) -> tensor<?x2x8x8xi32> {
        %w = ml_program.global_load_const @w : tensor<2x1x3x3xi8>
        %z = integer.conv2d %x, %w, strides = [1, 1], pads = [1, 1, 1, 1]
             : tensor<?x1x8x8xi8>, tensor<2x1x3x3xi8> -> tensor<?x2x8x8xi32>
        return %z : tensor<?x2x8x8xi32>
      }
    }
    ```
    With `copies=2` both halves need a row of the other's:
    ```after copies=2
    %0 = integer.join_rows %arg0 begins = [0] first = 0 : tensor<?x1x8x8xi8> -> tensor<?x1x5x8xi8>
    ```
  }];
  let options = [
    ListOption<"copies", "copies", "std::string", "Copies of all convolutions, N, or of single layers, LAYER:N">
  ];
}

def ChipAllocatePass : Pass<"chip-allocate", "::mlir::ModuleOp"> {
  let summary = "Give every buffer of every core an address";
  let description = [{
    Needs a `chip.program`. Fills the address columns of the cores' rows: what is used within a sample first, then what is kept
    for the step, then what is kept for the batch, small before large; what does not fit a core's data memory goes to
    off-chip memory.

    Where cores are placed, buffers into which packets are copied get places for further samples: as many as let samples follow each
    other as fast as cores, links and the off-chip port allow, of what core memory is left.

    Refuses a program that does not fit either, with core, layer, need and supply.

    ```
    $ examples/make_lenet.py lenet.onnx --channels=4,8 --hidden=16
    $ wage-translate --import-onnx lenet.onnx | wage-opt --wage-onnx-to-wage-pipeline="mode=infer init=model" \
        --wage-to-integer-pipeline --convert-integer-to-chip="chip=generic-64" -o mapped.mlir
    $ wage-opt --chip-place --chip-allocate mapped.mlir -o placed.mlir
    ```
  }];
  let options = [
    Option<"bufferSlots", "buffer-slots", "uint64_t", "0",
           "most samples that a buffer holds for which packets come; 1: single, 2: double buffering, 0: the batch">
  ];
}

def ChipPlacePass : Pass<"chip-place", "::mlir::ModuleOp"> {
  let summary = "Give every core a position";
  let description = [{
    Needs a `chip.program`. Gives every core a working position that can run it, so that bytes times hops become few: of all
    packets of a training step of the largest batch (of one sample, if the program only infers), and of what is fetched from
    off-chip memory. `docs/mapping.md` says what the placers do.

    `faulty-cores` adds to the chip's own list. A layer that is pinned has all its cores in its rectangle; other cores may
    stand there too. With `keep`, roles with the same blocks as in that program keep their positions, as far as these may
    still be taken.

    Refuses a program with more cores than there are working positions able to run it, in all or in a rectangle; a position
    or rectangle past the grid; rectangles that overlap; a layer that is not there; a file that holds no placed program.

    Of the program above, whose second layer has two blocks of rows, these are the first cores:
    ```
    $ wage-opt --chip-place="placer=raster" mapped.mlir | grep 'chip.core' | sed 's/parameters.*position/.../' | head -n 3
        chip.core @conv1.root layer = @conv1 rows [0, 25] neurons [0, 4] ... [0, 0]
        chip.core @conv2.root layer = @conv2 rows [0, 50] neurons [0, 8] ... [1, 0]
        chip.core @conv2.block layer = @conv2 rows [50, 100] neurons [0, 8] ... [2, 0]
    $ wage-opt --chip-place="placer=raster faulty-cores=0:0,1:0 pin=conv2:4:0:1:2" mapped.mlir -o pinned.mlir
    $ grep 'chip.core @conv2' pinned.mlir | sed 's/parameters.*position/.../'
        chip.core @conv2.root layer = @conv2 rows [0, 50] neurons [0, 8] ... [4, 0]
        chip.core @conv2.block layer = @conv2 rows [50, 100] neurons [0, 8] ... [4, 1]
    ```
  }];
  let options = [
    Option<"placer", "placer", "std::string", "\"traffic\"", "raster, hilbert, hilbert+force or traffic">,
    ListOption<"faultyCores", "faulty-cores", "std::string", "Cores that must not be used: x:y, or y * columns + x">,
    ListOption<"pin", "pin", "std::string", "Rectangles for all cores of single layers, LAYER:X:Y:COLUMNS:ROWS">,
    Option<"keep", "keep", "std::string", "\"\"", "binary, or module (.mlir) of the chip level, whose positions are kept">,
    Option<"cores", "cores", "uint64_t", "0", "most cores taken (0: all that the chip has)">,
    Option<"pack", "pack", "::wage::chip::Sharing", "::wage::chip::Sharing::Fit", "whether several blocks share a core",
           [{::llvm::cl::values(clEnumValN(::wage::chip::Sharing::Off, "off", "each has a core of its own"),
                                clEnumValN(::wage::chip::Sharing::Fit, "fit", "where there are too few cores otherwise"),
                                clEnumValN(::wage::chip::Sharing::On, "on", "wherever they fit"))}]>
  ];
}

def ChipVerifyPass : Pass<"chip-verify", "::mlir::ModuleOp"> {
  let summary = "Prove that a chip program may run";
  let description = [{
    Needs a placed and allocated `chip.program`. Proves everything that the runtime's loader proves (see
    `runtime/Format/Verifier.h`), that packets put the layers' blocks together again (`runtime/FusedEngine/LiftProof.h`), and
    with `sample-cycles` that no link is over its bandwidth at that rate; changes nothing. Where a chip's ticks come at a fixed time,
    no core and no link has more to do in one than it can, if every axon has an event in it.

    ```
    $ wage-opt --chip-verify placed.mlir -o verified.mlir && cmp placed.mlir verified.mlir
    $ sed 's/encoder_table \[-127,/encoder_table [-129,/' placed.mlir | wage-opt --chip-verify 2>&1 | grep -o -m1 'encoder.*'
    encoder table holds -129, needed at most 127 in magnitude
    $ wage-opt --chip-verify="sample-cycles=1000" placed.mlir -o /dev/null
    $ wage-opt --chip-verify="sample-cycles=10" placed.mlir 2>&1 | grep -o -m1 'link from.*'
    link from core (0, 0) to (1, 0): 392 bytes per sample in phase 'forward', in 10 cycles it carries 320
    ```
  }];
  let options = [
    Option<"sampleCycles", "sample-cycles", "uint64_t", "0",
           "cycles from one sample to the next, at which links must keep up; 0: not checked">,
    Option<"watchTicks", "watch-ticks", "bool", "false",
           "let ticks of a fixed length be too short for the most events there can be: the run watches them">
  ];
}

def ChipPrintConnectionsPass : Pass<"chip-print-connections", "::mlir::ModuleOp"> {
  let summary = "Print how many cores send to how many others, and how far";
  let description = [{
    Needs a `chip.program`. Changes nothing. Counts connections: pairs of a core and one of another stage (a layer, or cores without
    weights that do one thing together) that it sends to while the network infers, however many packets go that way. Prints
    them on one line on standard output, with their mean number for each core that sends, and the share of long ones, whose stages
    are not next to each other in the order of the program.

    Of the LeNet above, whose four layers take 1, 2, 7 and 1 cores:
    ```
    $ wage-opt --chip-print-connections placed.mlir -o /dev/null
    @network: 11 cores, 10 connections from 3 cores to cores of other stages: 3.3 from each, 0.0 % long
    ```
  }];
}

#endif // WAGE_COMPILER_CONVERSION_INTEGERTOCHIP_PASSES_TD
