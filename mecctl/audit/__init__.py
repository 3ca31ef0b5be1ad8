"""What a site's hardening claims, held against evidence: controls as data, each with a pure check. No I/O.

cis/        the CIS Kubernetes Benchmark, for kubeadm and, where K3s does a thing another way, for K3s
nsa/        the NSA/CISA Kubernetes Hardening Guidance, numbered as Kubescape does
baseline/   the machine below: kernel, SSH server, network, files
"""
