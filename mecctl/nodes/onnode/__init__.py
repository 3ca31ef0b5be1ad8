"""What runs on a node to gather evidence: each module stands alone, needs Python 3.9 and its standard library, and
has a `look()` that returns a JSON object. They only read.
"""
