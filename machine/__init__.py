"""Runs a virtual machine in a pod by QEMU, with nothing but Python: its disk, its seed, its console, its end."""
