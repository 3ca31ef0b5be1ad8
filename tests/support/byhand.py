"""A volume made by hand on one node, for clusters without a provisioner: /var/lib/by-hand, StorageClass by-hand."""

_MANIFEST = """\
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: by-hand}
provisioner: kubernetes.io/no-provisioner
volumeBindingMode: WaitForFirstConsumer
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: by-hand}
spec:
  capacity: {storage: %(size)s}
  accessModes: [ReadWriteOnce]
  storageClassName: by-hand
  local: {path: /var/lib/by-hand}
  nodeAffinity:
    required:
      nodeSelectorTerms: [{matchExpressions: [{key: kubernetes.io/hostname, operator: In, values: [%(node)s]}]}]
"""


def by_hand(node: str, size: str) -> str:
    """Return the manifests of the class and of its only volume."""
    return _MANIFEST % {"node": node, "size": size}
