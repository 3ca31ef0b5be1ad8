"""The agent on every node that holds slices to their rates; the standard library only, for it runs on any Python.

It is shipped as a ConfigMap (stacks/components/sliceagent.py) and knows nothing of mecctl's other parts.
"""
