//===- break-calls.c - kills a command at a chosen call that changes files ---------===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//
//
//   break-calls FOLDER LOG ACTION COMMAND...
//
// Runs COMMAND and counts, from 1, the system's calls by which it changes files in FOLDER: open for writing, write,
// truncate, sync, rename, unlink, mkdir, close. ACTION is one of
//
//   none         only counts
//   kill:N       sends SIGKILL instead of call N
//   cut:N        lets call N, a write, write half its bytes, then sends SIGKILL
//   fail:N       call N fails with EIO and does nothing
//   room:B       there is room for B bytes: what exceeds it fails with ENOSPC, as on a disk that is nearly full
//   room:B:N     the same, and kill:N
//
// Each call becomes a line of LOG: its name, the bytes to write or -, its path. Exits as COMMAND does, with 128 + S
// after signal S, with 125 where processes may not be traced. It traces, where a library loaded before others would be
// simpler, since wage-run is linked statically.
//
//===---------------------------------------------------------------------------===//
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CannotTrace = 125, PathBytes = 4096 };
typedef enum { ByDescriptor, ByPath, ByPathAt } Named;
typedef struct {
  long number;
  const char *name;
  Named named;
} Call;

static const Call calls[] = {
    {SYS_write, "write", ByDescriptor},
    {SYS_pwrite64, "write", ByDescriptor},
    {SYS_writev, "writev", ByDescriptor},
    {SYS_ftruncate, "truncate", ByDescriptor},
    {SYS_fallocate, "allocate", ByDescriptor},
    {SYS_fsync, "sync", ByDescriptor},
    {SYS_fdatasync, "sync", ByDescriptor},
    {SYS_close, "close", ByDescriptor},
    {SYS_open, "open", ByPath},
    {SYS_openat, "open", ByPathAt},
    {SYS_rename, "rename", ByPath},
    {SYS_renameat, "rename", ByPathAt},
    {SYS_renameat2, "rename", ByPathAt},
    {SYS_unlink, "unlink", ByPath},
    {SYS_unlinkat, "unlink", ByPathAt},
    {SYS_mkdir, "mkdir", ByPath},
    {SYS_mkdirat, "mkdir", ByPathAt},
};

static char folder[PathBytes], action[16];
static FILE *callLog;
static long chosen, counted, room = -1;
static pid_t command;
/// What is to be done when the call that this thread is in returns.
static pid_t returning;
static int killOnReturn;
static long failOnReturn;

static void stop(const char *what) {
  perror(what);
  exit(CannotTrace);
}

static const Call *findCall(uint64_t number) {
  for (size_t i = 0; i < sizeof calls / sizeof *calls; ++i)
    if ((uint64_t)calls[i].number == number)
      return &calls[i];
  return NULL;
}

static void readText(pid_t thread, uint64_t address, char *text) {
  for (size_t i = 0; i + sizeof(long) < PathBytes; i += sizeof(long)) {
    errno = 0;
    const long word = ptrace(PTRACE_PEEKDATA, thread, address + i, 0);
    memcpy(text + i, &word, sizeof word);
    if (errno != 0)
      text[i] = 0;
    if (memchr(text + i, 0, sizeof word))
      return;
  }
  text[0] = 0;
}

/// The target of a link in /proc, such as that of an open file.
static void readLink(pid_t thread, const char *kind, long descriptor, char *path) {
  char link[64];
  snprintf(link, sizeof link, descriptor < 0 ? "/proc/%d/%s" : "/proc/%d/%s/%ld", (int)thread, kind, descriptor);
  const ssize_t length = readlink(link, path, PathBytes - 1);
  path[length < 0 ? 0 : length] = 0;
}

static int isOpenForReading(const Call *call, const uint64_t *arguments) {
  const uint64_t flags = arguments[call->named == ByPathAt ? 2 : 1];
  return !strcmp(call->name, "open") && (flags & O_ACCMODE) == O_RDONLY;
}

/// Whether the call changes files in the folder; `path` is the file's.
static int concerns(pid_t thread, const Call *call, const uint64_t *arguments, char *path) {
  static char text[PathBytes];
  if (call->named == ByDescriptor) {
    readLink(thread, "fd", (long)arguments[0], path);
  } else {
    if (isOpenForReading(call, arguments))
      return 0;
    readText(thread, arguments[call->named == ByPathAt], text);
    path[0] = 0;
    if (text[0] != '/') {
      readLink(thread, "cwd", -1, path);
      strncat(path, "/", PathBytes - strlen(path) - 1);
    }
    strncat(path, text, PathBytes - strlen(path) - 1);
  }
  const size_t length = strlen(folder);
  return !strncmp(path, folder, length) && (path[length] == 0 || path[length] == '/');
}

/// Makes the call that a thread is about to do, a write of at most `bytes`, or none at all.
static void change(pid_t thread, int isDone, uint64_t bytes) {
  struct user_regs_struct registers;
  if (ptrace(PTRACE_GETREGS, thread, 0, &registers) != 0)
    stop("PTRACE_GETREGS");
  registers.rdx = isDone ? bytes : registers.rdx;
  registers.orig_rax = isDone ? registers.orig_rax : (unsigned long long)-1;
  if (ptrace(PTRACE_SETREGS, thread, 0, &registers) != 0)
    stop("PTRACE_SETREGS");
}

static void fail(pid_t thread, long code) {
  change(thread, 0, 0);
  returning = thread;
  failOnReturn = code;
}

static void takeRoom(pid_t thread, uint64_t bytes) {
  if (room > 0 && bytes > (uint64_t)room)
    change(thread, 1, (uint64_t)room);
  if (room == 0 && bytes > 0)
    fail(thread, ENOSPC);
  else
    room -= bytes < (uint64_t)room ? (long)bytes : room;
}

static void enter(pid_t thread, uint64_t number, const uint64_t *arguments) {
  static char path[2 * PathBytes];
  const Call *call = findCall(number);
  if (!call || !concerns(thread, call, arguments, path))
    return;
  const int isWrite = !strcmp(call->name, "write");
  char bytes[24] = "-";
  if (isWrite)
    snprintf(bytes, sizeof bytes, "%llu", (unsigned long long)arguments[2]);
  fprintf(callLog, "%s %s %s\n", call->name, bytes, path);
  fflush(callLog);
  const int isChosen = ++counted == chosen;
  if (isWrite && room >= 0 && !isChosen)
    takeRoom(thread, arguments[2]);
  if (!isChosen)
    return;
  if (!strcmp(action, "fail")) {
    fail(thread, EIO);
  } else if (!strcmp(action, "cut") && isWrite) {
    change(thread, 1, arguments[2] / 2);
    returning = thread;
    killOnReturn = 1;
  } else {
    kill(command, SIGKILL);
  }
}

static void leave(pid_t thread) {
  if (thread != returning)
    return;
  returning = 0;
  if (killOnReturn)
    kill(command, SIGKILL);
  struct user_regs_struct registers;
  if (failOnReturn && ptrace(PTRACE_GETREGS, thread, 0, &registers) == 0) {
    registers.rax = (unsigned long long)-failOnReturn;
    ptrace(PTRACE_SETREGS, thread, 0, &registers);
  }
  failOnReturn = 0;
}

static void lookAtCall(pid_t thread) {
  struct __ptrace_syscall_info info;
  if (ptrace(PTRACE_GET_SYSCALL_INFO, thread, sizeof info, &info) <= 0)
    return; // killed meanwhile
  if (info.op == PTRACE_SYSCALL_INFO_ENTRY)
    enter(thread, info.entry.nr, (const uint64_t *)info.entry.args);
  else if (info.op == PTRACE_SYSCALL_INFO_EXIT)
    leave(thread);
}

/// Follows the command and its threads to the end. Returns its exit code.
static int follow(void) {
  for (;;) {
    int status = 0, given = 0;
    const pid_t thread = waitpid(-1, &status, __WALL);
    if (thread < 0)
      stop("waitpid");
    if (thread == command && WIFEXITED(status))
      return WEXITSTATUS(status);
    if (thread == command && WIFSIGNALED(status))
      return 128 + WTERMSIG(status);
    if (!WIFSTOPPED(status))
      continue;
    if (WSTOPSIG(status) == (SIGTRAP | 0x80))
      lookAtCall(thread);
    else if (status >> 16 == 0 && WSTOPSIG(status) != SIGSTOP) // new threads begin with SIGSTOP
      given = WSTOPSIG(status);
    ptrace(PTRACE_SYSCALL, thread, 0, given);
  }
}

static void readAction(const char *text) {
  if (sscanf(text, "room:%ld:%ld", &room, &chosen) < 1 && sscanf(text, "%15[a-z]:%ld", action, &chosen) < 1)
    stop(text);
}

int main(int count, char **words) {
  if (count < 5 || !realpath(words[1], folder) || !(callLog = fopen(words[2], "we")))
    stop("usage: break-calls FOLDER LOG ACTION COMMAND...");
  readAction(words[3]);
  command = fork();
  if (command == 0) {
    if (ptrace(PTRACE_TRACEME, 0, 0, 0) != 0)
      _exit(CannotTrace);
    raise(SIGSTOP);
    execvp(words[4], words + 4);
    _exit(127);
  }
  int status;
  if (command < 0 || waitpid(command, &status, 0) < 0)
    stop("fork");
  if (!WIFSTOPPED(status))
    return CannotTrace;
  const long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL;
  if (ptrace(PTRACE_SETOPTIONS, command, 0, options) != 0 || ptrace(PTRACE_SYSCALL, command, 0, 0) != 0)
    stop("PTRACE_SETOPTIONS");
  return follow();
}
