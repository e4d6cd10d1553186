"""Installs ONNX Runtime for the tests, unless it is there: the packages of package-lock.json, into FOLDER/node_modules.

    install.py FOLDER

Exit code 0 if the runtime is there, else 1 with the reason as the only line. The lock file names versions and checksums,
no address: npm takes the packages from the registry it is set up for. No script of a package is run; the library for this
machine is in the package.
"""
import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
FILES = ("package.json", "package-lock.json")
SECONDS = 300


def install(folder):
    """Returns why the runtime cannot be installed, or None."""
    for program in ("node", "npm"):
        if not shutil.which(program):
            return f"no {program} (install Debian's nodejs and npm)"
    folder.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        shutil.copy(HERE / name, folder / name)
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1", "--fetch-timeout=60000"]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        return f"npm ci took more than {SECONDS} s"
    lines = (done.stderr.strip() or "no reason given").splitlines()
    return None if done.returncode == 0 else f"npm ci failed: {lines[0]}"


def main(folder):
    stamp = folder / "installed"
    wanted = hashlib.sha256(b"".join((HERE / name).read_bytes() for name in FILES)).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    stamp.unlink(missing_ok=True)
    if problem := install(folder):
        sys.exit(problem)
    stamp.write_text(wanted)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
