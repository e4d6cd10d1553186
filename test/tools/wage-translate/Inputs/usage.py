"""Calls that are wrong in themselves: each must exit with its status, say its line and leave no output."""
import subprocess
import sys
from pathlib import Path

out = Path(sys.argv[1])
COMPILE = ["--onnx-to-chip", "no.onnx", f"-o={out}"]
CHIP = COMPILE + ["--chip=generic-64"]
ACTIONS = ("--import-onnx, --onnx-to-chip, --export-onnx, --integer-to-onnx, --chip-to-binary, --binary-to-chip, "
           "--chip-to-sanafe, --evaluate and --check")
CASES = [
    ([], 2, f"found 0 actions, needed one of {ACTIONS} (see --help)"),
    (["--import-onnx", "--binary-to-chip", "a"], 2, f"found 2 actions, needed one of {ACTIONS} (see --help)"),
    (["--import-onnx", "--check", "a"], 2, "--check compiles an ONNX file, needed no other action than --onnx-to-chip "
                                           "with it"),
    (["--import-onnx"], 2, "the input file is missing"),
    (["--onnx-to-chip", "a", "--chip=generic-64"], 2, "-o is missing, needed a file for the binary"),
    (["--chip-to-binary", "a"], 2, "-o is missing, needed a file for the binary"),
    (["--chip-to-sanafe", "a", "--images=b"], 2, "-o is missing, needed a folder for SANA-FE's files"),
    (["--chip-to-sanafe", "a", "--images=b", "-o=-"], 2, "-o: found standard output, needed a folder for SANA-FE's files"),
    (["--chip-to-sanafe", "a", f"-o={out}"], 2, "--images is missing, needed images of which --chip-to-sanafe replays one"),
    (["--binary-to-chip", "a", "--sample=1"], 2,
     "--images, --sample and --edge-limit are for --chip-to-sanafe, found another action"),
    (["--chip-to-sanafe", "no.wbin", "--images=b", f"-o={out}"], 1, "no.wbin: cannot be read: No such file or directory"),
    (["--chip-to-sanafe", "no.mlir", "--images=b", f"-o={out}"], 1, "no.mlir: cannot be read: No such file or directory"),
    (["--export-onnx", "a"], 2, "-o is missing, needed a file for the network"),
    (["--integer-to-onnx", "a"], 2, "-o is missing, needed a file for the network"),
    (["--export-onnx", "a", f"-o={out}", "--chip=generic-64"], 2,
     "--chip is for a binary, and --export-onnx writes what every chip computes"),
    (["--export-onnx", "--check", "a"], 2, "--check compiles an ONNX file, needed no other action than --onnx-to-chip with it"),
    (["--export-onnx", "a", f"-o={out}", "--bits=9-8-16-8"], 2, "--bits: found '9' weight bits in '9-8-16-8', needed 1 to 8"),
    (["--export-onnx", "no.onnx", f"-o={out}"], 1, "no.onnx: cannot be read: No such file or directory"),
    (COMPILE, 2, "--chip is missing, needed the name of a listed chip or a chip description that ends in .yaml"),
    (COMPILE + ["--chip=mesh16"], 2, "chip 'mesh16' is not listed, needed one of crossbar-128, crossbar-512, darwin3, "
                                     "generic-256, generic-64, generic-96, loihi1, loihi2, northpole-like, paicore2.5, "
                                     "paicore2, tianjic, truenorth, or a path that ends in .yaml"),
    (COMPILE + ["--chip=no.yaml"], 1, "no.yaml: cannot be read: No such file or directory"),
    (CHIP + ["--mode=learn"], 2, "--mode: found 'learn', needed train or infer"),
    (CHIP + ["--rounding=up"], 2, "--rounding: found 'up', needed half-even or half-away"),
    (CHIP + ["--init=zero"], 2, "--init: found 'zero', needed model, wage or pretrained"),
    (CHIP + ["--bits=2-8-8"], 2, "--bits: found '2-8-8', needed weight-activation-gradient-error[-random] bits, as in "
                                 "2-8-8-8 or 2-8-8-8-16, or for --mode=infer weight-activation bits, as in 8-8"),
    (CHIP + ["--bits=9-8-16-8"], 2, "--bits: found '9' weight bits in '9-8-16-8', needed 1 to 8"),
    (CHIP + ["--bits=2-17-8-8"], 2, "--bits: found '17' activation bits in '2-17-8-8', needed 2 to 16"),
    (CHIP + ["--bits=2-8-8-1"], 2, "--bits: found '1' error bits in '2-8-8-1', needed 2 to 16"),
    (CHIP + ["--bits=2-8-8-8-0"], 2, "--bits: found '0' random bits in '2-8-8-8-0', needed 1 to 16"),
    (CHIP + ["--bits=2-8-8-x"], 2, "--bits: found 'x' error bits in '2-8-8-x', needed 2 to 16"),
    (CHIP + ["--bits=4-8-3-8"], 2, "--bits: found 3 gradient bits in '4-8-3-8', needed at least the 4 weight bits"),
    (CHIP + ["--batch=0"], 2, "--batch: found 0, needed 1 to 2147483647"),
    (CHIP + ["--batch=2147483648"], 2, "--batch: found 2147483648, needed 1 to 2147483647"),
    (CHIP + ["--init-gain=0"], 2, "--init-gain: found 0, needed 1 to 1000000"),
    (CHIP + ["--mode=infer", "--pixel-scale=a"], 2,
     "--pixel-scale: found 'a', needed a number, or one per channel separated by commas"),
    (CHIP + ["--calibrate-images=a", "--calibrate-input=b"], 2,
     "--calibrate-images and --calibrate-input exclude each other, needed one of them"),
    (CHIP + ["--calibrate-images=a", "--calibrate-method=best"], 2,
     "--calibrate-method: found 'best', needed max, percentile or mse"),
    (CHIP + ["--calibrate-images=a", "--calibrate-limit=0"], 2, "--calibrate-limit: found 0, needed at least 1"),
    (CHIP + ["--layer-bits=fc:2-8"], 2,
     "--calibrate-method, --calibrate-limit and --layer-bits need --calibrate-images or --calibrate-input"),
    (CHIP + ["--layer-bits=fc:2-8", "--calibrate-images=a"], 2,
     "--layer-bits is for --mode=infer: a chip trains all layers with the same widths"),
    (CHIP + ["--profile="], 2, "--profile needs --onnx-to-chip and a file"),
    (["--import-onnx", "a", "--profile=p"], 2, "--profile needs --onnx-to-chip and a file"),
    (CHIP + ["--profile=/no/such/folder/p"], 1, "'/no/such/folder/p': cannot be written: No such file or directory"),
    (["--chp=a"], 2, "unknown command line argument '--chp=a' (see --help)"),
    (CHIP, 1, "no.onnx: cannot be read: No such file or directory"),
    (["--import-onnx", "no.onnx", f"-o={out}"], 1, "no.onnx: cannot be read: No such file or directory"),
    (["--import-onnx", "/"], 1, "/: not a file"),
    (["--onnx-to-chip", "no.onnx", "--chip=generic-64", "-o=/no/such/folder/out"], 1,
     "'/no/such/folder/out': cannot be written: No such file or directory"),
    (["--binary-to-chip", "no.wbin"], 1, "no.wbin: cannot be read: No such file or directory"),
]

for arguments, status, line in CASES:
    result = subprocess.run(["wage-translate"] + arguments, capture_output=True, text=True)
    assert result.returncode == status, (arguments, result)
    assert result.stderr == f"wage-translate: error: {line}\n", (arguments, result.stderr)
    assert not result.stdout and not list(out.parent.glob(out.name + "*")), arguments

# LLVM's own words for a value that is missing or no number; the status is ours.
assert subprocess.run(["wage-translate", "--batch"], capture_output=True).returncode == 2
assert subprocess.run(["wage-translate", "--batch=many"], capture_output=True).returncode == 2
print(f"{len(CASES)} calls")
