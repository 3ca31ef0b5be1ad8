from mecctl.nodes.onnode import components
from mecctl.nodes.onnode.components import _PROVIDER, _STARTED, flags


def test_flags_in_all_ways_that_command_lines_write_them():
    words = ["--a=1", "--b", "2", "-c", "--list=x", "--list=y", "rest", "--last"]

    assert flags(words) == {"a": "1", "b": "2", "c": "true", "list": "x,y", "last": "true"}


def test_secrets_of_a_command_line_stay_where_they_are():
    found = flags(["--token=abc", "--token-auth-file=/etc/tokens", "--service-account-lookup=true"])

    assert found == {"token": "[secret]", "token-auth-file": "/etc/tokens", "service-account-lookup": "true"}


def test_k3s_tells_its_components_in_its_log():
    line = (
        'time="2026-05-26T22:08:48Z" level=info msg="Running kube-apiserver --anonymous-auth=false --profiling=false"'
    )
    said = _STARTED.search(line)

    assert said is not None
    assert (said[1], flags(said[2].split())) == ("kube-apiserver", {"anonymous-auth": "false", "profiling": "false"})


def test_of_an_encryption_configuration_only_the_names_of_providers_are_read(tmp_path):
    file = tmp_path / "encryption.yaml"
    secretbox = "  - secretbox: {keys: [{name: key1, secret: aGVsbG8=}]}\n"
    file.write_text(f"resources:\n- resources: [secrets]\n  providers:\n{secretbox}  - identity: {{}}\n")
    found = components._encryption({"encryption-provider-config": str(file)})

    assert found == {"path": str(file), "providers": ["secretbox", "identity"]}
    assert _PROVIDER.findall('{"providers":[{"aescbc":{"keys":[]}},{"identity":{}}]}') == ["aescbc", "identity"]
    assert components._encryption({}) is None


def test_a_machine_without_kubernetes_has_no_components():
    found = components.look()

    assert set(found) == {"components", "k3s", "texts", "encryption"}
    assert found["encryption"] is None
