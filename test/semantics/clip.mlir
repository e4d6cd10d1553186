// Made by test/oracle/make_semantics.py; the expected numbers are the golden model's.
// RUN: wage-opt %s --wage-interpret -o /dev/null

func.func @clip__eight() {
  %c0 = arith.constant dense<[0, 1, -1, 31, 32, 33, -31, -32, -33, 64, -64, 127, -127]> : tensor<13xi16>
  %r0 = integer.clip %c0, limit = 64 : tensor<13xi16> -> tensor<13xi8>
  check.expect_eq %r0, dense<[0, 1, -1, 31, 32, 33, -31, -32, -33, 64, -64, 64, -64]> : tensor<13xi8> : tensor<13xi8>
  return
}

func.func @clip__widest() {
  %c0 = arith.constant dense<[0, 4611686018427387903, -4611686018427387904, 4611686018427387904, -5]> : tensor<5xi64>
  %r0 = integer.clip %c0, limit = 4611686018427387903 : tensor<5xi64> -> tensor<5xi64>
  check.expect_eq %r0, dense<[0, 4611686018427387903, -4611686018427387903, 4611686018427387903, -5]> : tensor<5xi64> : tensor<5xi64>
  return
}
