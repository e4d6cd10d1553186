// Made by test/oracle/make_semantics.py; the expected numbers are the golden model's.
// RUN: wage-opt %s --wage-interpret -o /dev/null

func.func @matmul_outer__narrow() {
  %c0 = arith.constant dense<[[-7800, -10250, -7766], [14013, 249, -31405]]> : tensor<2x3xi16>
  %c1 = arith.constant dense<[[31174, 31109, -32027, 8209, 20174], [12689, 6628, 1411, 2207, -12519]]> : tensor<2x5xi16>
  %r0 = integer.matmul_outer %c0, %c1 : tensor<2x3xi16>, tensor<2x5xi16> -> tensor<3x5xi64>
  check.expect_eq %r0, dense<[[-65346243, -149772036, 269582943, -33103509, -332785947], [-316373939, -317216878, 328628089, -83592707, -209900731], [-640595329, -449744834, 204409227, -133061929, 236487911]]> : tensor<3x5xi64> : tensor<3x5xi64>
  return
}

func.func @matmul_outer__narrow_axons_first() {
  %c0 = arith.constant dense<[[-7800, -10250, -7766], [14013, 249, -31405]]> : tensor<2x3xi16>
  %c1 = arith.constant dense<[[31174, 31109, -32027, 8209, 20174], [12689, 6628, 1411, 2207, -12519]]> : tensor<2x5xi16>
  %r0 = integer.matmul_outer %c0, %c1 axons_first : tensor<2x3xi16>, tensor<2x5xi16> -> tensor<5x3xi64>
  check.expect_eq %r0, dense<[[-65346243, -316373939, -640595329], [-149772036, -317216878, -449744834], [269582943, 328628089, 204409227], [-33103509, -83592707, -133061929], [-332785947, -209900731, 236487911]]> : tensor<5x3xi64> : tensor<5x3xi64>
  return
}

func.func @matmul_outer__single() {
  %c0 = arith.constant dense<[[-421]]> : tensor<1x1xi16>
  %c1 = arith.constant dense<[[-31672]]> : tensor<1x1xi16>
  %r0 = integer.matmul_outer %c0, %c1 : tensor<1x1xi16>, tensor<1x1xi16> -> tensor<1x1xi64>
  check.expect_eq %r0, dense<[[13333912]]> : tensor<1x1xi64> : tensor<1x1xi64>
  return
}

func.func @matmul_outer__single_axons_first() {
  %c0 = arith.constant dense<[[-421]]> : tensor<1x1xi16>
  %c1 = arith.constant dense<[[-31672]]> : tensor<1x1xi16>
  %r0 = integer.matmul_outer %c0, %c1 axons_first : tensor<1x1xi16>, tensor<1x1xi16> -> tensor<1x1xi64>
  check.expect_eq %r0, dense<[[13333912]]> : tensor<1x1xi64> : tensor<1x1xi64>
  return
}

func.func @matmul_outer__wide() {
  %c0 = arith.constant dense<[[-17463, 22875], [-18707, 6926], [-17221, 20056]]> : tensor<3x2xi16>
  %c1 = arith.constant dense<[[6545, 30906, 18299, -14060], [912, 16267, 25225, -3749], [14167, -19052, -2635, 26542]]> : tensor<3x4xi16>
  %r0 = integer.matmul_outer %c0, %c1 : tensor<3x2xi16>, tensor<3x4xi16> -> tensor<2x4xi64>
  check.expect_eq %r0, dense<[[-375326026, -515923755, -746062177, -141417459], [440166739, 437533080, 540450415, 184738278]]> : tensor<2x4xi64> : tensor<2x4xi64>
  return
}

func.func @matmul_outer__wide_axons_first() {
  %c0 = arith.constant dense<[[-17463, 22875], [-18707, 6926], [-17221, 20056]]> : tensor<3x2xi16>
  %c1 = arith.constant dense<[[6545, 30906, 18299, -14060], [912, 16267, 25225, -3749], [14167, -19052, -2635, 26542]]> : tensor<3x4xi16>
  %r0 = integer.matmul_outer %c0, %c1 axons_first : tensor<3x2xi16>, tensor<3x4xi16> -> tensor<4x2xi64>
  check.expect_eq %r0, dense<[[-375326026, 440166739], [-515923755, 437533080], [-746062177, 540450415], [-141417459, 184738278]]> : tensor<4x2xi64> : tensor<4x2xi64>
  return
}
