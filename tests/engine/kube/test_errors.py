"""Answers of the API server as errors a person understands."""

import httpx

from mecctl.engine.kube.errors import ConflictError, from_response


def test_a_status_is_kept_with_its_causes():
    causes = [{"reason": "FieldValueInvalid", "message": "Invalid value", "field": "spec.replicas"}]
    body = {"kind": "Status", "message": "is invalid", "reason": "Invalid", "details": {"causes": causes}}
    error = from_response(httpx.Response(422, json=body), "PATCH /x")
    assert (error.status, error.reason, error.message) == (422, "Invalid", "is invalid")
    assert error.causes == (("spec.replicas", "FieldValueInvalid", "Invalid value"),)
    assert str(error) == "PATCH /x: is invalid"


def test_a_conflict_names_manager_and_field():
    causes = [{"reason": "FieldManagerConflict", "message": 'conflict with "hpa" using v2', "field": ".spec.replicas"}]
    body = {"kind": "Status", "message": "Apply failed", "reason": "Conflict", "details": {"causes": causes}}
    error = from_response(httpx.Response(409, json=body), "PATCH /x")
    assert isinstance(error, ConflictError)
    assert error.owners == (("hpa", ".spec.replicas"),)
    assert ".spec.replicas is set by hpa" in str(error)


def test_plain_text_is_the_message():
    error = from_response(httpx.Response(404, text="404 page not found\n"), "GET /x")
    assert (error.status, error.reason, error.message) == (404, "NoStatus", "404 page not found")


def test_a_proxys_json_is_no_status():
    assert from_response(httpx.Response(502, json=["oops"]), "GET /x").message == '["oops"]'
