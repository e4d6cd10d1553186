"""Checks JSON files against a schema of docs/schemas: validate_json.py SCHEMA.json FILE... [--mutate]

With --mutate the files must be valid, and no longer so with any member of any object renamed, or one added: the schema knows
every member. Prints what is wrong, or the number of checks.
"""
import copy
import json
import sys

import jsonschema


def objects(value, path=()):
    """Paths of all objects within `value`."""
    if isinstance(value, dict):
        yield path
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from objects(inner, path + (key,))


def at(value, path):
    for key in path:
        value = value[key]
    return value


def mutants(value):
    for path in objects(value):
        changed = copy.deepcopy(value)
        at(changed, path)["of_no_schema"] = 0
        yield f"a member added at {path}", changed
        for key in at(value, path):
            changed = copy.deepcopy(value)
            inner = at(changed, path)
            inner["renamed_" + key] = inner.pop(key)
            yield f"{key} renamed at {path}", changed


def shortened(value):
    """Two entries of each list are enough for mutants."""
    if isinstance(value, dict):
        return {key: shortened(inner) for key, inner in value.items()}
    return [shortened(inner) for inner in value[:2]] if isinstance(value, list) else value


def main():
    mutate = "--mutate" in sys.argv
    schema_path, *files = [word for word in sys.argv[1:] if word != "--mutate"]
    schema = json.load(open(schema_path))
    jsonschema.Draft7Validator.check_schema(schema)
    validator = jsonschema.Draft7Validator(schema)
    problems, checks = [], 0
    for path in files:
        value = json.load(open(path))
        checks += 1
        for error in validator.iter_errors(value):
            problems.append(f"{path}: {list(error.absolute_path)}: {error.message[:300]}")
        for what, changed in mutants(shortened(value)) if mutate else ():
            checks += 1
            if validator.is_valid(changed):
                problems.append(f"{path}: still valid with {what}")
    print("\n".join(problems) or f"{checks} checks")
    sys.exit(1 if problems or not files else 0)


main()
