//===- Passes.td - networks made for measuring ------------------*- tablegen -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_COMPILER_SYNTHETIC_PASSES_TD
#define WAGE_COMPILER_SYNTHETIC_PASSES_TD

include "mlir/Pass/PassBase.td"

def OnnxMakeNetwork : Pass<"onnx-make-network", "::mlir::ModuleOp"> {
  let summary = "Fill an empty module with a network for about so many cores";
  let description = [{
    Makes a float graph whose mapping to `chip` takes close to `cores` cores, and no more: half of them hold convolutions
    (3x3, on planes of 4x4), half of them layers that are fully connected. Widths are such that the roots of a layer send to 16
    cores or more of the next one, and grow with the fourth root of the cores beyond 4,000.

    Of every three layers one is a pair, whose second member reads a value from at least three layers before it, drawn by
    `seed`: a projection whose result is added to that of the first. Another one adds the value from two layers before
    as it is. So at least a tenth of the connections is long (`chip-print-connections` counts them).

    Weights are zeros that take no memory, to be drawn with `init=wage`.

    Refuses a module that is not empty, a chip that it cannot read, and fewer cores than one layer of each kind takes.

    ```
    $ echo | wage-opt --onnx-make-network="cores=600 chip=generic-64" -o net.mlir
    $ grep -c 'onnx.conv\|onnx.gemm' net.mlir
    11
    ```
  }];
  let options = [
    Option<"cores", "cores", "uint64_t", "1000", "cores that the network may take">,
    Option<"seed", "seed", "uint64_t", "0", "decides which earlier values layers read">,
    Option<"chip", "chip", "std::string", "\"\"", "name of a listed chip, or path of a chip description (.yaml)">
  ];
  let dependentDialects = ["::wage::onnxir::OnnxDialect", "::mlir::func::FuncDialect",
                           "::mlir::ml_program::MLProgramDialect"];
}

#endif // WAGE_COMPILER_SYNTHETIC_PASSES_TD
