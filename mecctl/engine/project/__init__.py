"""Pulumi projects as users write them: Pulumi.yaml, the program, and a stack's configuration."""
