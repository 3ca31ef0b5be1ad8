"""GSMA GST in TMF633 form: a ServiceSpecification whose characteristics' default values are the chosen ones."""

from mecctl.standards.nest.gst.names import LIST
from mecctl.standards.nest.gst.reading import read, recognises
from mecctl.standards.nest.gst.writing import write

__all__ = ["FORM", "SIGNS", "read", "recognises", "write"]

FORM = "a GSMA GST in TMF633 form"
SIGNS = (LIST,)
