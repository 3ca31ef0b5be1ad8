from tests.stacks.rendering import CACHE, VIDEO, full_site, render, site


def test_a_workload_runs_in_its_slices_namespace():
    made = render("workloads", full_site())

    assert made.names("Deployment") == made.names("Service") == {"slice-1-0000a1/cache", "slice-2/control"}


def test_a_workload_of_a_slice_without_qos_has_no_priority():
    made = render("workloads", site(slices=[{k: v for k, v in VIDEO.items() if k != "qos"}], workloads=[CACHE]))

    assert "priorityClassName" not in made.find("Deployment")["spec"]["template"]["spec"]
