"""Somebody else's audit of a site's control plane: Checkov's checks of the CIS benchmark on the manifests as they are.

Checkov (Apache-2.0) isn't among mecctl's packages: pip install checkov, in a venv of its own. What it calls failed and
isn't one stands in ANSWERED with the reason; anything else makes this end with 1.
Usage: python -m bench.audit.checkov CHECKOV SITE
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from mecctl.nodes.ssh import connect
from mecctl.sitefile import load

PARTS = ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler")
CHECKS = [f"CKV_K8S_{number}" for number in range(68, 152)]
"""Those of CIS 1.1 to 4.2; the others are about workloads."""
_FILE_NAME = "it takes only files that are named .pem, and kubeadm names them .crt, .key and .pub"
_GONE = "Kubernetes has no such thing any more"
_DEFAULT = "on unless it is turned off, and it isn't"
ANSWERED = {
    "CKV_K8S_68": "there is a file of authentication settings, beside which the flag is refused: anonymous requests "
    "reach /livez, /readyz and /healthz and nothing else",
    "CKV_K8S_80": "images of a site come from mecctl by their hash, and no registry is asked at a pod's start",
    "CKV_K8S_81": f"SecurityContextDeny: {_GONE} (1.30)",
    "CKV_K8S_82": f"ServiceAccount: {_DEFAULT}",
    "CKV_K8S_83": f"NamespaceLifecycle: {_DEFAULT}",
    "CKV_K8S_84": f"PodSecurityPolicy: {_GONE} (1.25); Pod Security admission is on",
    "CKV_K8S_88": f"--insecure-port: {_GONE} (1.24)",
    "CKV_K8S_96": f"--service-account-lookup: {_DEFAULT}",
    "CKV_K8S_97": _FILE_NAME,
    "CKV_K8S_105": "it knows the ChaCha20 suites by their old names only, without _SHA256",
    "CKV_K8S_110": _FILE_NAME,
    "CKV_K8S_111": _FILE_NAME,
}


def main(checkov: str, site: str) -> int:
    folder = load(Path(site))
    with tempfile.TemporaryDirectory() as scratch:
        with connect(folder, folder.site.servers[0]) as connection:
            for part in PARTS:
                text = connection.run(folder.site.spec.access.as_root(f"cat /etc/kubernetes/manifests/{part}.yaml"))
                Path(scratch, f"{part}.yaml").write_text(text.stdout)
        words = [checkov, "--directory", scratch, "--framework", "kubernetes", "--output", "json", "--quiet"]
        told = subprocess.run([*words, "--check", ",".join(CHECKS)], capture_output=True, text=True, check=False)
    found = json.loads(told.stdout)
    failed = {one["check_id"]: one["check_name"] for one in found["results"]["failed_checks"]}
    for check in sorted(failed):
        print(f"{check}  {failed[check]}: {ANSWERED.get(check, 'NOT ANSWERED')}")
    summary, open_ = found["summary"], failed.keys() - ANSWERED.keys()
    version = summary["checkov_version"]
    print(f"Checkov {version}: {summary['passed']} passed, {len(failed)} answered otherwise, {len(open_)} failures")
    return bool(open_)


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
