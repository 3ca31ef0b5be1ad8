# The end of the floor: both nodes Ready and CoreDNS available.
export KUBECONFIG=/etc/kubernetes/admin.conf
until [ "$(kubectl get nodes --no-headers 2>/dev/null | wc -l)" = "$NODES" ]; do sleep 0.2; done
kubectl wait --for=condition=Ready node --all --timeout=600s > /dev/null
kubectl -n kube-system rollout status deployment/coredns --timeout=180s > /dev/null
