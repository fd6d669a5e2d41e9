"""The API says itself what it is (PRODUCT 7): /v1/openapi.json is a document of OpenAPI 3.0.3, and
what it says of every path is what a real agent does."""

import json
import re
from urllib.parse import quote

import jsonschema
import pytest

from harness import ADDRESS, Failoverd, wait_for
from harness.build import SOURCE

pytestmark = pytest.mark.quick

METHODS = ("get", "put", "patch", "post", "delete")
# What OpenAPI 3.0.3 has of JSON Schema, as far as the agent uses it.
SCHEMA_WORDS = {"$ref", "title", "type", "description", "properties", "additionalProperties",
                "required", "items", "enum", "default", "minimum", "maximum", "maxLength",
                "pattern", "writeOnly", "anyOf", "oneOf"}
TYPES = {"string", "integer", "boolean", "array", "object", "number"}

CONFIGURATION = f"""[interface.eth0.carp.10]
addresses = ["{ADDRESS}/24"]
password = "secret"
advbase = 0
advskew = 20
group = "web"
[interface.eth0.vrrp.20]
addresses = ["10.0.0.120/24"]
[interface.eth0.vrrp.20.hooks]
active = [["/usr/bin/true"]]
[interface.eth0.vrrp.20.track.own]
type = "link"
interface = "eth0"
[group.web]
description = "public"
[group.web.hooks]
active = [["/usr/bin/true"]]
[group.web.track.uplink]
type = "link"
interface = "eth0"
"""
NAMES = {"group": "web", "router": "eth0.carp.10", "ip": ADDRESS, "interface": "eth0",
         "carp": "10", "vrrp": "20", "name": "web", "operation": "1", "revision": "1"}


@pytest.fixture
def agent(network):
    started = Failoverd(network, network.r1, CONFIGURATION).start()
    wait_for(started.is_active, "r1 to be active", show=network.describe)
    return started


def read(agent):
    status, document = agent.request("GET", "/v1/openapi.json")
    assert status == 200
    return document


def resolved(document, reference):
    assert reference.startswith("#/"), reference
    found = document
    for name in reference[2:].split("/"):
        found = found[name.replace("~1", "/").replace("~0", "~")]
    return found


def operations(document):
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield path, method, operation


def everything_in(node):
    yield node
    children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    for child in children:
        yield from everything_in(child)


def faults_of_schema(schema, where):
    unknown = set(schema) - SCHEMA_WORDS
    if unknown:
        yield f"{where}: {unknown} is not of OpenAPI 3.0"
    if "$ref" in schema and len(schema) > 1:
        yield f"{where}: a $ref stands alone"
    if schema.get("type", "object") not in TYPES:
        yield f"{where}: {schema['type']} is no type"
    if schema.get("type") == "array" and "items" not in schema:
        yield f"{where}: an array says what of"
    if schema.get("required") == []:
        yield f"{where}: required is empty"
    if "pattern" in schema:
        re.compile(schema["pattern"])
    below = {f"properties.{name}": child for name, child in schema.get("properties", {}).items()}
    below |= {f"{word}.{i}": child for word in ("anyOf", "oneOf")
              for i, child in enumerate(schema.get(word, []))}
    below |= {word: schema[word] for word in ("items", "additionalProperties")
              if isinstance(schema.get(word), dict)}
    for name, child in below.items():
        yield from faults_of_schema(child, f"{where}.{name}")


def faults_of_operation(path, method, operation):
    where = f"{method} {path}"
    if method not in METHODS:
        yield f"{where}: no method"
    if not operation.get("summary") or not operation.get("responses"):
        yield f"{where}: a summary and responses are missing"
    parameters = operation.get("parameters", [])
    declared = [parameter["name"] for parameter in parameters if parameter["in"] == "path"]
    if declared != re.findall(r"{(\w+)}", path):
        yield f"{where}: its placeholders are not what is declared: {declared}"
    if len({(p["in"], p["name"]) for p in parameters}) != len(parameters):
        yield f"{where}: a parameter stands twice"
    for parameter in parameters:
        if parameter["in"] == "path" and parameter.get("required") is not True:
            yield f"{where}: {parameter['name']} is required"
        yield from faults_of_schema(parameter["schema"], f"{where} {parameter['name']}")
    for status, answer in operation["responses"].items():
        if not re.fullmatch(r"[1-5]\d\d|default", status) or not answer.get("description"):
            yield f"{where}: {status} is not described"
    bodies = [operation["requestBody"]] if "requestBody" in operation else []
    for media in bodies + list(operation["responses"].values()):
        for kind, content in media["content"].items():
            yield from faults_of_schema(content["schema"], f"{where} {kind}")


def test_the_document_is_valid_openapi(agent):
    document = read(agent)
    assert re.fullmatch(r"3\.0\.\d", document["openapi"])
    assert document["info"]["title"] and document["info"]["version"]
    faults = [fault for path, method, operation in operations(document)
              for fault in faults_of_operation(path, method, operation)]
    for name, schema in document["components"]["schemas"].items():
        assert re.fullmatch(r"[A-Za-z0-9._-]+", name)
        faults += faults_of_schema(schema, name)
    for node in everything_in(document):
        if isinstance(node, dict) and "$ref" in node:
            resolved(document, node["$ref"])
    ids = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(ids) == len(set(ids)) and all(re.fullmatch(r"\w[\w-]*", name) for name in ids)
    shapes = [re.sub(r"{\w+}", "{}", path) for path in document["paths"]]
    assert all(path.startswith("/") for path in shapes) and len(shapes) == len(set(shapes))
    assert faults == []


def filled(document, path):
    """The path with names that this agent has; once for each key where it is one of several."""
    keys = [""]
    for parameter in next(iter(document["paths"][path].values())).get("parameters", []):
        if parameter["in"] == "path" and parameter["name"] == "key":
            keys = parameter["schema"]["enum"]
    own = {"track": "own" if "vrrp" in path else "uplink"}
    for key in keys:
        names = NAMES | own | {"key": key}
        yield re.sub(r"{(\w+)}", lambda name, names=names: quote(names[name[1]], safe=""), path)


def call(agent, method, target, body=None):
    """(status, content type, what its body says: of lines a list)."""
    reply, text = agent.exchange(method, target, None if body is None else json.dumps(body))
    kind = reply.headers["Content-Type"]
    lines = text.splitlines() if kind == "application/x-ndjson" else [text]
    said = [json.loads(line) for line in lines]
    return reply.status, kind, said if kind == "application/x-ndjson" else said[0]


def check(document, agent, method, path, target, body=None):
    """Calls it. The answer is one that the document lists, of its type, and as its schema says."""
    operation = document["paths"][path][method]
    called = f"{method.upper()} {target} {body}"
    status, kind, said = call(agent, method.upper(), target, body)
    assert str(status) in operation["responses"], f"{called}: {status} {said}"
    content = operation["responses"][str(status)]["content"]
    assert kind in content, called
    documents = said if kind == "application/x-ndjson" else [said]
    for each in documents:
        jsonschema.Draft4Validator(
            content[kind]["schema"],
            resolver=jsonschema.RefResolver.from_schema(document)).validate(each)
    return status, said


def wait_for_end(agent, operation):
    status, said = agent.request("GET", f"/v1/operation/{operation['id']}?wait=30")
    assert status == 200 and said["ended"], said


BODIES = {
    "/v1/exec/group/{group}/drain": {"for_s": 60},
    "/v1/exec/group/{group}/hold": {"for_s": 60, "role": "active"},
    "/v1/exec/agent/drain": {"for_s": 60},
    "/v1/exec/agent/freeze": {"for_s": 60},
    "/v1/candidate/apply": {"confirm": "60s", "reason": "tried"},
}


def test_every_path_but_the_configuration_does_what_the_document_says(agent):
    document = read(agent)
    last = "/v1/exec/agent/restart"
    paths = [path for path in document["paths"]
             if not path.startswith("/v1/config") and path != last]
    paths.sort(key=lambda path: path in ("/v1/operation/{operation}",))  # when there is one
    for path in [*paths, last]:
        for method in document["paths"][path]:
            if path == "/v1/candidate/apply":
                agent.request("PATCH", "/v1/candidate", {"agent": {"log_level": "debug"}},
                              sock="control.sock")
            for target in filled(document, path):
                body = {"agent": {}} if method in ("put", "patch") else BODIES.get(path)
                status, said = check(document, agent, method, path, target, body)
                assert status < 300, f"{method} {target}: {said}"
                if path.startswith("/v1/exec") and "ended" in said:
                    wait_for_end(agent, said)


def test_every_place_of_the_configuration_does_what_the_document_says(agent):
    document = read(agent)
    places = [path for path in document["paths"] if path.startswith("/v1/config")]
    assert "/v1/config/interface/{interface}/carp/{carp}/{key}" in places
    for path in places:
        for target in filled(document, path):
            status, value = check(document, agent, "get", path, target)
            check(document, agent, "get", path, target + "?view=node")
            if path.endswith("{key}") or status == 404:
                value = agent.request("GET", target + "?view=node")[1]["value"]
            for method in set(document["paths"][path]) - {"get"}:
                body = {} if method in ("patch", "post") else value
                done, said = check(document, agent, method, path, target + "?dry_run=true",
                                   None if method == "delete" else body)
                if method == "put" and status == 200:
                    assert done == 200 and said["changes"] == [], target
    whole = agent.request("GET", "/v1/config")[1]
    assert check(document, agent, "put", "/v1/config", "/v1/config", whole)[0] == 200


def test_what_the_document_does_not_list_is_405_and_told(agent):
    document = read(agent)
    for path, item in document["paths"].items():
        for method in set(METHODS) - set(item):
            target = next(filled(document, path))
            reply, said = agent.exchange(method.upper(), target)
            assert reply.status == 405, f"{method} {target}: {said}"
            assert json.loads(said)["code"] == "wrong-method"
            assert reply.headers["Allow"].lower().split(", ") == list(item)


def test_a_mistyped_path_is_answered_with_the_nearest(agent):
    near = {"/v1/stats": "/v1/status", "/v1/status/gruop/web": "/v1/status/group/web",
            "/v1/exec/group/web/switchovr": "/v1/exec/group/web/switchover",
            "/v1/confg/agent": "/v1/config/agent"}
    for path, meant in near.items():
        status, said = agent.request("GET", path)
        assert (status, said["code"]) == (404, "no-such-path")
        assert said["hint"] == f"did you mean {meant}?"
    status, said = agent.request("GET", "/nothing/like/it")
    assert status == 404 and "/v1/openapi.json" in said["hint"]


def wrong_documents(whole):
    """One thing wrong in each."""
    router = whole["interface"]["eth0"]["carp"]["10"]
    for key, value in (("advskew", 300), ("advskew", "20"), ("addresses", "10.0.0.1/24"),
                       ("mode", "hott"), ("advbas", 1), ("preempt_delay", 5)):
        yield {"interface": {"eth0": {"carp": {"10": router | {key: value}}}}}
    yield {"interface": {"eth0": {"carp": {"256": router}}}}
    yield {"interface": {"eth0": {"carp": {"10": {"password": "x"}}}}}
    yield {"interface": {"eth0": {"ucarp": {"10": router}}}}
    yield {"group": {"web": {"track": {"t": {"type": "link"}}}}}
    yield {"grup": {}}


def test_the_json_schema_is_one_and_judges_configurations(agent):
    schema = agent.request("GET", "/v1/schema")[1]
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    whole = agent.request("GET", "/v1/config")[1]
    validator.validate(whole)
    for wrong in wrong_documents(whole):
        assert not validator.is_valid(wrong), wrong
        status, _ = agent.request("PUT", "/v1/config?dry_run=true", wrong, sock="control.sock")
        assert status == 422, wrong


def test_the_shipped_examples_are_right_by_the_schema(agent):
    validator = jsonschema.Draft202012Validator(agent.request("GET", "/v1/schema")[1])
    examples = sorted((SOURCE / "packaging/examples").glob("*.toml"))
    assert len(examples) > 1
    for example in examples:
        reply, said = agent.exchange("PUT", "/v1/candidate", example.read_text(encoding="utf-8"),
                                     headers={"Content-Type": "application/toml"})
        assert reply.status == 200 and json.loads(said)["errors"] == [], example
        validator.validate(agent.request("GET", "/v1/candidate")[1])
