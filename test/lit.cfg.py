"""The lit suite of wage: text tests of this tree; the GoogleTest programs are the nested suite in unit/.

Parameters (lit --param NAME=1):
    slow     also run the tests that say `REQUIRES: slow`

Features:
    shared         the models, data sets and golden cases that are too large for the repository are present: in the folder that
                   the environment variable WAGE_SHARED_DIR names, else in `shared` beside the repository
    onnx-testdata  ONNX's own tests are installed (Debian's libonnx-testdata), or lie where WAGE_ONNX_TESTDATA points
    chromium       a browser, its driver and Selenium for Python are installed
    onnxruntime    ONNX Runtime for Node.js is installed in the build folder; if it is not, npm is asked for it
    fuzzers        the targets of libFuzzer are built, in build/fuzz (`./run-tests` does), and so is the compiler that makes
                   their seeds
    torch          PyTorch is installed (Debian's python3-torch); only benchmarks need it
    sanafe         the environment variable WAGE_SANAFE names SANA-FE's simulator, a program that others make (docs/sanafe.md)
    slow           see above

Substitutions: %python (with numpy and onnx), %source (root of the repository), %build (of this build), %shared (see
above), %onnx_testdata (see above), %fuzzers (the build that has them), %onnxruntime (the folder of its node_modules),
%sanafe (see above), %{share:N} for N up to 40: N networks, or where programs are slow a share of them, never one alone.
"""
import math
import os
import shutil
import subprocess

import lit.formats

config.name = "wage"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".mlir", ".test"]
config.excludes = ["Inputs"]
if config.compiler_build:
    # Tests in which nothing of the runtime takes part.
    config.excludes += ["compiler", "dialects", "docs", "onnxruntime", "semantics", "wage-translate"]
    config.excludes += [f"{name}-files{part}.test" for name in ("chip", "ir", "onnx") for part in ("", "-all")]
config.test_source_root = os.path.dirname(__file__)
config.test_exec_root = os.path.join(config.wage_binary_dir, "test")

programs = [os.path.join(build, "bin") for build in (config.wage_binary_dir, config.compiler_build) if build]


def under_valgrind(folder):
    """A folder in which each program of `folder` starts under valgrind."""
    wrapped = os.path.join(config.wage_binary_dir, "under-valgrind")
    os.makedirs(wrapped, exist_ok=True)
    for program in os.listdir(folder):
        # Put in place whole: another lit may be running the one before.
        path = os.path.join(wrapped, program)
        with open(path + ".new", "w") as script:
            script.write(f'#!/bin/sh\nexec {config.test_source_root}/valgrind.sh {folder}/{program} "$@"\n')
        os.chmod(script.name, 0o755)
        os.replace(script.name, path)
    return [wrapped]


config.environment["FILECHECK_OPTS"] = "-enable-var-scope"
config.environment["PYTHONDONTWRITEBYTECODE"] = "1"
if config.sanitizers or config.valgrind:
    # Campaigns of bad input then set no limits of memory.
    config.environment["WAGE_SANITIZED"] = "1"
if config.slower:
    config.environment["WAGE_SLOWER"] = config.slower
config.substitutions += [(f"%{{share:{n}}}", str(min(n, 1 + math.ceil(n / int(config.slower or 1))))) for n in range(1, 41)]
if config.valgrind:
    if not shutil.which("valgrind"):
        lit_config.fatal("no valgrind (install it), which the tests of this build run under")
    programs = under_valgrind(programs[0]) + programs[1:]
config.environment["PATH"] = os.pathsep.join([*programs, config.llvm_tools_dir, os.environ.get("PATH", "")])

config.substitutions += [("%python", config.python), ("%source", config.wage_source_dir), ("%build", config.wage_binary_dir)]

shared = os.environ.get("WAGE_SHARED_DIR") or os.path.join(config.wage_source_dir, "..", "shared")
if os.path.isdir(shared):
    config.available_features.add("shared")
    config.substitutions.append(("%shared", os.path.abspath(shared)))
    config.environment["WAGE_SHARED_DIR"] = os.path.abspath(shared)
else:
    lit_config.note("no shared data (set WAGE_SHARED_DIR): tests that require it are reported as unsupported")

onnx_testdata = os.environ.get("WAGE_ONNX_TESTDATA", "/usr/share/libonnx-testdata/data")
if os.path.isdir(os.path.join(onnx_testdata, "node")):
    config.available_features.add("onnx-testdata")
    config.substitutions.append(("%onnx_testdata", onnx_testdata))
else:
    lit_config.note("no ONNX tests (install libonnx-testdata): the test that runs them is reported as unsupported")

browser = [f"no {program}" for program in ("chromium", "chromedriver") if not shutil.which(program)]
if subprocess.run([config.python, "-c", "import selenium"], capture_output=True).returncode != 0:
    browser.append("no Selenium for Python")
if not browser:
    config.available_features.add("chromium")
else:
    lit_config.note(f"{', '.join(browser)} (install chromium, chromium-driver and python3-selenium): tests in a browser are "
                    "reported as unsupported")

fuzzers = os.path.join(config.wage_source_dir, "build", "fuzz")
if config.compiler_build or config.sanitizers:
    lit_config.note("the targets of libFuzzer have sanitizers of their own: the test that runs them is reported as unsupported")
elif os.path.exists(os.path.join(fuzzers, "bin", "fuzz-onnx")):
    config.available_features.add("fuzzers")
    config.substitutions.append(("%fuzzers", fuzzers))
else:
    lit_config.note("no targets of libFuzzer (cmake --preset fuzz, then cmake --build --preset fuzz): the test that runs them is "
                    "reported as unsupported")

simulator = os.environ.get("WAGE_SANAFE")
if simulator and os.access(simulator, os.X_OK):
    config.available_features.add("sanafe")
    config.substitutions.append(("%sanafe", simulator))
else:
    lit_config.note("no SANA-FE (set WAGE_SANAFE to its program `sim`): the test that runs it is reported as unsupported")

# Importing it would take seconds.
find_torch = "import importlib.util, sys; sys.exit(importlib.util.find_spec('torch') is None)"
if subprocess.run([config.python, "-c", find_torch]).returncode == 0:
    config.available_features.add("torch")

if not config.compiler_build:
    onnxruntime = os.path.join(config.wage_binary_dir, "onnxruntime")
    install = os.path.join(config.test_source_root, "onnxruntime", "install.py")
    installed = subprocess.run([config.python, install, onnxruntime], capture_output=True, text=True)
    if installed.returncode == 0:
        config.available_features.add("onnxruntime")
        config.substitutions.insert(0, ("%onnxruntime", onnxruntime))
    else:
        lit_config.note(f"no ONNX Runtime ({installed.stderr.strip()}): tests that require it are reported as unsupported")

if lit_config.params.get("slow", "0") not in ("", "0"):
    config.available_features.add("slow")
else:
    lit_config.note("slow tests are reported as unsupported; run them with --param slow=1")
