"""Usage: check_schema.py SCHEMA ROOT: every scenario below ROOT/scenarios is valid by the schema, and those of
ROOT/tests/fixtures/malformed that expected.tsv marks are not. Prints what is not so, then a line with the counts."""
import json
import pathlib
import sys

import jsonschema

schema = json.loads(pathlib.Path(sys.argv[1]).read_text())
root = pathlib.Path(sys.argv[2])
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)
wrong = 0

scenarios = [path for path in sorted((root / "scenarios").rglob("*.json")) if not path.name.endswith(".schema.json")]
for path in scenarios:
    for error in validator.iter_errors(json.loads(path.read_text())):
        print(f"{path}: {'/'.join(map(str, error.absolute_path))}: {error.message[:200]}")
        wrong += 1

refused = 0
malformed = root / "tests/fixtures/malformed"
for line in (malformed / "expected.tsv").read_text().splitlines():
    name, _, marked, _ = line.split("\t")
    if marked != "schema":
        continue
    refused += 1
    if validator.is_valid(json.loads((malformed / name).read_text())):
        print(f"{name}: the schema takes it")
        wrong += 1


def bare(node, where):
    """Keys without a description."""
    if not isinstance(node, dict):
        return
    for key, value in node.get("properties", {}).items():
        if isinstance(value, dict) and "description" not in value and "$ref" not in value and "const" not in value:
            yield f"{where}/{key}"
        yield from bare(value, f"{where}/{key}")
    for part in ("items", "additionalProperties"):
        yield from bare(node.get(part), f"{where}/{part}")
    for part in ("oneOf", "anyOf", "allOf"):
        for each in node.get(part, []):
            yield from bare(each, where)
    for name, value in node.get("definitions", node.get("$defs", {})).items():
        yield from bare(value, f"#{name}")


for key in bare(schema, ""):
    print(f"{key}: no description")
    wrong += 1

print(f"{len(scenarios)} scenarios, {refused} malformed, {wrong} wrong")
sys.exit(1 if wrong else 0)
