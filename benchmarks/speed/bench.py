"""Where things stand, and the programs to compare: our engines and kernels, and their peers."""
import contextlib
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

import models
import ort_models
from pairs import median
from servers import Server, ServerFailed

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PYTHON = "/usr/bin/python3"
# Peers at their best: a BLAS that knows this processor, memory kept and not given back, threads that sleep while idle.
OPENBLAS = "/usr/lib/x86_64-linux-gnu/openblas-openmp"
TORCH = {"LD_LIBRARY_PATH": OPENBLAS, "OMP_WAIT_POLICY": "passive", "MALLOC_MMAP_MAX_": "0",
         "MALLOC_TRIM_THRESHOLD_": str(1 << 40), "ATEN_CPU_CAPABILITY": "avx512"}
# QLinearConv on signed activations runs without the processor's byte products: 30 times as slow, so it is not tried.
INT8_FORMS = [("qdq", "u8", False), ("qdq", "u8", True), ("qdq", "s8", False), ("qlinear", "u8", False),
              ("qlinear", "u8", True)]


@dataclass(frozen=True)
class Bench:
    build: Path
    quick: bool
    processors: tuple  # the first is that of all work on one thread
    wanted_pairs: Optional[int] = None
    wanted_seconds: Optional[float] = None
    busy: bool = False  # on one thread only what the processor computes counts

    @property
    def folder(self):
        return self.build / "benchmarks"

    @property
    def seconds(self):
        """What one side of a pair runs."""
        return self.wanted_seconds or (0.3 if self.quick else 0.7)

    @property
    def pairs(self):
        return self.wanted_pairs or (2 if self.quick else 7)

    def build_kind(self):
        """CMake's type of build and flags."""
        lines = (self.build / "CMakeCache.txt").read_text().splitlines()
        cached = dict(line.split("=", 1) for line in lines if "=" in line)
        return f"{cached.get('CMAKE_BUILD_TYPE:STRING', '')} {cached.get('CMAKE_CXX_FLAGS:STRING', '')}".strip()

    def pinned(self, threads):
        return set(self.processors[:threads])

    def tool(self, name):
        path = self.build / "bin" / name
        if not path.exists():
            raise ServerFailed(f"{name} is not built")
        return path

    def serve(self, command, threads=1, environment=None):
        return Server(command, self.pinned(threads), {"OMP_NUM_THREADS": str(threads), **(environment or {})})

    # Files, made when first asked for.

    def made(self, name, make):
        path = self.folder / name
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            # Under another name until it is whole, in case of an interruption.
            unfinished = path.with_name(f"unfinished-{path.name}")
            make(unfinished)
            unfinished.rename(path)
        return path

    def float_model(self, network):
        return self.made(f"{network}.onnx", lambda path: models.write_float_model(network, path))

    def compile_command(self, network, mode, batch, output):
        # AlexNet's weights take more than the chip's 1024 cores; four chips hold them.
        chip = self.made("four-generic-256.yaml", make_four_chips) if network == "alexnet" else "generic-256"
        bits = "2-8-8-8" if mode == "train" else "2-8"
        return [self.tool("wage-translate"), "--onnx-to-chip", self.float_model(network), f"--chip={chip}",
                f"--mode={mode}", f"--bits={bits}", "--init=wage", f"--batch={batch}", "-o", output]

    def binary(self, network, mode, batch):
        return self.made(f"{network}-{mode}-{batch}.wbin",
                         lambda path: run(self.compile_command(network, mode, batch, path)))

    # What runs.

    def probe(self, threads=1):
        isa = "avx512-vnni" if "avx512_vnni" in processor_line("flags").split() else "avx2"
        return self.serve([self.tool("benchmark-probe"), f"--threads={threads}", f"--isa={isa}"], threads)

    def engine(self, network, mode, batch, threads=1, isa="auto", engine="fused"):
        return self.serve([self.tool("benchmark-engine"), self.binary(network, mode, batch), f"--work={mode}",
                           f"--batch={batch}", f"--threads={threads}", f"--isa={isa}", f"--engine={engine}"], threads)

    def kernel(self, layer, product, batch):
        return self.serve([self.tool("benchmark-kernels"), f"--layer={layer}", f"--product={product}",
                           f"--samples={batch}"])

    def onednn(self, layer, product, kind, batch):
        return self.serve([self.tool("benchmark-onednn"), f"--product={product}", f"--type={kind}",
                           f"--channels={layer.channels}", f"--width={layer.width}", f"--kernel={max(1, layer.kernel)}",
                           f"--side={layer.side}", f"--batch={batch}"])

    def torch(self, kind, network, batch, threads=1):
        return self.serve([PYTHON, HERE / "torch_peers.py", kind, network, batch, threads], threads, TORCH)

    def ort(self, network, batch, form, threads=1):
        kind, activations, channels = form
        model = self.made(f"ort/{network}-{batch}-{kind}-{activations}{'-channels' * channels}.onnx",
                          lambda path: ort_models.Writer(network, batch, kind, activations, channels).save(path))
        return self.node(model, threads)

    def node(self, model, threads=1):
        return self.serve(["node", HERE / "ort_server.js", model, threads], threads,
                          {"NODE_PATH": str(self.build / "onnxruntime/node_modules")})

    def ort_call(self):
        """Seconds of a call of ONNX Runtime that computes next to nothing."""
        with self.node(self.made("ort/empty.onnx", ort_models.write_empty)) as server:
            count = server.count_for(self.seconds / 4)
            return median([server.run(count, self.busy) for _ in range(5)])

    def best_int8(self, network, batch, threads=1):
        """The form in which ONNX Runtime is fastest: each tried twice, in turns. Errors: ServerFailed if none runs."""
        with contextlib.ExitStack() as open_servers:
            tried, problem = [], None
            for form in INT8_FORMS:
                try:
                    server = open_servers.enter_context(self.ort(network, batch, form, threads))
                    tried.append((form, server, server.count_for(self.seconds / 4)))
                except ServerFailed as failed:
                    problem = failed
            if not tried:
                raise problem
            seconds = [(server.run(count), form) for form, server, count in tried + tried]
        return min(seconds)[1]


def run(command):
    """Runs a command that must end well."""
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if done.returncode:
        raise ServerFailed((done.stderr.strip().splitlines() or ["no reason given"])[-1])


def make_four_chips(path):
    sys.path.insert(0, str(HERE.parent / "mapping"))
    from run import make_system
    make_system("generic-256", path.parent).rename(path)


def install_onnxruntime(build):
    """Why ONNX Runtime is not there, or None. It is that of the tests."""
    done = subprocess.run([PYTHON, ROOT / "test/onnxruntime/install.py", build / "onnxruntime"],
                          capture_output=True, text=True)
    return (done.stdout + done.stderr).strip() or "no reason given" if done.returncode else None


def processor_line(name):
    """What /proc/cpuinfo says of the first processor."""
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith(name):
            return line.split(":", 1)[1].strip()
    return "unknown"
