"""Certificates are told before they end, by the days left and the command that renews them."""

import base64
import time
from dataclasses import replace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from mecctl import process
from mecctl.nodes import certificates
from mecctl.nodes.preflight import expired, expiring
from tests.nodes.test_preflight import GOOD, SERVER
from tests.support.certificates import Authority

DAY = 86_400


def seen(**days):
    return replace(GOOD, certificates={f"/pki/{name}.crt": time.time() + left * DAY for name, left in days.items()})


def test_what_holds_on_is_not_told():
    assert expiring({"edge-1": seen(apiserver=31, ca=3000)}, "street") == ()
    assert list(expired(SERVER, seen(apiserver=31), "street")) == []


def test_what_ends_soon_is_told_with_its_days_and_the_command():
    (said,) = expiring({"edge-1": seen(apiserver=12.4, etcd=20), "edge-2": seen(apiserver=300)}, "street")

    assert said.startswith("edge-1: /pki/apiserver.crt expires on ")
    assert said.endswith(", in 12 days: mecctl site rotate street certs")


def test_what_has_ended_is_a_fault_of_its_node():
    (finding,) = expired(SERVER, seen(apiserver=-2, kubelet=200), "street")

    assert (finding.check, finding.what) == ("certificates", "1 of its certificates have expired")
    assert "/pki/apiserver.crt expired on" in str(finding.cause)
    assert finding.fix == "mecctl site rotate street certs"


def test_an_authority_that_ended_is_not_promised_to_be_renewed():
    (finding,) = expired(SERVER, seen(ca=-2), "street")

    assert "isn't renewed by mecctl" in str(finding.fix)


@pytest.fixture
def issued(tmp_path):
    return Authority(tmp_path).issue("apiserver", "kube-apiserver", days=20)


def test_a_node_tells_the_first_certificate_of_each_file_and_never_a_key(tmp_path, issued):
    pem, key = issued.certificate.read_bytes(), issued.key.read_bytes()
    (tmp_path / "kubelet-client-current.pem").write_bytes(pem + key + pem)
    conf = (
        f"users:\n- user:\n    client-certificate-data: {base64.b64encode(pem).decode()}\n    client-key-data: a2V5\n"
    )
    (tmp_path / "admin.conf").write_text(conf)
    script = certificates.LOOK.replace("/etc/kubernetes/*.conf", f"{tmp_path}/*.conf").replace(
        "/var/lib/kubelet/pki/kubelet-client-current.pem", str(tmp_path / "kubelet-client-current.pem")
    )

    told = process.run(["sh", "-s"], stdin=script).stdout
    lines = [
        line.split("=", 1) for line in told.splitlines() if line.startswith((f"cert={tmp_path}", f"conf={tmp_path}"))
    ]

    ends = x509.load_pem_x509_certificate(pem).not_valid_after_utc.timestamp()
    expected = {str(tmp_path / "admin.conf"): ends, str(tmp_path / "kubelet-client-current.pem"): ends}
    assert dict(certificates.read(kind, value) for kind, value in lines) == expected
    body = base64.b64encode(x509.load_pem_x509_certificate(pem).public_bytes(Encoding.DER)).decode()
    assert told.count(body) == 1
    assert "PRIVATE" not in told
