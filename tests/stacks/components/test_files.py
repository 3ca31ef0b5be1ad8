import base64
from typing import Any

import pytest

from tests.stacks.rendering import CACHE, VIDEO, render, site

CONF = {"path": "/etc/app/app.conf", "text": "a=1\n"}
KEY = {"path": "/etc/app/key", "fromEnv": "KEY"}
SECRETS = {"cache//etc/app/key": "sesame"}


def made(*files: Any, secrets: dict[str, str] | None = None) -> Any:
    return render("workloads", site(slices=[VIDEO], workloads=[CACHE | {"files": list(files)}]), secrets)


def pod(found: Any) -> Any:
    return found.find("Deployment")["spec"]["template"]


def test_each_file_is_mounted_alone_and_read_only():
    found = made(KEY, CONF, secrets=SECRETS)

    spec = pod(found)["spec"]
    assert spec["containers"][0]["volumeMounts"][1:] == [
        {"name": "config-files", "mountPath": "/etc/app/app.conf", "subPath": "0-app.conf", "readOnly": True},
        {"name": "secret-files", "mountPath": "/etc/app/key", "subPath": "1-key", "readOnly": True},
    ]
    assert spec["volumes"][1:] == [
        {"name": "config-files", "configMap": {"name": "cache-files"}},
        {"name": "secret-files", "secret": {"secretName": "cache-files", "defaultMode": 0o440}},
    ]


def test_text_is_in_a_config_map_and_a_secret_in_a_secret():
    found = made(CONF, KEY, secrets=SECRETS)

    assert found.find("ConfigMap", "cache-files", "slice-1-0000a1")["data"] == {"0-app.conf": "a=1\n"}
    assert found.find("Secret", "cache-files")["data"]["value"] == {"1-key": base64.b64encode(b"sesame").decode()}


def test_without_files_nothing_is_made():
    found = made()

    assert found.names("ConfigMap") == found.names("Secret") == set()
    assert "annotations" not in pod(found)["metadata"]


@pytest.mark.parametrize(
    ("files", "secrets", "others"),
    [
        ([CONF], None, ([CONF | {"text": "a=2\n"}], None)),
        ([CONF], None, ([CONF | {"path": "/etc/other"}], None)),
        ([KEY], SECRETS, ([KEY], {"cache//etc/app/key": "other"})),
    ],
)
def test_other_content_makes_other_pods(files, secrets, others):
    one, other = made(*files, secrets=secrets), made(*others[0], secrets=others[1])

    assert pod(one)["metadata"]["annotations"] != pod(other)["metadata"]["annotations"]
    assert pod(one) == pod(made(*files, secrets=secrets))
