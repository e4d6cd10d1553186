//===- CheckpointFolder.cpp - the last two checkpoints of a run -------- -*- C++ -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#include "runtime/Checkpoint/CheckpointFolder.h"

#include "runtime/Data/AtomicFile.h"
#include "runtime/Support/ReadFile.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <memory>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace wage::rt {

namespace {

constexpr char prefix[] = "step-", suffix[] = ".ckpt";
constexpr size_t digits = 10, nameLength = sizeof prefix - 1 + digits + sizeof suffix - 1;

std::string nameOf(uint64_t step) {
  const std::string number = std::to_string(step);
  return prefix + std::string(digits - std::min(digits, number.size()), '0') + number + suffix;
}

/// The step of a checkpoint's file name; none for any other name.
std::optional<uint64_t> stepOf(const std::string &name) {
  if (name.size() != nameLength)
    return std::nullopt;
  uint64_t step = 0;
  for (size_t i = 0; i < digits; ++i) {
    const char digit = name[sizeof prefix - 1 + i];
    if (digit < '0' || digit > '9')
      return std::nullopt;
    step = 10 * step + static_cast<uint64_t>(digit - '0');
  }
  return nameOf(step) == name ? std::optional<uint64_t>(step) : std::nullopt;
}

Expected<Checkpoint> load(const std::string &path, uint64_t step) {
  Expected<std::vector<uint8_t>> bytes = readFile(path);
  if (!bytes)
    return bytes.status();
  Expected<Checkpoint> checkpoint = readCheckpoint(*bytes);
  if (checkpoint && checkpoint->step != step)
    return Status::error("holds step " + std::to_string(checkpoint->step) + ", its name needs step " +
                         std::to_string(step));
  return checkpoint;
}

} // namespace

Status CheckpointFolder::failed(const char *what) const {
  return Status::error("'" + path + "': " + what + ": " + std::strerror(errno));
}

Expected<CheckpointFolder> CheckpointFolder::open(const std::string &path) {
  CheckpointFolder folder;
  folder.path = path;
  if (::mkdir(path.c_str(), 0777) != 0 && errno != EEXIST)
    return folder.failed("cannot be made");
  // A checkpoint outlasts a power cut only if its folder does. One that is there may be a killed run's, not synced.
  if (Status status = syncFolderOf(path.substr(0, path.find_last_not_of('/') + 1)); !status.ok())
    return status;
  folder.lock = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder.lock < 0)
    return folder.failed("cannot be opened as a folder");
  // The system drops the lock with the process, however it ends. A file system without locks is no reason to refuse.
  if (::flock(folder.lock, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
    return Status::error("'" + path + "': another run is writing its checkpoints there, each run needs its own folder");
  if (Status status = folder.removeUnfinished(); !status.ok())
    return status;
  if (Status status = checkWritable(folder.file(0)); !status.ok())
    return status;
  return folder;
}

CheckpointFolder::CheckpointFolder(CheckpointFolder &&other) noexcept : path(std::move(other.path)), lock(other.lock) {
  other.lock = -1;
}

CheckpointFolder::~CheckpointFolder() {
  if (lock >= 0)
    ::close(lock);
}

std::string CheckpointFolder::file(uint64_t step) const { return path + "/" + nameOf(step); }

Expected<std::vector<std::string>> CheckpointFolder::names() const {
  std::unique_ptr<DIR, int (*)(DIR *)> folder(::opendir(path.c_str()), ::closedir);
  if (!folder)
    return failed("cannot be read");
  std::vector<std::string> names;
  while (const dirent *entry = ::readdir(folder.get()))
    names.push_back(entry->d_name);
  return names;
}

Status CheckpointFolder::removeUnfinished() const {
  Expected<std::vector<std::string>> all = names();
  if (!all)
    return all.status();
  for (const std::string &name : *all)
    if (stepOf(name.substr(0, nameLength)) && name.substr(nameLength) == temporarySuffix)
      if (::unlink((path + "/" + name).c_str()) != 0)
        return failed("an unfinished checkpoint cannot be removed");
  return Status();
}

Expected<std::vector<uint64_t>> CheckpointFolder::steps() const {
  Expected<std::vector<std::string>> all = names();
  if (!all)
    return all.status();
  std::vector<uint64_t> steps;
  for (const std::string &name : *all)
    if (const std::optional<uint64_t> step = stepOf(name))
      steps.push_back(*step);
  std::sort(steps.begin(), steps.end());
  return steps;
}

Expected<std::optional<Checkpoint>> CheckpointFolder::newest(std::vector<std::string> &warnings) const {
  Expected<std::vector<uint64_t>> all = steps();
  if (!all)
    return all.status();
  for (auto step = all->rbegin(); step != all->rend(); ++step) {
    Expected<Checkpoint> checkpoint = load(file(*step), *step);
    if (checkpoint)
      return std::optional<Checkpoint>(std::move(*checkpoint));
    const std::string problem = "'" + file(*step) + "': " + checkpoint.status().text();
    if (step + 1 == all->rend())
      return Status::error(problem + "; no whole checkpoint is left, remove them to start from the beginning");
    warnings.push_back(problem + "; going on from the one before, of step " + std::to_string(*(step + 1)));
  }
  return std::optional<Checkpoint>();
}

Status CheckpointFolder::write(const Checkpoint &checkpoint) const {
  const std::vector<uint8_t> bytes = writeCheckpoint(checkpoint);
  if (Status status = writeFileAtomically(file(checkpoint.step), bytes.data(), bytes.size()); !status.ok())
    return status;
  Expected<std::vector<uint64_t>> all = steps();
  if (!all)
    return all.status();
  for (uint64_t step : *all)
    if (step > checkpoint.step && ::unlink(file(step).c_str()) != 0)
      return failed("a damaged checkpoint cannot be removed");
  return removeOlder(checkpoint.step);
}

Status CheckpointFolder::removeOlder(uint64_t newest) const {
  Expected<std::vector<uint64_t>> all = steps();
  if (!all)
    return all.status();
  for (size_t i = 0; i + 1 < all->size() && (*all)[i + 1] < newest; ++i)
    if (::unlink(file((*all)[i]).c_str()) != 0)
      return failed("an old checkpoint cannot be removed");
  return Status();
}

} // namespace wage::rt
