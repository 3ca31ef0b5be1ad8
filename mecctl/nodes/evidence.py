"""Evidence from the machines: one script streamed to each, all at once, which reads and changes nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import NameOID

from mecctl.errors import MecctlError
from mecctl.nodes.everywhere import everywhere
from mecctl.nodes.ssh import check_key, connect

if TYPE_CHECKING:
    from mecctl.model import Node
    from mecctl.sitefile import SiteFolder

Evidence = dict[str, Any]

PARTS = ("components", "files", "system", "exposure")
"""Modules of `onnode`, each of which gives a part of the evidence."""
PATIENCE = 300.0
"""Seconds without a word from a node: it walks its whole file system meanwhile."""

_RUN = """\
import json, types
found = {{}}
for name, text in {sources!r}.items():
    module = types.ModuleType(name)
    exec(compile(text, name, "exec"), module.__dict__)
    found.update(module.look())
print(json.dumps(found))
"""


def gather(folder: SiteFolder) -> dict[str, Evidence | MecctlError]:
    """Return each node's evidence, or why there is none. Raises InputError for the SSH key.

    Evidence is `{components, k3s, texts, encryption, files, certificates, container, sysctls, sshd, firewall, clock,
    dumps, accounts, units, listeners, setuid, writable, readable}` as the modules of `onnode` say, with
    `certificates: {path: {subject, groups, issuer, ends, fingerprint}}` (`ends`: Unix seconds).
    """
    check_key(folder.resolve(folder.site.spec.access.private_key))
    nodes = folder.site.nodes
    found = everywhere(nodes, lambda node: _ask(folder, node))
    return {node.name: one for node, one in zip(nodes, found, strict=True)}


def script() -> str:
    """Return the program that runs on a node and prints its evidence as one JSON object."""
    home = Path(__file__).with_name("onnode")
    return _RUN.format(sources={name: (home / f"{name}.py").read_text() for name in PARTS})


def _ask(folder: SiteFolder, node: Node) -> Evidence | MecctlError:
    command = folder.site.spec.access.as_root("python3 -")
    try:
        with connect(folder, node) as connection:
            answer = connection.run(command, script(), PATIENCE)
        if answer.status:
            why = answer.stderr.strip().rpartition("\n")[2] or None
            return MecctlError("it gave no evidence", where=node.name, why=why, fix=f"ssh to it and try: {command}")
        return read(json.loads(answer.stdout))
    except MecctlError as error:
        return error


def read(seen: Evidence) -> Evidence:
    """Return a node's answer with its certificates read."""
    return {**seen, "certificates": {path: _certificate(pem) for path, pem in seen["certificates"].items()}}


def _certificate(pem: str) -> Evidence:
    read_ = x509.load_pem_x509_certificate(pem.encode())
    groups = [str(one.value) for one in read_.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)]
    return {
        "subject": read_.subject.rfc4514_string(),
        "groups": groups,
        "issuer": read_.issuer.rfc4514_string(),
        "ends": read_.not_valid_after_utc.timestamp(),
        "fingerprint": read_.fingerprint(SHA256()).hex(),
    }
