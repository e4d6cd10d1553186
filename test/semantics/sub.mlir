// Made by test/oracle/make_semantics.py; the expected numbers are the golden model's.
// RUN: wage-opt %s --wage-interpret -o /dev/null

// The result's type holds the difference.
func.func @sub() {
  %c0 = arith.constant dense<[64, -64, 0, 127, -127]> : tensor<5xi8>
  %c1 = arith.constant dense<[-127, 127, 0, -127, 127]> : tensor<5xi8>
  %r0 = integer.sub %c0, %c1 : tensor<5xi8>, tensor<5xi8> -> tensor<5xi16>
  check.expect_eq %r0, dense<[191, -191, 0, 254, -254]> : tensor<5xi16> : tensor<5xi16>
  return
}
