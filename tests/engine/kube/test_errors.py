"""Answers of the API server as errors a person understands."""

import json
from http.client import HTTPMessage

from mecctl.engine.kube.answers import Response
from mecctl.engine.kube.errors import ConflictError, from_response


def answer(status: int, content: object) -> Response:
    text = content if isinstance(content, str) else json.dumps(content)
    return Response(status, "Not Fine", HTTPMessage(), text.encode())


def test_a_status_is_kept_with_its_causes():
    causes = [{"reason": "FieldValueInvalid", "message": "Invalid value", "field": "spec.replicas"}]
    body = {"kind": "Status", "message": "is invalid", "reason": "Invalid", "details": {"causes": causes}}
    error = from_response(answer(422, body), "PATCH /x")
    assert (error.status, error.reason, error.message) == (422, "Invalid", "is invalid")
    assert error.causes == (("spec.replicas", "FieldValueInvalid", "Invalid value"),)
    assert str(error) == "PATCH /x: is invalid"


def test_a_conflict_names_manager_and_field():
    causes = [{"reason": "FieldManagerConflict", "message": 'conflict with "hpa" using v2', "field": ".spec.replicas"}]
    body = {"kind": "Status", "message": "Apply failed", "reason": "Conflict", "details": {"causes": causes}}
    error = from_response(answer(409, body), "PATCH /x")
    assert isinstance(error, ConflictError)
    assert error.owners == (("hpa", ".spec.replicas"),)
    assert ".spec.replicas is set by hpa" in str(error)


def test_plain_text_is_the_message():
    error = from_response(answer(404, "404 page not found\n"), "GET /x")
    assert (error.status, error.reason, error.message) == (404, "NoStatus", "404 page not found")


def test_a_proxys_json_is_no_status():
    assert from_response(answer(502, ["oops"]), "GET /x").message == '["oops"]'
