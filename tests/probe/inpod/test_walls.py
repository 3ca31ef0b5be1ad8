from typing import Any

from tests.probe.inpod.running import HOST, free_port, play, playing


def attempt(number: int, how: str, port: int, *, open_: bool) -> dict[str, Any]:
    return {"id": number, "how": how, "host": HOST, "port": port, "open": open_}


def test_what_is_there_answers_and_what_is_not_does_not():
    port, nothing = free_port(), free_port()
    with playing("walls", "listen", {"host": HOST, "port": port}) as seen:
        attempts = [
            attempt(0, "tcp", port, open_=True),
            attempt(1, "udp", port, open_=True),
            attempt(2, "tcp", port, open_=False),
            attempt(3, "udp", port, open_=False),
            attempt(4, "tcp", nothing, open_=False),
            attempt(5, "udp", nothing, open_=False),
        ]
        *found, end = play("walls", "attempt", {"attempts": attempts})

    assert end == {"ended": True}
    assert {one["id"]: one["got"] for one in found} == {
        **dict.fromkeys(range(4), "answered"),
        **dict.fromkeys((4, 5), "refused"),
    }
    assert {one["seen"] for one in seen} == {1, 3}


def test_what_must_work_is_tried_again_and_in_the_end_given_up():
    *found, _ = play("walls", "attempt", {"attempts": [attempt(7, "tcp", free_port(), open_=True)]})

    assert found == [{"id": 7, "got": "refused"}]


def test_an_echo_is_asked_for_without_a_privilege():
    *found, _ = play("walls", "attempt", {"attempts": [attempt(0, "icmp", 0, open_=False)]})

    assert found[0]["got"] in {"answered", "Permission denied"}, "the latter where this machine's group may not"
