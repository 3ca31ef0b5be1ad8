"""The engine `pulumi`: Pulumi's own CLI on the same state."""
