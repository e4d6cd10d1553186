//===- ByteProductsTest.cpp - products of channel-last bytes against the reference ===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

// Operands are drawn in the order of the reference, [channel][y][x], and brought into the order of the byte products element
// by element. Memory has exactly the stated sizes, with a guard behind it and rubbish where nothing need be written.

#include "runtime/Kernels/ByteProducts.h"

#include "runtime/Kernels/ReferenceProducts.h"
#include "test/unit/Kernels/Buffers.h"

#include <cstdlib>

using namespace wage::rt;
using namespace wage::rt::test;

// clang-format off: it would spread each line over six.
static const Shape shapes[] = {
    // name                      input   kernel stride pad   output   rows       neurons samples
    {"matrix_one_by_one",        1, 1,   1, 1,  1, 1,  0, 0, 1, 1,    0, 1,      1,      1},
    {"matrix_odd_sizes",         1, 1,   1, 1,  1, 1,  0, 0, 1, 1,    0, 37,     13,     5},
    {"matrix_seven_samples",     1, 1,   1, 1,  1, 1,  0, 0, 1, 1,    0, 70,     64,     7},
    {"matrix_three_blocks",      1, 1,   1, 1,  1, 1,  0, 0, 1, 1,    0, 130,    129,    3},
    {"matrix_two_passes",        1, 1,   1, 1,  1, 1,  0, 0, 1, 1,    0, 4099,   17,     6},
    {"matrix_three_passes",      1, 1,   1, 1,  1, 1,  0, 0, 1, 1,    0, 9000,   3,      15},
    {"matrix_many_neurons",      1, 1,   1, 1,  1, 1,  0, 0, 1, 1,    0, 5,      4500,   2},
    {"plane_of_one_channel",     3, 4,   3, 4,  1, 1,  0, 0, 1, 1,    0, 12,     7,      4},
    {"plane_of_channels",        3, 4,   3, 4,  1, 1,  0, 0, 1, 1,    0, 60,     33,     6},
    {"plane_of_two_passes",      8, 8,   8, 8,  1, 1,  0, 0, 1, 1,    0, 5120,   10,     5},
    {"plane_padded_in_front",    3, 3,   3, 3,  2, 2,  1, 1, 1, 1,    0, 18,     5,      6},
    {"plane_padded_above",       4, 3,   4, 3,  3, 1,  2, 0, 1, 1,    0, 24,     17,     3},
    {"plane_padded_left",        3, 4,   3, 4,  1, 3,  0, 1, 1, 1,    0, 36,     4,      5},
    {"one_window_in_plane",      5, 5,   3, 3,  3, 3,  0, 0, 1, 1,    0, 27,     6,      5},
    {"one_window_over_edge",     2, 2,   3, 3,  2, 2,  1, 1, 1, 1,    0, 36,     18,     4},
    {"conv_3x3_same",            7, 7,   3, 3,  1, 1,  1, 1, 7, 7,    0, 36,     8,      3},
    {"conv_5x5_one_channel",     14, 14, 5, 5,  1, 1,  2, 2, 14, 14,  0, 25,     32,     2},
    {"conv_three_channels",      9, 10,  3, 3,  1, 1,  1, 1, 9, 10,   0, 27,     130,    2},
    {"conv_five_vectors",        5, 6,   3, 3,  1, 1,  1, 1, 5, 6,    0, 153,    80,     3},
    {"conv_lanes_48",            4, 5,   3, 3,  1, 1,  1, 1, 4, 5,    0, 432,    48,     3},
    {"conv_lanes_65",            4, 5,   3, 3,  1, 1,  1, 1, 4, 5,    0, 585,    65,     2},
    {"conv_valid",               6, 8,   3, 3,  1, 1,  0, 0, 4, 6,    0, 27,     12,     4},
    {"conv_full",                4, 3,   3, 3,  1, 1,  2, 2, 6, 5,    0, 18,     7,      3},
    {"conv_asymmetric_padding",  6, 7,   4, 2,  1, 1,  2, 1, 7, 7,    0, 32,     5,      3},
    {"conv_pads_behind",         6, 6,   3, 3,  2, 2,  0, 0, 3, 3,    0, 45,     9,      5},
    {"conv_stride_2",            9, 8,   3, 3,  2, 2,  1, 1, 5, 4,    0, 27,     10,     5},
    {"conv_stride_2_5x5",        11, 13, 5, 5,  2, 2,  2, 2, 6, 7,    0, 75,     20,     3},
    {"conv_stride_3_1",          10, 7,  2, 3,  3, 1,  0, 1, 3, 7,    0, 24,     6,      4},
    {"conv_stride_1_3",          7, 10,  3, 2,  1, 3,  1, 0, 7, 3,    0, 24,     6,      4},
    {"conv_stride_skips",        9, 9,   1, 1,  3, 3,  0, 0, 3, 3,    0, 5,      4,      7},
    {"conv_unread_border",       8, 8,   3, 3,  2, 2,  0, 0, 3, 3,    0, 18,     3,      2},
    {"conv_1x1_image",           1, 1,   3, 3,  1, 1,  1, 1, 1, 1,    0, 36,     5,      6},
    {"conv_1x1_kernel",          5, 4,   1, 1,  1, 1,  0, 0, 5, 4,    0, 20,     21,     6},
    {"conv_one_column",          13, 1,  3, 1,  1, 1,  1, 0, 13, 1,   0, 12,     3,      5},
    {"conv_one_row",             1, 13,  1, 3,  1, 1,  0, 1, 1, 13,   0, 12,     3,      5},
    {"conv_window_as_wide",      9, 3,   3, 3,  1, 1,  0, 0, 7, 1,    0, 27,     3,      2},
    {"conv_many_quads",          33, 34, 3, 3,  1, 1,  1, 1, 33, 34,  0, 9,      1,      7},
    {"conv_runs_over_passes",    6, 4,   5, 3,  1, 1,  2, 1, 6, 4,    0, 6000,   2,      2},
    {"conv_wide_runs",           2, 3,   2, 3,  1, 1,  1, 1, 3, 3,    0, 8400,   2,      2},
};
// clang-format on

static int64_t channelsOf(const LinearBlock &layer) { return layer.rows() / layer.window(); }

/// `values` [channels][height][width] as images, `offset` added, with rubbish in the slack.
static GuardedVector<uint8_t> imagesOf(const ByteImages &layout, const Batch &values, int offset) {
  GuardedVector<uint8_t> images(layout.bytes(values.samples), uint8_t(offset));
  std::fill(images.end() - byteSlack, images.end(), 0xC3);
  for (int64_t sample = 0; sample < values.samples; ++sample)
    for (int64_t channel = 0; channel < layout.channels; ++channel)
      for (int64_t y = 0; y < layout.planeHeight; ++y)
        for (int64_t x = 0; x < layout.planeWidth; ++x)
          images[size_t(sample * layout.sampleBytes() + layout.pixel(y, x) + channel)] =
              uint8_t(values.at(sample, (channel * layout.planeHeight + y) * layout.planeWidth + x) + offset);
  return images;
}

namespace {
/// A layer's operands, and its three products in both ways.
class Products {
public:
  Products(const LinearBlock &layer, int64_t samples) : layer(layer), samples(samples) {}

  template <typename Fill> void checkForward(int weightLimit, bool isSigned) const;
  template <typename Fill> void checkTransposed(int weightLimit) const;
  template <typename Fill> void checkOuter(bool isSigned, int64_t batch) const;
  void checkOuterOfPlanes(int64_t batch) const;

private:
  template <typename Fill> GuardedVector<int8_t> weights(int limit) const {
    GuardedVector<int8_t> values(size_t(layer.weights()), 0);
    std::generate(values.begin(), values.end(), Fill(limit, 7));
    return values;
  }
  template <typename Fill> Batch inputs(bool isSigned) const {
    Batch input(ElementType::Int8, channelsOf(layer) * layer.plane(), samples);
    Fill next(127, 8);
    return input.fill([&] { return isSigned ? next() : std::abs(next()); });
  }
  template <typename Fill> Batch errors() const {
    Batch error(ElementType::Int8, layer.neurons * layer.positions(), samples);
    return error.fill(Fill(127, 9));
  }

  const LinearBlock layer;
  const int64_t samples;
};

/// Where a result of ByteConvolution stands in the reference's sample.
using Place = int64_t (*)(const LinearBlock &layer, int64_t lane, int64_t position);
} // namespace

/// Runs a product block by block, positions in pieces of several sizes, and compares all of them.
static void compare(const ByteConvolution &product, const LinearBlock &layer, const GuardedVector<int8_t> &weights,
                    const GuardedVector<uint8_t> &images, int offset, int largestProduct, const Batch &expected,
                    Place place) {
  GuardedVector<int8_t> panels(product.panelBytes(), 0x5A);
  GuardedVector<int32_t> start(size_t(paddedLanes(product.lanes())), 0x5A5A5A5A);
  for (int64_t block = 0; block < product.blocks(); ++block) {
    product.pack(weights.data(), block, block + 1, panels.data());
    product.sumWeights(panels.data(), block, block + 1, start.data());
  }
  std::vector<int32_t> bias(size_t(product.lanes()), 0);
  std::generate(bias.begin(), bias.end(), Numbers(100000, 11));
  for (size_t lane = 0; lane < start.size(); ++lane)
    start[lane] = (lane < bias.size() ? bias[lane] : 0) - offset * start[lane];
  const int64_t all = expected.samples * product.positions();
  for (const int64_t piece : {all, int64_t(1), int64_t(23)})
    for (int64_t block = 0; block < product.blocks(); ++block)
      for (int64_t first = 0; first < all; first += std::max(piece, all / 4)) {
        const int64_t count = std::min(piece, all - first), rowLanes = paddedLanes(product.lanesOf(block));
        GuardedVector<int32_t> results(size_t(count * rowLanes), 0x5A5A5A5A);
        product.run(images.data(), panels.data(), start.data(), largestProduct, block, first, count, results.data());
        for (int64_t i = 0; i < count * rowLanes; ++i) {
          const int64_t lane = block * lanesPerBlock + i % rowLanes, position = first + i / rowLanes;
          if (lane >= product.lanes())
            continue;
          const int64_t sum =
              expected.at(position / product.positions(), place(layer, lane, position % product.positions()));
          ASSERT_EQ(results[size_t(i)], sum + bias[size_t(lane)]) << "lane " << lane << ", position " << position;
        }
      }
}

template <typename Fill> void Products::checkForward(int weightLimit, bool isSigned) const {
  const GuardedVector<int8_t> values = weights<Fill>(weightLimit);
  const Batch input = inputs<Fill>(isSigned);
  Batch copy = input, expected(ElementType::Int32, layer.neurons * layer.positions(), samples);
  reference::forwardProduct(layer, copy.view(), values.data(), expected.view(), samples);
  const ByteConvolution product = ByteConvolution::forward(layer);
  ASSERT_EQ(product.lanes(), layer.neurons);
  ASSERT_EQ(product.positions(), layer.positions());
  const int offset = isSigned ? signedOffset : 0;
  compare(product, layer, values, imagesOf(inputImages(layer), input, offset), offset, (127 + offset) * weightLimit,
          expected,
          [](const LinearBlock &l, int64_t lane, int64_t position) { return lane * l.positions() + position; });
}

// Of a matrix product of a plane, each lane is an element in channel-last order; else lanes are channels.
template <typename Fill> void Products::checkTransposed(int weightLimit) const {
  const GuardedVector<int8_t> values = weights<Fill>(weightLimit);
  const Batch error = errors<Fill>();
  Batch copy = error, expected(ElementType::Int32, channelsOf(layer) * layer.plane(), samples);
  reference::transposedProduct(layer, copy.view(), values.data(), expected.view(), samples);
  const ByteConvolution product = ByteConvolution::transposed(layer);
  ASSERT_EQ(product.lanes() * product.positions(), channelsOf(layer) * layer.plane());
  compare(product, layer, values, imagesOf(errorImages(layer), error, signedOffset), signedOffset, 255 * weightLimit,
          expected, [](const LinearBlock &l, int64_t lane, int64_t position) {
            const int64_t channels = channelsOf(l), pixel = position + lane / channels;
            return lane % channels * l.plane() + pixel;
          });
}

// In a batch of `batch` samples, all memory holds rubbish of an earlier one.
template <typename Fill> void Products::checkOuter(bool isSigned, int64_t batch) const {
  const int offset = isSigned ? signedOffset : 0;
  const Batch input = inputs<Fill>(isSigned), error = errors<Fill>();
  Batch inputCopy = input, errorCopy = error, expected(ElementType::Int32, layer.weights(), 1);
  expected.fill([] { return 0; });
  reference::outerProduct(layer, errorCopy.view(), inputCopy.view(), expected.view().data, ElementType::Int32, samples);

  const ByteOuterProduct product(layer, batch);
  const ByteImages inputLayout = inputImages(layer), errorLayout = errorImages(layer);
  const GuardedVector<uint8_t> images = imagesOf(inputLayout, input, offset),
                               errorImages = imagesOf(errorLayout, error, signedOffset);
  GuardedVector<uint8_t> planes(product.planeBytes(), 0xC3);
  GuardedVector<int8_t> quads(product.quadBytes(), 0x5A);
  for (int64_t first = 0; first < samples; first += product.samplesTogether()) {
    const int64_t count = std::min(product.samplesTogether(), samples - first);
    product.fillPlanes(images.data() + first * inputLayout.sampleBytes(), first, count, planes.data());
    product.fillQuads(errorLayout, errorImages.data() + first * errorLayout.sampleBytes(), first, count, quads.data());
  }
  ASSERT_EQ(product.rows(), layer.rows());
  GuardedVector<int32_t> gradient(product.gradientElements(), 0x5A5A5A5A);
  const int64_t part = std::max<int64_t>(1, (layer.rows() + 2) / 3);
  for (int64_t block = 0; block < product.blocks(); ++block)
    for (int64_t firstRow = 0; firstRow < layer.rows(); firstRow += part) {
      const int64_t lastRow = std::min(layer.rows(), firstRow + part);
      uint32_t largest = 0;
      product.run(planes.data(), quads.data(), samples, offset, block, firstRow, lastRow,
                  gradient.data() + firstRow * product.gradientRow() + block * lanesPerBlock, product.gradientRow(),
                  /*accumulates=*/false, &largest);
      int64_t maximum = 0;
      for (int64_t n = block * lanesPerBlock; n < std::min(layer.neurons, (block + 1) * lanesPerBlock); ++n)
        for (int64_t row = firstRow; row < lastRow; ++row) {
          const int64_t sum = expected.at(0, n * layer.rows() + row);
          ASSERT_EQ(gradient[size_t(row * product.gradientRow() + n)], sum) << "row " << row << ", neuron " << n;
          maximum = std::max(maximum, std::abs(sum));
        }
      EXPECT_EQ(int64_t(largest), maximum) << "block " << block << ", rows from " << firstRow;
    }
}

/// A matrix product over planes as one of their elements; any other layer as it is.
static LinearBlock ofElements(LinearBlock layer) {
  if (isMatrixProduct(layer))
    layer.height = layer.width = layer.kernelHeight = layer.kernelWidth = 1;
  return layer;
}

/// The gradient once more, from operands in the reference's order: planes of signed bytes, and sums added to others.
void Products::checkOuterOfPlanes(int64_t batch) const {
  Batch input(ElementType::Int8, channelsOf(layer) * layer.plane(), samples, 3);
  Batch error(ElementType::Int8, layer.neurons * layer.positions(), samples, 5);
  input.fill(Numbers(127, 12)), error.fill(Numbers(127, 13));
  Batch expected(ElementType::Int32, layer.weights(), 1), wide(ElementType::Int64, layer.weights(), 1);
  expected.fill(Numbers(100000, 14)), wide.fill(Numbers(100000, 14));
  Batch found = expected, foundWide = wide;
  for (int i = 0; i < 2; ++i) // one to set, one to add
    reference::outerProduct(layer, error.view(), input.view(), expected.view().data, ElementType::Int32, samples);
  for (int64_t k = 0; k < layer.weights(); ++k)
    wide.set(0, k, expected.at(0, k));

  const ByteOuterProduct product(layer, batch);
  GuardedVector<uint8_t> planes(product.planeBytes(), 0xC3), rows(product.rowBytes(), 0xC3);
  GuardedVector<int8_t> quads(product.quadBytes(), 0x5A);
  product.fillPlanesFrom(static_cast<const uint8_t *>(input.view().data), input.stride, samples, planes.data());
  product.fillQuadsFrom(static_cast<const uint8_t *>(error.view().data), error.stride, samples, rows.data(),
                        quads.data());
  GuardedVector<int32_t> gradient(product.gradientElements(), 0x5A5A5A5A);
  for (const bool accumulates : {false, true})
    for (int64_t block = 0; block < product.blocks(); ++block)
      product.run(planes.data(), quads.data(), samples, signedOffset, block, 0, layer.rows(),
                  gradient.data() + block * lanesPerBlock, product.gradientRow(), accumulates, nullptr);
  product.addTo(gradient.data(), 0, layer.rows(), found.view().data, ElementType::Int32);
  product.addTo(gradient.data(), 0, layer.rows(), foundWide.view().data, ElementType::Int64);
  EXPECT_EQ(found.contents(), expected.contents());
  EXPECT_EQ(foundWide.contents(), wide.contents());
}

namespace {
class ByteProducts : public testing::TestWithParam<std::tuple<Isa, Shape>> {
protected:
  void SetUp() override {
    if (!isSupported(std::get<0>(GetParam())))
      GTEST_SKIP() << "this machine lacks " << nameOf(std::get<0>(GetParam()));
    ASSERT_TRUE(setIsa(std::get<0>(GetParam())).ok());
    ASSERT_TRUE(takesByteProducts(std::get<1>(GetParam()).block()));
  }
  void TearDown() override { ASSERT_TRUE(setIsa("auto").ok()); }

  Products products() const {
    const Shape &shape = std::get<1>(GetParam());
    return Products(shape.block(), shape.samples);
  }
  int64_t samples() const { return std::get<1>(GetParam()).samples; }
};
} // namespace

// Weights of 2 bits too, of which many products are added in 16 bits.
TEST_P(ByteProducts, ForwardEqualsReference) {
  for (const bool isSigned : {false, true}) {
    SCOPED_TRACE(isSigned ? "signed" : "unsigned");
    products().checkForward<Extremes>(1, isSigned);
    products().checkForward<Extremes>(127, isSigned);
    products().checkForward<Numbers>(127, isSigned);
  }
}

TEST_P(ByteProducts, TransposedEqualsReference) {
  products().checkTransposed<Extremes>(1);
  products().checkTransposed<Extremes>(127);
  products().checkTransposed<Numbers>(127);
}

TEST_P(ByteProducts, OuterEqualsReference) {
  for (const bool isSigned : {false, true}) {
    SCOPED_TRACE(isSigned ? "signed" : "unsigned");
    products().checkOuter<Extremes>(isSigned, samples());
    products().checkOuter<Numbers>(isSigned, samples() + 5);
  }
}

TEST_P(ByteProducts, OuterOfPlanesEqualsReference) {
  for (const int64_t batch : {samples(), samples() + 5})
    Products(ofElements(std::get<1>(GetParam()).block()), samples()).checkOuterOfPlanes(batch);
}

INSTANTIATE_TEST_SUITE_P(EveryIsa, ByteProducts,
                         testing::Combine(testing::ValuesIn(everyIsa), testing::ValuesIn(shapes)),
                         [](const auto &info) {
                           return caseNameOf(std::get<0>(info.param)) + "_" + std::get<1>(info.param).name;
                         });

namespace {
class RandomByteProducts : public EachIsa {};
} // namespace

TEST_P(RandomByteProducts, EqualReference) {
  int taken = 0;
  for (uint32_t seed = 0; seed < 1500; ++seed) {
    LinearBlock layer = randomBlock(seed);
    layer.groups = layer.dilationY = layer.dilationX = 1;
    if (!takesByteProducts(layer))
      continue;
    ++taken;
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    const Products products(layer, seed % 7 + 1);
    products.checkForward<Numbers>(127, seed % 2);
    products.checkTransposed<Numbers>(127);
    products.checkOuter<Numbers>(seed % 2, seed % 7 + 1);
    Products(ofElements(layer), seed % 7 + 1).checkOuterOfPlanes(seed % 7 + 1);
  }
  EXPECT_GT(taken, 40) << "blocks that show nothing";
}

INSTANTIATE_TEST_SUITE_P(EveryIsa, RandomByteProducts, testing::ValuesIn(everyIsa),
                         [](const auto &info) { return caseNameOf(info.param); });

// What the products do not take: groups, dilations, part of the rows, and pads as large as the kernel on any side.
TEST(ByteProductsTake, NoOtherLayers) {
  const LinearBlock taken = Shape{"", 6, 5, 3, 2, 1, 1, 2, 1, 8, 6, 0, 12, 4, 1}.block();
  EXPECT_TRUE(takesByteProducts(taken));
  const auto refuses = [&](auto &&change) {
    LinearBlock layer = taken;
    change(layer);
    return !takesByteProducts(layer);
  };
  EXPECT_TRUE(refuses([](LinearBlock &layer) { layer.groups = 2; }));
  EXPECT_TRUE(refuses([](LinearBlock &layer) { layer.dilationX = 2; }));
  EXPECT_TRUE(refuses([](LinearBlock &layer) { layer.dilationY = 2; }));
  EXPECT_TRUE(refuses([](LinearBlock &layer) { layer.rowBegin = 6; }));
  EXPECT_TRUE(refuses([](LinearBlock &layer) { layer.padTop = 3; }));
  EXPECT_TRUE(refuses([](LinearBlock &layer) { layer.padLeft = 2; }));
  EXPECT_TRUE(refuses([](LinearBlock &layer) { layer.outHeight = 9; })) << "pads behind are as large as the kernel";
  EXPECT_TRUE(refuses([](LinearBlock &layer) { layer.outWidth = 7; })) << "pads behind are as large as the kernel";
}

// The rows of a matrix product of planes, and those of the convolution whose window is the plane, are the same.
TEST(ByteProductsTake, AMatrixOverItsPlane) {
  LinearBlock matrix;
  matrix.rowEnd = 5 * 3 * 4;
  matrix.neurons = 6;
  const LinearBlock layer = overPlane(matrix, 5, 3, 4);
  EXPECT_TRUE(takesByteProducts(layer));
  EXPECT_EQ(layer.rows(), matrix.rows());
  EXPECT_EQ(layer.positions(), 1);
  EXPECT_EQ(inputImages(layer).channels, 5);
  GuardedVector<int8_t> weights(size_t(matrix.weights()), 0);
  std::generate(weights.begin(), weights.end(), Numbers(127));
  Batch input(ElementType::Int8, matrix.rows(), 3), asMatrix(ElementType::Int32, 6, 3), overIt = asMatrix;
  input.fill(Numbers(127));
  reference::forwardProduct(matrix, input.view(), weights.data(), asMatrix.view(), 3);
  reference::forwardProduct(layer, input.view(), weights.data(), overIt.view(), 3);
  EXPECT_EQ(asMatrix.contents(), overIt.contents());
}
