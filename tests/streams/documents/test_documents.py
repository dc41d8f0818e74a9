"""The generated documents: fresh, valid, and true to the structs."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest
import yaml

from functions.cloudevents import from_kafka
from functions.schema import PlacementHeaders
from streams.core import deadletter
from streams.documents import asyncapi, examples, files, schemas
from streams.documents.__main__ import main
from streams.documents.channels import CHANNELS
from streams.ports import Record
from streams.requests import Accepted, Reader
from streams.settings import Settings
from streams.topics import SYSTEM_TOPICS, TENANT_TOPICS, Topics

FOLDER = Path(__file__).parents[3] / "docs" / "events"
DOCUMENTS = schemas.documents()


def validator(file: str) -> jsonschema.Draft7Validator:
    """For one schema, formats included."""
    checker = jsonschema.Draft7Validator.FORMAT_CHECKER
    return jsonschema.Draft7Validator(DOCUMENTS[file], format_checker=checker)


def test_fresh() -> None:
    """The committed files are what the structs say now; else run: make docs."""
    there = {str(file.relative_to(FOLDER)): file.read_text() for file in FOLDER.rglob("*.*")}
    there.pop("README.md", None)
    assert there == files.contents()


def test_written(tmp_path: Path) -> None:
    """Writing makes the folder, replaces files and removes schemas that are no more."""
    events = tmp_path / "events"
    (events / "schemas").mkdir(parents=True)
    (events / "schemas" / "old.json").write_text("{}")
    assert main([str(tmp_path)]) == 0
    written = {str(file.relative_to(events)) for file in events.rglob("*.*")}
    assert written == set(files.contents())
    assert (tmp_path / "reference" / "settings.md").exists()


def test_usage(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a folder the usage is said."""
    assert main([]) == 2
    assert "usage" in capsys.readouterr().err


@pytest.mark.parametrize("file", sorted(DOCUMENTS))
def test_schema_is_valid(file: str) -> None:
    """Every schema is valid JSON Schema, draft 7."""
    jsonschema.Draft7Validator.check_schema(DOCUMENTS[file])


@pytest.mark.parametrize("name", sorted(examples.PAYLOADS))
def test_payload_example(name: str) -> None:
    """Every example of a value fits its schema, and a misspelled kind does not."""
    payload = json.loads(json.dumps(examples.PAYLOADS[name]))
    validator(f"{name}.json").validate(payload)


@pytest.mark.parametrize("name", sorted(examples.HEADERS))
def test_header_example(name: str) -> None:
    """Every example of headers fits its schema, and is a CloudEvent to the codec."""
    named = examples.HEADERS[name]
    validator(f"{name}-headers.json").validate(named)
    event = from_kafka([(key, value.encode()) for key, value in named.items()], b"")
    assert event.source


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("request", {"ce_specversion": "0.3"}),
        ("request", {"ce_priority": "urgent"}),
        ("request", {"ce_source": ""}),
        ("placement", {"ce_attempt": "first"}),
        ("outcome", {"ce_type": "org.synergai.other.v1"}),
    ],
)
def test_wrong_headers(name: str, changed: dict[str, str]) -> None:
    """The header schemas refuse what is wrong."""
    assert not validator(f"{name}-headers.json").is_valid(examples.HEADERS[name] | changed)


def test_wrong_outcome() -> None:
    """The schema of outcomes knows the kinds."""
    wrong = examples.PAYLOADS["outcome"] | {"kind": "splendid"}
    assert not validator("outcome.json").is_valid(wrong)


def test_placement_headers_are_complete() -> None:
    """The placement's headers are those of the struct that functions read."""
    fields = {
        f"ce_{field.name}": field.required for field in msgspec.structs.fields(PlacementHeaders)
    }
    schema = DOCUMENTS["placement-headers.json"]
    assert set(fields) <= set(schema["properties"])
    assert {name for name, required in fields.items() if required} <= set(schema["required"])


def test_dead_letter_headers_are_complete() -> None:
    """The dead letter's headers are those that the app writes."""
    assert set(DOCUMENTS["dead-letter-headers.json"]["properties"]) == deadletter.NAMES
    marks = DOCUMENTS["dead-letter-mark-headers.json"]
    assert set(marks["required"]) >= deadletter.MARK_NAMES


def test_request_example_is_accepted() -> None:
    """The app accepts the example of a request."""
    headers = tuple((key, value.encode()) for key, value in examples.HEADERS["request"].items())
    record = Record(
        topic="t", partition=0, offset=0, append_s=0.0, key=b"4711", headers=headers, value=b"RIFF"
    )
    settings = Settings()
    assert isinstance(Reader(settings, Topics(settings)).read("default", record), Accepted)


def test_every_topic_has_a_channel() -> None:
    """The document's channels are the table of topics and the pools' own."""
    assert {channel.name for channel in CHANNELS} == {*TENANT_TOPICS, *SYSTEM_TOPICS, "placements"}


def references(node: Any) -> list[str]:
    """Every $ref below."""
    if isinstance(node, list):
        return [found for each in node for found in references(each)]
    if not isinstance(node, dict):
        return []
    here = [node["$ref"]] if "$ref" in node else []
    return here + [found for each in node.values() for found in references(each)]


def resolved(document: Any, reference: str) -> Any:
    """What a reference points to."""
    if not reference.startswith("#/"):
        return DOCUMENTS[reference.removeprefix("./schemas/")]
    for part in reference[2:].split("/"):
        document = document[part]
    return document


def test_asyncapi_structure() -> None:
    """The document has what AsyncAPI 3 asks for and every reference leads somewhere."""
    document = yaml.safe_load(files.contents()["asyncapi.yaml"])
    assert document == asyncapi.document()
    assert document["asyncapi"] == "3.0.0"
    assert {"title", "version"} <= set(document["info"])
    for reference in references(document):
        assert resolved(document, reference)
    for operation in document["operations"].values():
        assert operation["action"] in {"send", "receive"}
        place = operation["channel"]["$ref"]
        assert all(each["$ref"].startswith(f"{place}/messages/") for each in operation["messages"])
    for channel in document["channels"].values():
        assert channel["messages"]
        for name in channel["parameters"]:
            assert f"{{{name}}}" in channel["address"]
        assert channel["address"].count("{") == len(channel["parameters"])
    for message in document["components"]["messages"].values():
        assert {"headers", "payload", "examples"} <= set(message)
