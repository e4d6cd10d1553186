"""Programs that stay alive and say how long their work takes, pinned to processors."""
import os
import resource
import select
import subprocess
import tempfile
import time

START_SECONDS = 300


class ServerFailed(Exception):
    """A program cannot measure: what it said last."""


class Server:
    """A program that prints a line `ready ...`, then answers every line `run N` with the seconds of one of N runs and
    those that processors compute in it."""

    def __init__(self, command, processors, environment=None):
        self.errors = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(
            [str(word) for word in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors,
            bufsize=0, env={**os.environ, **(environment or {})},
            preexec_fn=lambda: os.sched_setaffinity(0, processors))
        try:
            self.about = self.answer().removeprefix("ready ")
        except ServerFailed:
            self.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.process.stdin.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        self.errors.close()

    def answer(self):
        """The next line of the program's output."""
        line, end = b"", time.monotonic() + START_SECONDS
        while not line.endswith(b"\n"):
            ready, _, _ = select.select([self.process.stdout], [], [], max(0, end - time.monotonic()))
            read = os.read(self.process.stdout.fileno(), 4096) if ready else b""
            if not read:
                self.errors.seek(0)
                said = self.errors.read().strip().splitlines() or ["no answer"]
                raise ServerFailed(said[-1])
            line += read
        return line.decode().strip()

    def run(self, count, busy=False):
        """Seconds of one of `count` runs; if `busy`, without those in which something else had the processor."""
        try:
            self.process.stdin.write(f"run {count}\n".encode())
        except BrokenPipeError:
            raise ServerFailed("the program has ended") from None
        return float(self.answer().split()[busy])

    def count_for(self, seconds):
        """How many runs take about so long; the first is not counted."""
        self.run(1)
        count = 1
        while True:
            took = self.run(count) * count
            if took >= seconds / 4 or count >= 1000000:
                return max(1, round(count * seconds / took))
            count = min(1000000, max(2 * count, round(count * seconds / 2 / max(took, 1e-9))))


def measure_process(command, processors):
    """Seconds, seconds of processors and peak MiB of a whole process. Errors: ServerFailed if it does not end well.

    The peak is 0 where it is not known: the system counts in this program's own, from which the process comes. The process is
    placed from here: to run Python in it first, a copy of all of this program's memory would be made, which takes as long
    as a small inference.
    """
    own = os.sched_getaffinity(0)
    with tempfile.TemporaryFile("w+") as output:
        os.sched_setaffinity(0, processors)
        try:
            start = time.perf_counter()
            process = subprocess.Popen([str(word) for word in command], stdout=output, stderr=output)
            _, status, usage = os.wait4(process.pid, 0)
            seconds = time.perf_counter() - start
        finally:
            os.sched_setaffinity(0, own)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            output.seek(0)
            raise ServerFailed((output.read().strip().splitlines() or ["no reason given"])[-1])
    is_known = usage.ru_maxrss > resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024 if is_known else 0
