from stacks.components.admission import POLICIES
from tests.stacks.rendering import URLLC, VIDEO, full_site, render, site


def test_every_policy_is_bound_and_denies():
    made = render("slices", full_site())

    names = {f"/mecctl-slice-{resource}" for resource in ("pods", "services", "secrets")}
    assert made.names("ValidatingAdmissionPolicy") == made.names("ValidatingAdmissionPolicyBinding") == names
    for resource in POLICIES:
        assert made.find("ValidatingAdmissionPolicyBinding", f"mecctl-slice-{resource}")["spec"] == {
            "policyName": f"mecctl-slice-{resource}",
            "validationActions": ["Deny", "Audit"],
        }


def test_they_hold_for_slices_and_fail_closed():
    spec = render("slices", full_site()).find("ValidatingAdmissionPolicy", "mecctl-slice-pods")["spec"]

    assert spec["failurePolicy"] == "Fail"
    assert spec["matchConstraints"] == {
        "namespaceSelector": {"matchExpressions": [{"key": "mec.io/slice", "operator": "Exists"}]},
        "resourceRules": [
            {
                "apiGroups": [""],
                "apiVersions": ["v1"],
                "operations": ["CREATE", "UPDATE"],
                "resources": ["pods"],
            }
        ],
    }
    assert {one["reason"] for one in spec["validations"]} == {"Forbidden"}


def test_they_are_the_same_for_any_slices():
    some, none = (
        render("slices", made).find("ValidatingAdmissionPolicy", "mecctl-slice-pods")
        for made in (full_site(), site(slices=[]))
    )

    assert some == none


def test_a_namespace_says_which_class_its_pods_may_have():
    made = render("slices", site(slices=[VIDEO, {**URLLC, "qos": None}]))

    assert made.find("Namespace", "slice-1-0000a1")["metadata"]["labels"]["mec.io/priority-class"] == "mec-5qi-7"
    assert "mec.io/priority-class" not in made.find("Namespace", "slice-2")["metadata"]["labels"]
