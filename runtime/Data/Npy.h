//===- Npy.h - NumPy's array files ------------------------------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_RUNTIME_DATA_NPY_H
#define WAGE_RUNTIME_DATA_NPY_H

#include "runtime/Data/ByteSource.h"
#include "runtime/Support/Status.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace wage::rt {

/// One field of a structured element type.
struct NpyField {
  std::string name; ///< empty: bytes that only fill up
  std::string type; ///< as NpyHeader::type
};

/// What stands in front of the elements of an .npy file.
struct NpyHeader {
  std::string type;             ///< NumPy's descr, such as "|u1", "<i8" or "[('t', '<i8'), ('x', '<i2')]"
  std::vector<NpyField> fields; ///< of a structured type, in the order of their bytes, nothing between them; else none
  bool fortranOrder = false;
  std::vector<uint64_t> shape;
};

/// The first bytes of every .npy file.
inline constexpr char npyMagic[] = "\x93NUMPY";

/// Reads the header, versions 1.0 to 3.0; `source` then stands at the first element.
/// Errors: another version, or a header that is not the dictionary NumPy writes. Of structured types those are read whose
///         fields are plain: neither structured in turn nor arrays.
/// Source: numpy.lib.format, "Format Version 1.0" to "3.0".
Expected<NpyHeader> readNpyHeader(ByteSource &source);

/// The bytes of an .npy file, version 1.0, C order, little-endian, of the narrowest signed type that holds all `values`.
///
/// Shape:  `values` has the product of `shape` elements, row-major.
std::string encodeNpy(const std::vector<int64_t> &shape, const std::vector<int64_t> &values);

/// As encodeNpy, of the type that the caller wants: 64-bit integers, or float32.
///
/// Units:  a value beyond the range of float32 becomes infinite.
std::string encodeNpyInt64(const std::vector<int64_t> &shape, const std::vector<int64_t> &values);
std::string encodeNpyFloat32(const std::vector<int64_t> &shape, const std::vector<float> &values);

/// Writes encodeNpy() to `path`, atomically. Errors: the path cannot be written.
Status writeNpy(const std::string &path, const std::vector<int64_t> &shape, const std::vector<int64_t> &values);

/// How the elements of an integer array stand in its file.
struct NpyInteger {
  bool isSigned = false;
  unsigned bytes = 1;
};
/// Of a little-endian integer type; none of another.
std::optional<NpyInteger> npyInteger(const std::string &type);

/// Errors: the array is in Fortran order.
Status checkCOrder(const ByteSource &source, const NpyHeader &header);

/// The bytes of an array's elements, each of `width`, up to the end of the file.
/// Errors: the file ends before or behind `what`; no file could hold the shape.
Expected<std::vector<uint8_t>> readNpyElements(ByteSource &source, const NpyHeader &header, unsigned width,
                                               const char *what);

/// The word of `width` <= 8 bytes at `bytes`.
inline uint64_t littleEndianWord(const uint8_t *bytes, unsigned width) {
  uint64_t value = 0;
  for (unsigned byte = 0; byte < width; ++byte)
    value |= uint64_t(bytes[byte]) << (8 * byte);
  return value;
}

/// "[2, 3]", for errors.
std::string shapeText(const std::vector<uint64_t> &shape);

/// An array of integers.
struct IntegerArray {
  std::vector<int64_t> shape, values;
};

/// Reads the whole array, of any shape.
/// Errors: the file cannot be read, is no .npy file, holds other than little-endian integers or one that needs more than 63 bits,
///         or is in Fortran order.
Expected<IntegerArray> readNpyIntegers(const std::string &path);

} // namespace wage::rt

#endif // WAGE_RUNTIME_DATA_NPY_H
