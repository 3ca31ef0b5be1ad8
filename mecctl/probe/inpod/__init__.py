"""What runs in probe pods: each file stands alone, and is given to Python in the pod as it is."""
