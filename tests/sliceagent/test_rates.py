import struct

import pytest

from sliceagent.netlink import attributes
from sliceagent.rates import NO_LIMIT, Bounds, held, htb_class, leaf


def spec(options, at):
    return struct.unpack_from("=BBHhHI", attributes(options)[1], at)


def test_a_rate_counts_ip_packets_and_the_kernel_frames():
    options = htb_class(Bounds(3_000_000, 12_000_000, 2), 1500)

    assert spec(options, 0) == (0, 1, 0, -1, 0, 3_000_000 * 1514 // 1500 // 8)
    assert spec(options, 12)[-1] == 12_000_000 * 1514 // 1500 // 8


def test_a_rate_over_32_bits_is_written_in_64():
    rate = 100_000_000_000 * 1514 // 1500 // 8
    options = attributes(htb_class(Bounds(NO_LIMIT, NO_LIMIT), 1500))

    assert struct.unpack("=Q", options[6]) == struct.unpack("=Q", options[7]) == (rate,)
    assert struct.unpack_from("=BBHhHI", options[1])[-1] == 0xFFFFFFFF


@pytest.mark.parametrize(
    ("bits", "mtu", "most"),
    [
        (1_000_000, 1500, 2 * 1514),
        (100_000_000, 1500, 100_000_000 * 1514 // 1500 // 1000),
        (1_000_000_000, 1500, 1_000_000_000 * 1514 // 1500 // 1000),
        (200_000_000, 9000, 200_000_000 * 9014 // 9000 // 1000),
        (10_000_000, 9000, 2 * 9014),
    ],
)
def test_a_burst_is_8_ms_or_two_frames(bits, mtu, most):
    options = attributes(htb_class(Bounds(bits, bits), mtu))
    _, ticks = struct.unpack_from("=II", options[1], 24)
    sent = ticks * 64 * (bits * (mtu + 14) // mtu // 8) / 1e9

    assert most * 0.98 <= sent <= most


def test_slow_leaves_cut_trains_and_fast_ones_hold_them():
    assert leaf(100_000_000, 1500)[0] == "tbf"
    kind, options = leaf(1_000_000_000, 1500)
    assert (kind, struct.unpack("=I", options)[0]) == ("bfifo", 1_000_000_000 * 1514 // 1500 // 8 // 25)


def test_a_listed_class_is_compared_by_rate_ceiling_and_turn():
    bounds = Bounds(1_000_000, 2_000_000, 3)
    listed = attributes(htb_class(bounds, 1500))

    assert held(listed, bounds, 1500)
    assert not held(listed, Bounds(1_000_000, 2_000_000, 4), 1500)
    assert not held(listed, Bounds(1_000_000, 3_000_000, 3), 1500)
    assert not held(listed, bounds, 9000)
    assert not held({}, bounds, 1500)
