import base64
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from guard import der
from guard.api import ApiError
from guard.kubelets import REQUESTS, SIGNER, approve
from tests.guard.cluster import Cluster

KEY = ec.generate_private_key(ec.SECP256R1())
USER = "system:node:edge-1"
NODE = {
    "status": {"addresses": [{"type": "InternalIP", "address": "10.0.0.1"}, {"type": "Hostname", "address": "edge-1"}]}
}


def pem(names=("edge-1",), addresses=("10.0.0.1",), user=USER, groups=("system:nodes",), other=()):
    subject = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, group) for group in groups]
    subject.append(x509.NameAttribute(NameOID.COMMON_NAME, user))
    asked = [*map(x509.DNSName, names), *(x509.IPAddress(ip_address(one)) for one in addresses), *other]
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name(subject))
    if asked:
        builder = builder.add_extension(x509.SubjectAlternativeName(asked), critical=False)
    return builder.sign(KEY, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def request(text=None, **spec):
    encoded = base64.b64encode(text or pem()).decode()
    given = {"signerName": SIGNER, "username": USER, "groups": ["system:nodes"], "request": encoded, **spec}
    return {"metadata": {"name": "csr-1"}, "spec": given, "status": {}}


@pytest.fixture
def cluster():
    return Cluster(**{"/api/v1/nodes/edge-1": NODE})


def test_a_request_is_read():
    found = der.parse(pem(addresses=("10.0.0.1", "fd00::1")))

    assert found == der.Request(USER, ("system:nodes",), frozenset({"edge-1"}), frozenset({"10.0.0.1", "fd00::1"}))


def test_a_kubelets_own_request_is_approved(cluster):
    assert approve(cluster, request())

    ((method, path, body),) = cluster.written
    assert (method, path) == ("PUT", f"{REQUESTS}/csr-1/approval")
    assert [one["type"] for one in body["status"]["conditions"]] == ["Approved"]


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        (request(pem(addresses=("10.0.0.1", "10.0.0.2"))), "10.0.0.2 isn't an address of that node"),
        (request(pem(names=("edge-2",))), "edge-2 isn't an address"),
        (request(pem(user="system:node:edge-2")), "it is for system:node:edge-2"),
        (request(pem(groups=("system:nodes", "system:masters"))), "of system:nodes, system:masters"),
        (request(pem(other=[x509.UniformResourceIdentifier("spiffe://x")])), "a name of the sort 6"),
        (request(username="alice"), "doesn't come from a kubelet"),
        (request(groups=["system:authenticated"]), "doesn't come from a kubelet"),
        (request(pem()[:200]), "csr-1"),
        (request(b"nonsense"), "csr-1"),
        (request(username="system:node:edge-9", text=pem(user="system:node:edge-9")), "nodes/edge-9: not found"),
    ],
)
def test_what_is_not_its_own_is_not_approved(cluster, asked, why):
    with pytest.raises(ApiError, match=why):
        approve(cluster, asked)

    assert cluster.written == []


@pytest.mark.parametrize(
    "asked",
    [
        request(signerName="kubernetes.io/kube-apiserver-client"),
        {**request(), "status": {"conditions": [{"type": "Denied"}]}},
        {**request(), "deleted": True},
    ],
)
def test_what_others_decide_is_left_to_them(cluster, asked):
    assert not approve(cluster, asked)
    assert cluster.written == []


def test_no_cut_of_a_request_breaks_the_reader():
    whole = pem()
    text = base64.b64decode(b"".join(whole.splitlines()[1:-1]))
    for end in range(len(text) - 1):
        cut = b"-----BEGIN-----\n" + base64.b64encode(text[:end]) + b"\n-----END-----\n"
        with pytest.raises(ValueError, match=r".*"):
            der.parse(cut)
