"""The clusters that a program reaches, by the Kubernetes providers it declares."""
