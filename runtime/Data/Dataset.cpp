//===- Dataset.cpp - images and labels from the usual files -------------*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Data/Dataset.h"

#include "runtime/Data/FileFormats.h"

#include <sys/stat.h>

namespace wage::rt {

namespace {

std::string shapeText(uint64_t channels, uint64_t height, uint64_t width) {
  return std::to_string(channels) + "x" + std::to_string(height) + "x" + std::to_string(width);
}

Status appendImages(Dataset &data, const std::string &path, bool &labelled) {
  Expected<ImageFile> file = readImageFile(path);
  if (!file)
    return file.status();
  if (data.count != 0 && (file->channels != data.channels || file->height != data.height || file->width != data.width))
    return Status::error("'" + path + "': holds images of " + shapeText(file->channels, file->height, file->width) +
                         ", the files before it of " + shapeText(data.channels, data.height, data.width));
  data.channels = file->channels;
  data.height = file->height;
  data.width = file->width;
  labelled &= file->labels.size() == file->count;
  if (data.count == 0)
    data.pixels = std::move(file->pixels);
  else
    data.pixels.insert(data.pixels.end(), file->pixels.begin(), file->pixels.end());
  data.labels.insert(data.labels.end(), file->labels.begin(), file->labels.end());
  data.count += file->count;
  return Status();
}

} // namespace

std::vector<std::string> splitPaths(const std::string &paths) {
  struct stat status;
  if (::stat(paths.c_str(), &status) == 0)
    return {paths};
  std::vector<std::string> parts;
  size_t begin = 0;
  for (size_t comma; (comma = paths.find(',', begin)) != std::string::npos; begin = comma + 1)
    parts.push_back(paths.substr(begin, comma - begin));
  parts.push_back(paths.substr(begin));
  return parts;
}

bool carriesLabels(const std::string &paths) {
  for (const std::string &path : splitPaths(paths))
    if (!hasCifarName(path))
      return false;
  return true;
}

Expected<Dataset> readDataset(const std::string &imagePaths, const std::string &labelPaths) {
  Dataset data;
  data.imagePath = imagePaths;
  data.labelPath = labelPaths.empty() ? imagePaths : labelPaths;
  bool labelled = true;
  for (const std::string &path : splitPaths(imagePaths))
    if (Status status = appendImages(data, path, labelled); !status.ok())
      return status;
  const bool labelsInside = labelPaths.empty() || (labelled && labelPaths == imagePaths);
  if (labelsInside) {
    if (!labelled)
      data.labels.clear();
    return data;
  }
  Expected<std::vector<uint32_t>> labels = readLabels(labelPaths, data.count, imagePaths);
  if (!labels)
    return labels.status();
  data.labels = std::move(*labels);
  return data;
}

Expected<std::vector<uint32_t>> readLabels(const std::string &labelPaths, uint64_t count, const std::string &samples) {
  std::vector<uint32_t> all;
  for (const std::string &path : splitPaths(labelPaths)) {
    Expected<std::vector<uint32_t>> labels = readLabelFile(path);
    if (!labels)
      return labels;
    all.insert(all.end(), labels->begin(), labels->end());
  }
  if (all.size() == count)
    return all;
  return Status::error("'" + labelPaths + "': holds " + std::to_string(all.size()) + " labels, '" + samples +
                       "' needs " + std::to_string(count));
}

Status checkDataset(const Dataset &data, uint32_t channels, uint32_t height, uint32_t width, uint32_t classes) {
  const bool sameShape = data.channels == channels && data.height == height && data.width == width;
  // A perceptron takes an image as a row of numbers, or a row per channel.
  const bool isRow = height == 1 || width == 1;
  const bool sameRow = isRow && data.imageBytes() == uint64_t(channels) * height * width &&
                       (data.channels == channels || channels == 1 || (height == 1 && width == 1));
  if (!sameShape && !sameRow)
    return Status::error("'" + data.imagePath + "': holds images of " +
                         shapeText(data.channels, data.height, data.width) + ", the binary needs " +
                         shapeText(channels, height, width));
  return checkLabels(data.labels, data.labelPath, classes);
}

Status checkLabels(const std::vector<uint32_t> &labels, const std::string &path, uint32_t classes) {
  for (size_t i = 0; i < labels.size(); ++i)
    if (labels[i] >= classes)
      return Status::error("'" + path + "': label[" + std::to_string(i) + "] is " + std::to_string(labels[i]) +
                           ", the binary's " + std::to_string(classes) + " classes need labels from 0 to " +
                           std::to_string(classes - 1));
  return Status();
}

} // namespace wage::rt
