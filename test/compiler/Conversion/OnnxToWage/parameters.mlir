// What the parameters hold: initial masters, weights in use, bias.
// RUN: wage-opt %s --convert-onnx-to-wage="mode=train w=2 g=8" | FileCheck %s --check-prefix=TRAIN
// RUN: wage-opt %s --convert-onnx-to-wage="mode=infer w=2 g=8" | FileCheck %s --check-prefix=INFER
// RUN: wage-opt %s --convert-onnx-to-wage="mode=train w=4 g=10" | FileCheck %s --check-prefix=WIDE
// RUN: wage-opt %s --convert-onnx-to-wage="mode=train w=1 g=4" | FileCheck %s --check-prefix=SIGN

// In two bits 0.5 and -0.3 round to 1 and -1, the tie 0.25 to 0, and 0.75, a tie to 2, is clipped to 1; a master is 64
// times that. The bias 0.5 is 128 steps of 2^-8, -2 is -512.
// TRAIN-DAG: w: "0x0100000040C00040"
// TRAIN-DAG: b: "0x08000000800000000000000000FEFFFFFFFFFFFF"
// INFER-DAG: w: "0x0100000001FF0001"
// INFER-DAG: b: "0x08000000800000000000000000FEFFFFFFFFFFFF"
// In four bits they are 4, -2, 2 and 6, times 64, in 16-bit integers. The bias counts steps of 2^-10.
// WIDE-DAG: w: "0x02000000000180FF80008001"
// WIDE-DAG: b: "0x08000000000200000000000000F8FFFFFFFFFFFF"
// In one bit only the sign counts, at the ends of the range of masters; the bias counts steps of 2^-7.
// SIGN-DAG: w: "0x0100000007F90707"
// SIGN-DAG: b: "0x08000000400000000000000000FFFFFFFFFFFFFF"
module {
  ml_program.global private @w(dense<[[0.5, -0.3], [0.25, 0.75]]> : tensor<2x2xf32>) : tensor<2x2xf32>
  ml_program.global private @b(dense<[0.5, -2.0]> : tensor<2xf32>) : tensor<2xf32>
  func.func @main(%x: tensor<?x2xf32>) -> tensor<?x2xf32> {
    %w = ml_program.global_load_const @w : tensor<2x2xf32>
    %b = ml_program.global_load_const @b : tensor<2xf32>
    %0 = onnx.gemm %x, %w trans_b bias %b : (tensor<?x2xf32>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<?x2xf32>
    return %0 : tensor<?x2xf32>
  }
}
