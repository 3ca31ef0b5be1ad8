"""Audits of control planes other than mecctl's own, and other people's audits of mecctl's."""
