// Made by test/oracle/make_semantics.py; the expected numbers are the golden model's.
// RUN: wage-opt %s --wage-interpret -o /dev/null

func.func @stochastic_step__narrow() {
  %c0 = arith.constant dense<[0, 1, -1, 2, -3, 5, 100, -100, 77, -64, 33, 12]> : tensor<12xi64>
  %c1 = arith.constant dense<7> : tensor<i32>
  %c2 = arith.constant dense<3> : tensor<i32>
  %c3 = arith.constant dense<[37162, 20107, 35035, 21086, 41514, 53922, 53317, 34249, 46408, 60451, 663, 27864]> : tensor<12xi32>
  %r0 = integer.stochastic_step %c0, %c1, %c2, %c3, bits = 8, random_bits = 16 : tensor<12xi64>, tensor<12xi32> -> tensor<12xi8>
  check.expect_eq %r0, dense<[0, 0, 0, 0, 0, 0, 6, -6, 5, -4, 3, 1]> : tensor<12xi8> : tensor<12xi8>
  return
}

func.func @stochastic_step__narrow_none() {
  %c0 = arith.constant dense<[0, 1, -1, 2, -3, 5, 100, -100, 77, -64, 33, 12]> : tensor<12xi64>
  %c1 = arith.constant dense<7> : tensor<i32>
  %c2 = arith.constant dense<7> : tensor<i32>
  %c3 = arith.constant dense<[37162, 20107, 35035, 21086, 41514, 53922, 53317, 34249, 46408, 60451, 663, 27864]> : tensor<12xi32>
  %r0 = integer.stochastic_step %c0, %c1, %c2, %c3, bits = 8, random_bits = 16 : tensor<12xi64>, tensor<12xi32> -> tensor<12xi8>
  check.expect_eq %r0, dense<[0, 1, -1, 2, -3, 5, 100, -100, 77, -64, 33, 12]> : tensor<12xi8> : tensor<12xi8>
  return
}

func.func @stochastic_step__narrow_up() {
  %c0 = arith.constant dense<[0, 1, -1, 2, -3, 5, 100, -100, 77, -64, 33, 12]> : tensor<12xi64>
  %c1 = arith.constant dense<7> : tensor<i32>
  %c2 = arith.constant dense<15> : tensor<i32>
  %c3 = arith.constant dense<[37162, 20107, 35035, 21086, 41514, 53922, 53317, 34249, 46408, 60451, 663, 27864]> : tensor<12xi32>
  %r0 = integer.stochastic_step %c0, %c1, %c2, %c3, bits = 16, random_bits = 16 : tensor<12xi64>, tensor<12xi32> -> tensor<12xi16>
  check.expect_eq %r0, dense<[0, 256, -256, 512, -768, 1280, 25600, -25600, 19712, -16384, 8448, 3072]> : tensor<12xi16> : tensor<12xi16>
  return
}

func.func @stochastic_step__narrow_down() {
  %c0 = arith.constant dense<[0, 1, -1, 2, -3, 5, 100, -100, 77, -64, 33, 12]> : tensor<12xi64>
  %c1 = arith.constant dense<7> : tensor<i32>
  %c2 = arith.constant dense<-20> : tensor<i32>
  %c3 = arith.constant dense<[37162, 20107, 35035, 21086, 41514, 53922, 53317, 34249, 46408, 60451, 663, 27864]> : tensor<12xi32>
  %r0 = integer.stochastic_step %c0, %c1, %c2, %c3, bits = 8, random_bits = 16 : tensor<12xi64>, tensor<12xi32> -> tensor<12xi8>
  check.expect_eq %r0, dense<[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]> : tensor<12xi8> : tensor<12xi8>
  return
}

func.func @stochastic_step__lowest_rate() {
  %c0 = arith.constant dense<[0, 1, -1, 2, -3, 5, 100, -100, 77, -64, 33, 12]> : tensor<12xi64>
  %c1 = arith.constant dense<7> : tensor<i32>
  %c2 = arith.constant dense<-32> : tensor<i32>
  %c3 = arith.constant dense<[37162, 20107, 35035, 21086, 41514, 53922, 53317, 34249, 46408, 60451, 663, 27864]> : tensor<12xi32>
  %r0 = integer.stochastic_step %c0, %c1, %c2, %c3, bits = 8, random_bits = 16 : tensor<12xi64>, tensor<12xi32> -> tensor<12xi8>
  check.expect_eq %r0, dense<[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]> : tensor<12xi8> : tensor<12xi8>
  return
}

func.func @stochastic_step__few_bits() {
  %c0 = arith.constant dense<[0, 1, -1, 2, -3, 5, 100, -100, 77, -64, 33, 12]> : tensor<12xi64>
  %c1 = arith.constant dense<7> : tensor<i32>
  %c2 = arith.constant dense<0> : tensor<i32>
  %c3 = arith.constant dense<[1, 0, 1, 0, 1, 1, 1, 1, 1, 1, 0, 0]> : tensor<12xi32>
  %r0 = integer.stochastic_step %c0, %c1, %c2, %c3, bits = 4, random_bits = 1 : tensor<12xi64>, tensor<12xi32> -> tensor<12xi8>
  check.expect_eq %r0, dense<[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]> : tensor<12xi8> : tensor<12xi8>
  return
}

func.func @stochastic_step__wide() {
  %c0 = arith.constant dense<[0, 1, -1, 4611686018427387903, -4611686018427387903, 2305843009213693952, -1729382256910270464, 18014398509481985]> : tensor<8xi64>
  %c1 = arith.constant dense<62> : tensor<i32>
  %c2 = arith.constant dense<3> : tensor<i32>
  %c3 = arith.constant dense<[37162, 20107, 35035, 21086, 41514, 53922, 53317, 34249]> : tensor<8xi32>
  %r0 = integer.stochastic_step %c0, %c1, %c2, %c3, bits = 8, random_bits = 16 : tensor<8xi64>, tensor<8xi32> -> tensor<8xi8>
  check.expect_eq %r0, dense<[0, 0, 0, 8, -8, 4, -3, 0]> : tensor<8xi8> : tensor<8xi8>
  return
}

func.func @stochastic_step__wide_down() {
  %c0 = arith.constant dense<[0, 1, -1, 4611686018427387903, -4611686018427387903, 2305843009213693952, -1729382256910270464, 18014398509481985]> : tensor<8xi64>
  %c1 = arith.constant dense<62> : tensor<i32>
  %c2 = arith.constant dense<-32> : tensor<i32>
  %c3 = arith.constant dense<[2322, 1256, 2189, 1317, 2594, 3370, 3332, 2140]> : tensor<8xi32>
  %r0 = integer.stochastic_step %c0, %c1, %c2, %c3, bits = 8, random_bits = 12 : tensor<8xi64>, tensor<8xi32> -> tensor<8xi8>
  check.expect_eq %r0, dense<[0, 0, 0, 0, 0, 0, 0, 0]> : tensor<8xi8> : tensor<8xi8>
  return
}

func.func @stochastic_step__wide_up() {
  %c0 = arith.constant dense<[0, 1, -1, 4611686018427387903, -4611686018427387903, 2305843009213693952, -1729382256910270464, 18014398509481985]> : tensor<8xi64>
  %c1 = arith.constant dense<62> : tensor<i32>
  %c2 = arith.constant dense<15> : tensor<i32>
  %c3 = arith.constant dense<[37162, 20107, 35035, 21086, 41514, 53922, 53317, 34249]> : tensor<8xi32>
  %r0 = integer.stochastic_step %c0, %c1, %c2, %c3, bits = 8, random_bits = 16 : tensor<8xi64>, tensor<8xi32> -> tensor<8xi8>
  check.expect_eq %r0, dense<[0, 0, 0, 127, -127, 127, -127, 127]> : tensor<8xi8> : tensor<8xi8>
  return
}

func.func @stochastic_step__zero() {
  %c0 = arith.constant dense<[0, 0, 0, 0, 0]> : tensor<5xi64>
  %c1 = arith.constant dense<0> : tensor<i32>
  %c2 = arith.constant dense<3> : tensor<i32>
  %c3 = arith.constant dense<[37162, 20107, 35035, 21086, 41514]> : tensor<5xi32>
  %r0 = integer.stochastic_step %c0, %c1, %c2, %c3, bits = 8, random_bits = 16 : tensor<5xi64>, tensor<5xi32> -> tensor<5xi8>
  check.expect_eq %r0, dense<[0, 0, 0, 0, 0]> : tensor<5xi8> : tensor<5xi8>
  return
}
