"""URNs are Pulumi's, names of unnamed objects follow from them."""

from mecctl.engine.objects import urn


def test_the_stack_is_left_out_of_the_chain_of_types():
    stack = urn.make("dev", "shop", urn.STACK_TYPE, "shop-dev")
    app = urn.make("dev", "shop", "a:b:App", "web", stack)
    child = urn.make("dev", "shop", "kubernetes:core/v1:Service", "web::x", app)
    assert stack == "urn:pulumi:dev::shop::pulumi:pulumi:Stack::shop-dev"
    assert app == "urn:pulumi:dev::shop::a:b:App::web"
    assert child == "urn:pulumi:dev::shop::a:b:App$kubernetes:core/v1:Service::web::x"
    assert urn.types(child) == "a:b:App$kubernetes:core/v1:Service"
    assert urn.name(child) == "web::x"


def test_automatic_names_are_stable_and_differ_for_a_replacement():
    first = urn.automatic("web", "urn:a")
    assert first == urn.automatic("web", "urn:a")
    assert first.startswith("web-")
    assert len(first) == len("web-") + 8
    assert len({first, urn.automatic("web", "urn:b"), urn.automatic("web", "urn:a", "ns/" + first)}) == 3
