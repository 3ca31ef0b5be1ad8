# The floor: what somebody would type on each node, artifacts staged in $SEED, nothing checked, nothing hardened.
# stdin of `ssh node bash -s`; expects BINARIES="path=sha256 ...", IMAGES="sha256 ..." and CONFLIST, the CNI's own file.
set -eu
SEED=/var/lib/mecctl/seed
for pair in $BINARIES; do ln -sf "$SEED/${pair#*=}" "${pair%=*}"; done
mkdir -p /etc/containerd /etc/cni/net.d /opt/cni/bin
ln -sf /usr/lib/cni/* /opt/cni/bin/
printf '%s' "$CONFLIST" > /etc/cni/net.d/cilium.source
containerd config default > /etc/containerd/config.toml
sed -i -e 's/restrict_oom_score_adj = false/restrict_oom_score_adj = true/' -e "s#sandbox = .*#sandbox = '$PAUSE'#" \
  -e 's/SystemdCgroup = .*/SystemdCgroup = true/' /etc/containerd/config.toml
cat > /etc/systemd/system/containerd.service <<'U'
[Service]
ExecStart=/usr/local/bin/containerd
Type=notify
Delegate=yes
KillMode=process
Restart=always
LimitNOFILE=16384
U
cat > /etc/systemd/system/kubelet.service <<'U'
[Service]
EnvironmentFile=-/var/lib/kubelet/kubeadm-flags.env
ExecStart=/usr/local/bin/kubelet --bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf --kubeconfig=/etc/kubernetes/kubelet.conf --config=/var/lib/kubelet/config.yaml $KUBELET_KUBEADM_ARGS
Restart=always
RestartSec=1
U
systemctl daemon-reload
systemctl start containerd
for sha in $IMAGES; do ctr -n k8s.io images import --local --no-unpack "$SEED/$sha" > /dev/null 2>&1; done
