// Behind the grids the module still says what the integers are worth: by its own attributes, else by the shapes and grids of @infer.
// RUN: wage-opt %s --convert-wage-to-integer -split-input-file | FileCheck %s

// CHECK: module attributes {wage.input = #wage.host_input<shape = [2, 3], step = 1.562500e-02 : f64, bits = 8>, wage.output = #wage.host_output<shape = [4], step = 1.250000e-01 : f64>}
func.func @infer(%p: tensor<?x2x3xui8>, %z: tensor<?x4x!wage.grid<Z, 0, -3>>) -> tensor<?x4x!wage.grid<Z, 0, -3>> {
  %x = wage.encode_input %p, table = dense<1> : tensor<256xi8> : tensor<?x2x3xui8> -> tensor<?x2x3x!wage.grid<A, 8, -6>>
  return %z : tensor<?x4x!wage.grid<Z, 0, -3>>
}

// -----

// What is said already stays.
// CHECK: module attributes {wage.input = #wage.host_input<shape = [6], step = 5.000000e-01 : f64, bits = 8>, wage.output = #wage.host_output<shape = [2, 2], batch = 5, step = 3.000000e+00 : f64>}
module attributes {wage.input = #wage.host_input<shape = [6], step = 0.5, bits = 8>,
                   wage.output = #wage.host_output<shape = [2, 2], batch = 5, step = 3.0>} {
  func.func @infer(%p: tensor<?x2x3xui8>, %z: tensor<?x4x!wage.grid<Z, 0, -3>>) -> tensor<?x4x!wage.grid<Z, 0, -3>> {
    %x = wage.encode_input %p : tensor<?x2x3xui8> -> tensor<?x2x3x!wage.grid<A, 8, -7>>
    return %z : tensor<?x4x!wage.grid<Z, 0, -3>>
  }
}

// -----

// Nothing to go by: another function, no result of a grid, more dimensions than the attributes take.
// CHECK: module {
// CHECK-NEXT: func.func @other(
func.func @other(%p: tensor<?x2xui8>, %z: tensor<?x4x!wage.grid<Z, 0, -3>>) -> tensor<?x4x!wage.grid<Z, 0, -3>> {
  %x = wage.encode_input %p : tensor<?x2xui8> -> tensor<?x2x!wage.grid<A, 8, -7>>
  return %z : tensor<?x4x!wage.grid<Z, 0, -3>>
}

// -----

// CHECK: module {
// CHECK-NEXT: func.func @infer(
func.func @infer(%z: tensor<?x1x1x1x1x1x1x1x1x1x!wage.grid<Z, 0, -3>>) -> tensor<?x1x1x1x1x1x1x1x1x1x!wage.grid<Z, 0, -3>> {
  return %z : tensor<?x1x1x1x1x1x1x1x1x1x!wage.grid<Z, 0, -3>>
}

// -----

// CHECK: module {
// CHECK-NEXT: func.func @infer(
func.func @infer(%z: tensor<?x4xi32>) -> tensor<?x4xi32> {
  return %z : tensor<?x4xi32>
}
