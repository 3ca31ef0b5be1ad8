"""State of a stack on disk: Pulumi's checkpoint, version 3, in the layout of its file backend, plus a journal.

<state>/.pulumi/meta.yaml                               version: 1
<state>/.pulumi/stacks/<project>/<stack>.json           the checkpoint (and .bak, the one before)
<state>/.pulumi/history|backups/<project>/<stack>/      what the last runs did, and the checkpoints they left
<state>/.pulumi/locks/organization/<project>/<stack>/   tells Pulumi's own CLI that a run is under way
<state>/journal/<project>/<stack>…                      what has happened since the checkpoint was written
"""

from __future__ import annotations

from mecctl.engine.state.backend import Backend, backend
from mecctl.engine.state.resource import Resource
from mecctl.engine.state.stack import StackState

__all__ = ["Backend", "Resource", "StackState", "backend"]
