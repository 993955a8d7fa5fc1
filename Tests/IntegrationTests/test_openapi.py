"""The OpenAPI file and the running server agree: every documented GET answers as its schema says."""
import json
import os
import re
import urllib.error

import jsonschema
import pytest
import yaml

from otlp_bodies import PROTOBUF, gauge_body, logs_body, spans_body
from sightline_process import ROOT, eventually

SPECIFICATION = yaml.safe_load((ROOT / "docs/api/openapi.yaml").read_text())
OPERATIONS = [(path, item["get"]) for path, item in SPECIFICATION["paths"].items() if "get" in item]
TRACE, SPAN = os.urandom(16), os.urandom(8)


@pytest.fixture(scope="module")
def filled(server):
    assert server.post("/v1/logs", logs_body([{"body": "documented", "severity_number": 17, "trace_id": TRACE, "span_id": SPAN, "attributes": {"a": "b"}}]), PROTOBUF)[0] == 200
    assert server.post("/v1/traces", spans_body(1, trace_id=TRACE, span_id=SPAN), PROTOBUF)[0] == 200
    assert server.post("/v1/metrics", gauge_body("documented.gauge", 2.5), PROTOBUF)[0] == 200
    assert eventually(lambda: server.logs(q="documented"))
    return server


def resolved(node):
    """The document with every local $ref replaced; the schemas have no cycles."""
    if isinstance(node, dict):
        if "$ref" in node:
            target = SPECIFICATION
            for part in node["$ref"].removeprefix("#/").split("/"):
                target = target[part]
            return resolved(target)
        return {key: resolved(value) for key, value in node.items()}
    return [resolved(item) for item in node] if isinstance(node, list) else node


def values(server):
    log = server.logs(q="documented")[0]
    return {
        "trace_id": TRACE.hex(), "span_id": SPAN.hex(), "id": log["id"], "name": "documented.gauge", "service": "probe", "signal": "logs", "field": "a",
    }


@pytest.mark.parametrize("path,operation", OPERATIONS, ids=[path for path, _ in OPERATIONS])
def test_documented_answers(filled, path, operation):
    known = values(filled)
    if path.startswith("/api/v1/services/"):
        known["name"] = "probe"
    known.update(service="probe", tag="service.name")
    target = re.sub(r"\{(\w+)\}", lambda found: known[found[1]], path)
    required = {p["name"]: p.get("example") or known[p["name"]] for p in resolved(operation.get("parameters", [])) if p.get("required") and p["in"] == "query"}
    if "101" in operation["responses"]:
        return  # an upgrade; test_terminal tails over it
    with filled.open(target, **required) as answer:
        content = answer.read()
    documented = resolved(operation["responses"]["200"]).get("content", {})
    kind = answer.headers["Content-Type"].split(";")[0]
    assert kind in documented, (kind, list(documented))
    assert answer.headers["x-request-id"]
    schema = documented[kind].get("schema")
    if kind == "application/json":
        jsonschema.validate(json.loads(content), schema, cls=jsonschema.Draft202012Validator)
    elif kind == "application/x-ndjson":
        lines = [json.loads(line) for line in content.splitlines()]
        assert lines[0]["k"] == "meta" and lines[-1]["k"] == "end"
        for line in lines:
            jsonschema.validate(line, schema, cls=jsonschema.Draft202012Validator)


@pytest.mark.parametrize("path,parameters,name", [
    ("/api/v1/logs", {"q": "a:("}, "q"), ("/api/v1/logs", {"from": "yesterday-ish"}, "from"), ("/api/v1/logs", {"limit": "-1"}, "limit"),
    ("/api/v1/logs", {"f": "a:nonsense:b"}, "f"), ("/api/v1/logs/aggregate", {"agg": "median"}, "agg"), ("/api/v1/fields", {"signal": "smells"}, "signal"),
    ("/api/v1/logs", {"q": "body:/(/"}, "q"), ("/api/v1/query", {"lang": "logql", "q": "{a="}, "q"), ("/api/v1/query", {"lang": "traceql", "q": "{ status = = error }"}, "q"),
    ("/api/v1/query", {"lang": "logql", "q": "rate({a=\"b\"}[5m])"}, "q"), ("/api/v1/query", {"lang": "sql", "q": "{}"}, "lang"),
])
def test_wrong_parameters_are_named(server, path, parameters, name):
    with pytest.raises(urllib.error.HTTPError) as failure:
        server.open(path, **parameters)
    assert failure.value.code in (400, 422)
    error = json.load(failure.value)["error"]
    assert error["parameter"] == name and error["message"] and error["code"] and error["request_id"]
    if name == "q":
        assert 0 <= error["position"] <= len(parameters["q"].encode())
