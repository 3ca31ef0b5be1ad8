from __future__ import annotations

import pytest
from pydantic import TypeAdapter, ValidationError

from mecctl.artifacts.source import GoSource, ImageLayer, ImageSource, Source

source = TypeAdapter(Source).validate_python


def test_kinds_are_told_apart():
    assert isinstance(source({"kind": "go", "module": "web", "package": "mecctl.io/lab/web"}), GoSource)
    with pytest.raises(ValidationError, match="'url', 'file', 'go', 'debian', 'disk', 'box', 'image'"):
        source({"kind": "ftp"})


def test_a_key_that_means_nothing_is_refused():
    with pytest.raises(ValidationError, match="Extra inputs are not permitted"):
        source({"kind": "file", "path": "a", "sha": "b"})


@pytest.mark.parametrize(
    "more", [{}, {"package": "a", "tree": "b", "paths": ["c"]}, {"tree": "b"}, {"package": "a", "paths": ["c"]}]
)
def test_a_go_artifact_is_a_program_or_a_tree(more):
    with pytest.raises(ValidationError, match="give either `package`, or `tree` and `paths`"):
        source({"kind": "go", "module": "web", **more})


@pytest.mark.parametrize("data", [{}, {"rootfs": "a", "items": [{"to": "/b"}]}])
def test_a_layer_is_a_root_file_system_or_items(data):
    with pytest.raises(ValidationError, match="give either `rootfs` or `items`"):
        ImageLayer.model_validate(data)


@pytest.mark.parametrize("item", [{"to": "etc/passwd"}, {"to": "/run", "mode": "999"}])
def test_an_item_has_an_absolute_place_and_an_octal_mode(item):
    with pytest.raises(ValidationError):
        ImageLayer.model_validate({"items": [item]})


def test_an_image_names_what_it_needs_once():
    data = {
        "kind": "image",
        "images": [
            {
                "ref": "a:1",
                "layers": [{"rootfs": "root"}, {"items": [{"to": "/a", "artifact": "web"}, {"to": "/run"}]}],
            },
            {"ref": "b:1", "layers": [{"rootfs": "root"}, {"items": [{"to": "/b", "artifact": "dns"}]}]},
        ],
    }
    assert ImageSource.model_validate(data).needs == ("root", "web", "dns")
