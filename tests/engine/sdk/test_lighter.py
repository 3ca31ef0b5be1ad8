"""Leaving out what the SDK does for the CLI."""

import pulumi.log
import pulumi.runtime.resource as sdk

from mecctl.engine.sdk.lighter import lightened


def test_the_sdks_own_comes_back():
    debug, trace = pulumi.log.debug, getattr(sdk, "_get_stack_trace", None)
    with lightened():
        assert pulumi.log.debug is not debug
    assert pulumi.log.debug is debug
    assert getattr(sdk, "_get_stack_trace", None) is trace


def test_no_frame_is_told():
    with lightened():
        if trace := getattr(sdk, "_get_stack_trace", None):
            assert not trace().frames


def test_an_sdk_without_them_is_left_alone(monkeypatch):
    monkeypatch.delattr(sdk, "_get_stack_trace", raising=False)
    with lightened():
        assert not hasattr(sdk, "_get_stack_trace")
    assert not hasattr(sdk, "_get_stack_trace")
