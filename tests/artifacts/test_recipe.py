from __future__ import annotations

import pytest

from mecctl.artifacts import recipe
from mecctl.artifacts.recipe import recipe_key
from tests.artifacts.making import artifact

WEB = artifact("web", {"kind": "go", "module": "web", "package": "mecctl.io/lab/web"})
IMAGE = artifact(
    "web-image",
    {
        "kind": "image",
        "images": [
            {
                "ref": "mecctl.io/web:1",
                "layers": [
                    {"items": [{"to": "/etc/passwd", "static": "images/passwd"}, {"to": "/web", "artifact": "web"}]}
                ],
            }
        ],
    },
    needs=[WEB],
)


@pytest.fixture(autouse=True)
def lab(tmp_path, monkeypatch):
    monkeypatch.setattr(recipe, "resource", lambda name: tmp_path / name)
    for path, text in {
        "go/web/go.mod": "module web",
        "go/web/main.go": "package main",
        "images/passwd": "root",
    }.items():
        file = tmp_path / "lab" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return tmp_path / "lab"


def test_the_same_recipe_has_the_same_key(lab):
    (lab / "go/web/vendor").mkdir()
    assert recipe_key(WEB) == recipe_key(WEB.model_copy())


@pytest.mark.parametrize(
    "change", [{"version": "v2"}, {"arch": "arm64"}, {"source": WEB.source.model_copy(update={"package": "other"})}]
)
def test_the_entry_decides_the_key(change):
    assert recipe_key(WEB.model_copy(update=change)) != recipe_key(WEB)


def test_what_only_names_a_thing_does_not():
    named = WEB.model_copy(update={"file": "other", "install": "/usr/bin/web", "sha256": "0" * 64})
    assert recipe_key(named) == recipe_key(WEB)


@pytest.mark.parametrize("file", ["go/web/main.go", "go/web/go.sum"])
def test_a_change_in_a_go_module_reaches_the_image_made_of_it(lab, file):
    before = recipe_key(WEB), recipe_key(IMAGE)
    (lab / file).write_text("changed")
    assert recipe_key(WEB) != before[0]
    assert recipe_key(IMAGE) != before[1]


def test_a_change_of_a_static_file_reaches_the_image_only(lab):
    before = recipe_key(WEB), recipe_key(IMAGE)
    (lab / "images/passwd").write_text("changed")
    assert recipe_key(WEB) == before[0]
    assert recipe_key(IMAGE) != before[1]


def test_a_pin_is_part_of_what_is_fetched():
    url = artifact("ctr", {"kind": "url", "url": "https://example.org/c.tgz", "member": "bin/ctr"}, sha256="1" * 64)
    assert recipe_key(url) != recipe_key(url.model_copy(update={"sha256": "2" * 64}))
