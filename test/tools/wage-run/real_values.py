"""Real values in and out, against numpy: real_values.py FOLDER

Writes two networks as IR of the wage level, compiles and runs them on both engines, and compares what wage-run writes with
what NumPy computes from the same integers."""
import subprocess
import sys
from pathlib import Path

import numpy as np

folder = Path(sys.argv[1])
random = np.random.default_rng(3)


def run(*words, fails=None):
    """Standard output; of a command that must fail with exit code 1, its one line of error."""
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True)
    assert done.returncode == (1 if fails else 0), (words, done.returncode, done.stderr)
    if fails:
        assert fails in done.stderr and done.stderr.count("\n") == 1, (fails, done.stderr)
    return done.stdout


def dense(array, kind):
    shape = "".join(f"{n}x" for n in array.shape)
    return f"dense<{array.tolist()}> : tensor<{shape}{kind}>"


def compile_network(name, attributes, weights, body):
    """One layer; `body` is @infer, whose weights are %w."""
    shape = "".join(f"{n}x" for n in weights.shape)
    scales = ", ".join("0" for _ in weights)
    config = ("#wage.config<mode = infer, weights = 8, activations = 8, gradients = 8, errors = 8, random = 16, "
              "rounding = half_even, batch = 5>")
    text = f"""module attributes {{wage.config = {config}{attributes}}} {{
  ml_program.global private @w({dense(weights, "i8")}) : tensor<{shape}i8>
    {{wage.layer = "layer", wage.ordinal = 0 : i32, wage.scale_log2 = array<i32: {scales}>}}
  {body.replace("WEIGHTS", f'''%i = ml_program.global_load_const @w : tensor<{shape}i8>
    %w = wage.as_grid %i : tensor<{shape}i8> -> tensor<{shape}!wage.grid<W, 8, -7>>''')}
}}
"""
    (folder / f"{name}.mlir").write_text(text)
    run("wage-opt", f"{name}.mlir", "--wage-to-integer-pipeline", "--wage-integer-to-chip-pipeline=chip=generic-64", "-o",
        f"{name}.chip.mlir")
    run("wage-translate", "--chip-to-binary", f"{name}.chip.mlir", "-o", f"{name}.wbin")
    # The text form holds all of it: back and forth gives the same bytes.
    run("wage-translate", "--binary-to-chip", f"{name}.wbin", "-o", f"{name}.again.mlir")
    run("wage-translate", "--chip-to-binary", f"{name}.again.mlir", "-o", f"{name}.again.wbin")
    assert (folder / f"{name}.wbin").read_bytes() == (folder / f"{name}.again.wbin").read_bytes()


def infer(name, *flags):
    """Logits and outputs, which both engines and any batch agree on."""
    results = []
    for engine, batch in (("core", 5), ("fused", 2)):
        for old in ("l.npy", "o.npy"):
            (folder / old).unlink(missing_ok=True)
        text = run("wage-run", "infer", f"{name}.wbin", *flags, f"--engine={engine}", f"--batch={batch}",
                   "--logits=l.npy", "--outputs=o.npy")
        results.append((np.load(folder / "l.npy"), np.load(folder / "o.npy"), text))
    (logits, outputs, text), (others, other_outputs, _) = results
    assert (logits == others).all() and outputs.dtype == other_outputs.dtype and (outputs == other_outputs).all()
    return logits, outputs, text


def save(name, array):
    np.save(folder / name, array)
    return name


def softmax(x, axis):
    e = np.exp(x - x.max(axis, keepdims=True))
    return e / e.sum(axis, keepdims=True)


def quantize(x, scale, offset, step, bits=8):
    limit = 2 ** (bits - 1) - 1
    return np.clip(np.round((x * scale + offset) / step), -limit, limit).astype(np.int64)


# A convolution of 3x3 windows over [height, width, channels], which gives as many classes at each position.
scale, offset, step = np.array([2.0, 1.0, -0.5]), np.array([-1.0, 0.25, 0.0]), 1 / 96
weights = random.integers(-127, 128, (2, 3, 3, 3))
table = quantize(np.arange(256)[None, :] / 255, scale[:, None], offset[:, None], step)
planes = f"""func.func @infer(%p: tensor<?x3x4x6xui8>) -> tensor<?x2x4x6x!wage.grid<Z, 0, -13>> {{
    %x = wage.encode_input %p, table = {dense(table, "i8")} : tensor<?x3x4x6xui8> -> tensor<?x3x4x6x!wage.grid<A, 8, -6>>
    WEIGHTS
    %z = wage.conv2d %x, %w, scale_log2 = [0, 0], strides = [1, 1], pads = [1, 1, 1, 1]
         : tensor<?x3x4x6x!wage.grid<A, 8, -6>>, tensor<2x3x3x3x!wage.grid<W, 8, -7>> -> tensor<?x2x4x6x!wage.grid<Z, 0, -13>>
    return %z : tensor<?x2x4x6x!wage.grid<Z, 0, -13>>
  }}"""
to_chip = "order = <sizes = [3, 4, 6], from = [0, 1, 18, 3], to = [0, 24, 6, 1]>"
to_model = "order = <sizes = [4, 6, 2], from = [0, 6, 1, 24], to = [0, 12, 2, 1]>"
real_input = (f", wage.input = #wage.host_input<shape = [4, 6, 3], batch = 1, step = {step!r}, bits = 8, "
              f"scale = {scale.tolist()}, offset = {offset.tolist()}, {to_chip}>")
output_step = 3.3e-5
real_output = f", wage.output = #wage.host_output<shape = [4, 6, 2], step = {output_step!r}, {to_model}, functions = [FUNCTIONS]>"
soft = "#wage.host_function<kind = softmax, axis = 3>"
largest = "#wage.host_function<kind = arg_max, axis = 3>"
flat = "#wage.host_function<kind = reshape, shape = [24]>"
compile_network("soft", real_input + real_output.replace("FUNCTIONS", soft), weights, planes)
compile_network("largest", real_input + real_output.replace("FUNCTIONS", f"{soft}, {largest}, {flat}"), weights, planes)

pixels = random.integers(0, 256, (7, 3, 4, 6), dtype=np.uint8)
channels_last = pixels.transpose(0, 2, 3, 1) / 255
activations = quantize(channels_last, scale, offset, step).transpose(0, 3, 1, 2)
padded = np.pad(activations, ((0, 0), (0, 0), (1, 1), (1, 1)))
expected = np.zeros((7, 2, 4, 6), np.int64)
for i in range(3):
    for j in range(3):
        expected += np.einsum("nc,bchw->bnhw", weights[:, :, i, j], padded[:, :, i:i + 4, j:j + 6])
last = expected.transpose(0, 2, 3, 1)

logits, outputs, text = infer("soft", f"--input={save('reals.npy', channels_last)}")
assert "7 images" in text, text
assert logits.shape == (7, 48) and (logits == expected.reshape(7, 48)).all()
assert outputs.shape == (7, 4, 6, 2) and outputs.dtype == np.float32
assert np.abs(outputs - softmax(last * output_step, 3)).max() < 1e-7
by_bytes, _, _ = infer("soft", f"--images={save('pixels.npy', pixels)}")
assert (by_bytes == logits).all(), "bytes go through the tables"
single, _, _ = infer("soft", f"--input={save('single.npy', channels_last.astype(np.float32))}")
needed = quantize(channels_last.astype(np.float32).astype(np.float64), scale, offset, step).transpose(0, 3, 1, 2)
assert (needed != activations).any() or (single == logits).all()
_, outputs, _ = infer("largest", "--input=reals.npy")
assert outputs.shape == (7, 24) and outputs.dtype == np.int64 and (outputs == last.argmax(3).reshape(7, 24)).all()
labels = save("labels.npy", np.zeros(7, np.int64))
run("wage-run", "infer", "soft.wbin", "--input=reals.npy", f"--labels={labels}",
    fails="--labels: 'soft.wbin' has an output of 48 numbers in several dimensions, labels need one dimension of classes")

# A matrix product: what the module does not say is its own shapes and grids.
weights = random.integers(-127, 128, (5, 6))
vector = """func.func @infer(%p: tensor<?x6xui8>) -> tensor<?x5x!wage.grid<Z, 0, -14>> {
    %x = wage.encode_input %p : tensor<?x6xui8> -> tensor<?x6x!wage.grid<A, 8, -7>>
    WEIGHTS
    %z = wage.matmul %x, %w, scale_log2 = [0, 0, 0, 0, 0]
         : tensor<?x6x!wage.grid<A, 8, -7>>, tensor<5x6x!wage.grid<W, 8, -7>> -> tensor<?x5x!wage.grid<Z, 0, -14>>
    return %z : tensor<?x5x!wage.grid<Z, 0, -14>>
  }"""
compile_network("plain", "", weights, vector)
reals = random.normal(0, 0.7, (9, 6))
expected = quantize(reals, 1, 0, 2.0**-7) @ weights.T
classes = expected.argmax(1)
classes[:4] = (classes[:4] + 1) % 5
flags = [f"--input={save('rows.npy', reals)}", f"--labels={save('classes.npy', classes)}"]
logits, outputs, text = infer("plain", *flags)
assert "errors 4 of 9" in text, text
assert (logits == expected).all() and outputs.dtype == np.float32 and (outputs == np.float32(expected * 2.0**-14)).all()
bytes_ = random.integers(0, 256, (9, 2, 3), dtype=np.uint8)
by_bytes, _, _ = infer("plain", f"--images={save('images.npy', bytes_)}")
by_reals, _, _ = infer("plain", f"--input={save('same.npy', bytes_.reshape(9, 6) / 127.5 - 1)}")
assert (by_bytes == by_reals).all(), "a row of numbers takes images of as many"
run("wage-run", "infer", "plain.wbin", "--input=reals.npy",
    fails="'reals.npy': shape is [7, 4, 6, 3], the model's input needs [n, 6]")
run("wage-run", "infer", "plain.wbin", "--images=rows.npy",
    fails="'rows.npy': element type is '<f8', images need '|u1' (uint8); real values are for wage-run infer --input")
reals[3, 2] = np.nan
run("wage-run", "infer", "plain.wbin", f"--input={save('nan.npy', reals)}",
    fails="'nan.npy': element [3, 2] is NaN, a number is needed")
