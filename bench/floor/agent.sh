# The floor on the agent: join as soon as the server answers. Expects ADDRESS (the server's) and TOKEN.
until curl -ks -o /dev/null "https://$ADDRESS:6443/healthz"; do sleep 0.5; done
for _ in $(seq 20); do
  kubeadm join "$ADDRESS:6443" --token "$TOKEN" --discovery-token-unsafe-skip-ca-verification \
    --cri-socket unix:///run/containerd/containerd.sock --ignore-preflight-errors=all > /root/join.log 2>&1 && break
  sleep 0.5
done
