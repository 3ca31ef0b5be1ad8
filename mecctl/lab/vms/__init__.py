"""Nodes with a kernel of their own: virtual machines that Vagrant makes with libvirt and QEMU, in the lab's network."""
