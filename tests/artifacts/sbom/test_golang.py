import pytest

from mecctl.artifacts.sbom import golang


@pytest.fixture
def module(tmp_path, monkeypatch):
    monkeypatch.setattr(golang, "go_module", lambda _: tmp_path)
    (tmp_path / "go.mod").write_text("""\
module mecctl.io/lab/x

go 1.26.0

require example.org/prog v1.2.3

require (
	example.org/lib v0.0.0-20230305170008-8188dc5388df // indirect
	example.org/old v1.0.0 // indirect
	example.org/unused v2.0.0+incompatible // indirect
)

replace (
	example.org/old => example.com/fork v1.0.1
)
""")
    (tmp_path / "go.sum").write_text("""\
example.com/fork v1.0.1 h1:FORK=
example.org/lib v0.0.0-20230305170008-8188dc5388df h1:LIB=
example.org/lib v0.0.0-20230305170008-8188dc5388df/go.mod h1:MOD=
example.org/prog v1.2.3 h1:PROG=
example.org/unused v2.0.0+incompatible/go.mod h1:MOD=
""")


def test_the_modules_are_those_whose_content_was_hashed_with_replacements_made(module):
    found = {part.purl: part.notes for part in golang.modules("x")}

    assert found.pop("pkg:golang/std@1.26.8") == ()
    assert found == {
        "pkg:golang/example.com/fork@v1.0.1": (("go:h1", "h1:FORK="),),
        "pkg:golang/example.org/lib@v0.0.0-20230305170008-8188dc5388df": (("go:h1", "h1:LIB="),),
        "pkg:golang/example.org/prog@v1.2.3": (("go:h1", "h1:PROG="),),
    }


@pytest.mark.parametrize(
    ("package", "expected"),
    [
        ("example.org/prog/cmd/it", ("example.org/prog", "v1.2.3", "cmd/it")),
        ("example.org/prog", ("example.org/prog", "v1.2.3", "")),
        ("example.org/programme/cmd", ("example.org/programme/cmd", "", "")),
    ],
)
def test_a_program_is_a_package_of_its_module(module, package, expected):
    assert golang.program(package, "x") == expected


def test_a_module_without_requirements_has_the_standard_library(monkeypatch, tmp_path):
    monkeypatch.setattr(golang, "go_module", lambda _: tmp_path)

    assert [part.name for part in golang.modules("x")] == ["std"]
