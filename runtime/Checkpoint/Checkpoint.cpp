//===- Checkpoint.cpp - a training run, stopped between two steps ---------- -*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Checkpoint/Checkpoint.h"

#include "runtime/Checkpoint/Checkpoint_generated.h"

#include <algorithm>
#include <zlib.h>

namespace wage::rt {

namespace {

/// Version 1.1: settings that a run does not have are compared too.
constexpr uint16_t checkpointMajor = 1, checkpointMinor = 1;
constexpr size_t checksumBytes = 4;

uint32_t crcOf(const uint8_t *data, size_t bytes) { return static_cast<uint32_t>(crc32_z(0, data, bytes)); }

uint32_t storedChecksum(const std::vector<uint8_t> &bytes) {
  uint32_t crc = 0;
  for (size_t i = 0; i < checksumBytes; ++i)
    crc |= uint32_t(bytes[bytes.size() - checksumBytes + i]) << (8 * i);
  return crc;
}

/// Errors: the bytes are not those of a checkpoint that this program reads.
Status checkContainer(const std::vector<uint8_t> &bytes) {
  const std::string size = std::to_string(bytes.size());
  if (bytes.size() < 8 + checksumBytes || !ckpt::CheckpointBufferHasIdentifier(bytes.data()))
    return Status::error("no checkpoint: a file of " + size + " bytes without the identifier 'WCKP' at byte 4");
  const size_t contents = bytes.size() - checksumBytes;
  const uint32_t found = storedChecksum(bytes), needed = crcOf(bytes.data(), contents);
  if (found != needed)
    return Status::error("checksum " + std::to_string(found) + ", but the contents have " + std::to_string(needed) +
                         ": the file is cut short or damaged");
  // Depth and table counts are bounded so that a hostile file cannot make the verifier itself run away.
  flatbuffers::Verifier verifier(bytes.data(), contents, 8, 1000);
  if (!ckpt::VerifyCheckpointBuffer(verifier))
    return Status::error("damaged: an offset runs past the end of the file (" + size + " bytes)");
  const ckpt::Checkpoint &root = *ckpt::GetCheckpoint(bytes.data());
  if (root.major() == checkpointMajor && root.minor() <= checkpointMinor)
    return Status();
  return Status::error("checkpoint version " + std::to_string(root.major()) + "." + std::to_string(root.minor()) +
                       ", this program reads " + std::to_string(checkpointMajor) + ".0 to " +
                       std::to_string(checkpointMajor) + "." + std::to_string(checkpointMinor));
}

const RunSetting *findSetting(const std::vector<RunSetting> &settings, const std::string &name) {
  const auto found =
      std::find_if(settings.begin(), settings.end(), [&](const RunSetting &s) { return s.name == name; });
  return found == settings.end() ? nullptr : &*found;
}

} // namespace

std::vector<uint8_t> writeCheckpoint(const Checkpoint &checkpoint) {
  flatbuffers::FlatBufferBuilder builder;
  builder.ForceDefaults(true);
  auto images = builder.CreateVector(checkpoint.images);
  std::vector<flatbuffers::Offset<ckpt::Setting>> offsets;
  for (const RunSetting &setting : checkpoint.settings) {
    auto name = builder.CreateString(setting.name);
    auto value = builder.CreateString(setting.value);
    offsets.push_back(ckpt::CreateSetting(builder, name, value));
  }
  auto settings = builder.CreateVector(offsets);
  ckpt::FinishCheckpointBuffer(
      builder, ckpt::CreateCheckpoint(builder, checkpointMajor, checkpointMinor, checkpoint.step, settings, images));
  std::vector<uint8_t> bytes(builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize());
  const uint32_t crc = crcOf(bytes.data(), bytes.size());
  for (size_t i = 0; i < checksumBytes; ++i)
    bytes.push_back(static_cast<uint8_t>(crc >> (8 * i)));
  return bytes;
}

Expected<Checkpoint> readCheckpoint(const std::vector<uint8_t> &bytes) {
  if (Status status = checkContainer(bytes); !status.ok())
    return status;
  const ckpt::Checkpoint &root = *ckpt::GetCheckpoint(bytes.data());
  Checkpoint checkpoint;
  checkpoint.step = root.step();
  // Settings may all refer to one string, and would unpack to far more than the file.
  uint64_t settingBytes = 0;
  for (const ckpt::Setting *setting : *root.settings())
    settingBytes += setting->name()->size() + setting->value()->size();
  if (settingBytes > bytes.size())
    return Status::error("damaged: its settings have " + std::to_string(settingBytes) +
                         " bytes, more than the file's " + std::to_string(bytes.size()));
  for (const ckpt::Setting *setting : *root.settings())
    checkpoint.settings.push_back({setting->name()->str(), setting->value()->str()});
  checkpoint.images.assign(root.images()->begin(), root.images()->end());
  return checkpoint;
}

Status checkSettings(const Checkpoint &checkpoint, const std::vector<RunSetting> &run) {
  const auto differs = [](const std::string &name, const std::string &found, const std::string &needed) {
    return Status::error("is of another run: found " + name + " " + found + ", this run has " + needed);
  };
  for (const RunSetting &needed : run)
    if (const RunSetting *found = findSetting(checkpoint.settings, needed.name); !found || found->value != needed.value)
      return differs(needed.name, found ? found->value : "missing", needed.value);
  for (const RunSetting &found : checkpoint.settings)
    if (!findSetting(run, found.name))
      return differs(found.name, found.value, "none");
  return Status();
}

} // namespace wage::rt
