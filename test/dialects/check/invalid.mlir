// RUN: wage-opt %s -split-input-file -verify-diagnostics

func.func @expect_eq_c1(%x: tensor<2xi8>) {
  // expected-error@+1 {{'check.expect_eq' op expected must have the value's shape and element type, got 'tensor<3xi8>' for 'tensor<2xi8>'}}
  check.expect_eq %x, dense<0> : tensor<3xi8> : tensor<2xi8>
  return
}

// -----

func.func @expect_eq_c1_element_type(%x: tensor<2xi8>) {
  // expected-error@+1 {{'check.expect_eq' op expected must have the value's shape and element type, got 'tensor<2xi16>' for 'tensor<2xi8>'}}
  check.expect_eq %x, dense<0> : tensor<2xi16> : tensor<2xi8>
  return
}
