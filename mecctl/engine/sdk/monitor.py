"""Pulumi's resource monitor and engine services, called by the SDK in this very process.

Protocol: pulumi/pulumi proto/pulumi/resource.proto and engine.proto. What the engine doesn't do isn't declared as a
feature, so that the SDK refuses it by name.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from google.protobuf import empty_pb2
from pulumi.runtime.proto import engine_pb2
from pulumi.runtime.proto import resource_pb2 as pb

from mecctl.engine.objects import urn
from mecctl.engine.objects.kinds import api_of, refusal
from mecctl.engine.objects.objects import is_there
from mecctl.engine.objects.values import UNKNOWN
from mecctl.engine.sdk import features, stackreference, versions
from mecctl.engine.sdk.callbacks import Callbacks
from mecctl.engine.sdk.calls import Calls, counted
from mecctl.engine.sdk.hookcalls import hook
from mecctl.engine.sdk.invokes import invoke
from mecctl.engine.sdk.registered import Registered, given
from mecctl.engine.sdk.transforms import Transforms
from mecctl.engine.sdk.wire import from_struct, read_goal, read_request, shown, to_struct
from mecctl.errors import MecctlError

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

    from google.protobuf.message import Message
    from pulumi.runtime.proto.callback_pb2 import Callback

    from mecctl.engine.run.deployment import Deployment
    from mecctl.engine.run.ledger import Ledger
    from mecctl.engine.sdk.hooks import Hooks
    from mecctl.engine.sdk.stackreference import Exports

_INSTEAD = "leave it out, or run the program with engine: pulumi"


class Monitor:
    """Answers the SDK; each call comes in a thread of its own and may block.

    `deployment` is ready once the state is read and the cluster has answered.
    """

    def __init__(
        self,
        name: tuple[str, str],
        deployment: Future[Deployment],
        ledger: Ledger,
        hooks: Hooks,
        *,
        finish: Callable[[], None],
        exports: Exports,
        dry: bool,
    ) -> None:
        """Serve the program `name` = (project, stack).

        `finish` is called when it has registered all that it has, `exports` when it refers to another stack.
        """
        self._project, self._stack = name
        self._deployment, self._ledger, self._hooks = deployment, ledger, hooks
        self._finish, self._exports = finish, exports
        self._dry = dry
        self.calls = Calls()
        self._callbacks = Callbacks()
        self._transforms = Transforms(self._callbacks)

    def stop(self) -> None:
        """Take no more calls, because of an interrupt, and return when those under way have ended."""
        self._callbacks.close()
        self.calls.settle()

    def close(self) -> None:
        """Let go of the program, which has ended."""
        self._callbacks.close()

    def GetDeploymentInfo(self, _: empty_pb2.Empty) -> pb.DeploymentInfo:  # noqa: N802 - protocol
        """Tell which stack this is and what the engine can do."""
        return pb.DeploymentInfo(
            project=self._project,
            stack=self._stack,
            organization="organization",
            dryRun=self._dry,
            supportedFeatures=features.numbers(),
        )

    @counted
    def RegisterResource(self, request: pb.RegisterResourceRequest) -> Registered:  # noqa: N802 - protocol
        """Make a resource; one that fails is answered as failed, so that what doesn't need it goes on."""
        deployment = self._deployment.result()
        name = urn.make(self._stack, self._project, request.type, request.name, request.parent)
        resource = None
        try:
            if why := refusal(request.type, custom=request.custom, remote=request.remote):
                raise MecctlError(f"the engine can't manage it: {why}", fix=_INSTEAD)
            wanted = self._transforms.registration(request, name)
            resource = deployment.register(read_goal(wanted, self._project, self._stack))
        except MecctlError as error:
            self._ledger.fail(name, f"{request.type} {request.name}", error)
        if resource is None:
            return Registered(name, "", {}, pb.FAIL)
        # What isn't there yet has no id that a program could read it by. A component tells its outputs later.
        there = resource.custom and resource.id != UNKNOWN and is_there(resource.outputs)
        outputs = given(resource.outputs) if resource.custom else {}
        return Registered(resource.urn, resource.id if there else "", outputs)

    @counted
    def RegisterResourceOutputs(self, request: pb.RegisterResourceOutputsRequest) -> empty_pb2.Empty:  # noqa: N802
        """Take the exports of the stack, or the outputs of a component."""
        self._deployment.result().set_outputs(request.urn, from_struct(request.outputs))
        return empty_pb2.Empty()

    @counted
    def ReadResource(self, request: pb.ReadResourceRequest) -> pb.ReadResourceResponse:  # noqa: N802
        """Read an object that something else manages, or what another stack exports."""
        wanted = read_request(request, self._project, self._stack)
        deployment = self._deployment.result()
        if request.id == UNKNOWN:  # in a preview, of something that is to be made
            return versions.read(wanted.urn, "", shown({}))
        if request.type == stackreference.TYPE:
            outputs = stackreference.refer(request.id, self._project, self._exports)
            resource = deployment.refer(replace(wanted, inputs={"name": request.id}), request.id, outputs)
        elif why := refusal(request.type, custom=True, remote=False):
            raise MecctlError(f"{request.type} {request.name} can't be read: {why}", fix=_INSTEAD)
        else:
            resource = deployment.read(wanted, *api_of(request.type), request.id)
        return versions.read(resource.urn, resource.id, shown(resource.outputs))

    @counted
    def Invoke(self, request: pb.ResourceInvokeRequest) -> Message:  # noqa: N802
        """Run a function of a provider."""
        wanted = self._transforms.call(request)
        found = invoke(wanted.tok, from_struct(wanted.args), self._deployment.result().find)
        return versions.invoked(to_struct(found))

    def RegisterStackTransform(self, request: Callback) -> empty_pb2.Empty:  # noqa: N802
        """Take a transform of every resource."""
        self._transforms.add(request)
        return empty_pb2.Empty()

    def RegisterStackInvokeTransform(self, request: Callback) -> empty_pb2.Empty:  # noqa: N802
        """Take a transform of every call of a function."""
        self._transforms.add_for_calls(request)
        return empty_pb2.Empty()

    def RegisterResourceHook(self, request: pb.RegisterResourceHookRequest) -> empty_pb2.Empty:  # noqa: N802
        """Take a hook, which resources name."""
        self._hooks.add(request.name, hook(request, self._callbacks))
        return empty_pb2.Empty()

    def SupportsFeature(self, request: pb.SupportsFeatureRequest) -> pb.SupportsFeatureResponse:  # noqa: N802
        """Answer SDKs that don't ask for GetDeploymentInfo."""
        return pb.SupportsFeatureResponse(hasSupport=features.supported(request.id))

    @counted
    def SignalAndWaitForShutdown(self, _: empty_pb2.Empty) -> empty_pb2.Empty:  # noqa: N802
        """Let the program end, once what it no longer has is deleted: hooks of deletes are functions of it."""
        self._finish()
        return empty_pb2.Empty()

    def Call(self, request: pb.ResourceCallRequest) -> None:  # noqa: N802
        """Refuse: methods belong to remote components."""
        raise MecctlError(f"the program calls the method {request.tok}, which the engine doesn't have", fix=_INSTEAD)

    def RegisterPackage(self, request: pb.RegisterPackageRequest) -> None:  # noqa: N802
        """Refuse: parameterized packages need a plugin."""
        raise MecctlError(f"the program needs the package {request.name}, which the engine doesn't have", fix=_INSTEAD)

    def RequirePulumiVersion(  # noqa: N802
        self, _: engine_pb2.RequirePulumiVersionRequest
    ) -> engine_pb2.RequirePulumiVersionResponse:
        """Accept: the engine follows the SDK's own version."""
        return engine_pb2.RequirePulumiVersionResponse()

    def Log(self, request: engine_pb2.LogRequest) -> empty_pb2.Empty:  # noqa: N802
        """Pass on what the program logs; an error it logs fails the run."""
        if request.severity == engine_pb2.DEBUG:
            return empty_pb2.Empty()
        self._ledger.log(f"{self._project}: {request.message}")
        if request.severity == engine_pb2.ERROR:
            label = urn.name(request.urn) if request.urn else "the program"
            self._ledger.fail(request.urn, label, MecctlError(request.message))
        return empty_pb2.Empty()
