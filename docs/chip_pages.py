"""The pages of the listed chips, from targets/Chips/*.yaml: one page per chip and one that compares them.

Chip files are a small part of YAML, and the product reads them with LLVM's parser (targets/ChipModel); what stands here reads
just that part, so that the pages need no package.
"""
import re

NOTE = "<!-- Made by docs/generate_pages.py from {}. Do not edit. -->"
FACT = re.compile(r"\{\s*value:\s*(\[[^\]]*\]|[^,}]+?)\s*,\s*source:\s*(?:\"([^\"]*)\"|([^}\"]+?))\s*\}")
LINE = re.compile(r"^(\s*)(- )?([\w-]+):\s*(.*?)\s*$")


def read_chip(path):
    """(leading comments, rows); a row is (dotted name, value, source), source None where the file needs none."""
    comments, rows, stack, group = [], [], [], -1
    for line in path.read_text().splitlines():
        if line.startswith("#"):
            if line.startswith("# Every fact is"):
                continue    # said of all chips in chips.md
            comments.append(line[1:].strip())
            continue
        match = LINE.match(line)
        if not match:
            raise SystemExit(f"chip_pages.py: error: {path.name}: cannot read '{line}'")
        indent, dash, name, text = match.groups()
        depth = len(indent) + (2 if dash else 0)
        stack = [entry for entry in stack if entry[0] < depth]
        if dash:
            group += 1
        fact = FACT.match(text)
        plain = re.sub(r"(^|\s)#.*$", "", text).strip()
        prefix = ".".join(entry[1] for entry in stack)
        full = f"{prefix}.{name}" if prefix else name
        if fact:
            rows.append((full, group, fact.group(1), fact.group(2) or fact.group(3)))
        elif plain:
            rows.append((full, group, plain, None))
        else:
            stack.append((depth, name))
    return comments, rows


def row(*cells):
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def chip_page(path):
    comments, rows = read_chip(path)
    facts = [entry for entry in rows if entry[3] is not None]
    assumed = sum(source.startswith("assumed") for _, _, _, source in facts)
    parts = [f"# {path.stem}", NOTE.format(f"targets/Chips/{path.name}"),
             comments[0] + (". " if not comments[0].endswith(".") else " ") + " ".join(comments[1:]),
             f"{len(facts)} numbers, {assumed} of them assumed. What each field means: [../chips.md](../chips.md)."]
    groups = [value for name, _, value, _ in rows if name == "groups.name"]

    def table(selected, strip):
        head = [row("field", "value", "source"), row("---", "---", "---")]
        return "\n".join(head + [row(f"`{name[strip:]}`", value.replace("|", "\\|"), source or "") for name, _, value, source in selected])

    outer = [entry for entry in rows if not entry[0].startswith("groups.") and entry[0] != "name"]
    parts += ["## System", table(outer, 0)]
    for index, name in enumerate(groups):
        inner = [entry for entry in rows if entry[0].startswith("groups.") and entry[1] == index and entry[0] != "groups.name"]
        parts += [f"## Cores '{name}'", table(inner, len("groups."))]
    return "\n\n".join(parts) + "\n"


def compare_page(paths):
    lines = [row("chip", "cores", "cores of a group", "axons × neurons", "weight bits", "synapse memory", "data memory",
                 "accumulator", "fan-in of sums", "learns"), row(*["---"] * 10)]
    for path in paths:
        _, rows = read_chip(path)
        value = lambda name, group=-1: next(v for n, g, v, _ in rows if n == name and (group < 0 or g == group))
        total = int(value("grid.columns")) * int(value("grid.rows")) * int(value("chips.columns")) * int(value("chips.rows"))
        for group in range(max(g for _, g, _, _ in rows) + 1):
            of = lambda name: value("groups." + name, group)
            learns = "yes" if of("learning.outer_product") == "true" and int(of("learning.master_bits")) else "no"
            lines.append(row(f"[{path.stem}]({path.stem}.md)" if not group else "", total if not group else "",
                             f"'{of('name')}' {of('columns')} × {of('rows')}", f"{of('axons')} × {of('neurons')}",
                             of("weight_bits").strip("[]"), f"{of('synapse_bytes')} B", f"{of('data_bytes')} B",
                             f"{of('accumulator_bits')} bits", of("reduce_fan_in"), learns))
    return "\n\n".join(["# The listed chips", NOTE.format("targets/Chips/*.yaml"),
                        "What each number's source is stands on the chip's own page. \"Learns\" means in the sense of WAGE: exact integer "
                        "products.\nFan-in 0: partial sums cannot leave a core.", "\n".join(lines)]) + "\n"


def make_pages(folder):
    paths = sorted(folder.glob("*.yaml"))
    pages = {f"chips/{path.stem}.md": chip_page(path) for path in paths}
    pages["chips/README.md"] = compare_page(paths)
    return pages
