"""failover.toml(5) says of every key what the schema says: its range, and its default."""

import re

import pytest

from harness import Failoverd, carp_config
from harness.build import SOURCE

pytestmark = pytest.mark.quick

SPOKEN_BY = {"preferred_lifetime"}  # its default depends on the family, in a sentence


def entries(page):
    """Every item of the page, as (names, plain text)."""
    text = re.sub(r'^\.\\".*\n', "", page, flags=re.M)
    for item in re.split(r"(?m)^\.It ", text)[1:]:
        head, _, body = item.partition("\n")
        body = re.split(r"(?m)^\.(?:El|Sh|Ss)", body)[0]
        plain = re.sub(r"(?m)^\.[A-Z][a-z] ", "", body).replace(r"\&", "")
        plain = re.sub(r"\s+([.,;])", r"\1", " ".join(plain.split()))
        yield head.split(), plain


def keys(schema, path=()):
    """(path, schema) of every value that is no table of names."""
    for name, child in schema.get("properties", {}).items():
        yield from keys(child, path + (name,))
    if isinstance(schema.get("additionalProperties"), dict):
        yield from keys(schema["additionalProperties"], path + ("*",))
    for child in schema.get("patternProperties", {}).values():
        yield from keys(child, path + ("*",))
    if "properties" not in schema and path:
        yield path, schema


def expectations(schema):
    if "minimum" in schema and "maximum" in schema:
        word = "or" if schema["maximum"] - schema["minimum"] == 1 else "to"
        yield f"{schema['minimum']} {word} {schema['maximum']}"
    default = schema.get("default")
    if isinstance(default, bool):
        yield f"Default: {str(default).lower()}"
    elif isinstance(default, (int, str)) and default != "":
        yield f"Default: {default}"


def test_the_manual_has_the_range_and_the_default_of_every_key(network):
    agent = Failoverd(network, network.r1, carp_config(20)).start()
    status, schema = agent.request("GET", "/v1/schema")
    assert status == 200
    manual = list(entries((SOURCE / "packaging/man/failover.toml.5").read_text(encoding="utf-8")))
    checked, missing = 0, []
    for path, value in keys(schema):
        if path[-1] in SPOKEN_BY:
            continue
        texts = [text for names, text in manual if path[-1] in names]
        for expected in expectations(value):
            checked += 1
            if not any(expected in text for text in texts):
                missing.append((".".join(path), expected, texts[:1]))
    assert not missing
    assert checked > 60
