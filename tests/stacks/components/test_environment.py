from tests.stacks.rendering import CACHE, VIDEO, render, site

SITE = site(slices=[VIDEO], workloads=[CACHE | {"env": {"MODE": "edge", "PIN": {"fromSecret": "pin"}}}])


def test_secret_variables_come_from_a_secret_in_the_slice():
    made = render("workloads", SITE, {"cache/PIN": "1234"})

    secret = made.find("Secret")
    assert (secret["metadata"]["name"], secret["metadata"]["namespace"]) == ("cache-env", "slice-1-0000a1")
    assert secret["data"]["value"] == {"PIN": "MTIzNA=="}  # 1234, marked as a secret, so wrapped
    template = made.find("Deployment")["spec"]["template"]
    assert template["spec"]["containers"][0]["env"] == [
        {"name": "MODE", "value": "edge"},
        {"name": "PIN", "valueFrom": {"secretKeyRef": {"name": "cache-env", "key": "PIN"}}},
    ]
    assert "1234" not in str(template)


def test_other_values_start_other_pods():
    first, again, other = (
        render("workloads", SITE, {"cache/PIN": pin}).find("Deployment")["spec"]["template"]["metadata"]
        for pin in ("1", "1", "2")
    )

    assert first == again
    assert first["annotations"]["mecctl.io/secrets"] != other["annotations"]["mecctl.io/secrets"]


def test_without_secret_variables_there_is_no_secret():
    made = render("workloads", site(slices=[VIDEO], workloads=[CACHE]))

    assert made.names("Secret") == set()
    assert "annotations" not in made.find("Deployment")["spec"]["template"]["metadata"]
