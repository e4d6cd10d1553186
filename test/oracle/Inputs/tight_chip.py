"""Prints a chip file with another data memory per core and no off-chip memory: tight_chip.py CHIP.yaml BYTES"""
import re
import sys

text = open(sys.argv[1]).read()
text = re.sub(r"^name: .*", "name: tight", text, flags=re.M)
text, changed = re.subn(r"(\bdata_bytes: \{ value: )\d+", rf"\g<1>{sys.argv[2]}", text)
head, off_chip = text.split("\noff_chip:")
off_chip, cleared = re.subn(r"(\bbytes: \{ value: )\d+", r"\g<1>0", off_chip, count=1)
if not changed or cleared != 1:
    sys.exit("the chip file has another form")
print(head + "\noff_chip:" + off_chip, end="")
