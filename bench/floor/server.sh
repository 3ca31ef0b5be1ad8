# The floor on the server: kubeadm init, the CNI manifest, the two addons. Expects VERSION, ADDRESS, POD_CIDR, SERVICE_CIDR.
cat > /root/kubeadm.yaml <<U
apiVersion: kubeadm.k8s.io/v1beta4
kind: InitConfiguration
bootstrapTokens: [{token: $TOKEN}]
localAPIEndpoint: {advertiseAddress: $ADDRESS}
nodeRegistration: {criSocket: unix:///run/containerd/containerd.sock, ignorePreflightErrors: [all]}
---
apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
kubernetesVersion: $VERSION
networking: {podSubnet: $POD_CIDR, serviceSubnet: $SERVICE_CIDR}
controlPlaneEndpoint: $ADDRESS:6443
---
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
failCgroupV1: false
failSwapOn: false
cgroupDriver: systemd
evictionHard: {nodefs.available: "1%", imagefs.available: "1%"}
---
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
mode: nftables
conntrack: {maxPerCore: 0}
U
kubeadm init --config /root/kubeadm.yaml --ignore-preflight-errors=all > /root/init.log 2>&1
export KUBECONFIG=/etc/kubernetes/admin.conf
[ ! -s /root/cni.yaml ] || kubectl apply --server-side -f /root/cni.yaml > /dev/null
