import pytest

WORK = "{name: cache, slice: embb,"


def with_file(entry: str) -> tuple[str, str]:
    return WORK, f"{WORK} files: [{entry}],"


def test_a_sources_text_stands_in_its_place(folder, edited):
    (folder / "app.conf").write_text("ä=1\n")

    (file,) = edited(with_file("{path: /etc/app.conf, source: app.conf}")).site.workloads[0].files

    assert (file.path, file.text) == ("/etc/app.conf", "ä=1\n")


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ("{path: /a, source: none}", ".source: {folder}/none can't be read: No such file or directory; a text file"),
        ("{path: /a, source: .}", ".source: {folder} can't be read: Is a directory; a text file"),
        ("{path: /a, source: bytes}", ".source: {folder}/bytes isn't text; a text file in UTF-8"),
        ("{path: /a, source: big}", ".source: {folder}/big is too big; at most 1048576 bytes"),
        ("{path: /a, source: [x]}", ".source: isn't a file's name; for example files/app.conf"),
        ("{path: /a, source: big, text: x}", ": this says more than once what is in it; source, or what stands"),
        ("{path: /a, text: x, fromEnv: X}", ": this must say once what is in it; text, source, fromSecret"),
        ("{path: /a}", ": this must say once what is in it; text, source, fromSecret"),
        ("{path: a, text: x}", ".path: 'a' isn't valid here; an absolute path"),
        ("{path: /a/../b, text: x}", ".path: '/a/../b' isn't valid here; an absolute path"),
        ("{path: /proc/a, text: x}", ".path: '/proc/a' isn't valid here; an absolute path"),
        ("{path: /a, sauce: x, text: y}", ".sauce: this key isn't known here; did you mean source?"),
    ],
)
def test_what_cannot_be_taken(folder, told, entry, problem):
    (folder / "bytes").write_bytes(b"\xff")
    (folder / "big").write_bytes(b"x" * (2**20 + 1))

    (found,) = told(with_file(entry))

    place, _, sentence = found.removeprefix("site.yaml:18: ").partition("files[0]")
    assert place == "spec.workloads[0]."
    assert sentence.startswith(problem.format(folder=folder))


def test_a_private_key_in_a_source_stands_in_the_clear(folder, told):
    (folder / "key").write_text("-----BEGIN PRIVATE KEY-----\n")

    (found,) = told(with_file("{path: /a, source: key}"))

    assert "files[0].text: a private key stands here in the clear" in found
