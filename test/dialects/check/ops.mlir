// RUN: wage-opt %s | wage-opt | FileCheck %s

// CHECK-LABEL: func.func @expect_eq(
// CHECK: check.expect_eq {{%.*}}, dense<[1, -1]> : tensor<2xi8> : tensor<2xi8>
func.func @expect_eq() {
  %x = arith.constant dense<[1, -1]> : tensor<2xi8>
  check.expect_eq %x, dense<[1, -1]> : tensor<2xi8> : tensor<2xi8>
  return
}
