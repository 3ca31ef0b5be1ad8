import base64

from mecctl.lab import keys
from mecctl.nodes.onnode import files

PEM = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----"


def test_modes_and_owners(tmp_path):
    (tmp_path / "a").write_text("")
    (tmp_path / "a").chmod(0o640)
    (tmp_path / "gone").symlink_to(tmp_path / "nowhere")

    assert files._stat(tmp_path / "a") == {"kind": "file", "mode": "640", "owner": "root:root"}
    assert files._stat(tmp_path)["kind"] == "directory"  # type: ignore[index]
    assert files._stat(tmp_path / "gone") is None


def test_a_certificate_is_taken_and_a_key_never(tmp_path):
    (tmp_path / "both.pem").write_text(f"{PEM}\n{keys.generate().private}")
    embedded = base64.b64encode(PEM.encode()).decode()
    (tmp_path / "admin.conf").write_text(f"client-certificate-data: {embedded}\nclient-key-data: c2VjcmV0\n")
    (tmp_path / "only.key").write_text(PEM)

    assert files._certificate(tmp_path / "both.pem") == PEM
    assert files._certificate(tmp_path / "admin.conf") == PEM
    assert files._certificate(tmp_path / "only.key") is None
